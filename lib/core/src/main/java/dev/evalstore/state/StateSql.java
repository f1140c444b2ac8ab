package dev.evalstore.state;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statements of a namespace's kind, each written once. The indexes on epochs are partial, with a condition that all their rows
 * meet: a statement names it to read by epoch, and one that looks keys up leaves it out, so that no plan can take the wrong one
 * for a table that the planner has no fresh statistics of.
 *
 * <p>A write is one statement that returns the rows it wrote. In a plain namespace it is sent as it is. Otherwise it becomes
 * the CTE {@code w}, and what it wrote decides what else is stored with it: the history of a checkpointed namespace, the feed
 * of a watched one.
 *
 * <p>For checkpoints a shared lock on the namespace is taken in a statement of its own before, in the same round trip: the
 * snapshot of a statement is older than the locks it waits for, so an epoch read in the same one might be a past one. What was
 * in the row is read by a plain select, which sees the rows as they were before {@code w}. Two writers of a key meet at its row;
 * the second finds the history that the first has stored, and leaves it.
 */
final class StateSql {
    /** The namespace's advisory lock, for this transaction; the class is the table's own oid, so schemas do not meet. */
    private static final String CLASS = "'evalstore.state_namespaces'::regclass::oid::int";

    private static final String SHARED = "select pg_advisory_xact_lock_shared(" + CLASS + ", ?); ";
    static final String EXCLUSIVE = "select pg_advisory_xact_lock(" + CLASS + ", ?)";

    /**
     * Above read committed the snapshot may be older than the lock after all. There the row is locked too, which the server
     * refuses (40001) if a checkpoint has changed it since.
     */
    private static final String NAMESPACE = """
        n as materialized (
            select epoch, kept_epoch from evalstore.state_namespaces
            where id = ? and current_setting('transaction_isolation') = 'read committed'
            union all
            select epoch, kept_epoch from (
                select epoch, kept_epoch from evalstore.state_namespaces
                where id = ? and current_setting('transaction_isolation') <> 'read committed' for share) s),
        """;

    /** The offset keeps this a look into the index for each key that is written, whatever the planner knows of the table. */
    private static final String SAVED = """
        ,
        saved as (
            insert into evalstore.state_history (namespace_id, key, epoch_from, epoch_to, value, version, expires_at,
                metadata, created_at, updated_at)
            select e.namespace_id, e.key, e.epoch, n.epoch - 1, e.value, e.version, e.expires_at,
                e.metadata, e.created_at, e.updated_at
            from w cross join n cross join lateral (
                select o.namespace_id, o.key, o.epoch, o.value, o.version, o.expires_at, o.metadata, o.created_at, o.updated_at
                from evalstore.state_entries o where o.namespace_id = w.namespace_id and o.key = w.key offset 0) e
            where e.epoch <= n.kept_epoch and (e.expires_at is null or e.expires_at > statement_timestamp())
            on conflict do nothing)
        """;

    private static final String FED = """
        ,
        fed as (
            insert into evalstore.state_changes (namespace_id, seq, kind, key, version)
            select w.namespace_id, nextval('evalstore.state_change_numbers'), '%s', w.key, w.version from w)
        """;

    static final String LIVE = "(e.expires_at is null or e.expires_at > statement_timestamp())";
    private static final String MINUTE = "floor(extract(epoch from %s) / 60)::int";
    private static final String NEXT = "nextval('evalstore.state_versions')";

    /**
     * The version that the statement has drawn, or, where another one that drew later was quicker, one that is drawn behind the
     * row's lock: it rises with each change.
     */
    private static final String RAISED =
            "case when excluded.version > e.version then excluded.version else " + NEXT + " end";

    static final String WRITTEN = "e.namespace_id, e.key, e.version";
    private static final String COUNT = "count(*) as n";
    static final String ENTRY = "e.key, e.value, e.version, e.metadata, e.created_at, e.updated_at, e.expires_at";

    private static final String PUT_CONFLICT = """
        on conflict (namespace_id, key) do update set value = excluded.value, version = :raised, epoch = excluded.epoch,
            expires_at = null, expiry_minute = null, metadata = null, updated_at = excluded.updated_at,
            created_at = case when :live then e.created_at else excluded.created_at end
        """;

    private static final Fragment PUT = new Fragment("""
        insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)
        values (?, ?, ?, :next, :epoch)
        """ + PUT_CONFLICT);

    private static final Fragment INSERT_WITH_OPTIONS = new Fragment("""
        insert into evalstore.state_entries as e
            (namespace_id, key, value, version, epoch, expires_at, expiry_minute, metadata)
        select ?, ?, ?, :next, :epoch, x.at, :minute(x.at), ?::jsonb
        from (select statement_timestamp() + make_interval(secs => ?::float8)) x(at)
        on conflict (namespace_id, key) do update set value = excluded.value, version = :raised, epoch = excluded.epoch,
        """);

    private static final String REPLACED = """
            expires_at = excluded.expires_at, expiry_minute = excluded.expiry_minute, metadata = excluded.metadata,
            updated_at = excluded.updated_at,
            created_at = case when :live then e.created_at else excluded.created_at end
        """;

