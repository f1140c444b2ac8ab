package dev.evalstore.account;

/** A user's role on the platform. The host decides what a role allows. */
public enum UserRole {
    /** Reads. */
    VIEWER,
    /** Runs evaluations. */
    USER,
    /** Adds models, datasets and configs. */
    CONTRIBUTOR,
    /** Judges contributions. */
    REVIEWER,
    /** Runs the platform. */
    ADMIN,
    /** A program. */
    SERVICE
}
