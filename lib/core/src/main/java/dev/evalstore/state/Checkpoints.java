package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlNull;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints by epoch and copy-on-write. A checkpoint closes the namespace's epoch. The first write that changes an
 * entry of a closed epoch copies it to the history. So the state at a checkpoint is the entries of its epoch and
 * before, and the history that spans its epoch; no key is in both.
 */
final class Checkpoints {
    static final Table<Checkpoint> TABLE = Table.of(
            "checkpoint", "state_checkpoints", "id, label, metadata, entries, bytes, created_at", Checkpoints::map);

    private static final int BATCH = 1_000;

    private static final String LIST = TABLE.text("""
            /* state.list_checkpoints */ select {columns} from evalstore.state_checkpoints where namespace_id = {id}
            order by epoch desc""");

    private static final String DELETE = """
            /* state.delete_checkpoint */ select id from evalstore.state_namespaces where id = ? for update;
            delete from evalstore.state_checkpoints where namespace_id = {id} and id = ?
            returning id""";

    private static final String RETAIN = """
            /* state.retain_checkpoints */ select id from evalstore.state_namespaces where id = ? for update;
            delete from evalstore.state_checkpoints where namespace_id = {id} and id in (
                select id from evalstore.state_checkpoints where namespace_id = ? order by epoch desc offset ?)
            returning id""";

    private static final String RETAIN_YOUNGER = """
            /* state.retain_younger_checkpoints */ select id from evalstore.state_namespaces where id = ? for update;
            delete from evalstore.state_checkpoints where namespace_id = {id} and id in (
                select id from evalstore.state_checkpoints where namespace_id = ? order by epoch desc offset ?)
                and created_at <= statement_timestamp() - make_interval(secs => ?::float8)
            returning id""";

    private static final String KEPT_EPOCH = """
            /* state.kept_epoch */ update evalstore.state_namespaces
            set updated_at = statement_timestamp(), kept_epoch = coalesce(
                (select max(epoch) from evalstore.state_checkpoints where namespace_id = ?), 0)
            where id = ?""";

    /** Reads only the rows between two checkpoints that no checkpoint needs, however many others there are. */
    static final String UNNEEDED = """
            /* state.cleanup_unneeded_history */ with {named},
            gaps as (
                select epoch as low, lead(epoch, 1, 9223372036854775807) over (order by epoch) as high
                from (select 0 as epoch
                    union all select epoch from evalstore.state_checkpoints
                        where namespace_id = (select id from n)) c),
            gone as (
                delete from evalstore.state_history h where h.ctid = any (array(
                    select d.id from gaps g cross join lateral (
                        select u.ctid as id from evalstore.state_history u
                        where u.namespace_id = (select id from n) and u.epoch_to > 0
                            and u.epoch_to > g.low and u.epoch_to < g.high and u.epoch_from > g.low
                        order by u.epoch_to limit ? for update skip locked) d
                    limit ?))
                returning h.key)
            select (select count(*) from gone) as n from n""";

    /** Deletes history of entries that have expired since: no checkpoint shows them any more. */
    static final String EXPIRED = """
            /* state.cleanup_expired_history */ with {named},
            gone as (
                delete from evalstore.state_history h where h.ctid = any (array(
                    select d.ctid from evalstore.state_history d
                    where d.namespace_id = (select id from n) and d.expires_at <= statement_timestamp()
                    order by d.expires_at limit ? for update skip locked))
                returning h.key)
            select (select count(*) from gone) as n from n""";

    private Checkpoints() {}

    static Checkpoint create(Namespace namespace, @Nullable String label, @Nullable Json metadata) {
        namespace.requireCheckpoints();
        UUID id = Uuids.next();
        int ns = namespace.id();
        Sql sql = Sql.of(
                namespace.sql.checkpoints.create,
                ns,
                ns,
                namespace.name(),
                id,
                ns,
                SqlNull.or("varchar", label),
                SqlNull.or("jsonb", metadata));
        return namespace
                .jdbc
                .change(sql, row -> new Checkpoint(id, label, metadata, null, null, row.instant("created_at")))
                .orElseThrow(Namespaces::changed);
    }

    static List<Checkpoint> list(Namespace namespace) {
        return namespace.list(Sql.of(namespace.sql.text(LIST), namespace.id(), namespace.name()), TABLE.mapper());
    }

