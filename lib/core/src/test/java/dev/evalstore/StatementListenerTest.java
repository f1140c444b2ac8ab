package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.account.NewUser;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

class StatementListenerTest {
    /** What was heard. */
    private record Heard(
            String name, Duration time, @Nullable Throwable failure) {}

    private static final List<Heard> heard = new CopyOnWriteArrayList<>();
    private static volatile boolean failing;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.listener((name, time, failure) -> {
        heard.add(new Heard(name, time, failure));
        if (failing) {
            throw new IllegalStateException("the metrics are full");
        }
    }));

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.users");
        heard.clear();
        failing = false;
    }

    @Test
    void each_statement_is_heard_once_with_its_name_and_time() {
        db.users().create(NewUser.of("ada@x", "ada"));
        db.useTransaction(tx -> tx.users().findByUsername("ada"));

        assertThat(heard).extracting(Heard::name).containsExactly("users.create", "users.find_by_username");
        assertThat(heard).allMatch(h -> !h.time().isNegative() && h.failure() == null);
    }

    @Test
    void a_failure_is_heard_as_the_caller_gets_it() {
        db.users().create(NewUser.of("ada@x", "ada"));
        assertThatThrownBy(() -> db.users().create(NewUser.of("ADA@x", "b")))
                .isInstanceOf(ConstraintViolationException.class);

        assertThat(heard).hasSize(2);
        assertThat(heard.get(1).failure()).isInstanceOf(ConstraintViolationException.class);
    }

    @Test
    void a_listener_that_fails_changes_nothing() {
        failing = true;
        try (LogCapture log = LogCapture.of("dev.evalstore.sql", Level.WARN)) {
            db.users().create(NewUser.of("ada@x", "ada"));
            assertThat(log.text()).contains("the statement listener failed at users.create");
        }
        failing = false;
        assertThat(db.users().findByUsername("ada")).isPresent();
    }
}
