package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which moments of the boards are past for good. A writer holds a lock whose number is the second in which it began, from
 * before it reads the clock for its entries until its commit is visible; see {@link Boards}. So entries that are yet to come
 * are of the least such second at the earliest, or of later than this statement began. Locks are seen by every role, other
 * sessions' transactions are not.
 */
final class BoardMoments {
    /**
     * A statement before the one that reads the boards: whoever had committed by this one is seen by that one. A transaction that
     * keeps its snapshot reads an older state, of which nothing is known here, and a standby does not have the locks.
     */
    private static final String FINAL_UNTIL = """
            /* leaderboard_entries.final_until */ select
                case when current_setting('transaction_isolation') = 'read committed' and not pg_is_in_recovery() then least(
                    statement_timestamp(),
                    -- As Boards wrote it: seconds since 1970, less 2147483648 to fit until the year 2106.
                    to_timestamp(min((l.objid::bigint + 2147483648) % 4294967296))) end as final_until
            from pg_catalog.pg_locks l
            where l.locktype = 'advisory' and l.objsubid = 2
                and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
                and l.classid = (hashtext('evalstore.leaderboard_entries')::bigint & 4294967295)::oid""";

    private BoardMoments() {}

    /** No entry that begins or ends before it is yet to come; null where nothing is known. */
    static @Nullable Instant finalUntil(Jdbc jdbc) {
        return jdbc.list(Sql.of(FINAL_UNTIL), row -> Optional.ofNullable(row.instantOrNull("final_until")))
                .get(0)
                .orElse(null);
    }

    static boolean isProvisional(Jdbc jdbc, Instant moment) {
        Instant until = finalUntil(jdbc);
        return until == null || !moment.isBefore(until);
    }
}
