package dev.evalstore.catalog;

/** The origin of a model. */
public enum ModelKind {
    /** Its weights are available. */
    OPEN,
    /** It is available only through an API. */
    COMMERCIAL,
    /** It was tuned from another model. */
    FINE_TUNED
}
