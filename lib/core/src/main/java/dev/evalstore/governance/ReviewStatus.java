package dev.evalstore.governance;

/** Where a review is. */
public enum ReviewStatus {
    /** The reviewer was asked. */
    PENDING,
    /** The reviewer is at it. */
    IN_PROGRESS,
    /** The reviewer has decided. */
    COMPLETED,
    /** There will be none. */
    DECLINED
}
