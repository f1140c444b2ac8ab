package dev.evalstore.tracking;

/** What costs are totalled by. */
public enum CostDimension {
    PROVIDER,

    /** The model's name alone; with {@link #PROVIDER}, the same name of two providers is told apart. */
    MODEL,

    EXPERIMENT,

    /** The day (UTC) of the request. */
    DAY
}
