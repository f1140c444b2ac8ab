package dev.evalstore.event;

/** Why a subscription's events are not delivered. */
public enum DisabledReason {
    /** Somebody paused it. */
    PAUSE,
    /** An event failed too often, and the subscription stops then. */
    POISON,
    /** The receiver of its webhooks answered that it wants no more. */
    GONE
}
