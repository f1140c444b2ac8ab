package dev.evalstore.event;

/** What was decided about an event that failed. */
public enum EventDecision {
    /** It is delivered again, after a pause. */
    RETRY,
    /** It is set aside, and the later ones of its aggregate behind it. */
    PARKED,
    /** It alone is set aside. */
    SKIPPED,
    /** Its subscription is disabled. */
    STOPPED
}
