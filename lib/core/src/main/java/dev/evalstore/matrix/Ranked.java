package dev.evalstore.matrix;

/**
 * One of those that were compared, and how it did.
 *
 * @param <K> what names it
 * @param alternative what was compared
 * @param score 0 to 1, higher is better
 * @param position 1 for the best
 */
public record Ranked<K>(Alternative<K> alternative, double score, int position) {}
