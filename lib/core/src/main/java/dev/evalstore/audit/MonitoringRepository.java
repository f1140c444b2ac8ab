package dev.evalstore.audit;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.Lists;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.schema.PartitionRetention;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Events of the platform's machinery, appended in great numbers, read by time, and dropped by whole months. */
public final class MonitoringRepository implements Lists<MonitoringEvent, MonitoringFilter> {
    private static final String NAME = "monitoring_events";
    private static final int MAX_INTERVALS = 10_000;

    static final Table<MonitoringEvent> TABLE = Table.of("monitoring event", NAME, """
                    id, event_type, source, data, occurred_at, created_at""", MonitoringRepository::map)
            .key("occurred_at", "id")
            .order(Keyset.newestFirst(NAME, "occurred_at", "id", MonitoringEvent::occurredAt, MonitoringEvent::id));

    private static final String APPEND = TABLE.text("""
            /* monitoring_events.append */ insert into evalstore.monitoring_events
                (id, event_type, source, data, occurred_at)
            values (?, ?, ?, ?, coalesce(?::timestamptz, statement_timestamp()))
            returning {columns}""");

    private static final String COPY_ALL = """
            /* monitoring_events.append_all */ copy evalstore.monitoring_events
                (id, event_type, source, data, occurred_at)
            from stdin (format binary)""";

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

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public MonitoringRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Appends an event and returns it as stored. The library does not repeat this after a lost connection.
     *
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer
     */
    public MonitoringEvent append(NewMonitoringEvent event) {
        Sql insert = Sql.of(APPEND, Uuids.next(), event.eventType(), event.source(), event.data(), event.occurredAt());
        return inserting(
                List.of(event), () -> jdbc.change(insert, TABLE.mapper()).orElseThrow());
    }

    /** Appends all events or none, by one binary copy, and returns their number. */
    public long appendAll(List<NewMonitoringEvent> events) {
        List<NewMonitoringEvent> rows = List.copyOf(events);
        if (rows.isEmpty()) {
            return 0;
        }
        // A copy has no default for some rows only, so events without a time get the server's.
        boolean anyNow = rows.stream().anyMatch(event -> event.occurredAt() == null);
        Instant now = anyNow ? jdbc.now() : Instant.EPOCH;
        return inserting(rows, () -> jdbc.copyIn(COPY_ALL, out -> copy(out, rows, now)));
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

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once.
     *
     * @return how many months were dropped; one call drops them all
     * @throws TransientDatabaseException with SQLSTATE 55P03 if a reader locks a month for longer than the drop waits
     */
    public Cleanup cleanup(Duration retention) {
        return new Cleanup(PartitionRetention.dropOlderThan(jdbc, NAME, retention), false);
    }

    private <T> T inserting(List<NewMonitoringEvent> events, Supplier<T> insert) {
        return Partitions.inserting(jdbc, NAME, events, NewMonitoringEvent::occurredAt, insert);
    }

    private static void copy(BinaryCopy out, List<NewMonitoringEvent> rows, Instant now) throws SQLException {
        for (NewMonitoringEvent row : rows) {
            out.row(5)
                    .uuid(Uuids.next())
                    .text(row.eventType())
                    .text(row.source())
                    .json(row.data())
                    .instant(Objects.requireNonNullElse(row.occurredAt(), now));
        }
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
