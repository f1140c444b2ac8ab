package dev.evalstore.bench;

import dev.evalstore.Json;
import dev.evalstore.event.NewDomainEvent;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * {@code events}: a transaction with one insert and one event beside the same without the event, by one thread and by {@code threads}; and
 * batches of {@code batch} events beside a COPY by hand. {@code calls} are a side's transactions in a round, {@code batches} its
 * batches. Then {@link EventDeliveryBench}.
 */
final class EventBench {
    static final String TYPE = "order.placed";
    static final String AGGREGATE = "order";
    static final String PAYLOAD =
            "{\"customer\":\"ada\",\"total\":\"10.00\",\"currency\":\"EUR\",\"items\":[{\"sku\":\"a-17\",\"quantity\":2}]}";

    private static final Json JSON = Json.parse(PAYLOAD);

    private final Lab lab;
    private final EventsByHand hand;

    private EventBench(Lab lab) {
        this.lab = lab;
        this.hand = new EventsByHand(lab);
    }

    static void run(Lab lab) throws Exception {
        EventBench bench = new EventBench(lab);
        lab.execute(EventsByHand.ORDERS);
        bench.append();
        bench.appendBatch();
        lab.execute("drop table public.bench_orders");
        EventDeliveryBench.run(lab);
    }

    /** The aggregate of the event with this number: a thousand of them, in turn. */
    static String aggregate(int event) {
        return "order-" + event % 1_000;
    }

    static NewDomainEvent event(String aggregate) {
        return NewDomainEvent.of(TYPE, AGGREGATE, aggregate).payload(JSON);
    }

    static List<NewDomainEvent> events(int number) {
        return IntStream.range(0, number).mapToObj(i -> event(aggregate(i))).toList();
    }

    private void append() throws Exception {
        int calls = lab.settings().number("calls", 2_000);
        int threads = lab.settings().number("threads", 8);
        compare("events.append", calls, 1);
        compare("events.append_threads", calls * threads, threads);
    }

    /** Without the event, the transaction is the library's all the same: what the event costs is the difference. */
    private void compare(String bench, int calls, int threads) throws Exception {
        lab.report().progress(bench + ", us a transaction");
        Map<String, Double> micros = new Calls(lab, calls)
                .threads(threads)
                .side("evalstore", () -> order(true))
                .side("raw", () -> order(false))
                .side("insert by hand", () -> hand.append(PAYLOAD))
                .medianMicros();
        Map<String, Object> params = Map.of("calls", calls, "threads", threads, "rounds", lab.rounds());
        lab.report().values(bench, micros, "us", params);
        lab.report().ratio(bench, micros, "evalstore", "raw");
    }

    private boolean order(boolean hasEvent) throws SQLException {
        return lab.db().<Boolean, SQLException>inTransaction(tx -> {
            UUID id = Ids.next();
            EventsByHand.order(tx.connection(), id);
            return !hasEvent || tx.events().append(event(id.toString())).position() > 0;
        });
    }

    private void appendBatch() throws Exception {
        int batch = lab.settings().number("batch", 1_000);
        int batches = lab.settings().number("batches", 20);
        List<NewDomainEvent> events = events(batch);
        lab.report().progress("events.append_batch, events a second");
        Map<String, Double> rates = new Rounds(lab)
                .side(
                        "evalstore",
                        () -> rate(batch, batches, () -> lab.db().events().appendAll(events)))
                .side("raw", () -> rate(batch, batches, () -> hand.appendAll(batch, PAYLOAD)))
                .medians();
        lab.report().values("events.append_batch", rates, "events/s", Map.of("batch", batch, "batches", batches));
        lab.report().ratio("events.append_batch", rates, "evalstore", "raw");
    }

    /** Something timed. */
    private interface Work {
        void run() throws Exception;
    }

    private double rate(int batch, int batches, Work work) throws Exception {
        lab.execute("checkpoint");
        long start = System.nanoTime();
        for (int i = 0; i < batches; i++) {
            work.run();
        }
        return (double) batch * batches / ((System.nanoTime() - start) / 1e9);
    }
}
