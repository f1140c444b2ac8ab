package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The statistics of one kind: what is stored unless it is stale, or else what is computed.
 *
 * @param table the stored ones
 * @param stored the condition on the subject, where no mark says that they are stale
 * @param live computes those of an array of subjects
 * @param refresh deletes the marks of an array of subjects, computes, and stores. One statement, so of one snapshot: a mark
 *     that it sees is of a change that it counts, and a later one stays
 */
record Figures<T>(StatisticsKind kind, Table<T> table, String stored, String live, String refresh) {
    /** Refreshes of one subject take turns, so that the one that read last stores last. Taken in order. */
    private static final String LOCK = """
            /* statistics_marks.lock */ select current_setting('transaction_isolation') as isolation,
                count(pg_advisory_xact_lock(l.key)) as locked
            from (select hashtextextended('evalstore.statistics ' || u.subject::text, 0) as key
                from unnest(?::uuid[]) as u (subject) order by key offset 0) l""";

    /** The same for those that nobody else refreshes at the moment. */
    private static final String LOCK_FREE = """
            /* statistics_marks.lock_free */ select u.subject, current_setting('transaction_isolation') as isolation
            from unnest(?::uuid[]) as u (subject)
            where pg_try_advisory_xact_lock(hashtextextended('evalstore.statistics ' || u.subject::text, 0))""";

    /** The statistics of one subject: one row, or those of a model. */
    List<T> of(Jdbc jdbc, UUID subject) {
        List<T> rows = jdbc.list(table.select("stored").and(stored, subject), table.mapper());
        return rows.isEmpty() ? live(jdbc, List.of(subject)) : rows;
    }

    List<T> live(Jdbc jdbc, Collection<UUID> subjects) {
        return jdbc.list(Sql.of(live, SqlArray.uuids(subjects)), table.mapper());
    }

    /** Stores the statistics of the subjects anew, and returns those of the subjects that still exist. */
    List<T> refresh(Jdbc jdbc, Collection<UUID> subjects) {
        SqlArray ids = SqlArray.uuids(subjects);
        return jdbc.atomically(tx -> {
            requireReadCommitted(
                    tx.change(Sql.of(LOCK, ids), Figures::isolation).orElseThrow());
            return tx.returning(Sql.of(refresh, ids, ids), table.mapper());
        });
    }

    /** Stores anew the statistics of those subjects that no other transaction refreshes, and returns their number. */
    int refreshFree(Jdbc jdbc, Collection<UUID> subjects) {
        return jdbc.atomically(tx -> {
            List<UUID> free = tx.returning(Sql.of(LOCK_FREE, SqlArray.uuids(subjects)), row -> {
                requireReadCommitted(isolation(row));
                return row.uuid("subject");
            });
            if (!free.isEmpty()) {
                SqlArray ids = SqlArray.uuids(free);
                tx.returning(Sql.of(refresh, ids, ids), table.mapper());
            }
            return free.size();
        });
    }

    /** In an older snapshot it would store what was true before the last refresh, whose marks are gone. */
    private static void requireReadCommitted(String isolation) {
        if (!isolation.equals("read committed")) {
            throw new IllegalStateException(
                    "a refresh of statistics needs the isolation level read committed, and was asked for in "
                            + isolation);
        }
    }

    private static String isolation(Row row) throws SQLException {
        return row.text("isolation");
    }
}
