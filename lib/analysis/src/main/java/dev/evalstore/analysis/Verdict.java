package dev.evalstore.analysis;

/** What a comparison says of two members. */
public enum Verdict {
    /** The first is better: its p-value, corrected for all pairs, is at most alpha. */
    FIRST_BETTER,

    /** The second is better. */
    SECOND_BETTER,

    /** No difference is shown. This is no proof that there is none: see the smallest difference that would be found. */
    NOT_SHOWN,

    /** They cannot be compared: fewer than two pairs, or no test of them is defined. */
    NOT_COMPARABLE
}
