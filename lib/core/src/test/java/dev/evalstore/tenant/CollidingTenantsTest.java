package dev.evalstore.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two tenants whose names have one checksum, and so one key for their gates: they wait for each other, and neither fails.
 */
@Timeout(300)
class CollidingTenantsTest {
    private static final int JOBS = 150;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final List<String> NAMES = colliding();

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    /** Names of one length keep their common checksum whatever follows them, so all kinds of leases collide. */
    private static List<String> colliding() {
        Random random = new Random(1);
        Map<Integer, String> seen = new HashMap<>();
        while (true) {
            StringBuilder name = new StringBuilder("t");
            for (int i = 0; i < 11; i++) {
                name.append((char) ('a' + random.nextInt(26)));
            }
            String other = seen.put(checksum("evalstore." + name + ".job"), name.toString());
            if (other != null && !other.contentEquals(name)) {
                return List.of(other, name.toString());
            }
        }
    }

    private static int checksum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) sum.getValue();
    }

    @BeforeAll
    static void create() {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            NAMES.forEach(owner.tenants()::create);
        }
    }

    @AfterAll
    static void end() {
        THREADS.shutdownNow();
        System.out.println("names with one checksum: " + NAMES);
    }

    private static Database tenant(int number) {
        return database.db().tenants().tenant(NAMES.get(number));
    }

    private static List<NewJob> jobs(int count) {
        return Collections.nCopies(count, NewJob.of("t", Json.EMPTY));
    }

    @Test
    void a_claim_of_one_waits_for_an_open_claim_of_the_other_and_is_then_served() throws Exception {
        Database one = tenant(0);
        Database other = tenant(1);
        Worker first = one.workers().register(NewWorker.of("first"));
        one.jobs().createAll(jobs(1));
        // The kinds have four gates each, which go round among the workers.
        other.jobs().createAll(jobs(4));
        List<Worker> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            others.add(other.workers().register(NewWorker.of("other " + i)));
        }
        List<Future<List<ClaimedJob>>> claims = one.inTransaction(tx -> {
            assertThat(tx.jobs().claim(first, 1)).hasSize(1);
            List<Future<List<ClaimedJob>>> waiting = new ArrayList<>();
            others.forEach(
                    worker -> waiting.add(THREADS.submit(() -> other.jobs().claim(worker, 1))));
            database.awaitBlocked();
            assertThat(waiting).anyMatch(claim -> !claim.isDone());
            return waiting;
        });
        for (Future<List<ClaimedJob>> claim : claims) {
            assertThat(claim.get()).hasSize(1);
        }
        assertThat(one.workers().deregister(first)).isEqualTo(1);
        for (Worker worker : others) {
            assertThat(other.workers().deregister(worker)).isEqualTo(1);
        }
        finish(one, "afterwards");
        finish(other, "afterwards");
    }

    @Test
    void claims_departures_and_rescues_of_both_at_once_neither_fail_nor_deadlock_nor_lose_a_job() throws Exception {
        List<Future<Integer>> running = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Database db = tenant(i);
            db.jobs().createAll(jobs(JOBS));
            for (int thread = 0; thread < 3; thread++) {
                String name = "worker " + thread;
                running.add(THREADS.submit(() -> finish(db, name)));
            }
            running.add(THREADS.submit(() -> {
                int rescued = 0;
                while (db.jobs().count(JobFilter.ALL.status(JobStatus.PENDING)) > 0) {
                    // Takes all gates of all kinds; nobody is so old.
                    rescued += db.workers().removeStale(Duration.ofDays(1));
                }
                return rescued;
            }));
        }
        for (Future<Integer> one : running) {
            one.get();
        }
        for (int i = 0; i < 2; i++) {
            finish(tenant(i), "last");
            assertThat(tenant(i).jobs().count(JobFilter.ALL.status(JobStatus.COMPLETED)))
                    .isEqualTo(tenant(i).jobs().count(JobFilter.ALL))
                    .isGreaterThanOrEqualTo(JOBS);
        }
        assertThat(database.value("select deadlocks from pg_stat_database where datname = current_database()"))
                .isEqualTo("0");
    }

    /** Claims and completes, and leaves with a part of what it holds, until nothing is left. */
    private static int finish(Database db, String name) {
        int completed = 0;
        while (true) {
            Worker worker = db.workers().register(NewWorker.of(name));
            List<ClaimedJob> claimed = db.jobs().claim(worker, 4);
            for (ClaimedJob job : claimed.subList(0, (claimed.size() + 1) / 2)) {
                db.jobs().complete(job.lease(), null);
                completed++;
            }
            db.workers().deregister(worker);
            if (claimed.isEmpty()) {
                return completed;
            }
        }
    }
}
