package dev.evalstore.exchange;

/** Who sees a submission, and all that belongs to it. Boards and statistics count public submissions alone. */
public enum SubmissionVisibility {
    /** Everybody. */
    PUBLIC,
    /** Everybody who has its id; in lists the submitter, members of its organization, and admins alone. */
    UNLISTED,
    /** The submitter, members of its organization, and admins. */
    PRIVATE
}
