package dev.evalstore.governance;

/** Where an amendment is. */
public enum AmendmentStatus {
    /** Nobody has decided about it. */
    PROPOSED,
    /** It was applied to the proposal. */
    ACCEPTED,
    REJECTED,
    /** Whoever proposed it has taken it back. */
    WITHDRAWN
}
