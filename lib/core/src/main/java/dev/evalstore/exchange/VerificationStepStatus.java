package dev.evalstore.exchange;

/** How far a step of a verification is. */
public enum VerificationStepStatus {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    /** It is not needed. */
    SKIPPED
}
