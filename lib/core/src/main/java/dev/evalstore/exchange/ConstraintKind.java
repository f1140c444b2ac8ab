package dev.evalstore.exchange;

/** What an output constraint demands of an output. */
public enum ConstraintKind {
    /** A length within bounds. */
    LENGTH,
    /** Certain texts in it. */
    CONTAINS,
    /** Certain texts not in it. */
    NOT_CONTAINS,
    /** A text that fits a regular expression. */
    PATTERN,
    /** A JSON document. */
    JSON,
    /** One of certain texts. */
    ONE_OF
}
