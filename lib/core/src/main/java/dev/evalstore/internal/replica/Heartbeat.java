package dev.evalstore.internal.replica;

import dev.evalstore.CommitToken;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row by which the lag of replicas is measured: the primary writes its time into it, at most once a second whoever asks, and
 * a replica that shows that time shows every commit before it. The row names the primary's timeline as well, which a replica can
 * tell to superusers only.
 */
final class Heartbeat {
    private static final String TIMELINE = "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int";

    private static final String SYSTEM = "(select c.system_identifier from pg_control_system() c)";

    /** A time ahead of now is of a primary whose clock was ahead of this one's. */
    private static final String BEAT = text("""
            /* replica_heartbeats.beat */ with now as (
                select statement_timestamp() as at, {timeline} as timeline, {system} as system),
            beat as (
                insert into evalstore.replica_heartbeats as h (id, beat_at, timeline)
                select 1, n.at, n.timeline from now n
                where not exists (
                    select from evalstore.replica_heartbeats b
                    where b.timeline = n.timeline
                        and b.beat_at between n.at - interval '1 second' and n.at + interval '1 second')
                on conflict (id) do update set beat_at = excluded.beat_at, timeline = excluded.timeline
                where h.timeline <> excluded.timeline
                    or h.beat_at not between excluded.beat_at - interval '1 second'
                        and excluded.beat_at + interval '1 second'
                returning 1)
            select n.at, n.timeline, n.system from now n""");

    /** The same by a role that may not write. */
    private static final String NOW = text("""
            /* replica_heartbeats.now */ select statement_timestamp() as at, {timeline} as timeline, {system} as system""");

    /** A server that was promoted replays no more, and its own log goes on. */
    private static final String LOOK = text("""
            /* replica_heartbeats.look */ select h.beat_at, {system} as system,
                case when pg_is_in_recovery() then h.timeline else {timeline} end as timeline,
                pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                    else pg_current_wal_insert_lsn() end, '0/0')::bigint as position
            from (select) one left join evalstore.replica_heartbeats h on h.id = 1""");

    private Heartbeat() {}

    /** The primary at a moment. */
    record Primary(Instant at, int timeline, long system) {}

    /** A replica at a moment: the last heartbeat that it shows, and how much of the log. Null for what it does not show. */
    record Shown(
            @Nullable Instant beatAt,
            long system,
            @Nullable Integer timeline,
            @Nullable Long position) {
        /** Whether every commit before the token is shown. */
        boolean reaches(CommitToken token) {
            return system == token.system()
                    && timeline != null
                    && timeline == token.timeline()
                    && position != null
                    && position >= token.position();
        }
    }

    /** Writes the primary's time, unless that was done less than a second ago. */
    static Primary beat(Jdbc primary) {
        return primary.returning(Sql.of(BEAT), Heartbeat::primary).get(0);
    }

    /** Reads the primary's time. */
    static Primary now(Jdbc primary) {
        return primary.one(Sql.of(NOW), Heartbeat::primary);
    }

    static Shown look(Jdbc replica, Duration timeout) {
        return replica.withTimeout(timeout)
                .one(
                        Sql.of(LOOK),
                        row -> new Shown(
                                row.instantOrNull("beat_at"),
                                row.bigint("system"),
                                row.integerOrNull("timeline"),
                                row.bigintOrNull("position")));
    }

    private static Primary primary(Row row) throws SQLException {
        return new Primary(row.instant("at"), row.integer("timeline"), row.bigint("system"));
    }

    private static String text(String statement) {
        return statement.replace("{timeline}", TIMELINE).replace("{system}", SYSTEM);
    }
}
