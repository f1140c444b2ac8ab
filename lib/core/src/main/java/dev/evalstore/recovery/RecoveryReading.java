package dev.evalstore.recovery;

import dev.evalstore.Lsn;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what the server shows to the role that asks. */
final class RecoveryReading {
    /** The archive's command may hold a secret: it stays where it is. */
    private static final String SERVER = """
            /* recovery.server */ select statement_timestamp() as now, quote_ident(current_user) as role,
                pg_is_in_recovery() as replica, p.position::text as position, s.wal_level, s.segment_bytes,
                s.fsync, s.full_page_writes, s.synchronous_commit, s.data_checksums, s.archive_mode, s.archive_to,
                s.archive_timeout, a.archived_count, a.last_archived_wal, a.last_archived_time, a.failed_count,
                a.last_failed_time, r.receiving, r.paused, r.delay,
                (select coalesce(sum(checksum_failures), 0) from pg_stat_database)::bigint as checksum_failures,
                pg_has_role('pg_read_all_stats', 'usage') as sees_replicas,
                has_function_privilege('pg_ls_waldir()', 'execute') as sees_backups
            from pg_stat_archiver a
            cross join (
                select max(setting) filter (where name = 'wal_level') as wal_level,
                    max(setting) filter (where name = 'wal_segment_size')::bigint as segment_bytes,
                    max(setting) filter (where name = 'fsync') as fsync,
                    max(setting) filter (where name = 'full_page_writes') as full_page_writes,
                    max(setting) filter (where name = 'synchronous_commit') as synchronous_commit,
                    max(setting) filter (where name = 'data_checksums') as data_checksums,
                    max(setting) filter (where name = 'archive_mode') as archive_mode,
                    coalesce(bool_or(setting not in ('', '(disabled)'))
                        filter (where name in ('archive_command', 'archive_library')), false) as archive_to,
                    max(setting) filter (where name = 'archive_timeout')::bigint as archive_timeout
                from pg_settings) s
            cross join (
                select case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0')
                    else pg_current_wal_lsn() end as position) p
            cross join (
                select exists (select from pg_stat_wal_receiver where pid is not null) as receiving,
                    case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end as paused,
                    case when not pg_is_in_recovery() or pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
                        when pg_last_wal_receive_lsn() is not null
                        then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end::float8
                        as delay) r""";

    /** A column that only newer servers have is read by its name. */
    private static final String SLOTS = """
            /* recovery.slots */ select s.slot_name::text as name, s.slot_type = 'logical' as logical, s.active,
                s.wal_status, coalesce(pg_wal_lsn_diff(p.position, s.restart_lsn), 0)::bigint as retained,
                nullif(k.setting::bigint, -1) * 1048576 as keep,
                (to_jsonb(s) ->> 'inactive_since')::timestamptz as inactive_since
            from pg_replication_slots s
            cross join (
                select case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0')
                    else pg_current_wal_lsn() end as position) p
            cross join (select setting from pg_settings where name = 'max_slot_wal_keep_size') k
            where not s.temporary
            order by s.slot_name""";

    /** A base backup in progress and a logical subscriber are no replicas. */
    private static final String REPLICAS = """
            /* recovery.replicas */ select coalesce(r.application_name, '') as name, r.state, r.sync_state,
                extract(epoch from r.flush_lag)::float8 as flush_lag,
                extract(epoch from r.replay_lag)::float8 as replay_lag,
                greatest(pg_wal_lsn_diff(p.position, r.flush_lsn), 0)::bigint as flush_bytes,
                greatest(pg_wal_lsn_diff(p.position, r.replay_lsn), 0)::bigint as replay_bytes
            from pg_stat_replication r
            cross join (
                select case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0')
                    else pg_current_wal_lsn() end as position) p
            where r.state is distinct from 'backup' and not exists (
                select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')
            order by r.application_name, r.pid""";

