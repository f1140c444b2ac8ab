package dev.evalstore.organization;

/** A member's role in an organization. The host decides what a role allows; the library keeps an active owner. */
public enum MemberRole {
    /** Belongs to it. */
    MEMBER,
    /** Runs it. */
    ADMIN,
    /** Answers for it: each organization has an active owner, always. */
    OWNER
}
