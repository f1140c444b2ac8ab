package dev.evalstore.exchange;

/** How far others have confirmed a submission, the least first. A level only rises, until it is revoked. */
public enum VerificationLevel {
    /** Nobody has, or its level was revoked. */
    UNVERIFIED,
    /** So many users have reproduced it as the platform demands. */
    COMMUNITY_VERIFIED,
    /** The platform has reproduced it. */
    PLATFORM_VERIFIED,
    /** An auditor has reproduced it. */
    AUDITED;

    /** Whether this level is the other one, or above it. */
    public boolean isAtLeast(VerificationLevel other) {
        return compareTo(other) >= 0;
    }
}
