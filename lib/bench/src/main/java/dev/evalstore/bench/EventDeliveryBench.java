package dev.evalstore.bench;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.EventStart;
import dev.evalstore.event.EventSubscriptionRepository;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.job.Backoff;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The second half of {@code events}: {@code events} events delivered to a handler that does nothing, beside an outbox that delivers as
 * many ({@code peer=0} leaves it out); {@code ten} events to each of ten subscriptions; {@code commits} events that are each completed
 * with a row in a commit of its own, beside the same commits by hand; and the time from an append to the handler, {@code samples} a
 * round by polling and by notification, and {@code beside} a round beside a handler that always fails.
 */
final class EventDeliveryBench {
    private static final int MAX_BATCH = 100_000;
    private static final int PEER_THREADS = 8;
    private static final long PATIENCE = 600;

    private static final String EFFECT = "insert into public.bench_effects (event, note) values (?, ?)";
    private static final String CURSOR =
            "update evalstore.event_cursors set position = ?, failure_count = 0, retry_at = null,"
                    + " last_error = null, last_delivered_at = statement_timestamp() where subscription_id = ? and owner is null";

    private final Lab lab;
    private final EventSubscriptionRepository subscriptions;

    private EventDeliveryBench(Lab lab) {
        this.lab = lab;
        this.subscriptions = lab.db().events().subscriptions();
    }

    static void run(Lab lab) throws Exception {
        lab.execute(
                "drop table if exists public.bench_effects",
                "create table public.bench_effects (event uuid not null, note text not null)");
        EventDeliveryBench bench = new EventDeliveryBench(lab);
        bench.deliver();
        bench.deliverTen();
        bench.complete();
        bench.latency();
        bench.besideFailing();
        lab.execute("drop table public.bench_effects");
    }

    /** Subscriptions by handler that begin before the same events, which are delivered again in each round. */
    private final class Subscribed {
        private final long before;
        private final int events;
        private final Map<String, UUID> ids = new LinkedHashMap<>();

        Subscribed(int subscribers, int events) {
            this.events = events;
            // An event of its own says where the others begin.
            this.before = lab.db().events().append(EventBench.event("before")).position();
            for (int from = 0; from < events; from += MAX_BATCH) {
                lab.db().events().appendAll(EventBench.events(Math.min(MAX_BATCH, events - from)));
            }
            for (int i = 0; i < subscribers; i++) {
                String name = "bench-" + UUID.randomUUID();
                ids.put(
                        name,
                        subscribe(NewEventSubscription.of(name, EventDelivery.HANDLER)
                                .start(EventStart.after(before))));
            }
        }

        /** Events a second, of all subscriptions together, until the last cursor is stored; each event with a row, or without. */
        double deliver(boolean withRows) throws Exception {
            ids.values().forEach(id -> subscriptions.rewind(id, before));
            lab.execute("checkpoint");
            CountDownLatch open = new CountDownLatch(events * ids.size());
            EventDispatcher.Builder builder = EventDispatcher.on(lab.db());
            ids.keySet()
                    .forEach(name -> builder.handle(name, context -> {
                        if (withRows) {
                            context.<SQLException>complete(tx ->
                                    effect(tx.connection(), context.event().id()));
                        }
                        open.countDown();
                    }));
            long start = System.nanoTime();
            EventDispatcher dispatcher = builder.start();
            try {
                if (!open.await(PATIENCE, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(open.getCount() + " events were not delivered");
                }
            } finally {
                // Stores the last cursors, which belongs to the work.
                dispatcher.close();
            }
            return (double) events * ids.size() / ((System.nanoTime() - start) / 1e9);
        }

        void end() {
            ids.values().forEach(subscriptions::delete);
        }
    }

    private void deliver() throws Exception {
        int events = lab.settings().number("events", 40_000);
        boolean hasPeer = lab.settings().number("peer", 1) != 0;
        Subscribed one = new Subscribed(1, events);
        lab.report().progress("events.deliver, events a second");
        Rounds rounds = new Rounds(lab).side("evalstore", () -> one.deliver(false));
        Map<String, Double> rates;
        try (NamastackOutbox peer = hasPeer ? new NamastackOutbox(lab, PEER_THREADS) : null) {
            rates = (peer == null
                            ? rounds
                            : rounds.side("outbox-peer", () -> {
                                peer.fill(events, EventBench.PAYLOAD);
                                return peer.deliver();
                            }))
                    .medians();
        }
        one.end();
        lab.report().values("events.deliver", rates, "events/s", Map.of("events", events, "rounds", lab.rounds()));
        if (hasPeer) {
            lab.report().ratio("events.deliver", rates, "evalstore", "outbox-peer");
        }
    }

    private void deliverTen() throws Exception {
        int events = lab.settings().number("ten", 20_000);
        Subscribed ten = new Subscribed(10, events);
        lab.report().progress("events.deliver_ten, events a second, of ten subscriptions together");
        Map<String, Double> rates =
                new Rounds(lab).side("evalstore", () -> ten.deliver(false)).medians();
        ten.end();
        lab.report().values("events.deliver_ten", rates, "events/s", Map.of("events", events, "rounds", lab.rounds()));
    }

