package dev.evalstore.internal.queue;

import dev.evalstore.Lease;
import dev.evalstore.internal.jdbc.Row;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/**
 * An item as a claim grants it, before its wide row is read.
 *
 * @param attempt attempts that have ended before this one
 */
public record Grant(long seq, long token, int attempt, int lane, int rank, Instant claimedAt, Instant deadline) {
    /** Reads the columns of the same names. */
    public static Grant of(Row row) throws SQLException {
        return new Grant(
                row.bigint("seq"),
                row.bigint("token"),
                row.integer("attempt"),
                row.integer("lane"),
                row.integer("rank"),
                row.instant("claimed_at"),
                row.instant("deadline"));
    }

    /** The lease on the item with this id. */
    public Lease lease(UUID id) {
        return new Lease(id, seq, token, attempt + 1, claimedAt, deadline);
    }

    LaneCursors.Given given() {
        return new LaneCursors.Given(lane, rank, seq);
    }
}
