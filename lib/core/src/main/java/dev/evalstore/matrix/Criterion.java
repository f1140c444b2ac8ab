package dev.evalstore.matrix;

import dev.evalstore.internal.Check;

/**
 * What alternatives are compared by.
 *
 * @param name its name in weights and breakdowns; not blank
 * @param benefit whether more of it is better; otherwise less is
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

    /** More is better. */
    public static Criterion benefit(String name) {
        return new Criterion(name, true);
    }

    /** Less is better. */
    public static Criterion cost(String name) {
        return new Criterion(name, false);
    }
}
