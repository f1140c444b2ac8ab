package dev.evalstore.exchange;

/** The subject of a benchmark definition. */
public enum DefinitionCategory {
    /** How fast models answer. */
    PERFORMANCE,
    /** How often answers are right. */
    ACCURACY,
    /** Whether models answer alike each time, and whatever goes wrong. */
    RELIABILITY,
    /** Whether answers do no harm. */
    SAFETY,
    /** How much answers cost. */
    COST,
    /** Which kinds of tasks models can do at all. */
    CAPABILITY
}
