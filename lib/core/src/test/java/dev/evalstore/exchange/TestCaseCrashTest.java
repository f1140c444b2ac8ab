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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A definition with 10,000 test cases is there as a whole or not at all. */
class TestCaseCrashTest {
    private static final String COUNTS = """
            select concat_ws(' ', (select count(*) from evalstore.benchmark_definitions),
                (select count(*) from evalstore.definition_versions), (select count(*) from evalstore.test_cases),
                (select count(*) from evalstore.expected_outputs), (select count(*) from evalstore.output_constraints))""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static ChildJvm author() {
        DatabaseConfig config = database.config().build();
        return ChildJvm.start(
                DyingAuthor.class,
                List.of("-Xmx256m"),
                config.url(),
                String.valueOf(config.user()),
                String.valueOf(config.password()));
    }

    @Test
    void an_author_that_is_killed_half_way_leaves_nothing_and_one_that_lives_leaves_everything() throws SQLException {
        killedBefore("output_constraints");

        DyingAuthor.create(database.db());

        assertThat(database.value(COUNTS)).isEqualTo("1 1 10000 20000 10000");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"benchmark_definitions", "definition_versions", "test_cases", "expected_outputs"})
    void an_author_that_is_killed_at_any_step_leaves_nothing(String table) throws SQLException {
        killedBefore(table);
    }

    /** The table is locked, so the author has written everything before it, and is killed while it waits. */
    private static void killedBefore(String table) throws SQLException {
        database.admin(ExchangeFixtures.EMPTY);
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("lock table evalstore." + table + " in share mode");
            }
            try (ChildJvm author = author()) {
                author.await("begins");
                database.awaitBlocked();
                author.kill();
            }
            other.rollback();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.value(
                                "select count(*) from pg_stat_activity where application_name = 'dying-author'"
                                        + " and datname = current_database()")
                        .equals("0"));
        assertThat(database.value(COUNTS)).isEqualTo("0 0 0 0 0");
    }
}
