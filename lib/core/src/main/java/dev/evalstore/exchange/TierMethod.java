package dev.evalstore.exchange;

/** How {@link Leaderboards#tiers} decides that two submissions cannot be told apart. */
public enum TierMethod {
    /**
     * Their confidence intervals have a point in common. A submission without an interval is the point of its score. A
     * rough test that needs no cases, and ignores that intervals may be of different levels.
     */
    INTERVAL_OVERLAP
}
