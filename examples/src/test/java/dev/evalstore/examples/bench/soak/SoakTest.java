package dev.evalstore.examples.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.examples.bench.soak.Journal.Status;
import dev.evalstore.examples.bench.soak.Journals.Line;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two minutes of the soak, and then whether its checker would have noticed: what it found in order is spoiled, one piece at a time.
 * {@code -Dsoak.seed} gives another schedule of faults; what was done stands in {@code target/soak.txt}.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
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
                .containsKeys("jobs.effect", "matrix.complete", "state.transfer", "state.restore", "audit.update");
    }

    /**
     * Something that is spoiled in the database.
     *
     * @param sql with {@code %s} for the name of an operation that was acknowledged
     * @param room that operation's room
     * @param what that operation
     * @param violation what must be said of it
     */
    record Spoiled(String sql, String room, String what, String violation) {
        @Override
        public String toString() {
            return violation;
        }
    }

    private static Spoiled spoiled(String violation, String sql) {
        return new Spoiled(sql, Stage.JOBS, "effect", violation);
    }

    static Stream<Spoiled> spoiledDatabases() {
        return Stream.of(
                new Spoiled(
                        "delete from soak.effects where name || ':' || token = '%s'",
                        Stage.JOBS, "effect", "an effect was acknowledged and is not there"),
                spoiled(
                        "a job is completed without its effect",
                        "delete from soak.effects where name || ':' || token = '%s'"),
                spoiled(
                        "a job has its effect more than once",
                        "insert into soak.effects select * from soak.effects where name || ':' || token = '%s'"),
                spoiled(
                        "an effect is there and nobody tried it",
                        "update soak.effects set name = 'another' where name || ':' || token = '%s'"),
                spoiled(
                        "a job's effect is of another lease than its completion",
                        "update soak.effects set token = 0 where name || ':' || token = '%s'"),
                spoiled(
                        "a job's result is of another lease than its completion",
                        "update evalstore.job_finished set result = '{\"token\": 0}' where outcome = 'completed'"),
                spoiled(
                        "a token has more than one outcome",
                        "insert into evalstore.job_attempts select * from evalstore.job_attempts where outcome = 'completed'"),
                spoiled(
                        "a job was completed under a lease that was taken away",
                        "update evalstore.job_attempts set token = -token where attempt = 3 and outcome = 'completed'"),
                spoiled("a job's attempts do not add up", "delete from evalstore.job_attempts where attempt = 1"),
                spoiled(
                        "a job ended with another number of attempts than it had",
                        "update evalstore.job_finished set attempt = attempt + 1"),
                spoiled(
                        "a job is not in exactly one place",
                        "insert into evalstore.job_ready select lane, 0, seq, 1, 0 from evalstore.job_finished limit 1"),
                spoiled(
                        "a job has not ended",
                        "delete from evalstore.job_finished where seq in (select seq from evalstore.job_finished limit 1)"),
                new Spoiled(
                        "delete from evalstore.jobs where payload ->> 'name' = '%s'",
                        Stage.JOBS, "order", "a job was acknowledged and is not there"),
                spoiled(
                        "ticks do not have one job each",
                        "delete from evalstore.jobs where id = (select id from evalstore.jobs"
                                + " where payload ->> 'name' = 'tick' limit 1)"),
                spoiled("a narrow row has no job", "delete from evalstore.jobs"),
                new Spoiled(
                        "delete from soak.orders where name = '%s'",
                        Stage.JOBS, "order", "an order was acknowledged and is not there"),
                new Spoiled(
                        "delete from evalstore.benchmark_results where config_id || ':' || (detailed_metrics ->> 'token') = '%s'",
                        Stage.MATRIX, "complete", "a result was acknowledged and is not there"),
                spoiled(
                        "a configuration has not exactly one result",
                        "insert into evalstore.benchmark_results (config_id, model_version_id, hardware_config_id, framework_id,"
                                + " workload_type, batch_size, sequence_length, accuracy_score)"
                                + " select id, model_version_id, hardware_config_id, framework_id, workload_type, batch_size,"
                                + " sequence_length, 1 from evalstore.benchmark_configs"),
                spoiled(
                        "a configuration is not in exactly one place",
                        "insert into evalstore.config_ready select 1, 1, seq, 1, 0 from evalstore.benchmark_configs limit 1"),
                spoiled(
                        "a round of configurations is not whole",
                        "delete from evalstore.benchmark_configs where batch_size = 1"),
                spoiled(
                        "the accounts hold",
                        "update evalstore.state_entries set value = '\\x0000000000000000' where key = 'account/03'"),
                spoiled("at checkpoint", "update evalstore.state_checkpoints set epoch = -epoch"),
                new Spoiled(
                        "delete from evalstore.state_entries where key = '%s'",
                        Stage.STATE, "transfer", "a transfer's line was acknowledged and is not there"),
                new Spoiled(
                        "delete from evalstore.state_entries where key = '%s'", Stage.STATE, "increment", "is 0 after"),
                spoiled(
                        "a change that the follower was to be given was acknowledged and is not there",
                        "insert into evalstore.state_changes select namespace_id, seq + 1000000, kind, key, version + 1000000"
                                + " from evalstore.state_changes limit 1"),
                spoiled(
                        "a change that the follower was to be given is there and nobody tried it",
                        "delete from evalstore.state_changes"),
                spoiled(
                        "a key's changes came in another order",
                        "update evalstore.state_changes set seq = -seq where convert_from(key, 'UTF8') like 'counter/%%'"),
                new Spoiled(
                        "set local session_replication_role = replica; delete from evalstore.audit_log where entity_id = '%s'",
                        Stage.AUDIT, "record", "an audit line was acknowledged and is not there"),
                new Spoiled(
                        "set local session_replication_role = replica; delete from evalstore.audit_log where request_id = '%s'",
                        Stage.AUDIT, "update", "the audit line of a change was acknowledged and is not there"),
                spoiled(
                        "a user's name is not what the trail says last",
                        "update evalstore.users set display_name = 'somebody else'"),
                spoiled("a lock was used after somebody else had it", "insert into soak.turns (token) values (0)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoiledDatabases")
    void the_checker_notices_what_is_wrong_in_the_database(Spoiled spoiled) throws SQLException {
        String name = acknowledged(spoiled.room(), spoiled.what()).name();
        try (Connection admin = Stage.admin(run.port())) {
            admin.setAutoCommit(false);
            try (var statement = admin.createStatement()) {
                statement.execute(spoiled.sql().formatted(name));
            }
            assertThat(run.check(run.journals(), admin)).anyMatch(found -> found.contains(spoiled.violation()));
            admin.rollback();
        }
    }

    private static Line acknowledged(String room, String what) {
        return run.journals().of(room, what).stream()
                .filter(line -> line.status() == Status.OK)
                .findAny()
                .orElseThrow();
    }

    /** Journals that say something else than happened. */
    record Told(String violation, UnaryOperator<Journals> otherwise) {
        @Override
        public String toString() {
            return violation;
        }
    }

    private static Line like(Line line, Status status) {
        return new Line(line.client(), line.millis(), status, line.room(), line.what(), line.name(), line.detail());
    }

    static Stream<Told> spoiledJournals() {
        return Stream.of(
                new Told(
                        "an effect was acknowledged and is not there",
                        told -> told.with(new Line("x", 0, Status.OK, Stage.JOBS, "effect", "x:1", ""))),
                new Told(
                        "an effect is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(Stage.JOBS, "effect"), Status.LOST))),
                new Told(
                        "a job is there and nobody tried it",
                        told -> told.without(line -> line.what().equals("order"))),
                new Told(
                        "a transfer's line is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(Stage.STATE, "transfer"), Status.FAILED))),
                new Told(
                        "an entry is there although its client was told that it is not",
                        told -> told.with(new Line(
                                "x",
                                0,
                                Status.OK,
                                Stage.STATE,
                                "delete",
                                acknowledged(Stage.STATE, "putAll").name().split(",")[0],
                                ""))),
                new Told(
                        "a result is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(Stage.MATRIX, "complete"), Status.LOST))),
                new Told(
                        "a checkpoint was acknowledged and is not there",
                        told -> told.with(new Line("x", 0, Status.OK, Stage.STATE, "checkpoint", "x", "x"))),
                new Told("a change that the follower was to be given was acknowledged and is not there", told -> {
                    Line one = acknowledged(Stage.STATE, Follower.WATCH);
                    return told.without(line -> line.equals(one));
                }),
                new Told(
                        "a change that the follower was to be given is there more than once",
                        told -> told.with(acknowledged(Stage.STATE, Follower.WATCH))),
                new Told(
                        "something unexpected happened to a client",
                        told -> told.with(new Line("x", 0, Status.SURPRISE, Stage.STATE, "sum", "-", "x"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoiledJournals")
    void the_checker_notices_what_is_wrong_in_the_journals(Told told) throws SQLException {
        try (Connection admin = Stage.admin(run.port())) {
            admin.setAutoCommit(false);
            assertThat(run.check(told.otherwise().apply(run.journals()), admin))
                    .anyMatch(found -> found.contains(told.violation()));
            admin.rollback();
        }
    }

    @Test
    void a_deadlock_in_the_servers_log_is_noticed_and_a_lock_timeout_is_none(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("server.log");
        Files.writeString(log, """
                2026-01-01 00:00:00.000 UTC/2240/soak-state-1.1/state=55P03/ERROR:  canceling statement due to lock timeout
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
