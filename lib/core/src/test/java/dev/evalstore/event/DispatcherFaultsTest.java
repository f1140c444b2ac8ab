package dev.evalstore.event;

import static dev.evalstore.event.DispatcherTestKit.PATIENCE;
import static dev.evalstore.event.DispatcherTestKit.append;
import static dev.evalstore.event.DispatcherTestKit.dispatcher;
import static dev.evalstore.event.DispatcherTestKit.event;
import static dev.evalstore.event.DispatcherTestKit.n;
import static dev.evalstore.event.DispatcherTestKit.position;
import static dev.evalstore.event.DispatcherTestKit.subscribe;
import static dev.evalstore.event.DispatcherTestKit.until;
import static dev.evalstore.event.DispatcherTestKit.untilDrained;
import static dev.evalstore.event.DispatcherTestKit.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.LeaseLostException;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.HostService;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** What goes wrong around a dispatcher: handlers that hang, leases and answers that are lost, servers that are not there. */
@Timeout(300)
class DispatcherFaultsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(10));

    private final Database db = database.db();
    private final EventSubscriptionRepository subscriptions = db.events().subscriptions();

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Waits whatever interrupts, as code does that ignores its interrupts. */
    private static void awaitStubbornly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                await(latch);
            } catch (InterruptedException e) {
                // Ignored on purpose.
            }
        }
    }

    private UUID handled(String name) {
        return subscribe(
                db, NewEventSubscription.of(name, EventDelivery.HANDLER).eventTypes(name + ".one"));
    }

    @Test
    void closing_waits_for_the_event_under_way_and_leaves_the_others_to_the_next_dispatcher() throws Exception {
        UUID id = handled("drain");
        append(db, "drain.one", "a", 5);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        EventDispatcher first = dispatcher(db)
                .handle("drain", context -> {
                    if (n(context.event()) == 1) {
                        second.countDown();
                        await(goOn);
                    }
                    seen.add(n(context.event()));
                })
                .start();
        await(second);
        assertThat(first.running()).isOne();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
        try (EventDispatcher next = dispatcher(db)
                .handle("drain", context -> seen.add(n(context.event())))
                .start()) {
            assertThat(next.running()).isZero();
            assertThat(closed).isNotDone();
            goOn.countDown();
            closed.get(60, TimeUnit.SECONDS);
            untilDrained(db, id);
        }
        assertThat(seen).isEqualTo(upTo(5));
    }

    @Test
    void closing_interrupts_a_handler_in_the_end_and_keeps_what_is_delivered() throws Exception {
        UUID id = handled("cut");
        append(db, "cut.one", "a", 3);
        CountDownLatch second = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        EventDispatcher dispatcher = dispatcher(db)
                .drainTimeout(Duration.ZERO)
                .handle("cut", context -> {
                    if (n(context.event()) == 1) {
                        second.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            thrown.set(e);
                            assertThat(context.isCancelled()).isTrue();
                            throw e;
                        }
                    }
                })
                .start();
        await(second);
        dispatcher.close();
        dispatcher.close();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        EventLag lag = subscriptions.lag(id);
        assertThat(lag.events()).isEqualTo(2);
        assertThat(lag.cursor().owner()).isNull();
        assertThat(lag.cursor().failureCount()).isZero();
    }

    @Test
    void closing_leaves_a_handler_that_ignores_its_interrupt_behind_without_its_lease() throws Exception {
        UUID id = handled("stubborn");
        append(db, "stubborn.one", "a", 3);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        EventDispatcher dispatcher = dispatcher(db)
                .drainTimeout(Duration.ZERO)
                .handle("stubborn", context -> {
                    if (n(context.event()) == 1) {
                        second.countDown();
                        awaitStubbornly(goOn);
                        try {
                            context.complete(tx -> tx.events().append(event("stubborn.never", "a", 1)));
                        } catch (Throwable e) {
                            thrown.set(e);
                        }
                    }
                })
                .start();
        await(second);
        dispatcher.close();
        EventLag lag = subscriptions.lag(id);
        assertThat(lag.events()).isEqualTo(2);
        assertThat(lag.cursor().owner()).isNull();
        goOn.countDown();
        until(() -> thrown.get() != null);
        assertThat(thrown.get()).isInstanceOf(LeaseLostException.class);
        assertThat(db.events().count(EventFilter.ALL.type("stubborn.never"))).isZero();
    }

    @Test
    void a_handler_whose_time_is_up_is_given_up_and_its_event_has_failed() {
        UUID id = handled("overdue");
        append(db, "overdue.one", "a", 3);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        AtomicReference<Throwable> late = new AtomicReference<>();
        List<EventFailure> failures = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .timeout(Duration.ofMillis(200))
                .listener(new DispatcherListener() {
                    @Override
                    public void failed(EventLease lease, DomainEvent event, EventFailure failure, Throwable why) {
                        assertThat(why).isNull();
                        failures.add(failure);
                    }
                })
                .handle("overdue", context -> {
                    if (n(context.event()) == 1 && context.attempt() == 1) {
                        awaitStubbornly(goOn);
                        try {
                            context.complete(tx -> tx.events().append(event("overdue.never", "a", 1)));
                        } catch (Throwable e) {
                            late.set(e);
                        }
                        return;
                    }
                    seen.add(n(context.event()));
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
            assertThat(seen).isEqualTo(upTo(3));
            goOn.countDown();
            until(() -> late.get() != null);
        }
        assertThat(failures).extracting(EventFailure::decision).containsExactly(EventDecision.RETRY);
        assertThat(late.get()).isInstanceOf(LeaseLostException.class);
        assertThat(db.events().count(EventFilter.ALL.type("overdue.never"))).isZero();
    }

    /** Many at once: the handler that is interrupted may end before the thread that gave up on it goes on. */
    @Test
    void a_batch_whose_time_is_up_comes_one_by_one() {
        Map<String, List<Integer>> sizes = new ConcurrentHashMap<>();
        EventDispatcher.Builder builder = dispatcher(db).concurrency(50).timeout(Duration.ofMillis(200));
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String name = "overdue-batch-" + i;
            sizes.put(name, new CopyOnWriteArrayList<>());
            ids.add(handled(name));
            append(db, name + ".one", "a", 5);
            builder.handleBatch(name, batch -> {
                sizes.get(name).add(batch.events().size());
                if (batch.events().size() > 1) {
                    new CountDownLatch(1).await();
                }
            });
        }
        try (EventDispatcher dispatcher = builder.start()) {
            assertThat(dispatcher).isNotNull();
            ids.forEach(id -> untilDrained(db, id));
        }
        assertThat(sizes.values()).allSatisfy(each -> assertThat(each).containsExactly(5, 1, 1, 1, 1, 1));
    }

    @Test
    void slow_handlers_move_the_cursor_before_the_batch_ends() {
        UUID id = handled("slow");
        append(db, "slow.one", "a", 3);
        long before = position(db, id);
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("slow", context -> {
                    long start = System.nanoTime();
                    switch (n(context.event())) {
                        case 0 -> until(() -> System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(1_100));
                        case 1 -> until(() -> position(db, id) > before);
                        default -> {}
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
    }

    @Test
    void a_subscriber_that_fails_or_hangs_holds_up_no_other() throws Exception {
        UUID good = subscribe(
                db, NewEventSubscription.of("good", EventDelivery.HANDLER).eventTypes("beside.one"));
        UUID bad = subscribe(
                db,
                NewEventSubscription.of("bad", EventDelivery.HANDLER)
                        .eventTypes("beside.one")
                        .maxFailures(1_000));
        UUID hung = subscribe(
                db, NewEventSubscription.of("hung", EventDelivery.HANDLER).eventTypes("beside.one"));
        CountDownLatch isHung = new CountDownLatch(1);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        try (EventDispatcher dispatcher = dispatcher(db)
                .drainTimeout(Duration.ZERO)
                .handle("good", context -> seen.add(n(context.event())))
                .handle("bad", context -> {
                    failures.incrementAndGet();
                    throw new IllegalStateException("always");
                })
                .handle("hung", context -> {
                    isHung.countDown();
                    new CountDownLatch(1).await();
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            db.events().append(event("beside.one", "a", 0));
            await(isHung);
            until(() -> failures.get() > 2);
            for (int i = 1; i < 50; i++) {
                db.events().append(event("beside.one", "a", i));
                int count = i + 1;
                until(() -> seen.size() == count);
            }
        }
        assertThat(seen).isEqualTo(upTo(50));
        assertThat(subscriptions.lag(good).events()).isZero();
        assertThat(subscriptions.lag(bad).events()).isEqualTo(50);
        assertThat(subscriptions.lag(hung).events()).isEqualTo(50);
    }

    @Test
    void another_dispatcher_takes_over_within_the_lease_and_the_first_can_complete_nothing() throws Exception {
        UUID id = handled("failover");
        append(db, "failover.one", "a", 3);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch lost = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build());
                EventDispatcher first = dispatcher(far)
                        .lease(Duration.ofSeconds(1))
                        .drainTimeout(Duration.ZERO)
                        .listener(new DispatcherListener() {
                            @Override
                            public void lost(EventLease lease) {
                                lost.countDown();
                            }
                        })
                        .handle("failover", context -> {
                            if (n(context.event()) == 1) {
                                second.countDown();
                                awaitStubbornly(goOn);
                                try {
                                    context.complete(tx -> seen.add(-1));
                                } catch (Throwable e) {
                                    thrown.set(e);
                                    throw e;
                                }
                            } else {
                                context.complete(tx -> seen.add(n(context.event())));
                            }
                        })
                        .start()) {
            assertThat(first).isNotNull();
            await(second);
            proxy.stall(TcpProxy.Way.TO_SERVER);
            await(lost);
            try (EventDispatcher other = dispatcher(db)
                    .lease(Duration.ofSeconds(1))
                    .handle("failover", context -> context.complete(tx -> seen.add(n(context.event()))))
                    .start()) {
                assertThat(other).isNotNull();
                untilDrained(db, id);
            }
            proxy.resume();
            goOn.countDown();
            until(() -> thrown.get() != null);
        }
        assertThat(thrown.get()).isInstanceOf(LeaseLostException.class);
        assertThat(seen).isEqualTo(upTo(3));
    }

    @Test
    void a_subscription_that_was_paused_is_left_after_the_event_under_way() throws Exception {
        UUID id = handled("paused");
        append(db, "paused.one", "a", 3);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .batchSize(1)
                .handle("paused", context -> {
                    if (n(context.event()) == 0 && seen.isEmpty()) {
                        subscriptions.pause(id);
                    }
                    seen.add(n(context.event()));
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            until(() -> subscriptions.lag(id).cursor().owner() == null && !seen.isEmpty());
            assertThat(seen).containsExactly(0);
            subscriptions.resume(id);
            untilDrained(db, id);
        }
        assertThat(seen).isEqualTo(upTo(3));
    }

    @Test
    void a_rewound_subscription_begins_again_although_its_handler_is_at_it() throws Exception {
        UUID id = handled("rewound");
        long before = position(db, id);
        append(db, "rewound.one", "a", 3);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .handle("rewound", context -> {
                    seen.add(n(context.event()));
                    if (seen.size() == 3) {
                        subscriptions.rewind(id, before);
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            until(() -> seen.size() == 6);
            untilDrained(db, id);
        }
        assertThat(seen).containsExactly(0, 1, 2, 0, 1, 2);
    }

    /** A completion is three requests: the handler's row, the cursor, the commit. */
    @ParameterizedTest
    @CsvSource({"1, TO_SERVER", "1, TO_CLIENT", "2, TO_SERVER", "2, TO_CLIENT", "3, TO_SERVER", "3, TO_CLIENT"})
    void a_completion_whose_request_or_answer_is_lost_happens_once(int nth, TcpProxy.Way lost) {
        String name = "lost-" + nth + (lost == TcpProxy.Way.TO_SERVER ? "-request" : "-answer");
        UUID id = handled(name);
        append(db, name + ".one", "a", 5);
        AtomicInteger traps = new AtomicInteger();
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build());
                EventDispatcher dispatcher = dispatcher(far)
                        .lease(Duration.ofSeconds(1))
                        .handle(name, context -> {
                            attempts.add(context.attempt());
                            if (n(context.event()) == 2 && traps.getAndIncrement() == 0) {
                                proxy.loseAt(nth, lost, false);
                            }
                            context.complete(tx -> tx.events().append(event(name + ".done", "a", n(context.event()))));
                        })
                        .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
            assertThat(proxy.hasLost()).isTrue();
        }
        List<Integer> done =
                new ArrayList<>(db.events().list(EventFilter.ALL.type(name + ".done"), 100, null).items().stream()
                        .map(DispatcherTestKit::n)
                        .toList());
        done.sort(null);
        assertThat(done).isEqualTo(upTo(5));
        assertThat(attempts).as("what was lost on the way is no failure").containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event_cursors.claim",
                "event_cursors.settle",
                "event_cursors.acknowledge",
                "event_cursors.release"
            })
    void each_event_arrives_whichever_answer_is_lost(String statement) {
        String name = "any-" + statement.substring(statement.indexOf('.') + 1);
        UUID id = handled(name);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build());
                EventDispatcher dispatcher = dispatcher(far)
                        .lease(Duration.ofSeconds(1))
                        .handle(name, context -> {
                            if (n(context.event()) == 1 && context.attempt() == 1 && statement.endsWith("release")) {
                                throw new IllegalStateException("on purpose");
                            }
                            seen.add(n(context.event()));
                        })
                        .start()) {
            assertThat(dispatcher).isNotNull();
            proxy.loseAnswerTo(statement);
            append(db, name + ".one", "a", 3);
            until(() -> Set.copyOf(seen).size() == 3);
            untilDrained(db, id);
            assertThat(proxy.hasLost()).isTrue();
        }
        assertThat(seen.stream().distinct()).containsExactly(0, 1, 2);
    }

    @Test
    void what_a_host_rolls_back_is_delivered_again() {
        HostService host = new HostService(database.pool());
        Database joined = Database.using(
                database.pool(),
                DatabaseOptions.DEFAULT.hostTransactions(host.transactions()).listener(database.names()));
        UUID id = handled("host");
        append(db, "host.one", "a", 3);
        AtomicInteger rollbacks = new AtomicInteger();
        List<Integer> calls = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(joined)
                .handle("host", context -> {
                    calls.add(n(context.event()));
                    host.inTransaction(() -> {
                        context.complete(tx -> tx.events().append(event("host.done", "a", n(context.event()))));
                        if (n(context.event()) == 1 && rollbacks.getAndIncrement() == 0) {
                            host.rollBack();
                        }
                    });
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(calls).containsExactly(0, 1, 1, 2);
        assertThat(db.events().count(EventFilter.ALL.type("host.done"))).isEqualTo(3);
    }

    @Test
    void a_listening_dispatcher_is_woken_by_an_event_and_needs_no_polling() throws Exception {
        handled("woken");
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        try (EventDispatcher dispatcher = EventDispatcher.on(db)
                .poll(Duration.ofDays(1), Duration.ofDays(1))
                .notifications(database.config().build())
                .handle("woken", context -> {
                    first.countDown();
                    if (n(context.event()) == 1) {
                        second.countDown();
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            // Until it listens, nobody hears.
            until(() -> {
                db.events().append(event("woken.one", "a", 0));
                return first.getCount() == 0;
            });
            db.useTransaction(tx -> tx.events().append(event("woken.one", "a", 1)));
            await(second);
        }
    }

    @Test
    void closing_without_a_database_takes_no_longer_than_it_may() throws Exception {
        UUID id = handled("away");
        append(db, "away.one", "a", 3);
        CountDownLatch started = new CountDownLatch(1);
        try (TcpProxy proxy = database.proxy()) {
            Database far = Database.open(database.through(proxy)
                    .connectTimeout(Duration.ofMinutes(1))
                    .build());
            EventDispatcher dispatcher = dispatcher(far)
                    .lease(Duration.ofSeconds(1))
                    .drainTimeout(Duration.ofSeconds(1))
                    .notifications(database.through(proxy).build())
                    .handle("away", context -> {
                        started.countDown();
                        new CountDownLatch(1).await();
                    })
                    .start();
            await(started);
            proxy.stall(TcpProxy.Way.TO_CLIENT);
            CompletableFuture.runAsync(dispatcher::close).get(30, TimeUnit.SECONDS);
            proxy.resume();
            far.close();
        }
        try (EventDispatcher next = dispatcher(db).handle("away", context -> {}).start()) {
            assertThat(next).isNotNull();
            untilDrained(db, id);
        }
    }

    @Test
    void a_dispatcher_goes_on_when_its_sessions_were_ended() {
        UUID id = handled("ended");
        append(db, "ended.one", "a", 3);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .lease(Duration.ofSeconds(1))
                .handle("ended", context -> {
                    if (n(context.event()) == 1 && !seen.contains(1)) {
                        seen.add(1);
                        database.endSessions();
                    }
                    seen.add(n(context.event()));
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            until(() -> seen.contains(2));
            untilDrained(db, id);
        }
        assertThat(seen.stream().distinct()).containsExactly(0, 1, 2);
    }

    @Test
    void an_executor_that_takes_nothing_leaves_no_lease_behind() {
        UUID id = handled("refused");
        append(db, "refused.one", "a", 1);
        AtomicInteger asked = new AtomicInteger();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (LogCapture log = LogCapture.of(EventDispatcher.class.getName(), Level.WARN);
                EventDispatcher dispatcher = dispatcher(db)
                        .executor(task -> {
                            if (asked.incrementAndGet() < 3) {
                                throw new IllegalStateException("full");
                            }
                            new Thread(task).start();
                        })
                        .handle("refused", context -> seen.add(n(context.event())))
                        .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
            assertThat(log.text()).contains("the executor takes no handlers");
        }
        assertThat(seen).containsExactly(0);
    }

    @Test
    void a_dispatcher_without_its_tables_does_not_start() {
        Database other = db.withSchema("nowhere");
        EventDispatcher.Builder builder = EventDispatcher.on(other).handle("nowhere", context -> {});
        assertThatThrownBy(builder::start).hasMessageContaining("event_subscriptions");
    }

    @Test
    void a_listener_hears_of_it_all_and_may_throw_and_loggers_find_the_event() {
        UUID id = handled("heard");
        append(db, "heard.one", "a", 2);
        List<String> heard = new CopyOnWriteArrayList<>();
        List<String> named = new CopyOnWriteArrayList<>();
        try (EventDispatcher dispatcher = dispatcher(db)
                .listener(new DispatcherListener() {
                    private void hear(String what, EventLease lease) {
                        heard.add(what + " " + lease.subscription());
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void claimed(EventLease lease) {
                        hear("claimed", lease);
                    }

                    @Override
                    public void delivered(EventLease lease, List<DomainEvent> events, Duration time) {
                        hear("delivered " + n(events.get(0)), lease);
                    }

                    @Override
                    public void failed(EventLease lease, DomainEvent event, EventFailure failure, Throwable why) {
                        hear("failed " + n(event) + " " + why.getMessage(), lease);
                    }

                    @Override
                    public void released(EventLease lease) {
                        hear("released", lease);
                    }
                })
                .handle("heard", context -> {
                    named.add(String.valueOf(MDC.get(EventDispatcher.MDC_EVENT)));
                    if (n(context.event()) == 1 && context.attempt() == 1) {
                        throw new IllegalStateException("no");
                    }
                })
                .start()) {
            assertThat(dispatcher).isNotNull();
            untilDrained(db, id);
        }
        assertThat(heard)
                .containsExactly(
                        "claimed heard",
                        "delivered 0 heard",
                        "failed 1 no heard",
                        "released heard",
                        "claimed heard",
                        "delivered 1 heard",
                        "released heard");
        assertThat(named).hasSize(3);
    }
}
