package dev.evalstore;

/**
 * The result of a clean-up, which works in bounded batches.
 *
 * @param removed how many rows, or whole monthly partitions where the method says so, were removed
 * @param more whether the call reached its bound, so that more may be left: call again
 */
public record Cleanup(long removed, boolean more) {
    /** Nothing was there to remove. */
    public static final Cleanup NOTHING = new Cleanup(0, false);

    /** Both together. */
    public Cleanup and(Cleanup other) {
        return new Cleanup(removed + other.removed, more || other.more);
    }
}
