package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys that one unfinished job may have. */
class JobUniqueTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyUnfinishedJobHasItsKey() {
        assertEachJobInOnePlace(database);
        assertThat(database.value("select count(*) from evalstore.jobs j where j.unique_key is not null"
                        + " and not exists (select from evalstore.job_finished f where f.seq = j.seq)"
                        + " and not exists (select from evalstore.job_unique u where u.seq = j.seq)"))
                .isEqualTo("0");
    }

    @Test
    void twenty_creators_make_one_job_and_all_are_told_which() throws Exception {
        for (int round = 0; round < 10; round++) {
            String key = "k" + round;
            List<CreatedJob> told = Threads.together(
                    20,
                    thread -> () -> jobs.createUnique(job("a").uniqueKey(key).fairKey("key-" + thread % 3)));
            assertThat(told.stream().map(c -> c.job().id()).distinct()).hasSize(1);
            assertThat(told.stream().filter(CreatedJob::isNew)).hasSize(1);
        }
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(10);
    }

    @Test
    void a_job_that_may_be_stored_says_so_although_no_later_attempt_could_connect() {
        jobs.create(job("a"));
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy)
                        .poolSize(1)
                        .connectTimeout(Duration.ofSeconds(1))
                        .build())) {
            far.jobs().create(job("a"));
            proxy.loseAnswerTo("insert into evalstore.job_unique");
            proxy.refuse(true);
            var e = catchThrowableOfType(
                    TransientDatabaseException.class, () -> far.jobs().createUnique(job("a").uniqueKey("k")));
            assertThat(e.outcomeUnknown()).isTrue();
        }
        assertThat(database.value("select count(*) from evalstore.job_unique")).isEqualTo("1");
    }

    /** The creator hears of its own job, which is there, and not of the one that has the key now. */
    @Test
    void a_job_that_was_stored_unheard_and_has_ended_is_told_as_the_new_one() throws Exception {
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy)
                        .poolSize(1)
                        .connectTimeout(Duration.ofSeconds(60))
                        .build())) {
            far.jobs().create(job("other"));
            proxy.loseAnswerTo("insert into evalstore.job_unique");
            proxy.refuse(true);
            CompletableFuture<CreatedJob> told =
                    CompletableFuture.supplyAsync(() -> far.jobs().createUnique(job("a").uniqueKey("k")));
            await().until(() -> jobs.count(JobFilter.ALL) == 2);
            Worker worker = db.workers().register(NewWorker.of("w"));
            jobs.claim(worker, 10).forEach(claimed -> jobs.complete(claimed.lease(), null));
            Job second = jobs.create(job("a").uniqueKey("k"));
            proxy.refuse(false);

            CreatedJob created = told.get(2, TimeUnit.MINUTES);
            assertThat(created.isNew()).isTrue();
            assertThat(created.job().status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(created.job().id()).isNotEqualTo(second.id());
        }
    }

    @Test
    void batches_and_single_creators_agree_on_the_owner() throws Exception {
        for (int round = 0; round < 5; round++) {
            String key = "k" + round + "-";
            List<List<UUID>> told = Threads.together(20, thread -> () -> {
                List<NewJob> batch = Stream.of(1, 2, 3, 4, 5)
                        .map(i -> job("a").uniqueKey(key + i))
                        .toList();
                return thread % 2 == 0
                        ? jobs.createAllUnique(batch).stream()
                                .map(CreatedJobId::id)
                                .toList()
                        : batch.stream()
                                .map(one -> jobs.createUnique(one).job().id())
                                .toList();
            });
            assertThat(new HashSet<>(told)).hasSize(1);
        }
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(25);
    }

    @Test
    void creating_a_job_whose_key_is_taken_is_refused_and_says_whose_it_is() {
        UUID owner = jobs.create(job("a").uniqueKey("k")).id();
        assertThatThrownBy(() -> jobs.create(job("b").uniqueKey("k")))
                .isInstanceOf(ConflictException.class)
                .isInstanceOfSatisfying(
                        UniqueKeyTakenException.class,
                        e -> assertThat(e.owner()).isEqualTo(owner));
        assertThat(jobs.create(job("b").queue("other").uniqueKey("k")).id()).isNotEqualTo(owner);
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(2);
        // The statement succeeds without a row, so the caller's transaction goes on.
        db.useTransaction(tx -> {
            assertThatThrownBy(() -> tx.jobs().create(job("b").uniqueKey("k")))
                    .isInstanceOf(UniqueKeyTakenException.class);
            tx.jobs().create(job("c"));
        });
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(3);
    }

    @Test
    void of_many_jobs_none_is_created_where_a_key_is_taken_or_given_twice() {
        UUID owner = jobs.create(job("a").uniqueKey("taken")).id();
        List<NewJob> taken = List.of(job("b"), job("b").uniqueKey("new"), job("b").uniqueKey("taken"));
        List<NewJob> twice = List.of(job("b").uniqueKey("new"), job("c").uniqueKey("new"));
        List<NewJob> many = Stream.concat(
                        Stream.generate(() -> job("b")).limit(10_001), Stream.of(job("b").uniqueKey("taken")))
                .toList();
        for (List<NewJob> batch : List.of(taken, twice, many)) {
            assertThatThrownBy(() -> jobs.createAll(batch))
                    .isInstanceOfSatisfying(
                            UniqueKeyTakenException.class,
                            e -> assertThat(e.owner()).isNull());
            assertThat(jobs.count(JobFilter.ALL)).isEqualTo(1);
        }
        List<UUID> created = jobs.createAll(List.of(job("b"), job("b").uniqueKey("new"), job("b").uniqueKey("newer")));
        assertThat(created).hasSize(3).doesNotContain(owner);
        assertThat(jobs.get(created.get(2)).uniqueKey()).isEqualTo("newer");
    }

    @Test
    void many_unique_jobs_are_told_which_of_them_are_new() {
        UUID owner = jobs.create(job("a").uniqueKey("taken")).id();
        List<CreatedJobId> created = jobs.createAllUnique(List.of(
                job("a").uniqueKey("new"),
                job("b").uniqueKey("taken"),
                job("c"),
                job("d").uniqueKey("new"),
                job("e").delay(Duration.ofHours(1))));
        assertThat(created).extracting(CreatedJobId::isNew).containsExactly(true, false, true, false, true);
        assertThat(created.get(1).id()).isEqualTo(owner);
        assertThat(created.get(3).id()).isEqualTo(created.get(0).id());
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(4);
        assertThat(jobs.createAllUnique(List.of())).isEmpty();
        assertThat(jobs.createAllUnique(List.of(job("plain"))))
                .singleElement()
                .satisfies(one -> assertThat(one.isNew()).isTrue());
    }

    @Test
    void a_key_is_free_as_soon_as_its_job_has_ended_and_never_twice() throws Exception {
        Set<UUID> made = ConcurrentHashMap.newKeySet();
        AtomicInteger creators = new AtomicInteger(4);
        AtomicBoolean overlap = new AtomicBoolean();
        Threads.together(6, thread -> () -> {
            if (thread < 4) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (made.size() < 20 && System.nanoTime() < deadline) {
                    CreatedJob created = jobs.createUnique(job("a").uniqueKey("only"));
                    if (created.isNew() && !made.add(created.job().id())) {
                        overlap.set(true);
                    }
                }
                return creators.decrementAndGet();
            }
            Worker worker = db.workers().register(NewWorker.of("w" + thread));
            while (creators.get() > 0) {
                List<ClaimedJob> claimed = jobs.claim(worker, 5);
                if (claimed.size() > 1) {
                    overlap.set(true);
                }
                claimed.forEach(c -> jobs.complete(c.lease(), null));
            }
            return 0;
        });
        assertThat(overlap).isFalse();
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(made.size());
        assertThat(made.size()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void a_creator_waits_for_one_that_has_not_committed_and_follows_what_becomes_of_it() throws Exception {
        for (boolean commit : new boolean[] {true, false}) {
            String key = "commit-" + commit;
            UUID[] first = new UUID[1];
            CompletableFuture<CreatedJob> second = new CompletableFuture<>();
            try {
                db.useTransaction(tx -> {
                    first[0] = tx.jobs()
                            .createUnique(job("a").uniqueKey(key))
                            .job()
                            .id();
                    second.completeAsync(() -> jobs.createUnique(job("b").uniqueKey(key)));
                    database.awaitBlocked();
                    if (!commit) {
                        throw new IllegalStateException("no");
                    }
                });
            } catch (IllegalStateException e) {
                assertThat(commit).isFalse();
            }
            CreatedJob told = second.get(30, TimeUnit.SECONDS);
            assertThat(told.isNew()).isEqualTo(!commit);
            assertThat(told.job().id().equals(first[0])).isEqualTo(commit);
        }
    }

    @Test
    void bringing_a_job_back_and_creating_its_like_leave_one() throws Exception {
        Worker worker = db.workers().register(NewWorker.of("w"));
        for (int round = 0; round < 10; round++) {
            String key = "k" + round;
            UUID failed = jobs.createUnique(job("a").uniqueKey(key)).job().id();
            jobs.failAll(List.of(
                    Failure.of(jobs.claim(worker, 1).get(0).lease(), "x").permanently()));
            List<UUID> told = Threads.together(4, thread -> () -> {
                if (thread % 2 == 0) {
                    return jobs.createUnique(job("a").uniqueKey(key)).job().id();
                }
                try {
                    return jobs.retry(failed).id();
                } catch (ConflictException e) {
                    return null;
                }
            });
            assertThat(told.stream().filter(Objects::nonNull).distinct()).hasSize(1);
            jobs.complete(jobs.claim(worker, 5).get(0).lease(), null);
            assertThat(jobs.claim(worker, 5)).isEmpty();
        }
        assertThatThrownBy(() -> jobs.createUnique(job("a"))).hasMessageContaining("uniqueKey");
    }
}
