package dev.evalstore.exchange;

/** How bad it is where an output does not meet a constraint. */
public enum Severity {
    /** The output fails, where the constraint is required. */
    ERROR,
    /** The output passes, with a warning. */
    WARNING,
    /** The output passes, with a note. */
    INFO
}
