package dev.evalstore.exchange;

/**
 * A leaderboard of a version. Each has the best public submission of every model that may be on it, so a least level is
 * a board of its own: a model whose best submission is unverified still has the best of its verified ones on
 * {@link #VERIFIED}.
 */
public enum Board {
    /** Submissions of any verification level. */
    OVERALL,
    /** Submissions that are at least community verified. */
    COMMUNITY,
    /** Submissions that are at least platform verified. */
    VERIFIED,
    /** Audited submissions. */
    AUDITED,
    /** Official submissions that are verified, at any level. */
    OFFICIAL;

    /** The board of the submissions that have at least this level. */
    public static Board atLeast(VerificationLevel level) {
        return switch (level) {
            case UNVERIFIED -> OVERALL;
            case COMMUNITY_VERIFIED -> COMMUNITY;
            case PLATFORM_VERIFIED -> VERIFIED;
            case AUDITED -> AUDITED;
        };
    }
}
