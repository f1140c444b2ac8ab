package dev.evalstore.analysis;

/** On which items members are compared where not all of them have the same. */
public enum ItemRule {
    /** On the items that all members have: every pair, mean and rank is of the same items. */
    OF_ALL,

    /**
     * Each pair on the items that these two have. More items count, but means and ranks are of each member's own items,
     * and two pairs may be of different ones.
     */
    OF_PAIR
}
