package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.account.NewUser;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/** What is stored is not reported as failed, nor rolled back, whatever the host's listener throws. */
class StatementListenerContainmentTest {
    private static volatile @Nullable Error error;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.listener((name, time, failure) -> {
        if (error != null) {
            throw error;
        }
    }));

    private final Database db = database.db();

    private static final class Unreadable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_error_of_the_listener_changes_nothing(boolean readable) {
        error = readable ? new NoClassDefFoundError("metrics") : new Unreadable();
        String name = "grace-" + readable;
        try (LogCapture log = LogCapture.of("dev.evalstore.sql", Level.WARN)) {
            db.users().create(NewUser.of(name + "@x", name));
            db.useTransaction(tx -> tx.users().create(NewUser.of(name + "-2@x", name + "-2")));
            assertThat(log.text()).contains("the statement listener");
        }
        error = null;
        assertThat(db.users().findByUsername(name)).isPresent();
        assertThat(db.users().findByUsername(name + "-2")).isPresent();
    }

    @Test
    void the_library_goes_on_while_every_statement_is_followed_by_an_error() {
        error = new AssertionError();
        assertThat(db.state("contained", StateOptions.DEFAULT).put(new byte[] {1}, new byte[] {2}))
                .isPositive();
        assertThat(db.maintenance().runOnce().failures()).isEmpty();
        error = null;
        assertThat(db.state("contained", StateOptions.DEFAULT).get(new byte[] {1}))
                .isPresent();
    }
}
