package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.expireLeases;
import static dev.evalstore.job.JobTestKit.job;
import static dev.evalstore.job.JobTestKit.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventFilter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The events of jobs, which are appended when they are asked for. */
class JobEventsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.events("job"));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private Worker worker;

    @BeforeEach
    void register() {
        JobTestKit.empty(database);
        worker = db.workers().register(NewWorker.of("w-1"));
    }

    private List<DomainEvent> events(UUID job) {
        List<DomainEvent> events = new ArrayList<>(
                db.events().ofAggregate("job", job.toString(), 1_000, null).items());
        Collections.reverse(events);
        return events;
    }

    /** What happened, with the status and the attempts then. */
    private List<String> told(UUID job) {
        return events(job).stream()
                .map(event -> event.eventType().substring("job.".length()) + " "
                        + event.payload().asMap().get("status") + " "
                        + event.payload().asMap().get("attempt"))
                .toList();
    }

    private long count(String type) {
        return db.events().count(EventFilter.ALL.type(type));
    }

    private ClaimedJob claim() {
        return jobs.claim(worker, 1).get(0);
    }

    @Test
    void a_job_tells_of_each_move_once() {
        UUID id = jobs.create(job("a").queue("nightly").maxRetries(1)).id();
        jobs.release(claim().lease());
        jobs.snooze(claim().lease(), Duration.ZERO);
        jobs.fail(Failure.of(claim().lease(), "no luck").retryAfter(Duration.ZERO));
        jobs.fail(Failure.of(claim().lease(), "no luck"));
        jobs.retry(id);
        jobs.complete(claim().lease(), Json.of(Map.of("score", 1)));
        assertThatThrownBy(() -> jobs.retry(id)).isInstanceOf(ConflictException.class);
        jobs.delete(id);
        assertThat(jobs.delete(id)).isFalse();

        assertThat(told(id))
                .containsExactly(
                        "enqueued PENDING 0",
                        "claimed RUNNING 0",
                        "released PENDING 0",
                        "claimed RUNNING 0",
                        "snoozed PENDING 0",
                        "claimed RUNNING 0",
                        "attempt_failed PENDING 1",
                        "claimed RUNNING 1",
                        "failed FAILED 2",
                        "retried PENDING 0",
                        "claimed RUNNING 0",
                        "completed COMPLETED 1",
                        "deleted COMPLETED 1");
        assertThat(events(id).get(0).payload().asMap())
                .containsOnly(
                        Map.entry("queue", "nightly"),
                        Map.entry("type", "a"),
                        Map.entry("status", "PENDING"),
                        Map.entry("attempt", 0));
    }

    @Test
    void a_cancelled_job_tells_of_it_when_it_ends() {
        UUID pending = jobs.create(job("a")).id();
        UUID scheduled = jobs.create(job("a").delay(Duration.ofHours(1))).id();
        jobs.cancel(pending);
        jobs.cancel(scheduled);
        assertThat(told(pending)).containsExactly("enqueued PENDING 0", "cancelled CANCELLED 0");
        assertThat(told(scheduled)).containsExactly("enqueued PENDING 0", "cancelled CANCELLED 0");

        List<String> ended = new ArrayList<>();
        for (int how = 0; how < 5; how++) {
            UUID running = jobs.create(job("a")).id();
            ClaimedJob claimed = claim();
            jobs.cancel(running);
            jobs.cancel(running);
            assertThat(told(running)).containsExactly("enqueued PENDING 0", "claimed RUNNING 0");
            switch (how) {
                case 0 -> jobs.confirmCancelled(List.of(claimed.lease()));
                case 1 -> jobs.release(claimed.lease());
                case 2 -> jobs.snooze(claimed.lease(), Duration.ZERO);
                case 3 -> jobs.fail(Failure.of(claimed.lease(), "no luck"));
                default -> assertThat(jobs.releaseHeldBy(worker)).isOne();
            }
            assertThat(told(running)).hasSize(3);
            ended.add(told(running).get(2));
        }
        assertThat(ended)
                .containsExactly(
                        "cancelled CANCELLED 1",
                        "cancelled CANCELLED 0",
                        "cancelled CANCELLED 0",
                        "cancelled CANCELLED 1",
                        "cancelled CANCELLED 0");
    }

    @Test
    void what_a_rescue_and_a_leaving_worker_do_is_told() {
        UUID id = jobs.create(job("a").maxRetries(2)).id();
        claim();
        expireLeases(database);
        assertThat(jobs.requeueExpired(10)).isOne();
        claim();
        silence(database, worker);
        assertThat(jobs.requeueExpired(10)).isOne();
        worker = db.workers().register(NewWorker.of("w-2"));
        claim();
        assertThat(db.workers().deregister(worker)).isOne();
        worker = db.workers().register(NewWorker.of("w-3"));
        claim();
        assertThat(jobs.releaseHeldBy(worker)).isOne();
        claim();
        expireLeases(database);
        assertThat(jobs.requeueExpired(10)).isOne();

        assertThat(told(id))
                .containsExactly(
                        "enqueued PENDING 0",
                        "claimed RUNNING 0",
                        "timed_out PENDING 1",
                        "claimed RUNNING 1",
                        "lost PENDING 2",
                        "claimed RUNNING 2",
                        "released PENDING 2",
                        "claimed RUNNING 2",
                        "released PENDING 2",
                        "claimed RUNNING 2",
                        "failed FAILED 3");
    }

    @Test
    void every_way_to_enqueue_tells_of_each_new_job_once() {
        long before = count("job.enqueued");
        jobs.create(job("one"));
        jobs.createUnique(job("unique").uniqueKey("k"));
        jobs.createUnique(job("unique").uniqueKey("k"));
        jobs.createAll(List.of(job("few"), job("few").uniqueKey("l")));
        jobs.createAllUnique(List.of(job("again").uniqueKey("l"), job("again").uniqueKey("m")));
        assertThat(count("job.enqueued") - before).isEqualTo(5);

        List<UUID> many = jobs.createAll(
                IntStream.range(0, 5_001).mapToObj(i -> job("many")).toList());
        assertThat(count("job.enqueued") - before).isEqualTo(5_006);
        assertThat(told(many.get(5_000))).containsExactly("enqueued PENDING 0");
    }

    @Test
    void attempts_that_end_with_a_claim_are_told_too() {
        UUID first = jobs.create(job("a")).id();
        UUID second = jobs.create(job("a")).id();
        ClaimedJob claimed = claim();
        NextJobs next = jobs.next(worker, List.of(Completion.of(claimed.lease(), null)), 1);

        assertThat(next.claimed()).hasSize(1);
        assertThat(told(first)).endsWith("completed COMPLETED 1");
        assertThat(told(second)).containsExactly("enqueued PENDING 0", "claimed RUNNING 0");
    }

    @Test
    void the_actor_and_its_cause_are_told_of_what_a_caller_does() {
        UUID user = UUID.randomUUID();
        UUID correlation = UUID.randomUUID();
        Database acting = db.actingAs(ActingContext.of(new Actor(ActorKind.USER, user, "anna", null, null))
                .causedBy(correlation, null));
        UUID id = acting.jobs().create(job("a")).id();
        acting.jobs().cancel(id);
        acting.jobs().retry(id);
        acting.jobs().delete(id);
        UUID many = acting.jobs().createAll(List.of(job("a"))).get(0);

        assertThat(told(id))
                .containsExactly(
                        "enqueued PENDING 0", "cancelled CANCELLED 0", "retried PENDING 0", "deleted PENDING 0");
        assertThat(events(id)).hasSize(4);
        for (DomainEvent event : IntStream.range(0, 5)
                .mapToObj(i -> i < 4 ? events(id).get(i) : events(many).get(0))
                .toList()) {
            assertThat(event.correlationId()).isEqualTo(correlation);
            assertThat(event.causationId()).isNull();
            assertThat(event.actorKind()).isEqualTo(ActorKind.USER);
            assertThat(event.actorId()).isEqualTo(user);
        }
    }

    @Test
    void a_move_that_is_rolled_back_is_not_told() {
        UUID id = jobs.create(job("a")).id();
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.jobs().cancel(id);
                    throw new IllegalStateException("undo");
                }))
                .hasMessage("undo");
        assertThat(told(id)).containsExactly("enqueued PENDING 0");
    }

    /** Two moves of one job meet at its row, and only then draw positions. */
    @Test
    void the_events_of_a_job_are_in_the_order_of_its_moves() throws Exception {
        UUID id = jobs.create(job("a")).id();
        Threads.together(6, thread -> () -> {
            for (int i = 0; i < 30; i++) {
                try {
                    if (thread % 2 == 0) {
                        jobs.cancel(id);
                    } else {
                        jobs.retry(id);
                    }
                } catch (ConflictException e) {
                    // Another thread was first.
                }
            }
            return true;
        });
        List<String> moves = told(id);
        for (int i = 0; i < moves.size(); i++) {
            assertThat(moves.get(i)).startsWith(i == 0 ? "enqueued" : i % 2 == 1 ? "cancelled" : "retried");
        }
    }

    @Test
    void events_that_are_not_asked_for_cost_nothing() {
        List<String> quiet = new CopyOnWriteArrayList<>();
        List<String> telling = new CopyOnWriteArrayList<>();
        long before = db.events().count(EventFilter.ALL);
        life(quiet, "w-quiet");
        assertThat(db.events().count(EventFilter.ALL)).isEqualTo(before);
        life(telling, "w-telling", "job");
        assertThat(db.events().count(EventFilter.ALL)).isGreaterThan(before + 10);
        assertThat(quiet).isEqualTo(telling);
    }

    private static void life(List<String> names, String name, String... events) {
        try (Database own = Database.open(database.config()
                .events(events)
                .listener((statement, time, failure) -> {
                    // Others run when it suits them: a look for partitions, and notifications after the commit.
                    if (!statement.startsWith("partitions.") && !statement.endsWith(".wake")) {
                        names.add(statement);
                    }
                })
                .build())) {
            JobRepository jobs = own.jobs();
            Worker worker = own.workers().register(NewWorker.of(name));
            UUID id = jobs.create(job("a")).id();
            jobs.createAll(List.of(job("b")));
            for (ClaimedJob claimed : jobs.claim(worker, 2)) {
                jobs.fail(Failure.of(claimed.lease(), "no luck").permanently());
            }
            jobs.retry(id);
            jobs.release(jobs.claim(worker, 1).get(0).lease());
            jobs.cancel(id);
            jobs.delete(id);
            own.workers().deregister(worker);
        }
    }
}
