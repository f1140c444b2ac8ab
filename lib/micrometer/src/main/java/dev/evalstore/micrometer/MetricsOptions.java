package dev.evalstore.micrometer;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;

/**
 * How a store's meters are kept. Immutable.
 *
 * @param every the pause between two questions to the server, whatever reads the meters; 1 s to an hour
 * @param maxNames how many queues, job types and subscriptions have meters of their own, each; the others share those of
 *     the name {@code other}. 1 to 10,000
 * @param tags all meters have them; of two stores in one registry at least one needs some
 */
public record MetricsOptions(Duration every, int maxNames, Tags tags) {
    private static final Duration MIN_EVERY = Duration.ofSeconds(1);
    private static final Duration MAX_EVERY = Duration.ofHours(1);
    private static final int MAX_NAMES = 10_000;

    /** Every 15 seconds, a hundred names, no further tags. */
    public static final MetricsOptions DEFAULT = new MetricsOptions(Duration.ofSeconds(15), 100, Tags.empty());

    public MetricsOptions {
        if (every.compareTo(MIN_EVERY) < 0 || every.compareTo(MAX_EVERY) > 0) {
            throw new IllegalArgumentException("every must be from 1 s to 1 hour");
        }
        if (maxNames < 1 || maxNames > MAX_NAMES) {
            throw new IllegalArgumentException("maxNames must be from 1 to 10000");
        }
        if (tags.stream()
                .anyMatch(tag -> tag.getKey().isBlank() || tag.getValue().isBlank())) {
            throw new IllegalArgumentException("tags must have neither a blank key nor a blank value");
        }
    }

    public MetricsOptions every(Duration pause) {
        return new MetricsOptions(pause, maxNames, tags);
    }

    public MetricsOptions maxNames(int names) {
        return new MetricsOptions(every, names, tags);
    }

    /** The same with one tag more on all meters. */
    public MetricsOptions tag(String key, String value) {
        return new MetricsOptions(every, maxNames, tags.and(Tag.of(key, value)));
    }
}
