package dev.evalstore.exchange;

/** Where a verification is. */
public enum VerificationStatus {
    /** It waits for a verifier. */
    PENDING,
    /** One verifier is at it, under a lease. */
    IN_PROGRESS,
    /** A verifier has come to a result, whether or not it confirms the submission. */
    COMPLETED,
    /** No result can be had. */
    FAILED,
    /** It is not wanted any more. */
    CANCELLED
}
