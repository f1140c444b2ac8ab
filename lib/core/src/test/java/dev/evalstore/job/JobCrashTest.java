package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Lease;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Processes that are killed, sessions that are ended and a server that crashes while jobs are worked off, each with an effect
 * in its completion's transaction. {@code -Devalstore.long=true} does it with twenty times as many.
 */
class JobCrashTest {
    private static final int JOBS = Boolean.getBoolean("evalstore.long") ? 20_000 : 1_000;
    private static final String EFFECTS =
            "create table if not exists public.effects (seq bigint, token bigint, worker bigint,"
                    + " at timestamptz default clock_timestamp()); grant insert on public.effects to evalstore_app";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
        database.admin(EFFECTS + "; truncate public.effects");
    }

    private static void enqueue(Database db, int n) {
        List<NewJob> all = Collections.nCopies(n, job("effect").maxRetries(1_000));
        db.jobs().createAll(all);
    }

    private static ChildJvm worker(DatabaseConfig config) {
        return ChildJvm.start(JobWorkerMain.class, List.of("-Xmx64m"), JobWorkerMain.arguments(config, "effects"));
    }

    /** Works the queue off by three processes, with something done to them whenever so many more jobs are completed. */
    private static void drain(Database db, DatabaseConfig config, int every, Disturbance disturbance) throws Exception {
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                children.add(worker(config));
            }
            long[] next = {every};
            await().atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        long completed = db.jobs().stats().of("default").completed();
                        if (completed >= next[0] && completed < JOBS) {
                            disturbance.of(children);
                            next[0] = completed + every;
                        }
                        // A job that went down with three workers is poison: here they were not its victims.
                        db.jobs()
                                .listRetryCandidates(1_000)
                                .forEach(poison -> db.jobs().retry(poison.id()));
                        return completed == JOBS;
                    });
        } finally {
            children.forEach(ChildJvm::close);
        }
    }

    /** What goes wrong. */
    private interface Disturbance {
        void of(List<ChildJvm> children) throws Exception;
    }

    private void assertEachEffectOnce() {
        assertThat(database.query("select j.seq || ': ' || count(e.seq) from evalstore.jobs j"
                        + " left join public.effects e on e.seq = j.seq group by j.seq having count(e.seq) <> 1"))
                .isEmpty();
        assertThat(database.value("select count(*) from public.effects")).isEqualTo(Integer.toString(JOBS));
        assertThat(
                        database.value(
                                "select count(*) from public.effects e join evalstore.job_attempts a"
                                        + " on a.seq = e.seq and a.token = e.token and a.worker = e.worker and a.outcome = 'completed'"))
                .as("each under the token that completed the job")
                .isEqualTo(Integer.toString(JOBS));
        JobTestKit.assertEachJobInOnePlace(database);
    }

    @Test
    void each_effect_happens_once_when_processes_are_killed_and_sessions_are_ended() throws Exception {
        enqueue(db, JOBS);
        DatabaseConfig config = database.config().build();
        Random random = new Random(7);
        int[] kills = new int[2];
        drain(db, config, JOBS / 20, children -> {
            if ((kills[0] + kills[1]) % 2 == 0) {
                int victim = random.nextInt(children.size());
                children.get(victim).kill();
                children.set(victim, worker(config));
                kills[0]++;
            } else {
                database.query(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                                + " and usename = 'evalstore_app' and application_name <> '' and pid <> pg_backend_pid()"
                                + " order by random() limit 2");
                kills[1]++;
            }
        });
        assertThat(kills[0]).as("processes killed").isPositive();
        assertThat(kills[1]).as("times that sessions were ended").isPositive();
        assertEachEffectOnce();
    }

    @Test
    void each_effect_happens_once_when_the_server_crashes() throws Exception {
        // Without synchronous commits a crash takes acknowledged ones with it: no queue survives that.
        try (OwnServer server = OwnServer.start(Map.of("synchronous_commit", "on"), data -> {})) {
            String name = server.createMigrated();
            DatabaseConfig config = server.as("evalstore_app", name).build();
            server.asTestServer().execute(name, EFFECTS);
            int[] crashes = new int[1];
            try (Database own = Database.open(config)) {
                enqueue(own, JOBS);
                drain(own, config, JOBS / 4, children -> {
                    server.kill();
                    server.restart();
                    crashes[0]++;
                });
            }
            assertThat(crashes[0]).isPositive();
            assertThat(server.asTestServer()
                            .query(name, "select count(*) || ' ' || count(distinct seq) from public.effects"))
                    .containsExactly(JOBS + " " + JOBS);
        }
    }

    @Test
    void the_jobs_of_a_killed_worker_run_again_within_its_time_to_live_and_five_seconds() {
        enqueue(db, 10);
        Worker rescuer = db.workers().register(NewWorker.of("rescuer").timeToLive(Duration.ofMinutes(5)));
        String killedAt;
        try (ChildJvm child = ChildJvm.start(
                JobWorkerMain.class,
                List.of("-Xmx64m"),
                JobWorkerMain.arguments(database.config().build(), "hold"))) {
            child.await("HOLDING");
            assertThat(db.jobs().claim(rescuer, 10)).isEmpty();
            child.kill();
            killedAt = database.value("select clock_timestamp()");
        }
        int[] claimed = new int[1];
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    db.jobs().requeueExpired(100);
                    claimed[0] += db.jobs().claim(rescuer, 10).size();
                    return claimed[0] == 10;
                });
        double seconds = Double.parseDouble(database.value("select extract(epoch from max(claimed_at) - timestamptz '"
                + killedAt + "') from evalstore.job_leases"));
        assertThat(seconds).as("time to live 2 s").isBetween(0.5, 7.0);
    }

    @Test
    void a_worker_that_was_stopped_beyond_its_life_can_write_nothing_and_registers_anew() {
        enqueue(db, 10);
        Worker other = db.workers().register(NewWorker.of("other").timeToLive(Duration.ofMinutes(5)));
        try (ChildJvm child = ChildJvm.start(
                JobWorkerMain.class,
                List.of("-Xmx64m"),
                JobWorkerMain.arguments(database.config().build(), "hold"))) {
            long generation = Long.parseLong(child.await("HOLDING").substring("HOLDING ".length()));
            child.pause();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> db.jobs().requeueExpired(100) == 10);
            List<ClaimedJob> taken = db.jobs().claim(other, 9);
            Lease held = taken.get(0).lease();
            List<String> before = contents();
            child.resume();
            child.await("GONE");
            for (String verb :
                    List.of("COMPLETE", "FAIL", "EXTEND", "PROGRESS", "SNOOZE", "RELEASE", "STORE", "CLAIM")) {
                assertThat(child.await(verb)).isEqualTo(verb + " refused");
            }
            long anew = Long.parseLong(child.await("ANEW").substring("ANEW ".length()));
            assertThat(anew).isGreaterThan(generation);
            assertThat(contents()).as("the others' jobs are untouched").containsAll(before);
            db.jobs().complete(held, null);
            assertThat(database.query("select worker from public.effects"))
                    .as("stored by the new registration alone")
                    .containsExactly(Long.toString(anew));
        }
    }

    /** What is known of the jobs that are running. */
    private static List<String> contents() {
        return database.query("select l::text || j::text from evalstore.job_leases l join evalstore.jobs j using (seq)"
                + " where l.worker = (select generation from evalstore.workers where worker_id = 'other')");
    }
}
