package dev.evalstore.state;

/** The statements that take a checkpoint and restore one, of one kind of namespace. */
final class CheckpointSql {
    private static final Template CREATE = new Template("""
            /* state.create_checkpoint */ {exclusive}
            with n as (
                update evalstore.state_namespaces n
                set epoch = epoch + 1, kept_epoch = epoch, updated_at = statement_timestamp()
                where {checked} returning kept_epoch)
            insert into evalstore.state_checkpoints (id, namespace_id, epoch, label, metadata)
            select ?, ?, n.kept_epoch, ?, ?::jsonb from n
            returning created_at""");

    private static final Template LOCK_FOR_RESTORE = new Template("""
            /* state.restore_lock */ {exclusive}
            select c.epoch, n.epoch as present, n.kept_epoch as kept,
                current_setting('transaction_isolation') as isolation
            from evalstore.state_checkpoints c join evalstore.state_namespaces n on n.id = c.namespace_id
            where {checked} and c.id = ? for share of c""");

    /** Copies what the restore overwrites, as every write does. */
    private static final Template RESTORE_SAVE = new Template("""
            /* state.restore_save */ insert into evalstore.state_history (namespace_id, key, epoch_from, epoch_to,
                value, version, expires_at, metadata, created_at, updated_at)
            select e.namespace_id, e.key, e.epoch, ? - 1,
                e.value, e.version, e.expires_at, e.metadata, e.created_at, e.updated_at
            from evalstore.state_entries e
            where e.namespace_id = ? and e.epoch > 0 and e.epoch > ? and e.epoch <= ? and {live}
            on conflict do nothing""");

    /**
     * Deletes what was written since, and counts the keys that the restore does not put back. The offset and the sum
     * force one look-up in the keys' index for each key: the planner expects one row of a history that it knows nothing
     * of, and would compare each key with all of it.
     */
    private static final Template RESTORE_DELETE = new Template("""
            /* state.restore_delete */ with w as (
                delete from evalstore.state_entries e where e.namespace_id = ? and e.epoch > 0 and e.epoch > ?
                returning e.namespace_id, e.key, e.version, {live} as live),
            gone as (
                select w.namespace_id, w.key, w.version, w.live from w where not exists (
                    select from evalstore.state_history h
                    where h.namespace_id = w.namespace_id and h.key = w.key
                        and h.epoch_to + 0 >= ? and h.epoch_from <= ?
                        and (h.expires_at is null or h.expires_at > statement_timestamp()) offset 0))
            {fed} select count(*) filter (where live) as n from gone""");

    private static final Template FED_BY_DELETE = new Template("""
            , {holding}, fed as (
                insert into evalstore.state_changes (namespace_id, seq, kind, key, version)
                select g.namespace_id, {next_change},
                    case when g.live then 'delete' else 'expire' end, g.key, g.version
                from holding cross join gone g)""").with("holding", StateSql.ORDER.holdingFor("gone"));

    private static final Template RESTORE_INSERT = new Template("""
            /* state.restore_insert */ with w as (
                insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch,
                    expires_at, expiry_minute, metadata, created_at, updated_at)
                select h.namespace_id, h.key, h.value, {next}, ?, h.expires_at,
                    floor(extract(epoch from h.expires_at) / 60)::int, h.metadata, h.created_at, statement_timestamp()
                from evalstore.state_history h
                where h.namespace_id = ? and h.epoch_to > 0 and h.epoch_to >= ? and h.epoch_from <= ?
                    and (h.expires_at is null or h.expires_at > statement_timestamp())
                returning e.namespace_id, e.key, e.version)
            {fed} select count(*) as n from w""");

    final String create;
    final String lockForRestore;
    final String restoreSave;
    final String restoreDelete;
    final String restoreInsert;

    CheckpointSql(StateSql sql, boolean watched) {
        create = sql.text(CREATE);
        lockForRestore = sql.text(LOCK_FOR_RESTORE);
        restoreSave = sql.text(RESTORE_SAVE);
        restoreDelete = sql.text(RESTORE_DELETE.with("fed", watched ? FED_BY_DELETE.text() : ""));
        restoreInsert = sql.text(RESTORE_INSERT.with("fed", sql.fed("put")));
    }
}
