package dev.evalstore.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/**
 * The raw side of {@link EventBench}: the host's row and the event's in one transaction by plain JDBC, and events by a binary COPY.
 * Nothing orders these events among those of other writers.
 */
final class EventsByHand {
    static final String ORDERS = "create table if not exists public.bench_orders (id uuid primary key,"
            + " customer text not null, total numeric not null, created_at timestamptz not null default now())";
    static final String ORDER = "insert into public.bench_orders (id, customer, total) values (?, ?, ?)";

    private static final String COLUMNS = "id, event_type, aggregate_type, aggregate_id, event_version, payload,"
            + " correlation_id, causation_id, actor_kind, actor_id, partition_key";
    private static final String APPEND = "insert into evalstore.domain_events (" + COLUMNS
            + ") values (?, ?, ?, ?, 1, ?::jsonb, null, null, null, null, ?) returning position, created_at";
    private static final String COPY = "copy evalstore.domain_events (" + COLUMNS + ") from stdin (format binary)";

    private final Lab lab;

    EventsByHand(Lab lab) {
        this.lab = lab;
    }

    /** The host's own row. */
    static int order(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement order = connection.prepareStatement(ORDER)) {
            order.setObject(1, id);
            order.setString(2, "ada");
            order.setBigDecimal(3, java.math.BigDecimal.TEN);
            return order.executeUpdate();
        }
    }

    /** An order and its event in one transaction. */
    boolean append(String payload) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement event = connection.prepareStatement(APPEND)) {
            connection.setAutoCommit(false);
            UUID id = Ids.next();
            order(connection, id);
            event.setObject(1, Ids.next());
            event.setString(2, EventBench.TYPE);
            event.setString(3, EventBench.AGGREGATE);
            event.setString(4, id.toString());
            event.setString(5, payload);
            event.setString(6, id.toString());
            boolean isStored = event.execute();
            connection.commit();
            connection.setAutoCommit(true);
            return isStored;
        }
    }

    /** So many events of as many aggregates, in one transaction. */
    void appendAll(int events, String payload) throws SQLException, IOException {
        try (Connection connection = lab.pool().getConnection()) {
            CopyByHand.run(connection, COPY, events, (out, row) -> {
                String aggregate = EventBench.aggregate(row);
                out.row(11)
                        .uuid(Ids.next())
                        .text(EventBench.TYPE)
                        .text(EventBench.AGGREGATE)
                        .text(aggregate)
                        .integer(1)
                        .jsonb(payload)
                        .nothing()
                        .nothing()
                        .nothing()
                        .nothing()
                        .text(aggregate);
            });
        }
    }
}
