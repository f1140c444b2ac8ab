package dev.evalstore.event;

import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.schema.PartitionRetention;
import dev.evalstore.internal.schema.Partitions;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;

/**
 * Drops old months of events. Positions rise with the months but for what was under way at a month's end, so months are dropped in
 * order, up to the first one that is held.
 */
final class EventMonths {
    private static final String HOLDS = """
            /* domain_events.holds */ select m.month, s.name
            from (select x::date as month from unnest(?::text[]) x) m
            cross join lateral (
                select e.position from evalstore.domain_events e
                where e.created_at >= m.month::timestamp at time zone 'UTC'
                    and e.created_at < (m.month + interval '1 month') at time zone 'UTC'
                order by e.position desc limit 1) last
            join evalstore.event_cursors c on c.position < last.position
            join evalstore.event_subscriptions s on s.id = c.subscription_id and s.enabled
            order by m.month, s.name""";

    /** Passes over what somebody delivers again at this moment; the next clean-up finds it. */
    private static final String FORGET_PARKED = """
            /* event_parked.forget_old */ delete from evalstore.event_parked k
            where (k.subscription_id, k.position) in (
                select p.subscription_id, p.position from evalstore.event_parked p
                where p.event_created_at < ?::date::timestamp at time zone 'UTC'
                for update skip locked)""";

    private EventMonths() {}

    /** An enabled subscription that has not passed a month. */
    private record Hold(YearMonth month, String subscription) {}

    static EventCleanup drop(Jdbc jdbc, Duration retention, boolean undelivered) {
        YearMonth firstKept = PartitionRetention.firstKept(jdbc, retention);
        List<Hold> holds = undelivered ? List.of() : holds(jdbc, firstKept);
        YearMonth before = holds.isEmpty() ? firstKept : holds.get(0).month();
        List<String> heldBy = holds.stream()
                .filter(hold -> hold.month().equals(before))
                .map(Hold::subscription)
                .toList();
        int dropped = PartitionRetention.dropBefore(jdbc, EventRows.TABLE, before);
        jdbc.update(Sql.of(FORGET_PARKED, before.atDay(1)));
        return new EventCleanup(dropped, heldBy);
    }

    private static List<Hold> holds(Jdbc jdbc, YearMonth firstKept) {
        List<String> old = Partitions.list(jdbc, EventRows.TABLE).stream()
                .filter(month -> month.isBefore(firstKept))
                .map(month -> month.atDay(1).toString())
                .toList();
        return old.isEmpty()
                ? List.of()
                : jdbc.list(
                        Sql.of(HOLDS, SqlArray.texts(old)),
                        row -> new Hold(YearMonth.from(row.date("month")), row.text("name")));
    }
}