    /** The end of a base backup leaves a file of its history among those of the log. */
    private static final String BASE_BACKUP = """
            /* recovery.base_backup */ select max(modification) as taken from pg_ls_waldir()
            where name ~ '^[0-9A-F]{24}\\.[0-9A-F]{8}\\.backup$'""";

    private final Jdbc jdbc;

    RecoveryReading(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    RecoveryFacts read() {
        RecoveryFacts.Server server = jdbc.one(Sql.of(SERVER), RecoveryReading::server);
        List<ReplicationSlot> slots = jdbc.list(Sql.of(SLOTS), RecoveryReading::slot);
        List<Replica> replicas = jdbc.list(Sql.of(REPLICAS), RecoveryReading::replica);
        // A function that the role may not call fails its statement, so only a statement of its own can leave it out.
        Instant baseBackup = server.seesBackups()
                ? jdbc.list(Sql.of(BASE_BACKUP), row -> Optional.ofNullable(row.instantOrNull("taken")))
                        .get(0)
                        .orElse(null)
                : null;
        return new RecoveryFacts(server, slots, replicas, baseBackup);
    }

    private static RecoveryFacts.Server server(Row row) throws SQLException {
        boolean isReplica = row.bool("replica");
        String lastArchived = row.textOrNull("last_archived_wal");
        long waiting = isReplica ? 0 : waiting(lastArchived, Lsn.of(row.text("position")), row.bigint("segment_bytes"));
        Archiving archiving = new Archiving(
                row.text("archive_mode"),
                row.bool("archive_to"),
                Duration.ofSeconds(row.bigint("archive_timeout")),
                row.bigint("archived_count"),
                row.instantOrNull("last_archived_time"),
                row.bigint("failed_count"),
                row.instantOrNull("last_failed_time"),
                waiting);
        return new RecoveryFacts.Server(
                row.instant("now"),
                row.text("role"),
                isReplica,
                archiving,
                new RecoveryFacts.Settings(
                        row.text("wal_level"),
                        isOn(row, "fsync"),
                        isOn(row, "full_page_writes"),
                        isOn(row, "synchronous_commit"),
                        isOn(row, "data_checksums")),
                row.bigint("checksum_failures"),
                new RecoveryFacts.Receiving(row.bool("receiving"), row.bool("paused"), seconds(row, "delay")),
                row.bool("sees_replicas"),
                row.bool("sees_backups"));
    }

    private static boolean isOn(Row row, String label) throws SQLException {
        return !Set.of("off", "false").contains(row.text(label).toLowerCase(Locale.ROOT));
    }

    private static ReplicationSlot slot(Row row) throws SQLException {
        return new ReplicationSlot(
                row.text("name"),
                row.bool("logical"),
                row.bool("active"),
                row.textOrNull("wal_status"),
                row.bigint("retained"),
                row.bigintOrNull("keep"),
                row.instantOrNull("inactive_since"));
    }

    private static Replica replica(Row row) throws SQLException {
        return new Replica(
                row.text("name"),
                row.textOrNull("state"),
                row.textOrNull("sync_state"),
                seconds(row, "flush_lag"),
                seconds(row, "replay_lag"),
                row.bigintOrNull("flush_bytes"),
                row.bigintOrNull("replay_bytes"));
    }

    private static @Nullable Duration seconds(Row row, String label) throws SQLException {
        Double seconds = row.realOrNull(label);
        return seconds == null ? null : Duration.ofNanos((long) (Math.max(0, seconds) * 1e9));
    }

    /** A file's name is its timeline, then its number in two parts; the log goes on in the file after the last full one. */
    static long waiting(@Nullable String lastArchived, Lsn position, long segmentBytes) {
        if (lastArchived == null || !lastArchived.matches("[0-9A-F]{24}")) {
            return 0;
        }
        long last = Long.parseLong(lastArchived.substring(8, 16), 16) * (0x1_0000_0000L / segmentBytes)
                + Long.parseLong(lastArchived.substring(16), 16);
        return Math.max(0, Long.divideUnsigned(position.value(), segmentBytes) - last - 1);
    }
}
