package dev.evalstore.bench.soak;

import java.sql.SQLException;

/** Whether each subscription got every committed event once, those of an aggregate in the order of their commits. */
final class EventCheck {
    /** Deliveries that are still to come. */
    static final String UNHEARD = "select count(*) from evalstore.domain_events e"
            + " cross join evalstore.event_subscriptions s left join soak.heard h"
            + " on h.subscription = s.name and h.event = e.position"
            + " where e.aggregate_type = 'soak' and s.name like 'soak-%' and h.event is null";

    private EventCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        violations.compare(
                "an event",
                evidence.outcomes(Stage.EVENTS, "append", "appendAll", "undone"),
                evidence.texts("select payload ->> 'name' from evalstore.domain_events where aggregate_type = '"
                        + EventRoom.AGGREGATE + "'"));
        violations.compare(
                "a delivery",
                evidence.outcomes(Stage.EVENTS, "hear", "hearAll"),
                evidence.texts("select subscription || '/' || name || ':' || token from soak.heard"));
        delivered(evidence, violations);
        ordered(evidence, violations);
    }

    private static void delivered(Evidence evidence, Violations violations) throws SQLException {
        violations.each("an event was not delivered", evidence.texts("""
                select s.name || ' ' || e.position from evalstore.domain_events e
                cross join evalstore.event_subscriptions s
                where e.aggregate_type = 'soak' and s.name like 'soak-%' and not exists (
                    select from soak.heard h where h.subscription = s.name and h.event = e.position)"""));
        violations.each("an event was delivered more than once", evidence.texts("""
                select subscription || ' ' || event from soak.heard
                group by subscription, event having count(*) > 1"""));
        violations.each("an event was delivered that is not there", evidence.texts("""
                select h.subscription || ' ' || h.event from soak.heard h where not exists (
                    select from evalstore.domain_events e
                    where e.position = h.event and e.payload ->> 'name' = h.name)"""));
        violations.each("a lease was used after another", evidence.texts("""
                select subscription || ' ' || token from (
                    select subscription, token, max(token) over (
                        partition by subscription order by seq rows between unbounded preceding and 1 preceding) as before
                    from soak.heard) h
                where token < before"""));
    }

    /** The writers' rows were numbered while they held the aggregate's lock, the subscriptions' while they held the cursor. */
    private static void ordered(Evidence evidence, Violations violations) throws SQLException {
        violations.each("the events of an aggregate are in another order than their commits", evidence.texts("""
                select aggregate || ' ' || position from (
                    select s.aggregate, e.position, max(e.position) over (
                        partition by s.aggregate order by s.seq rows between unbounded preceding and 1 preceding) as before
                    from soak.said s join evalstore.domain_events e on e.payload ->> 'name' = s.name) o
                where position < before"""));
        violations.each("the events of an aggregate were delivered in another order", evidence.texts("""
                select subscription || ' ' || position from (
                    select h.subscription, e.position, max(e.position) over (
                        partition by h.subscription, e.aggregate_id order by h.seq
                        rows between unbounded preceding and 1 preceding) as before
                    from soak.heard h join evalstore.domain_events e on e.position = h.event) o
                where position < before"""));
        violations.each("an event has its row, or the row its event, alone", evidence.texts("""
                select coalesce(s.name, e.payload ->> 'name') from soak.said s
                full join (
                    select payload from evalstore.domain_events
                    where aggregate_type = 'soak' and aggregate_id like 'shared-%') e on e.payload ->> 'name' = s.name
                where s.name is null or e.payload is null"""));
    }
}
