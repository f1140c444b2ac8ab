package dev.evalstore.tracking;

/** Which answers of two units are a pair. */
public enum Pairing {
    /** Those with one item key: the repeats of a unit are averaged, so that each item counts once. */
    ITEM,
    /** Those with one item key and one repeat. */
    ITEM_AND_REPEAT
}
