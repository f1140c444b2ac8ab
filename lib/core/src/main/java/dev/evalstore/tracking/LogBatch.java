package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to log of an experiment: any number of metric points, and at most 10,000 params and tags each. Immutable: each method
 * returns a batch with one thing more. To log a batch again does nothing that was done already.
 *
 * <p>A point is what it is by metric, step, time and value. At one step and time, 0.0 and −0.0 are one value: of two such
 * points the one that was logged first stays, with its sign, and the other changes nothing. So are all NaN one value.
 */
public final class LogBatch {
    private static final LogBatch EMPTY = new LogBatch(null, null, false);

    private final @Nullable LogBatch before;
    private final @Nullable Item last;
    private final boolean overwrites;

    private LogBatch(@Nullable LogBatch before, @Nullable Item last, boolean overwrites) {
        this.before = before;
        this.last = last;
        this.overwrites = overwrites;
    }

    /** Something to log under a name. */
    sealed interface Item {
        String name();
    }

    /** Points of a metric. */
    record Points(String name, List<MetricPoint> points) implements Item {}

    /** A param. */
    record Param(String name, ParamValue value) implements Item {}

    /** A tag. */
    record Tag(String name, String value) implements Item {}

    /** A batch of nothing. */
    public static LogBatch of() {
        return EMPTY;
    }

    /**
     * A point of a metric.
     *
     * @param name not blank, at most 250 characters
     * @param value any double, also the infinities; of a NaN the one NaN of Java, whatever its bits
     * @param step where in the work it was measured, as the caller counts
     * @param at when it was measured, cut to microseconds; in the years 1 to 9999
     */
    public LogBatch metric(String name, double value, long step, Instant at) {
        return metric(name, List.of(MetricPoint.of(value, step, at)));
    }

    /** Points of a metric, in any order. */
    public LogBatch metric(String name, Collection<MetricPoint> points) {
        Names.check("name", name);
        List<MetricPoint> copy = Check.list("points", new ArrayList<>(Objects.requireNonNull(points, "points")));
        return copy.isEmpty() ? this : and(new Points(name, copy));
    }

    /**
     * A param. Once logged, it has that value for good, unless a batch that {@linkplain #overwrite() overwrites} has another.
     *
     * @param name not blank, at most 250 characters
     */
    public LogBatch param(String name, ParamValue value) {
        return and(new Param(Names.check("name", name), Objects.requireNonNull(value, "value")));
    }

    /** A param that is text, of at most 20,000 characters. */
    public LogBatch param(String name, String value) {
        return param(name, ParamValue.of(value));
    }

    /** A param that is a whole number. */
    public LogBatch param(String name, long value) {
        return param(name, ParamValue.of(value));
    }

    /** A param that is a number. */
    public LogBatch param(String name, double value) {
        return param(name, ParamValue.of(value));
    }

    /** A param that is true or false. */
    public LogBatch param(String name, boolean value) {
        return param(name, ParamValue.of(value));
    }

    /**
     * A tag, in place of the one that the experiment has under the name.
     *
     * @param name not blank, at most 250 characters
     * @param value may be empty; at most 5,000 characters
     */
    public LogBatch tag(String name, String value) {
        return and(new Tag(TagRules.name(name), TagRules.value(value)));
    }

    /** A tag without a value. */
    public LogBatch tag(String name) {
        return tag(name, "");
    }

    /** The same, which puts its params in the place of those that the experiment has. */
    public LogBatch overwrite() {
        return overwrites ? this : new LogBatch(before, last, true);
    }

    boolean overwrites() {
        return overwrites;
    }

    /** All of it, in the order given. */
    List<Item> items() {
        List<Item> items = new ArrayList<>();
        for (LogBatch at = this; at != null; at = at.before) {
            if (at.last != null) {
                items.add(at.last);
            }
        }
        Collections.reverse(items);
        return items;
    }

    private LogBatch and(Item item) {
        return new LogBatch(this, item, overwrites);
    }

    /** How much it is: none of the names and values. */
    @Override
    public String toString() {
        return "LogBatch[" + items().size() + " items" + (overwrites ? ", overwrites]" : "]");
    }
}
