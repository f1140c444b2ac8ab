package dev.evalstore.governance;

/** What a reviewer advises. It decides nothing: votes do. */
public enum ReviewDecision {
    APPROVE,
    /** To be changed before it is voted on. */
    REQUEST_CHANGES,
    REJECT
}
