package dev.evalstore.governance;

/** What a vote says. */
public enum VoteChoice {
    APPROVE,
    REJECT,
    /** Neither; counts for the quorum alone. */
    ABSTAIN
}
