package dev.evalstore.account;

/** What a one-time token is good for. */
public enum TokenPurpose {
    /** Proves that a user reads the mail of the user's address. */
    EMAIL_VERIFICATION,
    /** Lets a user who cannot log in choose a new password. */
    PASSWORD_RESET,
    /** Invites the reader of an address's mail into an organization. */
    INVITATION
}
