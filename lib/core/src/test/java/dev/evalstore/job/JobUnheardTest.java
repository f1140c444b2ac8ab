package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.StatementListener;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs whose creator lost the connection before the answer, and what ran of them before it could look. */
class JobUnheardTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final String CREATE = "insert into evalstore.jobs";
    private static final String QUEUE = "brief";

    private final Database db = database.db();
    private final List<Long> executed = new ArrayList<>();
    private Worker worker;

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
        worker = db.workers().register(NewWorker.of("w"));
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    private void workOff() {
        for (List<ClaimedJob> some = db.jobs().claim(worker, 1_000);
                !some.isEmpty();
                some = db.jobs().claim(worker, 1_000)) {
            some.forEach(claimed -> executed.add(claimed.lease().seq()));
            db.jobs()
                    .completeAll(some.stream()
                            .map(claimed -> Completion.of(claimed.lease(), null))
                            .toList());
        }
    }

    /** What the far creator's listener does when it hears of the lost connection, and before the next attempt. */
    private StatementListener onLoss(Runnable action) {
        return (name, time, failure) -> {
            if (failure instanceof TransientDatabaseException || name.equals("commit.status")) {
                action.run();
            }
        };
    }

    private <T> T far(StatementListener listener, Function<TcpProxy, Function<JobRepository, T>> use) {
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy)
                        .poolSize(1)
                        .connectTimeout(Duration.ofSeconds(2))
                        .listener(listener)
                        .build())) {
            far.jobs().count(JobFilter.ALL);
            T result = use.apply(proxy).apply(far.jobs());
            assertThat(proxy.hasLost()).isTrue();
            return result;
        }
    }

    /** Creates with the answer lost, and has all that is stored worked off before anything else is sent. */
    private <T> T unheard(String answerTo, Function<JobRepository, T> create) {
        return far(onLoss(this::workOff), proxy -> {
            proxy.loseAnswerTo(answerTo);
            return create;
        });
    }

    private void assertUnknown(String answerTo, Function<JobRepository, ?> create) {
        var e = catchThrowableOfType(TransientDatabaseException.class, () -> unheard(answerTo, create));
        assertThat(e).isNotNull();
        assertThat(e.outcomeUnknown()).isTrue();
    }

    private void assertExecutedOnce(int jobs) {
        workOff();
        assertThat(executed).hasSize(jobs);
    }

    private static NewJob brief() {
        return job("a").queue(QUEUE);
    }

    @Test
    void a_job_that_ran_and_is_gone_is_not_created_again() {
        db.jobs().limits().keep(QUEUE, QueueKeeps.EVERYTHING.withoutFinished());
        assertUnknown(CREATE, jobs -> jobs.create(brief()));
        assertExecutedOnce(1);
    }

    @ParameterizedTest(name = "create {0}")
    @ValueSource(booleans = {true, false})
    void a_job_with_a_key_that_ran_and_is_gone_is_not_created_again(boolean plainly) {
        db.jobs().limits().keep(QUEUE, QueueKeeps.EVERYTHING.withoutFinished());
        NewJob unique = brief().uniqueKey("k");
        assertUnknown(
                "insert into evalstore.job_unique",
                jobs -> plainly
                        ? jobs.create(unique)
                        : jobs.createUnique(unique).job());
        assertExecutedOnce(1);
    }

    @Test
    void where_finished_jobs_are_kept_it_is_told_as_it_has_ended() {
        db.jobs().limits().keep(QUEUE, QueueKeeps.EVERYTHING.withoutHistory());
        Job created = unheard(CREATE, jobs -> jobs.create(brief()));
        assertThat(created.status()).isEqualTo(JobStatus.COMPLETED);
        assertExecutedOnce(1);
    }

    @Test
    void a_job_that_is_still_there_is_told_wherever_it_is() {
        db.jobs().limits().keep(QUEUE, QueueKeeps.NOTHING);
        Job waiting = far(onLoss(() -> {}), proxy -> {
            proxy.loseAnswerTo(CREATE);
            return jobs -> jobs.create(brief());
        });
        assertThat(waiting.status()).isEqualTo(JobStatus.PENDING);
        Job running = far(
                onLoss(() ->
                        executed.add(db.jobs().claim(worker, 10).get(1).lease().seq())),
                proxy -> {
                    proxy.loseAnswerTo(CREATE);
                    return jobs -> jobs.create(brief());
                });
        assertThat(running.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(executed).containsExactly(running.seq());
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(2);
    }

    /** Whether it was ever stored nobody can tell then. */
    @Test
    void a_job_that_never_arrived_is_sent_again_only_where_its_like_would_have_stayed() {
        Job sentAgain = far(onLoss(this::workOff), proxy -> {
            proxy.loseRequest(CREATE);
            return jobs -> jobs.create(brief());
        });
        assertThat(sentAgain.status()).isEqualTo(JobStatus.PENDING);
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(1);
        db.jobs().limits().keep(QUEUE, QueueKeeps.NOTHING);
        var e = catchThrowableOfType(
                TransientDatabaseException.class,
                () -> far(onLoss(() -> {}), proxy -> {
                    proxy.loseRequest(CREATE);
                    return jobs -> jobs.create(brief());
                }));
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} jobs")
    @ValueSource(ints = {3, 5_000})
    void jobs_that_ran_and_are_gone_are_not_created_again(int many) {
        db.jobs().limits().keep(QUEUE, QueueKeeps.NOTHING);
        List<NewJob> all = Collections.nCopies(many, brief());
        assertUnknown(many < 5_000 ? CREATE : "COMMIT", jobs -> jobs.createAll(all));
        assertExecutedOnce(many);
    }

    @Test
    void a_few_jobs_with_keys_that_ran_and_are_gone_are_not_created_again() {
        db.jobs().limits().keep(QUEUE, QueueKeeps.NOTHING);
        List<NewJob> all = Stream.of("x", "y", "z").map(brief()::uniqueKey).toList();
        assertUnknown("insert into evalstore.job_unique", jobs -> jobs.createAll(all));
        assertExecutedOnce(3);
    }

    /** More than one statement holds are created in a transaction that can be asked for: it turns out well. */
    @Test
    void many_jobs_with_keys_that_ran_and_are_gone_are_told_by_their_ids() {
        db.jobs().limits().keep(QUEUE, QueueKeeps.NOTHING);
        List<NewJob> all = IntStream.range(0, 10_001)
                .mapToObj(i -> brief().uniqueKey("k" + i))
                .toList();
        List<UUID> ids = unheard("COMMIT", jobs -> jobs.createAll(all));
        assertThat(ids).hasSize(10_001);
        assertExecutedOnce(10_001);
    }
}
