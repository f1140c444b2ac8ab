package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A submission of 10,000 cases is there as a whole, on the board too, or not at all. */
class SubmissionCrashTest {
    private static final String COUNTS = """
            select concat_ws(' ', (select count(*) from evalstore.submissions),
                (select count(*) from evalstore.submission_metrics), (select count(*) from evalstore.submission_metadata),
                (select count(*) from evalstore.submission_cases),
                (select count(*) from evalstore.leaderboard_entries))""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static UUID version() {
        database.admin(ExchangeFixtures.EMPTY);
        return DyingSubmitter.version(database.db()).id();
    }

    @Test
    void a_submitter_that_is_killed_half_way_leaves_nothing_and_one_that_lives_leaves_everything() throws SQLException {
        UUID version = version();
        killedBefore("leaderboard_entries", version);

        assertThat(DyingSubmitter.submit(database.db(), version).isNew()).isTrue();

        assertThat(database.value(COUNTS)).isEqualTo("1 1 1 10000 1");
        assertThat(database.value("select count(distinct xmin::text) from evalstore.submission_cases"))
                .isEqualTo("1");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"submissions", "submission_metrics", "submission_metadata", "submission_cases"})
    void a_submitter_that_is_killed_at_any_step_leaves_nothing(String table) throws SQLException {
        killedBefore(table, version());
    }

    /** The table is locked, so all before it is written, and the submitter is killed while it waits. */
    private static void killedBefore(String table, UUID version) throws SQLException {
        DatabaseConfig config = database.config().build();
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("lock table evalstore." + table + " in share mode");
            }
            try (ChildJvm submitter = ChildJvm.start(
                    DyingSubmitter.class,
                    List.of("-Xmx256m"),
                    config.url(),
                    String.valueOf(config.user()),
                    String.valueOf(config.password()),
                    version.toString())) {
                submitter.await("begins");
                database.awaitBlocked();
                submitter.kill();
            }
            other.rollback();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.value(
                                "select count(*) from pg_stat_activity where application_name = 'dying-submitter'"
                                        + " and datname = current_database()")
                        .equals("0"));
        assertThat(database.value(COUNTS)).isEqualTo("0 0 0 0 0");
    }
}
