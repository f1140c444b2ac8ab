package dev.evalstore.governance;

/** What the votes on a proposal came to. */
public enum ProposalOutcome {
    /** The power for it is at least the threshold times the power for and against it, and more than none. */
    APPROVED,
    /** The quorum was met, and the power for it is less than that. */
    REJECTED,
    /** Less power has voted, abstentions included, than the quorum. */
    QUORUM_NOT_MET
}
