package dev.evalstore.audit;

import dev.evalstore.Cursor;
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
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happened in the platform's machinery; obtained from {@code Database} or {@code Tx}. Events are appended in great numbers,
 * read by time, and dropped by whole months.
 */
public final class MonitoringRepository {
    private static final String NAME = "monitoring_events";
    private static final String WRITTEN = "id, event_type, source, data, occurred_at";
    private static final int MAX_INTERVALS = 10_000;

    static final Table<MonitoringEvent> TABLE =
            Table.of("monitoring event", NAME, WRITTEN + ", created_at", MonitoringRepository::map);

    private static final Keyset<MonitoringEvent> NEWEST =
            Keyset.newestFirst(NAME, "occurred_at", "id", MonitoringEvent::occurredAt, MonitoringEvent::id);

    private static final String INSERT = "insert into evalstore.monitoring_events (" + WRITTEN
            + ") values (?, ?, ?, ?, coalesce(?::timestamptz, statement_timestamp())) returning " + TABLE.columns();

    private static final String COPY_ALL =
            "copy evalstore.monitoring_events (" + WRITTEN + ") from stdin (format binary)";

    /** Counted first, then laid over all intervals, so that those without events are there with a zero. */
    private static final String COUNTS = """
            /* monitoring.counts */ with counted as (
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
     * Appends an event and gives it back as stored. Not repeated by the library after a lost connection.
     *
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer
     */
    public MonitoringEvent append(NewMonitoringEvent event) {
        Sql insert = Sql.of(INSERT, Uuids.next(), event.eventType(), event.source(), event.data(), event.occurredAt());
        return inserting(
                List.of(event), () -> jdbc.change(insert, TABLE.mapper()).orElseThrow());
    }

    /** Appends all of them or none, by one binary copy, and gives their number. */
    public long appendAll(List<NewMonitoringEvent> events) {
        List<NewMonitoringEvent> rows = List.copyOf(events);
        if (rows.isEmpty()) {
            return 0;
        }
        // A copy has no default for some rows only, so those of now are given the server's now.
        boolean ofNow = rows.stream().anyMatch(event -> event.occurredAt() == null);
        Instant now = ofNow ? jdbc.now() : Instant.EPOCH;
        return inserting(rows, () -> jdbc.copyIn(COPY_ALL, out -> copy(out, rows, now)));
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

    /**
     * Events that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<MonitoringEvent> list(MonitoringFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** How many events the filter admits. Counts them: the time grows with the answer. */
    public long count(MonitoringFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /**
     * How many events of a type fell into each interval of a span of time, in order; intervals without events are there with a
     * zero, and the last one may be cut short by the end of the span.
     *
     * @param interval the intervals' length, in whole milliseconds, at least one
     * @param from where the first interval begins
     * @param to the end, not included; at most 10,000 intervals after {@code from}
     * @throws IllegalArgumentException if the span is empty or has more intervals
     */
    public List<IntervalCount> countByInterval(String eventType, Duration interval, Instant from, Instant to) {
        Check.text("eventType", eventType);
        if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException("interval must be in whole milliseconds, at least one");
        }
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("to must be after from");
        }
        // Rounded up: what is left over at the end is an interval too.
        long intervals = Duration.between(from, to).plus(interval).minusNanos(1).dividedBy(interval);
        if (intervals > MAX_INTERVALS) {
            throw new IllegalArgumentException("to must be at most " + MAX_INTERVALS + " intervals after from");
        }
        return jdbc.list(
                Sql.of(COUNTS, interval, from, eventType, from, to, intervals, from, interval),
                row -> new IntervalCount(row.instant("bin"), row.bigint("n")));
    }

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once.
     *
     * @return how many months went
     * @throws TransientDatabaseException with SQLSTATE 55P03 if a reader held on to the events for longer than we let others wait
     */
    public int cleanup(Duration retention) {
        return Partitions.dropOlderThan(jdbc, NAME, retention);
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
