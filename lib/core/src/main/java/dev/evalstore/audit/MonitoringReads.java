package dev.evalstore.audit;

import dev.evalstore.Cursor;
import dev.evalstore.Lists;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link MonitoringRepository} that only read. */
public sealed class MonitoringReads implements Lists<MonitoringEvent, MonitoringFilter> permits MonitoringRepository {
    static final String NAME = "monitoring_events";

    private static final int MAX_INTERVALS = 10_000;

    static final Table<MonitoringEvent> TABLE = Table.of("monitoring event", NAME, """
                    id, event_type, source, data, occurred_at, created_at""", MonitoringReads::map)
            .key("occurred_at", "id")
            .order(Keyset.newestFirst(NAME, "occurred_at", "id", MonitoringEvent::occurredAt, MonitoringEvent::id));

    /** Counts first, then joins the counts to all intervals, so that those without events are there with a zero. */
    private static final String COUNT_BY_INTERVAL = """
            /* monitoring_events.count_by_interval */ with counted as (
                select date_bin(make_interval(secs => ?), occurred_at, ?::timestamptz) as bin, count(*) as n
                from evalstore.monitoring_events where event_type = ? and occurred_at >= ? and occurred_at < ?
                group by bin)
            select i.bin, coalesce(c.n, 0) as n
            from generate_series(0, ? - 1) k
            cross join lateral (select ?::timestamptz + k * make_interval(secs => ?) as bin) i
            left join counted c on c.bin = i.bin order by i.bin""";

    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public MonitoringReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A page of the events that the filter admits, newest first by {@code occurredAt}. Limit, cursor and errors are
     * those of {@link Lists#list(Object, int, Cursor)}.
     */
    @Override
    public Page<MonitoringEvent> list(MonitoringFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, filter, limit, after);
    }

    @Override
    public void forEach(MonitoringFilter filter, Consumer<? super MonitoringEvent> consumer) {
        TABLE.forEach(jdbc, filter, consumer);
    }

    @Override
    public long count(MonitoringFilter filter) {
        return TABLE.count(jdbc, filter);
    }

    /**
     * How many events of a type fell into each interval of a period, in order. An interval without events counts zero.
     * The end of the period may cut the last interval short.
     *
     * @param interval the length of an interval, in whole milliseconds, at most 36,500 days
     * @param from where the first interval begins
     * @param to the end, not included; at most 10,000 intervals after {@code from}
     * @throws IllegalArgumentException if the period is empty or has more intervals
     */
    public List<IntervalCount> countByInterval(String eventType, Duration interval, Instant from, Instant to) {
        Check.text("eventType", eventType);
        Check.time("from", from);
        Check.time("to", to);
        if (Check.period("interval", interval).toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException("interval must be in whole milliseconds, at least one");
        }
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("to must be after from");
        }
        // Rounded up: the remainder at the end is an interval too.
        long intervals = Duration.between(from, to).plus(interval).minusNanos(1).dividedBy(interval);
        if (intervals > MAX_INTERVALS) {
            throw new IllegalArgumentException("to must be at most " + MAX_INTERVALS + " intervals after from");
        }
        return jdbc.list(
                Sql.of(COUNT_BY_INTERVAL, interval, from, eventType, from, to, intervals, from, interval),
                row -> new IntervalCount(row.instant("bin"), row.bigint("n")));
    }

    private static MonitoringEvent map(Row row) throws SQLException {
        return new MonitoringEvent(
                row.uuid("id"),
                row.text("event_type"),
                row.text("source"),
                row.json("data"),
                row.instant("occurred_at"),
                row.instant("created_at"));
    }
}