    private void complete() throws Exception {
        int commits = lab.settings().number("commits", 3_000);
        Subscribed one = new Subscribed(1, commits);
        Subscribed raw = new Subscribed(1, commits);
        UUID id = raw.ids.values().iterator().next();
        lab.report().progress("events.complete, events a second");
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> one.deliver(true))
                .side("raw", () -> byHand(id, raw.before, commits))
                .medians();
        one.end();
        raw.end();
        lab.report().values("events.complete", rates, "events/s", Map.of("commits", commits, "rounds", lab.rounds()));
        lab.report().ratio("events.complete", rates, "evalstore", "raw");
    }

    private static void effect(Connection connection, UUID event) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement(EFFECT)) {
            row.setObject(1, event);
            row.setString(2, EventBench.TYPE);
            row.executeUpdate();
        }
    }

    /** The same rows: an effect and the cursor, in a commit each. */
    private double byHand(UUID subscription, long before, int commits) throws SQLException {
        lab.execute("checkpoint");
        long start = System.nanoTime();
        for (int i = 0; i < commits; i++) {
            try (Connection connection = lab.pool().getConnection();
                    PreparedStatement cursor = connection.prepareStatement(CURSOR)) {
                connection.setAutoCommit(false);
                effect(connection, Ids.next());
                cursor.setLong(1, before + i);
                cursor.setObject(2, subscription);
                if (cursor.executeUpdate() != 1) {
                    throw new IllegalStateException("the cursor is leased");
                }
                connection.commit();
                connection.setAutoCommit(true);
            }
        }
        return commits / ((System.nanoTime() - start) / 1e9);
    }

    private void latency() throws Exception {
        int samples = lab.settings().number("samples", 20);
        lab.report().progress("events.latency, ms from an append to the handler, median of a round");
        Map<String, Double> p50 = new Rounds(lab)
                .side("polling", () -> latency(samples, 450, builder -> builder).millis(0.5))
                .side(
                        "notification",
                        () -> latency(samples, 450, this::notified).millis(0.5))
                .medians();
        lab.report().values("events.latency", p50, "ms", Map.of("samples", samples, "rounds", lab.rounds()));
        lab.report().ratio("events.latency", p50, "notification", "polling");
    }

    /** The failing one gets the same events, and fails again every tenth of a second. */
    private void besideFailing() throws Exception {
        int samples = lab.settings().number("beside", 200);
        lab.report().progress("events.beside_failing, ms from an append to the handler, 99th percentile of a round");
        String failing = "bench-" + UUID.randomUUID();
        UUID id = subscribe(
                NewEventSubscription.of(failing, EventDelivery.HANDLER).maxFailures(100));
        Map<String, Double> p99 = new Rounds(lab)
                .side("alone", () -> latency(samples, 60, this::notified).millis(0.99))
                .side(
                        "beside a failing one",
                        () -> latency(
                                        samples,
                                        60,
                                        builder -> notified(builder)
                                                .backoff(new Backoff(Duration.ofMillis(100), Duration.ofMillis(100)))
                                                .handle(failing, context -> {
                                                    throw new IllegalStateException("on purpose");
                                                }))
                                .millis(0.99))
                .medians();
        subscriptions.delete(id);
        lab.report().values("events.beside_failing", p99, "ms", Map.of("samples", samples, "rounds", lab.rounds()));
        lab.report().ratio("events.beside_failing", p99, "beside a failing one", "alone");
    }

    private EventDispatcher.Builder notified(EventDispatcher.Builder builder) {
        return builder.notifications(DatabaseConfig.builder(lab.server().url()).build());
    }

    private UUID subscribe(NewEventSubscription subscription) {
        return subscriptions.subscribe(subscription).subscription().id();
    }

    /** An event every 50 ms to so many more, each delivered before the next; the commit is within the time. */
    private Latencies latency(int samples, int pauses, UnaryOperator<EventDispatcher.Builder> how) throws Exception {
        String name = "bench-" + UUID.randomUUID();
        UUID id = subscribe(NewEventSubscription.of(name, EventDelivery.HANDLER));
        BlockingQueue<Long> started = new LinkedBlockingQueue<>();
        Latencies latencies = new Latencies();
        Random random = new Random(1);
        EventDispatcher dispatcher = how.apply(EventDispatcher.on(lab.db()))
                .handle(name, context -> started.add(System.nanoTime()))
                .start();
        try {
            for (int i = 0; i < samples; i++) {
                Thread.sleep(Duration.ofMillis(50 + random.nextInt(pauses - 50)).toMillis());
                long before = System.nanoTime();
                lab.db().events().append(EventBench.event("latency"));
                latencies.add(started.take() - before);
            }
        } finally {
            dispatcher.close();
            subscriptions.delete(id);
        }
        return latencies;
    }
}
