package dev.evalstore.matrix;

/**
 * An alternative and how it compares with the others.
 *
 * @param <K> the type of its key
 * @param score 0 to 1, higher is better
 * @param position 1 for the best
 */
public record Ranked<K>(Alternative<K> alternative, double score, int position) {}
