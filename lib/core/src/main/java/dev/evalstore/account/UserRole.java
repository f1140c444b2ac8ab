package dev.evalstore.account;

/** What a user is on the platform; what that allows is the host's to decide. */
public enum UserRole {
    /** Looks. */
    VIEWER,
    /** Runs evaluations. */
    USER,
    /** Adds models, datasets and configurations. */
    CONTRIBUTOR,
    /** Judges what others contributed. */
    REVIEWER,
    /** Runs the platform. */
    ADMIN,
    /** A program. */
    SERVICE
}
