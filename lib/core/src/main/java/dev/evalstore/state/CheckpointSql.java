package dev.evalstore.state;

/** The statements that take a checkpoint and go back to one, of a namespace's kind. */
final class CheckpointSql {
    /**
     * Whether a restore puts the key back. The offset and the sum keep this a look into the keys' index for each key: the planner
     * expects one row of a history it knows nothing of, and would compare each key with all of it.
     */
    private static final Fragment COMES_BACK = new Fragment("""
        select from evalstore.state_history h
        where h.namespace_id = w.namespace_id and h.key = w.key and h.epoch_to + 0 >= ? and h.epoch_from <= ?
            and (h.expires_at is null or h.expires_at > statement_timestamp()) offset 0\
        """);

    final String create;
    final String lockForRestore;
    final String restoreSave;
    final String restoreDelete;
    final String restoreInsert;

    CheckpointSql(StateSql sql, boolean watched) {
        create = sql.text("/* state.checkpoint */ " + StateSql.EXCLUSIVE + "; " + """
            with n as (
                update evalstore.state_namespaces
                set epoch = epoch + 1, kept_epoch = epoch, updated_at = statement_timestamp()
                where id = ? returning kept_epoch)
            insert into evalstore.state_checkpoints (id, namespace_id, epoch, label, metadata)
            select ?, ?, n.kept_epoch, ?, ?::jsonb from n
            returning created_at\
            """);
        lockForRestore = sql.text("/* state.restore */ " + StateSql.EXCLUSIVE + "; " + """
            select c.epoch, n.epoch as present, n.kept_epoch as kept,
                current_setting('transaction_isolation') as isolation
            from evalstore.state_checkpoints c join evalstore.state_namespaces n on n.id = c.namespace_id
            where c.namespace_id = ? and c.id = ? for share of c\
            """);
        restoreSave = sql.text("""
            /* state.restore */ insert into evalstore.state_history (namespace_id, key, epoch_from, epoch_to, value, version,
                expires_at, metadata, created_at, updated_at)
            select e.namespace_id, e.key, e.epoch, ? - 1, e.value, e.version, e.expires_at, e.metadata, e.created_at, e.updated_at
            from evalstore.state_entries e
            where e.namespace_id = ? and e.epoch > 0 and e.epoch > ? and e.epoch <= ? and :live
            on conflict do nothing\
            """);
        restoreDelete = sql.text("/* state.restore */ with w as (delete from evalstore.state_entries e"
                + " where e.namespace_id = ? and e.epoch > 0 and e.epoch > ? returning " + StateSql.WRITTEN
                + ", :live as live),"
                + " gone as (select w.namespace_id, w.key, w.version, w.live from w where not exists (" + COMES_BACK
                + "))"
                + (watched
                        ? ", fed as (insert into evalstore.state_changes (namespace_id, seq, kind, key, version)"
                                + " select g.namespace_id, nextval('evalstore.state_change_numbers'),"
                                + " case when g.live then 'delete' else 'expire' end, g.key, g.version from gone g)"
                        : "")
                + " select count(*) filter (where live) as n from gone");
        restoreInsert = sql.text(
                "/* state.restore */ with w as (" + """
                        insert into evalstore.state_entries as e
                            (namespace_id, key, value, version, epoch, expires_at, expiry_minute, metadata, created_at, updated_at)
                        select h.namespace_id, h.key, h.value, :next, ?, h.expires_at, :minute(h.expires_at), h.metadata,
                            h.created_at, statement_timestamp()
                        from evalstore.state_history h
                        where h.namespace_id = ? and h.epoch_to > 0 and h.epoch_to >= ? and h.epoch_from <= ?
                            and (h.expires_at is null or h.expires_at > statement_timestamp())
                        """ + " returning " + StateSql.WRITTEN + ")" + sql.fed("put")
                        + " select count(*) as n from w");
    }
}