    private static final String KEPT = """
            expires_at = case when :live then e.expires_at else excluded.expires_at end,
            expiry_minute = case when :live then e.expiry_minute else excluded.expiry_minute end,
            metadata = case when :live then coalesce(excluded.metadata, e.metadata) else excluded.metadata end,
            updated_at = excluded.updated_at,
            created_at = case when :live then e.created_at else excluded.created_at end
        """;

    private static final Fragment UPDATE =
            new Fragment("update evalstore.state_entries e set epoch = :epoch, updated_at = statement_timestamp()");
    private static final String HERE = " where e.namespace_id = ? and e.key = ? and :live";

    private static final Fragment INCREMENT = new Fragment("""
        insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)
        values (?, ?, int8send(?::bigint), :next, :epoch)
        on conflict (namespace_id, key) do update set version = :raised, epoch = excluded.epoch,
            value = case when :live then int8send(:number(e.value) + :number(excluded.value)) else excluded.value end,
            expires_at = case when :live then e.expires_at end,
            expiry_minute = case when :live then e.expiry_minute end,
            metadata = case when :live then e.metadata end,
            created_at = case when :live then e.created_at else excluded.created_at end,
            updated_at = excluded.updated_at
        where not :live or octet_length(e.value) = 8
            and :number(e.value)::numeric + :number(excluded.value) between -9223372036854775808 and 9223372036854775807
        """);

    /** All keys share one version, which is new to each of them: to draw one for each takes a twentieth of the time. */
    private static final Fragment PUT_ALL = new Fragment("""
        insert into evalstore.state_entries as e
            (namespace_id, key, value, version, epoch, expires_at, expiry_minute, metadata)
        select ?, x.key, x.value, (select :next), :epoch, x.at, :minute(x.at), x.metadata
        from (
            select t.key, t.value, t.metadata, coalesce(t.at, statement_timestamp() + make_interval(secs => t.ttl)) as at
            from unnest(?::bytea[], ?::bytea[], ?::float8[], ?::timestamptz[], ?::jsonb[]) t(key, value, ttl, at, metadata)) x
        where x.at is null or x.at > statement_timestamp()
        on conflict (namespace_id, key) do update set value = excluded.value, version = :raised, epoch = excluded.epoch,
        """ + REPLACED);

    /** The usual batch, of keys and values alone, takes a fifth less of the server's time than one with room for the rest. */
    private static final Fragment PUT_ALL_BARE = new Fragment("""
        insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)
        select ?, x.key, x.value, (select :next), :epoch from unnest(?::bytea[], ?::bytea[]) x(key, value)
        """ + PUT_CONFLICT);

    /** Locks in the order of keys before it deletes: two batches then wait for each other and never deadlock. */
    private static final Fragment DELETE_ALL = new Fragment("""
        delete from evalstore.state_entries e where e.namespace_id = ? and e.key = any (array(
            select d.key from evalstore.state_entries d
            where d.namespace_id = ? and d.key = any (?::bytea[])
                and (d.expires_at is null or d.expires_at > statement_timestamp())
            order by d.key for update))
        """);

    /** The same for all keys, which would be too many for an array: a count of them is made once, before anything is deleted. */
    private static final Fragment CLEAR = new Fragment("""
        delete from evalstore.state_entries e where e.namespace_id = ? and 0 < (
            select count(*) from (
                select from evalstore.state_entries d where d.namespace_id = ? order by d.key for update) l)
        """);

    private static final Fragment SWEEP = new Fragment("""
        delete from evalstore.state_entries e where e.namespace_id = ? and e.key = any (array(
            select d.key from evalstore.state_entries d
            where d.namespace_id = ? and d.expiry_minute <= :minute(statement_timestamp())
                and d.expires_at <= statement_timestamp()
            order by d.expiry_minute limit ? for update skip locked))
        """);

    private static final String FROM = " from evalstore.state_entries e";

    final String get;
    final String getEntry;
    final String getAll;
    final String contains;

    /** How many arguments, all of them the namespace's id, come before those of a write. */
    final int idsBefore;

    final String put;
    final String putWithOptions;
    final String putKeepingTtl;
    final String putIfAbsent;
    final String putIfVersion;
    final String putIfVersionKeepingTtl;
    final String compareAndSet;
    final String increment;
    final String putAll;
    final String putAllBare;
    final String delete;
    final String compareAndDelete;
    final String deleteAll;
    final String clear;
    final String touch;
    final String expire;
    final String persist;
    final String sweep;
    final CheckpointSql checkpoints;

    private final Map<String, String> written = new ConcurrentHashMap<>();
    private final String tables;
    private final boolean checkpointed;
    private final boolean watched;

