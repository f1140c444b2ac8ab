package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.account.NewUser;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;

class StatementListenerTest {
    /** What was heard. */
    private record Heard(
            String name, Duration time, @Nullable Throwable failure) {}

    private static final List<Heard> heard = new CopyOnWriteArrayList<>();
    private static volatile @Nullable Throwable failing;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.listener((name, time, failure) -> {
        heard.add(new Heard(name, time, failure));
        if (failing != null) {
            StatementListenerTest.<RuntimeException>sneaky(failing);
        }
    }));

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.users");
        heard.clear();
        failing = null;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneaky(Throwable e) throws E {
        throw (E) e;
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

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("the metrics are full"),
                new StackOverflowError("deep"),
                new NoClassDefFoundError("metrics"),
                new Exception("not declared"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_listener_that_fails_changes_nothing(Throwable failure) {
        failing = failure;
        try (LogCapture log = LogCapture.of("dev.evalstore.sql", Level.WARN)) {
            db.users().create(NewUser.of("ada@x", "ada"));
            db.useTransaction(tx -> tx.users().create(NewUser.of("bob@x", "bob")));
            assertThat(log.text()).contains("the statement listener failed at users.create");
        }
        failing = null;
        assertThat(db.users().findByUsername("ada")).isPresent();
        assertThat(db.users().findByUsername("bob")).isPresent();
    }

    /** A listener that keeps beginnings too. */
    private static final class Spans implements StatementListener {
        private final List<String> spans = new CopyOnWriteArrayList<>();

        @Override
        public void began(String name) {
            spans.add(Thread.currentThread().getName() + " begins " + name);
            throw new AssertionError("no tracer");
        }

        @Override
        public void ended(String name, Duration time, @Nullable Throwable failure) {
            spans.add(Thread.currentThread().getName() + " ends " + name);
        }
    }

    @Test
    void each_beginning_has_its_end_on_the_same_thread() {
        Spans spans = new Spans();
        try (Database own = Database.open(database.config().listener(spans).build())) {
            own.users().create(NewUser.of("ada@x", "ada"));
            own.useTransaction(tx -> tx.users().findByUsername("ada"));
            assertThatThrownBy(() -> own.users().create(NewUser.of("ADA@x", "b")))
                    .isInstanceOf(ConstraintViolationException.class);
        }
        String thread = Thread.currentThread().getName();
        assertThat(spans.spans)
                .containsExactly(
                        thread + " begins users.create",
                        thread + " ends users.create",
                        thread + " begins users.find_by_username",
                        thread + " ends users.find_by_username",
                        thread + " begins users.create",
                        thread + " ends users.create");
    }
}
