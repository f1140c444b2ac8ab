package dev.evalstore.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * {@link Rounds} for calls of microseconds: the sides take turns within a round too, a block of calls at a time, so that what
 * disturbs the machine for a moment disturbs all of them.
 */
final class Calls {
    private static final int BLOCK = 50;
    private static final int WARM_UPS = 2;

    private final Lab lab;
    private final int calls;
    private final List<String> names = new ArrayList<>();
    private final List<Callable<?>> sides = new ArrayList<>();
    private int threads = 1;

    /** So many calls a side and round. */
    Calls(Lab lab, int calls) {
        this.lab = lab;
        this.calls = Math.max(BLOCK, calls / BLOCK * BLOCK);
    }

    Calls side(String name, Callable<?> call) {
        names.add(name);
        sides.add(call);
        return this;
    }

    /** Each block by so many threads at once, fifty calls by each of them; the time is shared out among all the calls. */
    Calls threads(int number) {
        threads = number;
        return this;
    }

    /** The median over the rounds of each side's mean time a call, in microseconds. */
    Map<String, Double> medianMicros() throws Exception {
        double[][] micros = new double[names.size()][lab.rounds()];
        for (int round = -WARM_UPS; round < lab.rounds(); round++) {
            long[] nanos = new long[names.size()];
            int blocks = Math.max(1, calls / (BLOCK * threads));
            for (int block = 0; block < blocks; block++) {
                for (int turn = 0; turn < nanos.length; turn++) {
                    int side = (block + turn) % nanos.length;
                    nanos[side] += time(sides.get(side));
                }
            }
            double[] means = Arrays.stream(nanos)
                    .mapToDouble(n -> n / 1e3 / (blocks * BLOCK * threads))
                    .toArray();
            lab.report().round(round, names, means);
            for (int side = 0; side < means.length && round >= 0; side++) {
                micros[side][round] = means[side];
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        for (int side = 0; side < micros.length; side++) {
            medians.put(names.get(side), Rounds.median(micros[side]));
        }
        return medians;
    }

    private long time(Callable<?> call) throws Exception {
        return threads == 1 ? block(call) : (long) (Crowd.run(threads, number -> block(call)) * 1e9);
    }

    private static long block(Callable<?> call) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < BLOCK; i++) {
            call.call();
        }
        return System.nanoTime() - start;
    }
}
