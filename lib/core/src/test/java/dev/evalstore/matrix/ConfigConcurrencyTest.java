package dev.evalstore.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes of workers on one matrix; some of them are killed. */
class ConfigConcurrencyTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    private UUID populate(int machines, int frameworks, List<Integer> batches, int maxAttempts) {
        UUID version = fixture.version();
        db.matrix()
                .configs()
                .populate(MatrixSpec.of(
                                version,
                                fixture.machines(machines),
                                fixture.frameworks(frameworks),
                                List.of("chatbot", "qa", "code", "creative", "summarization"),
                                batches,
                                List.of(1024, 2048, 4096, 8192))
                        .maxAttempts(maxAttempts));
        return version;
    }

    private static ChildJvm child(String what, int threads, int batch, int pool) {
        DatabaseConfig config = database.config().build();
        return ChildJvm.start(
                MatrixDrainer.class,
                List.of("-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
                what,
                config.url(),
                String.valueOf(config.user()),
                String.valueOf(config.password()),
                "" + threads,
                "" + batch,
                "" + pool);
    }

    /** Keeps children from beginning until it is closed. */
    private static Connection hold() throws SQLException {
        Connection connection = TestServer.get().admin(database.name());
        connection.createStatement().execute("select pg_advisory_lock(" + MatrixDrainer.START + ")");
        return connection;
    }

    @Test
    void two_hundred_claimers_in_four_processes_claim_each_of_9000_once_in_order_and_wait_for_no_row()
            throws Exception {
        populate(15, 3, List.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 512), 5);
        assertThat(db.matrix().configs().count(ConfigFilter.ALL)).isEqualTo(9_000);
        List<ChildJvm> children = new ArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        List<String> waits = new ArrayList<>();
        try {
            try (Connection held = hold()) {
                for (int i = 0; i < 4; i++) {
                    children.add(child("claim", 50, 25, 20));
                }
                children.forEach(child -> child.await("ready"));
                assertThat(held.isValid(5)).isTrue();
            }
            Thread watch = new Thread(() -> watchLocks(waits, done));
            watch.start();
            Set<Long> seen = new HashSet<>();
            int finished = 0;
            long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
            int[] ended = new int[children.size()];
            while (finished < children.size() && System.nanoTime() < deadline) {
                for (int i = 0; i < children.size(); i++) {
                    for (String line : children.get(i).drain()) {
                        if (line.startsWith("done ")) {
                            ended[i]++;
                            finished++;
                        } else {
                            note(line, seen);
                        }
                    }
                }
                Thread.onSpinWait();
            }
            done.set(true);
            watch.join();
            assertThat(ended).containsOnly(1);
            assertThat(seen).hasSize(9_000);
            assertThat(waits).as("waits for another's row or transaction").isEmpty();
            assertThat(database.value("select count(distinct token) from evalstore.config_leases"))
                    .isEqualTo("9000");
            MatrixFixture.assertEachInOnePlace(database);
        } finally {
            done.set(true);
            children.forEach(ChildJvm::close);
        }
    }

    /** A line is one claim: no item that another has, and lowest rank first, then oldest. */
    private static void note(String line, Set<Long> seen) {
        int rank = Integer.MIN_VALUE;
        long seq = 0;
        for (String item : line.substring("got ".length()).split(" ")) {
            long itsSeq = Long.parseLong(item.substring(0, item.indexOf(':')));
            int itsRank = Integer.parseInt(item.substring(item.indexOf(':') + 1));
            assertThat(seen.add(itsSeq)).as("claimed once").isTrue();
            assertThat(itsRank).isGreaterThanOrEqualTo(rank);
            if (itsRank == rank) {
                assertThat(itsSeq).isGreaterThan(seq);
            }
            rank = itsRank;
            seq = itsSeq;
        }
    }

    /** The gate, an advisory lock, is the one thing that claimers wait for. */
    private static void watchLocks(List<String> waits, AtomicBoolean done) {
        try (Connection connection = TestServer.get().admin(database.name());
                var statement = connection.createStatement()) {
            while (!done.get()) {
                try (var found = statement.executeQuery("select wait_event, left(query, 60) from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'"
                        + " and wait_event in ('tuple', 'transactionid', 'relation')")) {
                    while (found.next()) {
                        waits.add(found.getString(1) + " " + found.getString(2));
                    }
                }
            }
        } catch (SQLException e) {
            waits.add(e.getMessage());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {17})
    void workers_that_are_killed_and_paused_during_a_drain_of_2000_leave_one_result_for_each(long seed)
            throws Exception {
        Random random = new Random(seed);
        UUID version = populate(10, 2, List.of(1, 2, 4, 8, 16), 1_000);
        assertThat(db.matrix().configs().count(ConfigFilter.ALL)).isEqualTo(2_000);
        List<ChildJvm> children = new ArrayList<>();
        int killed = 0;
        ChildJvm paused = null;
        try {
            for (int i = 0; i < 3; i++) {
                children.add(child("drain", 4, 10, 8));
            }
            while (killed < 5
                    && db.matrix()
                                    .configs()
                                    .progress(version, Duration.ofMinutes(1))
                                    .percent()
                            < 90) {
                ChildJvm victim = children.get(random.nextInt(children.size()));
                if (victim == paused || !owns(victim)) {
                    continue;
                }
                if (killed == 1 && paused == null) {
                    victim.pause();
                    paused = victim;
                    children.add(child("drain", 4, 10, 8));
                } else {
                    victim.kill();
                    killed++;
                    children.remove(victim);
                    children.add(child("drain", 4, 10, 8));
                }
            }
            assertThat(killed).isEqualTo(5);
            ChildJvm zombie = paused;
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(owns(zombie))
                            .as(ConfigConcurrencyTest::activity)
                            .isFalse());
            zombie.resume();
            for (ChildJvm child : children) {
                assertThat(child.await("done")).startsWith("done ");
            }
        } finally {
            children.forEach(ChildJvm::close);
        }
        ConfigProgress progress = db.matrix().configs().progress(version, Duration.ofHours(1));
        assertThat(progress.completed()).isEqualTo(2_000);
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isEqualTo(2_000);
        MatrixFixture.assertEachInOnePlace(database);
        MatrixFixture.assertEachCompletedHasItsResult(database);
        // A worker stores the number of its attempt as the throughput: what is counted is what was lost, and no more.
        assertThat(database.value("select count(*) from evalstore.benchmark_configs c"
                        + " join evalstore.benchmark_results r on r.id = c.result_id"
                        + " where r.throughput_tokens_sec = c.attempt and r.ttft_p90_ms = c.seq + 1"))
                .isEqualTo("2000");
        assertThat(Integer.parseInt(
                        database.value("select count(*) from evalstore.benchmark_configs where attempt > 1")))
                .isPositive();
    }

    /** Who does what and waits for whom, for the message of a failure. */
    private static String activity() {
        return String.join(
                        "\n",
                        database.query(
                                "select pid || ' ' || state || ' ' || coalesce(wait_event_type || '/' || wait_event, '-')"
                                        + " || ' for ' || coalesce((now() - state_change)::text, '') || ' by ' || pg_blocking_pids(pid)::text || ' ' || left(query, 50)"
                                        + " from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"))
                + "\n"
                + String.join(
                        "\n",
                        database.query(
                                "select status || ' ' || count(*) || ' ' || coalesce(min(now() - last_heartbeat_at)::text, '')"
                                        + " from evalstore.workers group by status"))
                + "\nready " + database.value("select count(*) from evalstore.config_ready");
    }

    private static boolean owns(ChildJvm child) {
        return database.value("select exists (select from evalstore.config_leases l"
                        + " join evalstore.workers w on w.generation = l.worker where w.worker_id = 'drainer-"
                        + child.pid()
                        + "')")
                .equals("t");
    }
}
