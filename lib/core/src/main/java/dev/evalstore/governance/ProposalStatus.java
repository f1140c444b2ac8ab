package dev.evalstore.governance;

/**
 * A proposal's place in its life: draft, under review, voting, then approved or rejected. Until its voting ends it may be
 * withdrawn, and from the review it may go back to draft.
 */
public enum ProposalStatus {
    /** Being written; its fields may still change. */
    DRAFT,
    /** Reviewed, discussed and amended. */
    UNDER_REVIEW,
    /** Voted on, within a window of time; nothing in it changes but the counts. */
    VOTING,
    /** The votes were enough, and enough of them for it. */
    APPROVED,
    /** The votes were too few, or too few of them for it. */
    REJECTED,
    /** Its proposer has taken it back. */
    WITHDRAWN
}
