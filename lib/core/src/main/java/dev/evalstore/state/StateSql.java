package dev.evalstore.state;

import dev.evalstore.internal.event.FeedOrder;
import dev.evalstore.internal.jdbc.Numbers;
import dev.evalstore.internal.jdbc.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one kind of namespace, each composed once.
 *
 * <p>A write is one statement that returns the rows it wrote. In a plain namespace it is sent as it is. Otherwise it
 * becomes the CTE {@code w} of {@link #COMPOSED}, and its rows decide what else is stored: history if the namespace is
 * checkpointed, changes if it is watched.
 *
 * <p>A checkpointed namespace also takes a shared lock, in a statement of its own before the write, in the same round
 * trip. A statement's snapshot is older than the locks that the statement waits for, so an epoch read in the locking
 * statement could be out of date. The history is copied by a plain select, which sees the rows as they were before
 * {@code w}. Two writers of one key meet at its row; the second finds the history that the first has stored, and leaves
 * it.
 *
 * <p>The indexes on epochs are partial, with a condition that all their rows meet. A statement that reads by epoch
 * names the condition. A statement that looks up keys leaves it out, so that no plan can use the wrong index while the
 * planner has no fresh statistics.
 */
final class StateSql {
    private static final Template BARE =
            new Template("/* state.{verb} */ with {namespace} {write} returning e.version");

    private static final Template BATCH = new Template("/* state.put_all */ with {namespace} {write}");

    private static final Template COMPOSED = new Template("""
            /* state.{verb} */ {lock} with {namespace},
            w as ({write} returning e.namespace_id, e.key, e.version {also})
            {saved} {fed} select {out}""");

    /**
     * The row that a write of one entry returns: without a value if it wrote nothing, and no row if the namespace is
     * another.
     */
    private static final Template ROW = new Template("{value} from n left join w on true");

    /** How many entries a write of many wrote; no row if the namespace is another. */
    private static final String COUNT = "(select count(*) from w) as n from n";

    /** The condition that a number is still that of the namespace. */
    private static final String CHECKED =
            "n.id = ? and n.name = ? and n.checkpointed = {checkpointed} and n.watched = {watched}";

    /** The namespace's number, or null if it is another. */
    private static final String ID = "(select n.id from evalstore.state_namespaces n where {checked})";

    private static final String NAMED = "n as (select n.id from evalstore.state_namespaces n where {checked})";

    /** The namespace's lock, until the transaction ends. Its class is the table's oid, so that schemas do not meet. */
    private static final String SHARED = """
            select pg_advisory_xact_lock_shared('evalstore.state_namespaces'::regclass::oid::int, ?);""";

    private static final String EXCLUSIVE = """
            select pg_advisory_xact_lock('evalstore.state_namespaces'::regclass::oid::int, ?);""";

    /**
     * The namespace with its epochs. Above read committed, the snapshot may be older than the lock; there the row is
     * locked too, which the server refuses (40001) if a checkpoint has changed it since.
     */
    private static final Template NAMESPACE = new Template("""
            n as materialized (
                select n.id, n.epoch, n.kept_epoch from evalstore.state_namespaces n
                where {checked} and current_setting('transaction_isolation') = 'read committed'
                union all
                select s.id, s.epoch, s.kept_epoch from (
                    select n.id, n.epoch, n.kept_epoch from evalstore.state_namespaces n
                    where {checked} and current_setting('transaction_isolation') <> 'read committed' for share) s)""");

    /** The offset forces one index look-up for each written key, whatever the planner knows of the table. */
    private static final Template SAVED = new Template("""
            , saved as (
                insert into evalstore.state_history (namespace_id, key, epoch_from, epoch_to,
                    value, version, expires_at, metadata, created_at, updated_at)
                select e.namespace_id, e.key, e.epoch, n.epoch - 1,
                    e.value, e.version, e.expires_at, e.metadata, e.created_at, e.updated_at
                from w cross join n cross join lateral (
                    select o.namespace_id, o.key, o.epoch,
                        o.value, o.version, o.expires_at, o.metadata, o.created_at, o.updated_at
                    from evalstore.state_entries o where o.namespace_id = w.namespace_id and o.key = w.key offset 0) e
                where e.epoch <= n.kept_epoch and {live}
                on conflict do nothing)""");

    /** The order of all feeds' changes. */
    static final FeedOrder ORDER = FeedOrder.by("state_change_numbers");

    private static final Template FED = new Template("""
            , {holding}, fed as (
                insert into evalstore.state_changes (namespace_id, seq, kind, key, version)
                select w.namespace_id, {next_change}, '{kind}', w.key, w.version
                from holding cross join w)""").with("holding", ORDER.holdingFor("w"));

    private static final String LIVE = "(e.expires_at is null or e.expires_at > statement_timestamp())";
    private static final String ENTRY =
            "e.key, e.value, e.version, e.metadata, e.created_at, e.updated_at, e.expires_at";
    private static final String NEXT = Numbers.next("evalstore.state_versions");
    private static final String NEXT_CHANGE = Numbers.next("evalstore.state_change_numbers");

    /**
     * The version that the statement has drawn. Where another statement drew a later one and wrote first, a new version
     * is drawn behind the row's lock, so that versions rise with each change.
     */
    private static final String RAISED = "case when excluded.version > e.version then excluded.version else {next} end";

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

    private final Map<String, String> filled = new ConcurrentHashMap<>();
    private final String tables;
    private final boolean checkpointed;
    private final boolean watched;

    /** @param tables stands in the texts for {@code evalstore.state_} */
    StateSql(String tables, boolean checkpointed, boolean watched) {
        this.tables = tables;
        this.checkpointed = checkpointed;
        this.watched = watched;
        Template bare = EntrySql.PUT.with("replace", EntrySql.REPLACE_BARE);
        put = checkpointed || watched ? one("put", bare) : always("put", bare);
        putWithOptions = one("put", EntrySql.PUT_WITH_OPTIONS.with("replace", EntrySql.REPLACE));
        putKeepingTtl = one("put", EntrySql.PUT_WITH_OPTIONS.with("replace", EntrySql.REPLACE_KEEPING_TTL));
        putIfAbsent = one("put", EntrySql.PUT_WITH_OPTIONS.with("replace", EntrySql.REPLACE_EXPIRED));
        putIfVersion = one("put", EntrySql.PUT_IF_VERSION);
        putIfVersionKeepingTtl = one("put", EntrySql.PUT_IF_VERSION_KEEPING_TTL);
        compareAndSet = one("compare_and_set", EntrySql.COMPARE_AND_SET);
        increment = composed(
                "increment",
                EntrySql.INCREMENT,
                ", e.value",
                ROW.with("value", EntrySql.SUM).text());
        putAll = batch(EntrySql.PUT_ALL.with("replace", EntrySql.REPLACE));
        putAllBare = batch(EntrySql.PUT_ALL_BARE.with("replace", EntrySql.REPLACE_BARE));
        delete = one("delete", EntrySql.DELETE);
        compareAndDelete = one("compare_and_delete", EntrySql.COMPARE_AND_DELETE);
        deleteAll = composed("delete_all", EntrySql.DELETE_ALL, "", COUNT);
        clear = composed(
                "clear", EntrySql.CLEAR, ", {live} as live", "(select count(*) from w where live) as n from n");
        touch = unfed("touch", EntrySql.TOUCH);
        expire = unfed("expire", EntrySql.EXPIRE);
        persist = unfed("persist", EntrySql.PERSIST);
        // No checkpoint shows what has expired, so no history is stored and no lock is needed.
        sweep = text(COMPOSED.with("verb", "cleanup_expired")
                .with("lock", "")
                .with("namespace", NAMED)
                .with("write", EntrySql.SWEEP)
                .with("also", "")
                .with("saved", "")
                .with("fed", fed("expire"))
                .with("out", COUNT));
        checkpoints = new CheckpointSql(this, watched);
    }

    /** A write of one entry. */
    private String one(String verb, Template write) {
        return composed(verb, write, "", ROW.with("value", "w.version").text());
    }

    /**
     * A write of one entry that no condition can keep from writing, so that no row says that the namespace is
     * another.
     */
    private String always(String verb, Template write) {
        return text(BARE.with("verb", verb).with("namespace", NAMED).with("write", write));
    }

    /** A write of one entry that changes neither value nor metadata, so the feed does not report it. */
    private String unfed(String verb, Template write) {
        return composed(verb, write, "", "", ROW.with("value", "w.version").text());
    }

    /** A batch of puts. Its callers need the number of rows only where it is zero. */
    private String batch(Template write) {
        return checkpointed || watched
                ? composed("put_all", write, "", COUNT)
                : text(BATCH.with("namespace", NAMED).with("write", write));
    }

    /**
     * @param also a column that the write returns beside the key and version
     * @param out what the caller gets: columns of fixed length, so that the driver sends the lock and the write in one
     *     piece
     */
    private String composed(String verb, Template write, String also, String out) {
        return composed(
                verb, write, also, fed(verb.contains("delete") || verb.equals("clear") ? "delete" : "put"), out);
    }

    private String composed(String verb, Template write, String also, String fed, String out) {
        return text(COMPOSED.with("verb", verb)
                .with("lock", !checkpointed ? "" : verb.equals("clear") ? EXCLUSIVE : SHARED)
                .with("namespace", checkpointed ? NAMESPACE.text() : NAMED)
                .with("write", write)
                .with("also", also)
                .with("saved", checkpointed ? SAVED.text() : "")
                .with("fed", fed)
                .with("out", out));
    }

    String fed(String kind) {
        return watched ? FED.with("kind", kind).text() : "";
    }

    /** A statement with its arguments. */
    Sql of(Template template, @Nullable Object... args) {
        return Sql.of(text(template), args);
    }

    /** The same for keys in a range: {@code {range}} is its condition, and the range among the arguments its bounds. */
    Sql of(Template template, Range range, @Nullable Object... args) {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object arg : args) {
            if (arg instanceof Range bounds) {
                all.addAll(bounds.args());
            } else {
                all.add(arg);
            }
        }
        return new Sql(text(range.in(template)), all);
    }

    String text(Template template) {
        return text(template.text());
    }

    /** The text with the shared words and the tables' names filled in. */
    String text(String template) {
        // The templates are constants, some with a few kinds of range, so the map stays small.
        String known = filled.get(template);
        return known != null ? known : filled.computeIfAbsent(template, this::fill);
    }

    private String fill(String template) {
        return template.replace("{exclusive}", EXCLUSIVE)
                .replace("{entry}", ENTRY)
                .replace("{live}", LIVE)
                .replace("{named}", NAMED)
                .replace("{id}", ID)
                .replace("{checked}", CHECKED)
                .replace("{checkpointed}", Boolean.toString(checkpointed))
                .replace("{watched}", Boolean.toString(watched))
                .replace("{next_change}", NEXT_CHANGE)
                .replace("{raised}", RAISED)
                .replace("{next}", NEXT)
                .replace("{epoch}", checkpointed ? "(select epoch from n)" : "0")
                .replace("evalstore.state_", tables);
    }
}
