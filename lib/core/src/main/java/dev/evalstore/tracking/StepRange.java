package dev.evalstore.tracking;

/**
 * Which steps of a metric to read.
 *
 * @param from the first step
 * @param to the last step, itself included
 */
public record StepRange(long from, long to) {
    /** Every step. */
    public static final StepRange ALL = new StepRange(Long.MIN_VALUE, Long.MAX_VALUE);

    public StepRange {
        if (from > to) {
            throw new IllegalArgumentException("from must be at most to");
        }
    }

    public StepRange from(long value) {
        return new StepRange(value, to);
    }

    public StepRange to(long value) {
        return new StepRange(from, value);
    }
}
