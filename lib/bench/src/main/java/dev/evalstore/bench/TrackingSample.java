package dev.evalstore.bench;

import dev.evalstore.tracking.LogBatch;
import java.time.Instant;
import java.util.stream.IntStream;

/** What an experiment of the measurements has: forty metrics, twenty params and ten tags. */
final class TrackingSample {
    static final int METRICS = 40;
    static final int PARAMS = 20;
    static final int TAGS = 10;

    /** The time of a point that is logged at step 0; a step takes a second. */
    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private TrackingSample() {}

    static String[] names(String kind, int number) {
        return IntStream.range(0, number).mapToObj(i -> kind + "_" + i).toArray(String[]::new);
    }

    /** A value in [0, 1) that depends on both numbers. */
    static double value(int i, long step) {
        long mixed = (i * 0x9E3779B97F4A7C15L ^ step * 0xC2B2AE3D27D4EB4FL) * 0xD6E8FEB86659FD93L;
        return (mixed >>> 11) * 0x1.0p-53;
    }

    /** Points of so many metrics at one step. */
    static LogBatch points(int metrics, long step) {
        LogBatch batch = LogBatch.of();
        for (int i = 0; i < metrics; i++) {
            batch = batch.metric("metric_" + i, value(i, step), step, BEGIN.plusSeconds(step));
        }
        return batch;
    }

    /** Everything that an experiment has, at step 0. */
    static LogBatch whole() {
        LogBatch batch = points(METRICS, 0);
        for (int i = 0; i < PARAMS; i++) {
            batch = batch.param("param_" + i, "v" + i);
        }
        for (int i = 0; i < TAGS; i++) {
            batch = batch.tag("tag_" + i, "x" + i);
        }
        return batch;
    }
}
