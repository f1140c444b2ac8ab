package dev.evalstore.internal.event;

import dev.evalstore.internal.jdbc.Wakeups;

/** The notifications of new events. */
public final class EventWakeups {
    private static final String WAKE = """
            /* domain_events.wake */ select case when exists (
                select from evalstore.event_subscriptions s where s.enabled and s.delivery <> 'pull')
                then 1 + length(pg_notify(?, '')::text) else 0 end as sent""";

    /** To dispatchers. */
    public static final Wakeups DISPATCHERS = Wakeups.eager("evalstore_events_", WAKE);

    private EventWakeups() {}
}
