package dev.evalstore.event;

/** How a subscription's events arrive. */
public enum EventDelivery {
    /** A consumer asks for them: {@link EventRepository#next(String, int)}. */
    PULL,
    /** A handler of an {@code EventDispatcher} in some process is called. */
    HANDLER,
    /** A dispatcher sends them to an address of the web. */
    WEBHOOK,
    /** A dispatcher enqueues a job for each. */
    JOB
}
