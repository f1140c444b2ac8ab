package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.NotFoundException;
import dev.evalstore.Retry;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations by many threads, which hold each other's leases, too: whatever the order, each claim has one end, and all
 * ends are accounted for. Nothing is retried here, so a deadlock is a failure.
 */
class JobStormTest {
    private static final int THREADS = 8;
    private static final int STEPS = Boolean.getBoolean("evalstore.long") ? 2_000 : 150;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.retry(Retry.NONE));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private final List<UUID> ids = new CopyOnWriteArrayList<>();
    private final List<Lease> leases = new CopyOnWriteArrayList<>();
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final Map<Long, String> accepted = new ConcurrentHashMap<>();
    private final Set<Long> tokens = ConcurrentHashMap.newKeySet();
    private final Set<UUID> retried = ConcurrentHashMap.newKeySet();
    private final AtomicInteger claims = new AtomicInteger();
    private final AtomicInteger rescued = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private final AtomicInteger deleted = new AtomicInteger();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void each_claim_has_one_end_and_each_job_one_place(long seed) throws Exception {
        JobTestKit.empty(database);
        for (int i = 0; i < 3; i++) {
            workers.add(db.workers().register(NewWorker.of("w")));
        }
        Threads.together(THREADS, thread -> () -> {
            Random random = new Random(seed * 100 + thread);
            for (int i = 0; i < STEPS; i++) {
                step(random);
                if (thread == 0 && i % 25 == 0) {
                    assertEachJobInOnePlace(database);
                }
            }
            return true;
        });
        assertEachJobInOnePlace(database);
        assertEveryEndIsAccountedFor();
        assertAttemptsAddUp();
    }

    private static <T> T any(List<T> some, Random random) {
        // What was added last is what others are busy with.
        int size = some.size();
        return some.get(Math.max(0, size - 1 - random.nextInt(Math.min(size, 30))));
    }

    private void step(Random random) {
        int dice = random.nextInt(100);
        try {
            if (dice < 22 || ids.isEmpty()) {
                create(random);
            } else if (dice < 45 || leases.isEmpty()) {
                claim(any(workers, random), 1 + random.nextInt(5));
            } else if (dice < 78) {
                outcome(random);
            } else if (dice < 90) {
                ofJob(any(ids, random), random.nextInt(4));
            } else {
                ofWorker(random);
            }
        } catch (WorkerGoneException e) {
            workers.add(db.workers().register(NewWorker.of("w")));
        } catch (ConflictException | NotFoundException e) {
            // Somebody was quicker, which is what this is about; a lost lease is one of them.
        }
    }

    private void create(Random random) {
        NewJob given = job("a").priority(random.nextInt(3))
                .maxRetries(random.nextInt(6))
                .queue("q" + random.nextInt(2));
        given = random.nextInt(5) == 0 ? given.delay(Duration.ofMillis(random.nextInt(200))) : given;
        if (random.nextBoolean()) {
            ids.add(jobs.createUnique(given.uniqueKey("k" + random.nextInt(5)))
                    .job()
                    .id());
        } else {
            ids.addAll(jobs.createAll(Collections.nCopies(1 + random.nextInt(3), given)));
        }
    }

    private void claim(Worker worker, int limit) {
        take(jobs.claim(worker, limit), limit);
    }

    private void take(List<ClaimedJob> claimed, int limit) {
        assertThat(claimed).hasSizeLessThanOrEqualTo(limit);
        for (ClaimedJob one : claimed) {
            assertThat(tokens.add(one.lease().token()))
                    .as("a token that never was")
                    .isTrue();
            claims.incrementAndGet();
            leases.add(one.lease());
        }
    }

    private void accept(String outcome, List<Lease> given, List<Lease> lost) {
        for (Lease lease : given) {
            if (!lost.contains(lease)) {
                assertThat(accepted.putIfAbsent(lease.token(), outcome))
                        .as("one end")
                        .isNull();
            }
        }
    }

    private void outcome(Random random) {
        List<Lease> some = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Lease lease = any(leases, random);
            if (!some.contains(lease)) {
                some.add(lease);
            }
        }
        Lease one = some.get(0);
        switch (random.nextInt(12)) {
            case 10, 11 -> {
                List<Outcome> ends = new ArrayList<>();
                Map<Boolean, List<Lease>> failing =
                        some.stream().collect(Collectors.partitioningBy(lease -> random.nextInt(3) == 0));
                failing.get(false).forEach(lease -> ends.add(Completion.of(lease, Json.of(lease.token()))));
                failing.get(true)
                        .forEach(lease ->
                                ends.add(Failure.of(lease, "x").retryAfter(Duration.ofMillis(random.nextInt(50)))));
                NextJobs next = jobs.next(any(workers, random), ends, 2);
                take(next.claimed(), 2);
                accept("completed", failing.get(false), next.lost());
                accept("failed", failing.get(true), next.lost());
            }
            case 0, 1, 2 ->
                accept(
                        "completed",
                        some,
                        jobs.completeAll(some.stream()
                                .map(lease -> Completion.of(lease, Json.of(lease.token())))
                                .toList()));
            case 3, 4 ->
                accept(
                        "failed",
                        some,
                        jobs.failAll(some.stream()
                                .map(lease -> Failure.of(lease, "x").retryAfter(Duration.ofMillis(random.nextInt(50))))
                                .toList()));
            case 5 -> accept("released", some, jobs.releaseAll(some));
            case 6 -> accept("cancelled", some, jobs.confirmCancelled(some));
            case 7 -> {
                jobs.snooze(one, Duration.ofMillis(random.nextInt(50)));
                accept("snoozed", List.of(one), List.of());
            }
            case 8 -> {
                jobs.extend(one, Duration.ofHours(1));
                jobs.saveProgress(one, Json.of(one.token()));
            }
            default ->
                database.admin("update evalstore.job_leases set deadline = deadline - interval '1 day' where token = "
                        + one.token());
        }
    }

    private void ofJob(UUID id, int dice) {
        if (dice < 2) {
            jobs.cancel(id);
        } else if (dice == 2) {
            retried.add(id);
            jobs.retry(id);
        } else if (jobs.delete(id)) {
            deleted.incrementAndGet();
        }
    }

    private void ofWorker(Random random) {
        Worker worker = any(workers, random);
        switch (random.nextInt(6)) {
            case 0 -> JobTestKit.silence(database, worker);
            case 1 -> released.addAndGet(db.workers().deregister(worker));
            case 2 -> db.workers().heartbeat(worker, 1, 1, 0);
            case 3 -> rescued.addAndGet(db.workers().removeStale(Duration.ofHours(1)));
            default -> rescued.addAndGet(jobs.requeueExpired(1 + random.nextInt(20)));
        }
    }

    /** Every token that was given out has been used up once, or is held. */
    private void assertEveryEndIsAccountedFor() {
        Map<Long, String> recorded = new HashMap<>();
        for (String row : database.query("select token || ' ' || outcome from evalstore.job_attempts")) {
            String[] parts = row.split(" ");
            assertThat(recorded.put(Long.valueOf(parts[0]), parts[1]))
                    .as("one record for each token")
                    .isNull();
        }
        Set<Long> unread = new TreeSet<>(recorded.keySet());
        unread.removeAll(tokens);
        assertThat(database.query(
                        "select a.token::text from evalstore.job_attempts a join evalstore.jobs j on j.seq = a.seq"
                                + " where a.token = any ('{" + unread.toString().replaceAll("[\\[\\] ]", "") + "}')"))
                .as(
                        "only what was claimed, but for jobs that expired and were deleted before their claim had read them")
                .isEmpty();
        Map<String, Integer> byRescue = new TreeMap<>();
        recorded.forEach((token, outcome) -> {
            String mine = accepted.get(token);
            if (mine == null) {
                byRescue.merge(outcome, 1, Integer::sum);
            } else {
                assertThat(outcome).isEqualTo(mine);
            }
        });
        accepted.forEach((token, outcome) -> assertThat(recorded.get(token))
                .isEqualTo(outcome.equals("released") || outcome.equals("snoozed") ? null : outcome));
        assertThat(byRescue).doesNotContainKeys("completed", "failed");
        int taken = byRescue.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(taken).isEqualTo(rescued.get());
        int held = Integer.parseInt(database.value("select count(*) from evalstore.job_leases"));
        assertThat(claims.get() + unread.size() - accepted.size() - taken - released.get() - held)
                .as("the rest was deleted while it ran")
                .isBetween(0, deleted.get());
    }

    /** A job that never was brought back has spent as many attempts as are recorded. */
    private void assertAttemptsAddUp() {
        List<String> wrong = new ArrayList<>();
        for (String row : database.query("""
                select j.id || ' ' || p.attempt || ' ' || (select count(*) from evalstore.job_attempts a where a.seq = j.seq)
                from evalstore.jobs j join (
                    select seq, attempt from evalstore.job_scheduled union all select seq, attempt from evalstore.job_ready
                    union all select seq, attempt from evalstore.job_leases
                    union all select seq, attempt from evalstore.job_finished) p using (seq)""")) {
            String[] parts = row.split(" ");
            if (!parts[1].equals(parts[2]) && !retried.contains(UUID.fromString(parts[0]))) {
                wrong.add(row);
            }
        }
        assertThat(wrong).isEmpty();
    }
}
