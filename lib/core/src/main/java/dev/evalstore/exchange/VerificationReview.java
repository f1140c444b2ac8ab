package dev.evalstore.exchange;

/** What a moderator decided about a community verification. */
public enum VerificationReview {
    APPROVED,
    /** Its votes raise nothing any more. */
    REJECTED
}
