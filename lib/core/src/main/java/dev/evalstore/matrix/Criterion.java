package dev.evalstore.matrix;

import dev.evalstore.internal.Check;

/**
 * A figure by which alternatives are compared.
 *
 * @param name its name in weights and breakdowns; not blank
 * @param benefit true where more is better, false where less is
 */
public record Criterion(String name, boolean benefit) {
    /** Tokens a second. */
    public static final Criterion THROUGHPUT = benefit("throughput");
    /** Milliseconds to the first token, 90th percentile. */
    public static final Criterion LATENCY = cost("latency");
    /** Accuracy. */
    public static final Criterion ACCURACY = benefit("accuracy");
    /** US dollars for a million tokens. */
    public static final Criterion COST = cost("cost");

    public Criterion {
        Check.text("name", name);
    }

    /** A criterion where more is better. */
    public static Criterion benefit(String name) {
        return new Criterion(name, true);
    }

    /** A criterion where less is better. */
    public static Criterion cost(String name) {
        return new Criterion(name, false);
    }
}
