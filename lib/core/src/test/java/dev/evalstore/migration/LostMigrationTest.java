package dev.evalstore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LostMigrationTest {
    private static final int LOCK = 4711;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    /** A script and the line of the history that says so are one commit, or the script could never be run again. */
    @Test
    void a_migration_that_is_lost_at_its_commit_is_done_or_not_and_gone_on_with() throws Exception {
        try (Database owner = Database.open(database.owner().build())) {
            owner.migrate();
            int latest = owner.migrationStatus().latest();
            owner.revertTo(latest - 2);
            database.admin("create function evalstore.held() returns trigger language plpgsql as"
                    + " 'begin perform pg_advisory_xact_lock(" + LOCK + "); return null; end';"
                    + " create constraint trigger held after insert on evalstore.evalstore_schema_history"
                    + " deferrable initially deferred for each row execute function evalstore.held()");
            try (Connection holder = database.connection();
                    Statement statement = holder.createStatement()) {
                statement.execute("select pg_advisory_lock(" + LOCK + ")");
                CompletableFuture<Integer> migration = CompletableFuture.supplyAsync(owner::migrate);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !database.query("select pg_terminate_backend(pid, 30000) from pg_locks"
                                        + " where locktype = 'advisory' and objid = " + LOCK + " and not granted")
                                .isEmpty());
                assertThatThrownBy(migration::get).isInstanceOf(ExecutionException.class);
            }
            database.admin("drop trigger held on evalstore.evalstore_schema_history; drop function evalstore.held()");
            owner.migrate();
            owner.validate();
            assertThat(owner.migrationStatus().current()).isEqualTo(latest);
        }
    }
}
