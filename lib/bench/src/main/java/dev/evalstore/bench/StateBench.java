package dev.evalstore.bench;

import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/**
 * {@code state}: single entries and batches beside the same statements by hand on the same pool, and then {@link StateGrowth}.
 * {@code calls} are a side's reads in a round, {@code puts} its writes, {@code entries} the size of the largest state.
 */
final class StateBench {
    private static final int KEYS = 1_000;
    private static final int THREADS = 20;
    private static final byte[] VALUE = new byte[200];

    private final Lab lab;
    private final int calls;
    private final int puts;
    private final StateBackend plain;
    private final StateBackend checkpointed;
    private final StateByHand hand;

    private StateBench(Lab lab) throws Exception {
        this.lab = lab;
        this.calls = lab.settings().number("calls", 20_000);
        this.puts = lab.settings().number("puts", 2_000);
        this.plain = lab.db().state("bench-plain", StateOptions.PLAIN);
        this.checkpointed = lab.db().state("bench", StateOptions.DEFAULT);
        plain.putAll(entries(0, KEYS));
        checkpointed.putAll(entries(0, KEYS));
        this.hand = new StateByHand(lab, plain.namespace());
    }

    static void run(Lab lab) throws Exception {
        StateBench bench = new StateBench(lab);
        bench.single();
        bench.checkpointed();
        bench.threads();
        bench.batches();
        StateGrowth.run(lab);
    }

    static byte[] key(int i) {
        return String.format(Locale.ROOT, "key-%09d", i).getBytes(StandardCharsets.US_ASCII);
    }

    static List<NewStateEntry> entries(int from, int number) {
        List<NewStateEntry> entries = new ArrayList<>(number);
        for (int i = from; i < from + number; i++) {
            entries.add(NewStateEntry.of(key(i), VALUE));
        }
        return entries;
    }

    private static byte[] anyKey() {
        return key(ThreadLocalRandom.current().nextInt(KEYS));
    }

    private void single() throws Exception {
        compare("state.get", new Calls(lab, calls), () -> plain.get(anyKey()), () -> hand.get(anyKey()));
        compare("state.put", new Calls(lab, puts), () -> plain.put(anyKey(), VALUE), () -> hand.put(anyKey(), VALUE));
    }

    private void compare(String bench, Calls calls, Callable<?> library, Callable<?> hand) throws Exception {
        lab.report().progress(bench + ", us a call");
        Map<String, Double> micros =
                calls.side("evalstore", library).side("raw", hand).medianMicros();
        lab.report().values(bench, micros, "us", Map.of("rounds", lab.rounds()));
        lab.report().ratio(bench, micros, "evalstore", "raw");
    }

    /** A key is copied when it is first put after a checkpoint; one side does nothing else, the other hardly ever. */
    private void checkpointed() throws Exception {
        lab.report().progress("state.put_checkpointed, us a call");
        checkpointed.createCheckpoint();
        StateBackend first = lab.db().state("bench-first", StateOptions.DEFAULT);
        first.putAll(entries(0, KEYS));
        int[] next = {0};
        Map<String, Double> micros = new Calls(lab, puts)
                .side("checkpointed", () -> checkpointed.put(anyKey(), VALUE))
                .side("first after a checkpoint", () -> {
                    if (next[0]++ % KEYS == 0) {
                        first.createCheckpoint();
                    }
                    return first.put(key(next[0] % KEYS), VALUE);
                })
                .side("plain", () -> plain.put(anyKey(), VALUE))
                .medianMicros();
        lab.report().values("state.put_checkpointed", micros, "us", Map.of("rounds", lab.rounds()));
        lab.report().ratio("state.put_checkpointed", micros, "checkpointed", "plain");
        lab.report().ratio("state.put_checkpointed", micros, "first after a checkpoint", "plain");
    }

    private void threads() throws Exception {
        rate("state.get_threads", calls, () -> plain.get(anyKey()), () -> hand.get(anyKey()));
        rate("state.put_threads", puts * 5, () -> plain.put(anyKey(), VALUE), () -> hand.put(anyKey(), VALUE));
    }

    private void rate(String bench, int number, Callable<?> library, Callable<?> byHand) throws Exception {
        lab.report().progress(bench + ", us a call by " + THREADS + " threads");
        Map<String, Double> rates = new LinkedHashMap<>();
        new Calls(lab, number)
                .threads(THREADS)
                .side("evalstore", library)
                .side("raw", byHand)
                .medianMicros()
                .forEach((side, micros) -> rates.put(side, 1e6 / micros));
        lab.report().values(bench, rates, "1/s", Map.of("threads", THREADS, "rounds", lab.rounds()));
        lab.report().ratio(bench, rates, "evalstore", "raw");
    }

    private void batches() throws Exception {
        lab.report().progress("state.put_all_100, us a call");
        List<NewStateEntry> hundred = entries(0, 100);
        Map<String, Double> micros = new Calls(lab, puts / 2)
                .side("100 entries", () -> {
                    plain.putAll(hundred);
                    return true;
                })
                .side("raw 100 entries", () -> hand.putAll(hundred))
                .side("one entry", () -> plain.put(anyKey(), VALUE))
                .medianMicros();
        lab.report().values("state.put_all_100", micros, "us", Map.of("rounds", lab.rounds()));
        lab.report().ratio("state.put_all_100", micros, "100 entries", "raw 100 entries");
        lab.report().ratio("state.put_all_100", micros, "100 entries", "one entry");

        List<NewStateEntry> many = entries(0, 10_000);
        lab.report().progress("state.put_all, entries a second in batches of " + many.size());
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> perSecond(many, () -> plain.putAll(many)))
                .side("raw copy and upsert", () -> perSecond(many, () -> hand.copyAndUpsert(many)))
                .medians();
        lab.report().values("state.put_all", rates, "entries/s", Map.of("batch", many.size(), "rounds", lab.rounds()));
        lab.report().ratio("state.put_all", rates, "evalstore", "raw copy and upsert");
    }

    /** Stores a batch in one way. */
    @FunctionalInterface
    private interface Store {
        void run() throws Exception;
    }

    private static double perSecond(List<NewStateEntry> batch, Store store) throws Exception {
        long start = System.nanoTime();
        store.run();
        return batch.size() / ((System.nanoTime() - start) / 1e9);
    }
}
