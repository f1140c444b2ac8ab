package dev.evalstore.bench;

import dev.evalstore.job.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Creates a job by hand as the library does: its wide row and its place, in one statement, and the row back. */
final class RawCreate implements AutoCloseable {
    private static final String CREATE = """
            with j as (
                insert into evalstore.jobs (id, seq, lane, job_type, payload, priority, max_retries, timeout_seconds,
                    backoff_base_seconds, backoff_cap_seconds)
                values (?, nextval('evalstore.job_numbers'), ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
                returning *),
            ready as (
                insert into evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, -priority, seq, timeout_seconds, 0 from j)
            select j.id, j.seq, n.queue, n.required_tags, n.fair_key, j.job_type, j.payload, j.priority, j.max_retries,
                j.timeout_seconds, j.backoff_base_seconds, j.backoff_cap_seconds, j.created_at
            from j join evalstore.job_lanes n on n.lane = j.lane""";

    private final Lab lab;
    private final NewJob job;
    private final int lane;

    /** What is read back. */
    record Created(UUID id, long seq, String queue, String type, String payload, Instant createdAt) {}

    RawCreate(Lab lab, NewJob job) throws SQLException {
        this.lab = lab;
        this.job = job;
        lab.db().jobs().create(job);
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select lane from evalstore.job_lanes where queue = ? order by lane limit 1")) {
            statement.setString(1, job.route().queue());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                lane = row.getInt(1);
            }
        }
    }

    Created create() throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(CREATE)) {
            statement.setObject(1, Ids.next());
            statement.setInt(2, lane);
            statement.setString(3, job.type());
            statement.setString(4, job.payload().text());
            statement.setInt(5, job.priority());
            statement.setInt(6, job.attempts().maxRetries());
            statement.setInt(7, (int) job.attempts().timeout().toSeconds());
            statement.setDouble(8, job.attempts().backoff().base().toMillis() / 1e3);
            statement.setDouble(9, job.attempts().backoff().cap().toMillis() / 1e3);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Created(
                        row.getObject(1, UUID.class),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(6),
                        row.getString(7),
                        row.getObject(13, OffsetDateTime.class).toInstant());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        lab.execute("delete from evalstore.job_ready where lane = " + lane);
    }
}
