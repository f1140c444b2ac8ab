package dev.evalstore.exchange;

/** Whose statistics. */
enum StatisticsKind {
    DEFINITION,
    USER,
    MODEL
}