    /** @param tables what stands in the texts for {@code evalstore.state_} */
    StateSql(String tables, boolean checkpointed, boolean watched) {
        this.tables = tables;
        this.checkpointed = checkpointed;
        this.watched = watched;
        this.idsBefore = checkpointed ? 3 : 0;
        get = text("/* state.get */ select e.value" + FROM + HERE);
        getEntry = text("/* state.get */ select " + ENTRY + FROM + HERE);
        getAll = text("/* state.get_all */ select " + ENTRY + FROM
                + " where e.namespace_id = ? and e.key = any (?::bytea[]) and :live");
        contains = text("/* state.contains */ select exists (select" + FROM + HERE + ") as found");
        put = write("put", PUT, "version");
        putWithOptions = write("put", INSERT_WITH_OPTIONS.text() + REPLACED, "version");
        putKeepingTtl = write("put", INSERT_WITH_OPTIONS.text() + KEPT, "version");
        putIfAbsent = write("put", INSERT_WITH_OPTIONS.text() + REPLACED + " where not :live", "version");
        putIfVersion = write(
                "put",
                UPDATE + ", version = :next, value = ?, metadata = ?::jsonb, expires_at = x.at, expiry_minute ="
                        + " :minute(x.at) from (select statement_timestamp() + make_interval(secs => ?::float8)) x(at)"
                        + HERE + " and e.version = ?",
                "version");
        putIfVersionKeepingTtl = write(
                "put",
                UPDATE + ", version = :next, value = ?, metadata = coalesce(?::jsonb, e.metadata)" + HERE
                        + " and e.version = ?",
                "version");
        compareAndSet = write("cas", UPDATE + ", version = :next, value = ?" + HERE + " and e.version = ?", "version");
        increment = write("increment", INCREMENT, "value", ":number(value) as n");
        putAll = batch(PUT_ALL);
        putAllBare = batch(PUT_ALL_BARE);
        String deleteOne = "delete from evalstore.state_entries e" + HERE;
        delete = write("delete", deleteOne, "version");
        compareAndDelete = write("delete", deleteOne + " and e.version = ?", "version");
        deleteAll = write("delete_all", DELETE_ALL, COUNT);
        clear = write("clear", CLEAR, "count(*) filter (where live) as n");
        touch = quiet("touch", UPDATE.text() + HERE);
        expire = quiet(
                "expire",
                UPDATE + ", expires_at = x.at, expiry_minute = :minute(x.at)"
                        + " from (select statement_timestamp() + make_interval(secs => ?::float8)) x(at)" + HERE);
        persist = quiet("persist", UPDATE + ", expires_at = null, expiry_minute = null" + HERE);
        // What has expired is in no checkpoint either, so nothing is kept of it, and no lock is needed.
        sweep = text("/* state.sweep */ with w as (" + SWEEP + " returning " + WRITTEN + ")" + fed("expire")
                + " select count(*) as n from w");
        checkpoints = new CheckpointSql(this, watched);
    }

    private String write(String name, Object write, String out) {
        return write(name, write, "version", out);
    }

    /**
     * A write whose rows, with the column besides the key that is wanted, decide what else is stored; {@code out} is what the
     * caller gets. That has a fixed length, so that the driver sends the lock and the write in one piece.
     */
    private String write(String name, Object write, String column, String out) {
        if (!checkpointed && !watched && out.equals("version")) {
            return text("/* state." + name + " */ " + write + " returning e.version");
        }
        String kind = name.startsWith("delete") || name.equals("clear") ? "delete" : "put";
        String lock = !checkpointed ? "" : name.equals("clear") ? EXCLUSIVE + "; " : SHARED;
        return text("/* state." + name + " */ " + lock + "with " + (checkpointed ? NAMESPACE : "") + "w as (" + write
                + " returning " + WRITTEN + (column.equals("version") ? "" : ", e." + column) + ", :live as live)"
                + (checkpointed ? SAVED : "") + fed(kind) + " select " + out + " from w");
    }

    /** A batch of puts, of which nobody asks the number. */
    private String batch(Fragment write) {
        return checkpointed || watched ? write("put_all", write, COUNT) : text("/* state.put_all */ " + write);
    }

    /** A write that changes neither value nor metadata, and is no change to the feed. */
    private String quiet(String name, String write) {
        if (!checkpointed) {
            return text("/* state." + name + " */ " + write + " returning e.version");
        }
        return text("/* state." + name + " */ " + SHARED + "with " + NAMESPACE + "w as (" + write + " returning "
                + WRITTEN + ")" + SAVED + " select version from w");
    }

    String fed(String kind) {
        return watched ? FED.formatted(kind) : "";
    }

    /** The text with its abbreviations written out and the tables' names filled in. */
    String text(String sql) {
        // Written out once: a text is a constant, or one of a few with a filter.
        String known = written.get(sql);
        return known != null ? known : written.computeIfAbsent(sql, this::write);
    }

    private String write(String sql) {
        return sql.replaceAll(":minute\\(([a-z_.]+(?:\\(\\))?)\\)", MINUTE.formatted("$1"))
                .replaceAll(":number\\(([a-z.]+)\\)", "('x' || encode($1, 'hex'))::bit(64)::bigint")
                .replace(":live", LIVE)
                .replace(":raised", RAISED)
                .replace(":next", NEXT)
                .replace(":epoch", checkpointed ? "(select epoch from n)" : "0")
                .replace("evalstore.state_", tables);
    }
}
