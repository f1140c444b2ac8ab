package dev.evalstore.event;

/** What becomes of an event that failed as often as its subscription allows. */
public enum OnPoison {
    /** It is set aside, and the later ones of its aggregate behind it, until somebody retries or drops it. */
    PARK,
    /** It alone is set aside; the later ones of its aggregate are delivered. */
    SKIP,
    /** The subscription is disabled, and continues with this event when it is resumed. */
    STOP
}
