package dev.evalstore.tracking;

/** What a param was logged as. */
public enum ParamKind {
    STRING,
    NUMBER,
    BOOLEAN
}