    /** Writers wait, and are waited for. A reader sees the state before until the commit, and then the state after. */
    static long restore(Namespace namespace, UUID id, Counters counters) {
        namespace.requireCheckpoints();
        return readCommitted(namespace, counters, jdbc -> {
            CheckpointSql sql = namespace.sql.checkpoints;
            int ns = namespace.id();
            Epochs at = jdbc.change(Sql.of(sql.lockForRestore, ns, ns, namespace.name(), id), Checkpoints::epochs)
                    .orElseThrow(() -> {
                        namespace.on(jdbc).requireHere();
                        return notFound(id);
                    });
            if (!at.isolation().equals("read committed")) {
                throw new IllegalStateException("a restore needs a transaction at READ_COMMITTED");
            }
            jdbc.update(Sql.of(sql.restoreSave, at.present(), ns, at.epoch(), at.kept()));
            long removed = number(jdbc, Sql.of(sql.restoreDelete, ns, at.epoch(), at.epoch(), at.epoch()));
            return removed + number(jdbc, Sql.of(sql.restoreInsert, at.present(), ns, at.epoch(), at.epoch()));
        });
    }

    static boolean delete(Namespace namespace, UUID id, Counters counters) {
        return delete(namespace, counters, DELETE, id) == 1;
    }

    static int retain(Namespace namespace, int last, @Nullable Duration youngerThan, Counters counters) {
        return youngerThan == null
                ? delete(namespace, counters, RETAIN, namespace.id(), last)
                : delete(namespace, counters, RETAIN_YOUNGER, namespace.id(), last, youngerThan);
    }

    /**
     * The statement locks the namespace's row first, so that no checkpoint is taken between the reading of those that
     * are left and the writing of their newest epoch. A writer that still uses the old epoch copies more than is
     * needed, never less.
     */
    private static int delete(Namespace namespace, Counters counters, String text, Object... args) {
        return readCommitted(namespace, counters, jdbc -> {
            int ns = namespace.id();
            Sql delete =
                    Sql.of(namespace.sql.text(text), ns, ns, namespace.name()).and(Sql.args(List.of(args)));
            int deleted = jdbc.returning(delete, row -> row.uuid("id")).size();
            if (deleted > 0) {
                jdbc.update(Sql.of(namespace.sql.text(KEPT_EPOCH), ns, ns));
            } else {
                namespace.on(jdbc).requireHere();
            }
            return deleted;
        });
    }

    /**
     * A row that no checkpoint needs now is needed by none later: a new checkpoint closes an epoch above all history.
     * What a writer adds meanwhile by an old epoch is removed by the next call.
     */
    static Cleanup cleanup(Namespace namespace) {
        int ns = namespace.id();
        String name = namespace.name();
        return inBatches(namespace, UNNEEDED, ns, name, BATCH, BATCH)
                .and(inBatches(namespace, EXPIRED, ns, name, BATCH));
    }

    private static Cleanup inBatches(Namespace namespace, String text, Object... args) {
        Sql sql = Sql.of(namespace.sql.text(text), args);
        return Batches.run(BATCH, () -> namespace.removed(sql));
    }

    /** In the caller's transaction, or in one of its own at read committed, which is retried if the server undid it. */
    private static <T> T readCommitted(Namespace namespace, Counters counters, Function<Jdbc, T> work) {
        Jdbc jdbc = namespace.jdbc;
        if (jdbc.inTransaction()) {
            return work.apply(jdbc);
        }
        TxOptions options = TxOptions.DEFAULT
                .isolation(Isolation.READ_COMMITTED)
                .retry(jdbc.options().retry());
        boolean[] again = {false};
        return jdbc.<T, RuntimeException>inTransaction(options, (tx, connection) -> {
            if (again[0]) {
                counters.retries.increment();
            }
            again[0] = true;
            return work.apply(tx);
        });
    }

    private static long number(Jdbc jdbc, Sql sql) {
        return jdbc.change(sql, row -> row.bigint("n")).orElseThrow();
    }

    static NotFoundException notFound(UUID id) {
        return new NotFoundException("checkpoint", id);
    }

    private static Epochs epochs(Row row) throws SQLException {
        return new Epochs(row.bigint("epoch"), row.bigint("present"), row.bigint("kept"), row.text("isolation"));
    }

    private static Checkpoint map(Row row) throws SQLException {
        return new Checkpoint(
                row.uuid("id"),
                row.textOrNull("label"),
                row.jsonOrNull("metadata"),
                row.bigintOrNull("entries"),
                row.bigintOrNull("bytes"),
                row.instant("created_at"));
    }

    /** What a restore needs to know: the checkpoint's epoch, the present one, and the newest one kept. */
    private record Epochs(long epoch, long present, long kept, String isolation) {}
}
