package dev.evalstore.catalog;

/** Where a model comes from. */
public enum ModelKind {
    /** Its weights can be had. */
    OPEN,
    /** It is served behind an API. */
    COMMERCIAL,
    /** It was tuned from another model. */
    FINE_TUNED
}
