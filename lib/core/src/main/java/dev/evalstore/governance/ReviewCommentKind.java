package dev.evalstore.governance;

/** What a comment in a review is. */
public enum ReviewCommentKind {
    COMMENT,
    /** Says how it could be better. */
    SUGGESTION,
    QUESTION,
    /** Says what is wrong. */
    ISSUE,
    PRAISE
}
