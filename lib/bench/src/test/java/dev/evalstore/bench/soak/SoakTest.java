package dev.evalstore.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two minutes of the soak, and then whether its checker would have noticed: what it found in order is spoiled, one piece at a time.
 * {@code -Dsoak.seed} gives another schedule of faults; what was done stands in {@code target/soak.txt}.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@Tag("long")
class SoakTest {
    private static final long SEED = Long.getLong("soak.seed", 20);
    private static final Path SUMMARY = Path.of("target", "soak.txt");

    private static SoakRun run;

    @BeforeAll
    static void soak() throws Exception {
        try (PrintStream out = new PrintStream(Files.newOutputStream(SUMMARY))) {
            run = SoakRun.of(Duration.ofMinutes(2), SEED, out);
            Summary.print(run, out);
        }
    }

    @AfterAll
    static void close() {
        run.close();
    }

    @Test
    void two_minutes_of_faults_break_nothing_that_was_promised() throws IOException {
        assertThat(run.violations()).as(Files.readString(SUMMARY)).isEmpty();
        assertThat(run.strikes().stream().map(strike -> strike.fault().kind())).contains(Fault.Kind.values());
        assertThat(run.journals().acknowledged())
                .containsKeys(
                        "jobs.effect",
                        "jobs.load",
                        "jobs.retry",
                        "jobs.delete",
                        "locks.order",
                        "events.append",
                        "events.appendAll",
                        "events.hear",
                        "events.hearAll",
                        "events.retryParked",
                        "maintenance.compact",
                        "evaluations.copy",
                        "evaluations.delete",
                        "matrix.complete",
                        "state.transfer",
                        "state.restore",
                        "state.import",
                        "audit.update");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.evalstore.bench.soak.SpoiledDatabase#all")
    void the_checker_notices_what_is_wrong_in_the_database(SpoiledDatabase spoiled) throws SQLException {
        String name = SpoiledJournals.acknowledged(run.journals(), spoiled.room(), spoiled.what())
                .name();
        try (Connection admin = Stage.admin(run.port())) {
            admin.setAutoCommit(false);
            try (var statement = admin.createStatement()) {
                statement.execute(spoiled.sql().formatted(name));
            }
            assertThat(run.check(run.journals(), admin)).anyMatch(found -> found.contains(spoiled.violation()));
            admin.rollback();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.evalstore.bench.soak.SpoiledJournals#all")
    void the_checker_notices_what_is_wrong_in_the_journals(SpoiledJournals told) throws SQLException {
        try (Connection admin = Stage.admin(run.port())) {
            admin.setAutoCommit(false);
            assertThat(run.check(told.otherwise().apply(run.journals()), admin))
                    .anyMatch(found -> found.contains(told.violation()));
            admin.rollback();
        }
    }

    /** What the checker found in order there, while all clients worked, it would not have found so without these rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "an evaluation was acknowledged: delete from evalstore.evaluations where benchmark_id is null",
                "a transfer's line was acknowledged: delete from evalstore.state_entries where convert_from(key, 'UTF8') like 'transfer/%'",
                "an event was acknowledged: delete from evalstore.domain_events",
                "a job is not in exactly one place: delete from evalstore.job_finished",
                "a job is completed without its effect: delete from soak.effects"
            })
    void the_checker_notices_what_is_wrong_in_a_backup_taken_under_all_clients(String spoiled) throws SQLException {
        String violation = spoiled.substring(0, spoiled.indexOf(':'));
        try (Connection admin = Stage.admin(run.moved().port())) {
            admin.setAutoCommit(false);
            try (var statement = admin.createStatement()) {
                statement.execute("set session_replication_role = replica");
                statement.execute(spoiled.substring(violation.length() + 1));
            }
            assertThat(run.moved().check(admin)).anyMatch(found -> found.contains(violation));
            admin.rollback();
        }
    }

    @Test
    void a_deadlock_in_the_servers_log_is_noticed_and_what_faults_bring_is_none(@TempDir Path folder)
            throws IOException {
        Path log = folder.resolve("server.log");
        Files.writeString(log, """
                2026-01-01 00:00:00.000 UTC/2240/soak-state-1.1/state=55P03/ERROR:  canceling statement due to lock timeout
                2026-01-01 00:00:00.000 UTC/2240/soak-state-1.1/state=22023/ERROR:  transaction ID 1223 is in the future
                2026-01-01 00:00:00.000 UTC/2240/soak-state-1.1/state=40P01/ERROR:  deadlock detected
                """);
        Violations violations = new Violations();
        ServerLog.check(log, violations);
        assertThat(violations.found()).singleElement().asString().contains("deadlock detected");
    }

    @Test
    void more_running_jobs_than_may_run_are_seen() throws Exception {
        try (Connection admin = Stage.admin(run.port());
                var statement = admin.createStatement();
                Fleet nobody = new Fleet(Path.of("target"), SEED)) {
            statement.execute(
                    "insert into evalstore.job_leases (seq, token, worker, lane, rank, timeout_seconds, attempt,"
                            + " claimed_at, deadline) select -n, -n, 0, lane, 0, 1, 0, now(), now() from evalstore.job_lanes,"
                            + " generate_series(1, 3) n where fair_key = '" + Stage.LIMITED + "'");
            Watch watch = new Watch(run.port(), nobody, System.out);
            Violations violations = new Violations();
            try {
                while (violations.found().stream().noneMatch(found -> found.contains("limited jobs ran at a time"))) {
                    TimeUnit.MILLISECONDS.sleep(20);
                    violations = new Violations();
                    watch.check(violations);
                }
            } finally {
                watch.end();
                statement.execute("delete from evalstore.job_leases where seq < 0");
            }
            assertThat(violations.found()).containsExactly("more than 2 limited jobs ran at a time: 3");
        }
    }
}
