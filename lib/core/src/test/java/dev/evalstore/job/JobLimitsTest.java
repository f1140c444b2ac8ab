package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds, shares and priorities among several claimers. */
class JobLimitsTest {
    /** How many claims of one are counted. */
    private static final boolean LONG = Boolean.getBoolean("evalstore.long");

    private static final int SINGLE = LONG ? 10_000 : 2_000;

    /** As many again are claimed and released: nine seconds' worth, or a minute's. */
    private static final int RATED = LONG ? 300 : 45;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void end() {
        JobTestKit.refuseNothing(database);
    }

    private Worker worker() {
        return db.workers().register(NewWorker.of("w"));
    }

    private static void complete(JobRepository jobs, List<ClaimedJob> claimed) {
        assertThat(jobs.completeAll(claimed.stream()
                        .map(c -> Completion.of(c.lease(), null))
                        .toList()))
                .isEmpty();
    }

    /** Whatever n claims follow each other, the n-th after one comes no sooner than the interval. */
    @Test
    void a_rate_holds_in_every_window_however_it_is_placed() throws Exception {
        database.admin("create table public.released (token bigint, at timestamptz)");
        int rate = 10;
        jobs.createAll(Collections.nCopies(RATED, job("a").fairKey("openai")));
        jobs.limits().set(JobLimit.fairKey("openai").rate(rate, Duration.ofSeconds(1)));
        AtomicInteger done = new AtomicInteger();
        Threads.together(4, thread -> () -> {
            Worker worker = worker();
            Random random = new Random(thread);
            while (done.get() < RATED) {
                List<ClaimedJob> claimed = jobs.claim(worker, 1 + random.nextInt(7));
                if (thread % 2 == 0) {
                    complete(jobs, claimed);
                    done.addAndGet(claimed.size());
                } else {
                    jobs.releaseAll(claimed.stream().map(ClaimedJob::lease).toList());
                    note(claimed);
                }
                Thread.sleep(5);
            }
            return true;
        });
        List<String> tooSoon = database.query("select token from (select token, at - lag(at, " + rate
                + ") over (order by at) as since from (select token, started_at as at from evalstore.job_attempts"
                + " union all select token, at from public.released) c) w where since < interval '1 second'");
        assertThat(tooSoon).isEmpty();
    }

    /** A claim counts whatever becomes of it; one that was released leaves no attempt, so it is recorded here. */
    private static void note(List<ClaimedJob> claimed) {
        claimed.forEach(c -> database.admin("insert into public.released values ("
                + c.lease().token() + ", '" + c.lease().claimedAt() + "')"));
    }

    @ParameterizedTest(name = "claims of {0}")
    @ValueSource(ints = {1, 10})
    void shares_follow_the_weights_three_to_one(int limit) throws Exception {
        int each = limit == 1 ? SINGLE : 10_000;
        for (String key : List.of("three", "one")) {
            jobs.createAll(Collections.nCopies(each, job("a").fairKey(key)));
        }
        jobs.create(job("a").fairKey("empty").delay(Duration.ofDays(1)));
        jobs.limits().set(JobLimit.fairKey("three").weight(3));
        Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        AtomicInteger claims = new AtomicInteger(each / limit);
        try (Database second = Database.open(database.config().build())) {
            Threads.together(2, thread -> () -> {
                Database mine = thread == 0 ? db : second;
                Worker worker = mine.workers().register(NewWorker.of("w" + thread));
                while (claims.getAndDecrement() > 0) {
                    for (ClaimedJob one : mine.jobs().claim(worker, limit)) {
                        counts.computeIfAbsent(one.job().fairKey(), key -> new AtomicInteger())
                                .incrementAndGet();
                    }
                }
                return true;
            });
        }
        double three = counts.get("three").get();
        double one = counts.get("one").get();
        assertThat(three + one).isEqualTo(each);
        assertThat(three / one).as(three + " to " + one).isBetween(2.7, 3.3);
    }

