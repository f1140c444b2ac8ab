package dev.evalstore.audit;

import dev.evalstore.Cleanup;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.PartitionRetention;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Events of the platform's machinery, appended in great numbers, read by time, and dropped by whole months. */
public final class MonitoringRepository extends MonitoringReads {
    private static final String APPEND = TABLE.text("""
            /* monitoring_events.append */ insert into evalstore.monitoring_events
                (id, event_type, source, data, occurred_at)
            values (?, ?, ?, ?, coalesce(?::timestamptz, statement_timestamp()))
            returning {columns}""");

    private static final String COPY_ALL = """
            /* monitoring_events.append_all */ copy evalstore.monitoring_events
                (id, event_type, source, data, occurred_at)
            from stdin (format binary)""";

    /** Called by {@code Repositories} alone. */
    public MonitoringRepository(Jdbc jdbc) {
        super(jdbc);
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
}
