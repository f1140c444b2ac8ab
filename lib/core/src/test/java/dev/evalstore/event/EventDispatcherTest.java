package dev.evalstore.event;

import static dev.evalstore.event.DispatcherTestKit.append;
import static dev.evalstore.event.DispatcherTestKit.dispatcher;
import static dev.evalstore.event.DispatcherTestKit.event;
import static dev.evalstore.event.DispatcherTestKit.n;
import static dev.evalstore.event.DispatcherTestKit.subscribe;
import static dev.evalstore.event.DispatcherTestKit.until;
import static dev.evalstore.event.DispatcherTestKit.untilDrained;
import static dev.evalstore.event.DispatcherTestKit.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobFilter;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** What handlers are given, and what becomes of what they do. */
@Timeout(300)
class EventDispatcherTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final Database db = database.db();
    private final EventSubscriptionRepository subscriptions = db.events().subscriptions();

    @BeforeAll
    static void effects() {
        database.admin("create table public.effects (subscription text, position bigint);"
                + " grant insert, select on public.effects to evalstore_app");
    }

    /** The host's row in the commit that moves the cursor. */
    private static void effect(EventContext context) throws SQLException {
        context.<SQLException>complete(tx -> {
            try (var insert = tx.connection().prepareStatement("insert into public.effects values (?, ?)")) {
                insert.setString(1, context.lease().subscription());
                insert.setLong(2, context.event().position());
                insert.executeUpdate();
            }
        });
    }

    private static List<Long> effects(String subscription) {
        return database
                .query("select position from public.effects where subscription = '" + subscription + "' order by ctid")
                .stream()
                .map(Long::valueOf)
                .toList();
    }

    private List<DomainEvent> of(String type) {
        List<DomainEvent> events = new ArrayList<>(
                db.events().list(EventFilter.ALL.type(type), 1_000, null).items());
        events.sort((a, b) -> Long.compare(a.position(), b.position()));
        return events;
    }

    @Test
    void a_handler_gets_each_event_of_its_types_once_in_order() {
        UUID id = subscribe(
                db, NewEventSubscription.of("each", EventDelivery.HANDLER).eventTypes("each.wanted"));
        append(db, "each.wanted", "a", 300);
        append(db, "each.other", "a", 300);
        append(db, "each.wanted", "b", 300);
        List<DomainEvent> seen = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .batchSize(100)
                .handle("each", context -> {
                    assertThat(context.attempt()).isOne();
                    assertThat(context.isCancelled()).isFalse();
                    assertThat(context.lease().subscription()).isEqualTo("each");
                    seen.add(context.event());
                })
                .start()) {
            untilDrained(db, id);
            assertThat(dispatcher.running()).isZero();
        }
        assertThat(seen).containsExactlyElementsOf(of("each.wanted"));
        EventLag lag = subscriptions.lag(id);
        assertThat(lag.cursor().position()).isEqualTo(lag.settled());
        assertThat(lag.cursor().lastDeliveredAt()).isNotNull();
    }

    @Test
    void a_subscription_that_is_made_later_is_served_too() {
        CountDownLatch seen = new CountDownLatch(1);
        try (EventDispatcher dispatcher =
                dispatcher(db).handle("later", context -> seen.countDown()).start()) {
            assertThat(dispatcher.running()).isZero();
            subscribe(
                    db, NewEventSubscription.of("later", EventDelivery.HANDLER).eventTypes("later.one"));
            db.events().append(event("later.one", "a", 0));
            until(() -> seen.getCount() == 0);
        }
    }

    @Test
    void completions_happen_once_with_the_cursor_and_not_at_all_when_the_work_throws() {
        UUID id = subscribe(
                db, NewEventSubscription.of("complete", EventDelivery.HANDLER).eventTypes("complete.one"));
        append(db, "complete.one", "a", 20);
        AtomicInteger failures = new AtomicInteger();
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("complete", context -> {
                    if (n(context.event()) == 7 && failures.getAndIncrement() < 2) {
                        context.complete(tx -> {
                            tx.events().append(event("complete.never", "a", 7));
                            throw new IllegalStateException("on purpose");
                        });
                    }
                    effect(context);
                    assertThatThrownBy(() -> context.complete(tx -> {})).isInstanceOf(IllegalStateException.class);
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(failures).hasValue(3);
        assertThat(effects("complete"))
                .containsExactlyElementsOf(
                        of("complete.one").stream().map(DomainEvent::position).toList());
        assertThat(of("complete.never")).isEmpty();
    }

    @Test
    void an_event_is_delivered_when_its_handler_has_completed_whatever_it_does_then() {
        UUID id = subscribe(
                db, NewEventSubscription.of("completed", EventDelivery.HANDLER).eventTypes("completed.one"));
        append(db, "completed.one", "a", 3);
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("completed", context -> {
                    effect(context);
                    throw new IllegalStateException("too late");
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(effects("completed")).hasSize(3);
        assertThat(subscriptions.parked(id, ParkedEventFilter.ALL, 10, null).items())
                .isEmpty();
    }

    @Test
    void an_event_that_fails_is_tried_again_before_any_later_one_and_parked_with_those_of_its_aggregate() {
        UUID id = subscribe(
                db,
                NewEventSubscription.of("park", EventDelivery.HANDLER)
                        .eventTypes("park.one")
                        .maxFailures(3));
        db.events()
                .appendAll(List.of(
                        event("park.one", "bad", 0),
                        event("park.one", "good", 1),
                        event("park.one", "bad", 2),
                        event("park.one", "good", 3)));
        List<String> calls = new CopyOnWriteArrayList<>();
        boolean[] isMended = new boolean[1];
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("park", context -> {
                    calls.add(n(context.event()) + "/" + context.attempt());
                    if (n(context.event()) == 0 && !isMended[0]) {
                        throw new IllegalStateException("no index");
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
            assertThat(calls).containsExactly("0/1", "0/2", "0/3", "1/1", "3/1");
            assertThat(subscriptions.parked(id, ParkedEventFilter.ALL, 10, null).items())
                    .extracting(ParkedEvent::attempts)
                    .containsExactly(3, 0);
            assertThat(subscriptions
                            .parked(id, ParkedEventFilter.ALL.failed(true), 10, null)
                            .items())
                    .extracting(ParkedEvent::error)
                    .containsExactly("java.lang.IllegalStateException: no index");

            isMended[0] = true;
            subscriptions.retryParked(id, ParkedEventFilter.ALL);
            until(() -> subscriptions
                    .parked(id, ParkedEventFilter.ALL, 10, null)
                    .items()
                    .isEmpty());
            assertThat(calls.subList(5, calls.size())).containsExactly("0/1", "2/1");
        }
    }

    @Test
    void a_failure_that_no_retry_can_help_is_decided_at_once() {
        UUID id = subscribe(
                db,
                NewEventSubscription.of("skip", EventDelivery.HANDLER)
                        .eventTypes("skip.one")
                        .onPoison(OnPoison.SKIP));
        append(db, "skip.one", "a", 3);
        List<Integer> calls = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("skip", context -> {
                    calls.add(n(context.event()));
                    if (n(context.event()) == 0) {
                        throw EventFailedException.permanently("no such thing");
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(calls).containsExactly(0, 1, 2);
        assertThat(subscriptions.parked(id, ParkedEventFilter.ALL, 10, null).items())
                .extracting(ParkedEvent::error)
                .containsExactly("no such thing");
    }

    @Test
    void a_subscription_that_stops_continues_with_the_event_when_it_is_resumed() {
        UUID id = subscribe(
                db,
                NewEventSubscription.of("stop", EventDelivery.HANDLER)
                        .eventTypes("stop.one")
                        .onPoison(OnPoison.STOP)
                        .maxFailures(2));
        append(db, "stop.one", "a", 3);
        List<Integer> calls = new CopyOnWriteArrayList<>();
        boolean[] isMended = new boolean[1];
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("stop", context -> {
                    calls.add(n(context.event()));
                    if (!isMended[0] && n(context.event()) == 1) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            until(() -> !subscriptions.get(id).enabled());
            assertThat(subscriptions.get(id).disabledReason()).isEqualTo(DisabledReason.POISON);
            assertThat(calls).containsExactly(0, 1, 1);
            isMended[0] = true;
            subscriptions.resume(id);
            untilDrained(db, id);
        }
        assertThat(calls).containsExactly(0, 1, 1, 1, 2);
    }

    @Test
    void a_failure_waits_as_long_as_it_says_and_otherwise_twice_as_long_each_time() {
        UUID id = subscribe(
                db, NewEventSubscription.of("wait", EventDelivery.HANDLER).eventTypes("wait.one"));
        db.events().append(event("wait.one", "a", 0));
        List<Duration> waits = new CopyOnWriteArrayList<>();
        DispatcherListener listener = new DispatcherListener() {
            @Override
            public void failed(EventLease lease, DomainEvent event, EventFailure failure, Throwable why) {
                String[] between = database.value("select extract(epoch from timestamptz '" + failure.retryAt()
                                + "' - statement_timestamp()) || ' '")
                        .split(" ");
                waits.add(Duration.ofMillis((long) (Double.parseDouble(between[0]) * 1_000)));
                // Nobody waits for it.
                database.admin(
                        "update evalstore.event_cursors set retry_at = null where subscription_id = '" + id + "'");
            }
        };
        try (EventDispatcher dispatcher = dispatcher(db)
                .backoff(new Backoff(Duration.ofMinutes(10), Duration.ofMinutes(30)))
                .listener(listener)
                .handle("wait", context -> {
                    switch (context.attempt()) {
                        case 1 -> throw EventFailedException.retryAfter(Duration.ofHours(5), "busy");
                        case 2, 3, 4 -> throw new IllegalStateException("on purpose");
                        default -> {}
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(waits).hasSize(4);
        assertThat(waits.get(0)).isBetween(Duration.ofMinutes(290), Duration.ofHours(5));
        assertThat(waits.get(1)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(20));
        assertThat(waits.get(2)).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(30));
        assertThat(waits.get(3)).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(30));
    }

    @Test
    void a_batch_is_delivered_as_a_whole_and_its_failing_event_is_found() {
        UUID id = subscribe(
                db,
                NewEventSubscription.of("batch", EventDelivery.HANDLER)
                        .eventTypes("batch.one")
                        .maxFailures(2)
                        .onPoison(OnPoison.SKIP));
        append(db, "batch.one", "a", 25);
        List<List<Integer>> batches = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .batchSize(10)
                .handleBatch("batch", batch -> {
                    List<Integer> numbers =
                            batch.events().stream().map(DispatcherTestKit::n).toList();
                    batches.add(numbers);
                    if (numbers.contains(12)) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(batches.get(0)).isEqualTo(upTo(10));
        assertThat(batches.get(1)).hasSize(10).contains(12);
        assertThat(batches.subList(2, 6)).containsExactly(List.of(10), List.of(11), List.of(12), List.of(12));
        assertThat(batches.subList(6, 13)).allSatisfy(batch -> assertThat(batch).hasSize(1));
        assertThat(batches.subList(13, batches.size())).containsExactly(List.of(20, 21, 22, 23, 24));
        assertThat(subscriptions.parked(id, ParkedEventFilter.ALL, 10, null).items())
                .extracting(ParkedEvent::attempts)
                .containsExactly(2);
    }

    @Test
    void a_batch_can_be_completed_with_the_hosts_rows() {
        UUID id = subscribe(
                db, NewEventSubscription.of("batched", EventDelivery.HANDLER).eventTypes("batched.one"));
        append(db, "batched.one", "a", 30);
        try (EventDispatcher dispatcher = dispatcher(db)
                .batchSize(20)
                .handleBatch(
                        "batched",
                        batch -> batch.<SQLException>complete(tx -> {
                            try (var insert =
                                    tx.connection().prepareStatement("insert into public.effects values (?, ?)")) {
                                for (DomainEvent event : batch.events()) {
                                    insert.setString(1, "batched");
                                    insert.setLong(2, event.position());
                                    insert.executeUpdate();
                                }
                            }
                        }))
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(effects("batched"))
                .containsExactlyElementsOf(
                        of("batched.one").stream().map(DomainEvent::position).toList());
    }

    @Test
    void a_subscription_by_job_enqueues_one_job_an_event() {
        UUID id = subscribe(
                db,
                NewEventSubscription.of("by-job", EventDelivery.JOB)
                        .endpoint("notify")
                        .eventTypes("job.one"));
        append(db, "job.one", "a", 30);
        try (EventDispatcher dispatcher = dispatcher(db).batchSize(20).jobs().start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        List<Job> jobs = new ArrayList<>(
                db.jobs().list(JobFilter.ALL.jobType("notify"), 100, null).items());
        jobs.sort((a, b) -> Long.compare(a.seq(), b.seq()));
        assertThat(jobs.stream().map(job -> job.payload().asMap().get("id")))
                .containsExactlyElementsOf(
                        of("job.one").stream().map(one -> one.id().toString()).toList());
        assertThat(jobs.get(29).payload().asMap())
                .containsEntry("type", "job.one")
                .containsEntry("aggregateId", "a")
                .containsEntry("data", Map.of("n", 29));
    }

    @Test
    void a_subscription_by_webhook_sends_each_event_signed_and_is_disabled_by_410() {
        List<Integer> answers = new CopyOnWriteArrayList<>(List.of(204, 500, 200, 410));
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) ->
                out.write(("HTTP/1.1 " + answers.remove(0) + " x\r\ncontent-length: 0\r\n\r\n").getBytes("ASCII")))) {
            IssuedSubscription issued = subscriptions.subscribe(NewEventSubscription.of("hook", EventDelivery.WEBHOOK)
                    .endpoint(receiver.url("/hook"))
                    .eventTypes("hook.one"));
            append(db, "hook.one", "a", 3);
            try (EventDispatcher dispatcher = dispatcher(db)
                    .webhooks(WebhookOptions.DEFAULT.allowed(address -> address.isLoopbackAddress()))
                    .start()) {
                assertThat(dispatcher).isNotNull();
                until(() -> !subscriptions.get(issued.subscription().id()).enabled());
            }
            List<DomainEvent> events = of("hook.one");
            assertThat(receiver.requests().stream().map(one -> UUID.fromString(one.header("webhook-id"))))
                    .containsExactly(
                            events.get(0).id(),
                            events.get(1).id(),
                            events.get(1).id(),
                            events.get(2).id());
            assertThat(subscriptions.get(issued.subscription().id()).disabledReason())
                    .isEqualTo(DisabledReason.GONE);
            assertThat(DispatcherTestKit.position(db, issued.subscription().id()))
                    .isEqualTo(events.get(1).position());
        }
    }

    @Test
    void a_handler_for_a_subscription_of_another_delivery_is_refused() {
        for (NewEventSubscription other : List.of(
                NewEventSubscription.of("not-handled", EventDelivery.JOB).endpoint("nobody"),
                NewEventSubscription.of("not-pulled", EventDelivery.PULL))) {
            subscribe(db, other.eventTypes("not.one"));
            EventDispatcher.Builder builder = dispatcher(db).handle(other.name(), context -> {});
            assertThatThrownBy(builder::start)
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(other.name() + " is not for a handler");
        }
    }

    @Test
    void what_a_handler_throws_after_it_has_completed_is_logged_and_changes_nothing() {
        UUID id = subscribe(
                db, NewEventSubscription.of("late", EventDelivery.HANDLER).eventTypes("late.one"));
        db.events().append(event("late.one", "a", 0));
        db.events().append(event("late.one", "a", 1));
        try (LogCapture log = LogCapture.of(EventDispatcher.class.getName(), Level.WARN);
                EventDispatcher dispatcher = dispatcher(db)
                        .handle("late", context -> {
                            context.complete(tx -> {});
                            throw new IllegalStateException("on purpose");
                        })
                        .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
            assertThat(log.text()).contains("the handler of late failed after it had delivered its event");
        }
        assertThat(subscriptions.lag(id).cursor().failureCount()).isZero();
    }

    @Test
    void what_is_odd_is_refused_before_anything_starts() {
        EventDispatcher.Builder builder = EventDispatcher.on(db);
        assertThatThrownBy(builder::start).hasMessageContaining("handle at least one subscription");
        assertThatThrownBy(() -> builder.handle("Not A Name", context -> {})).hasMessageContaining("subscription");
        builder.handle("a", context -> {});
        assertThatThrownBy(() -> builder.handleBatch("a", batch -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subscription has a handler already");
        assertThatThrownBy(() -> builder.owner(" ")).hasMessageContaining("owner");
        assertThatThrownBy(() -> builder.owner("a\0b")).hasMessageContaining("owner");
        assertThatThrownBy(() -> builder.concurrency(0)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> builder.batchSize(1_001)).hasMessageContaining("batchSize");
        assertThatThrownBy(() -> builder.lease(Duration.ofMillis(999))).hasMessageContaining("lease");
        assertThatThrownBy(() -> builder.lease(Duration.ofMinutes(61))).hasMessageContaining("lease");
        assertThatThrownBy(() -> builder.timeout(Duration.ZERO)).hasMessageContaining("timeout");
        assertThatThrownBy(() -> builder.poll(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContaining("minimum");
        assertThatThrownBy(() -> builder.poll(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("maximum");
        assertThatThrownBy(() -> builder.drainTimeout(Duration.ofSeconds(-1))).hasMessageContaining("drainTimeout");
        assertThatThrownBy(() -> EventFailedException.retryAfter(Duration.ofDays(400), "x"))
                .hasMessageContaining("retryAfter");
    }
}