    @Test
    void what_may_not_run_delays_nothing_else() {
        for (String blocked : List.of("paused", "full", "spent")) {
            jobs.createAll(Collections.nCopies(200, job("a").fairKey(blocked).priority(100)));
        }
        jobs.createAll(Collections.nCopies(200, job("a").queue("halted").priority(100)));
        jobs.limits().pause(JobLimit.Scope.FAIR_KEY, "paused");
        jobs.limits().pause(JobLimit.Scope.QUEUE, "halted");
        jobs.limits().set(JobLimit.fairKey("full").maxRunning(3));
        jobs.limits().set(JobLimit.fairKey("spent").rate(4, Duration.ofHours(1)));
        Worker worker = worker();
        assertThat(jobs.claim(worker, 100)).hasSize(7);
        List<UUID> free = jobs.createAll(Collections.nCopies(30, job("a").fairKey("free")));
        for (int i = 0; i < 3; i++) {
            assertThat(jobs.claim(worker, 10).stream().map(c -> c.job().id()))
                    .containsExactlyElementsOf(free.subList(i * 10, i * 10 + 10));
        }
        assertThat(jobs.claim(worker, 10)).isEmpty();
        jobs.limits().resume(JobLimit.Scope.QUEUE, "halted");
        assertThat(jobs.claim(worker, 10)).hasSize(10);
    }

    @Test
    void a_full_fair_key_leaves_its_queues_room_to_others() {
        jobs.createAll(Collections.nCopies(50, job("a").fairKey("full").priority(5)));
        jobs.createAll(Collections.nCopies(50, job("a").fairKey("free")));
        jobs.limits().set(JobLimit.queue("default").maxRunning(10));
        jobs.limits().set(JobLimit.fairKey("full").maxRunning(1));
        List<ClaimedJob> claimed = jobs.claim(worker(), 20);
        assertThat(claimed).hasSize(10);
        assertThat(claimed.stream().filter(c -> c.job().fairKey().equals("full")))
                .hasSize(1);
    }

    @Test
    void priorities_hold_across_lanes() {
        Random random = new Random(3);
        List<NewJob> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(job("a").queue("q" + random.nextInt(3))
                    .fairKey("k" + random.nextInt(3))
                    .priority(random.nextInt(21) - 10));
        }
        jobs.createAll(all);
        Worker worker = worker();
        List<Integer> priorities = new ArrayList<>();
        Map<String, Long> last = new HashMap<>();
        List<ClaimedJob> claimed;
        do {
            claimed = jobs.claim(worker, 7);
            for (ClaimedJob one : claimed) {
                priorities.add(one.job().priority());
                String lane =
                        one.job().priority() + one.job().queue() + one.job().fairKey();
                assertThat(one.job().seq()).as("oldest first in its lane").isGreaterThan(last.getOrDefault(lane, 0L));
                last.put(lane, one.job().seq());
            }
        } while (!claimed.isEmpty());
        assertThat(priorities).hasSize(600).isSortedAccordingTo(Collections.reverseOrder());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1})
    void a_maximum_that_is_set_while_claims_are_under_way_holds_for_those_that_begin_after(int max) throws Exception {
        jobs.createAll(Collections.nCopies(500, job("a")));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<?> claimers = CompletableFuture.supplyAsync(() -> {
            try {
                return Threads.together(6, thread -> () -> {
                    Worker worker = worker();
                    while (!stop.get()) {
                        List<ClaimedJob> claimed = jobs.claim(worker, 4);
                        jobs.releaseAll(claimed.stream().map(ClaimedJob::lease).toList());
                        begun.incrementAndGet();
                    }
                    return true;
                });
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            await().until(() -> begun.get() > 30 || claimers.isDone());
            jobs.limits().set(JobLimit.queue("default").maxRunning(max));
            int then = begun.get();
            // Each of the six has ended the claim that it was at, and given it back, when there were so many more of
            // each.
            await().until(() -> begun.get() > then + 60 || claimers.isDone());
            await().until(() -> Integer.parseInt(database.value("select count(*) from evalstore.job_leases")) <= max);
            JobTestKit.refuseMoreThan(database, "n.queue = 'default'", max);
            int watched = begun.get();
            await().until(() -> begun.get() > watched + 200 || claimers.isDone());
        } finally {
            stop.set(true);
        }
        claimers.get();
    }
}
