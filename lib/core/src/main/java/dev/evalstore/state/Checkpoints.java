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
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints by epoch and copy-on-write. A checkpoint closes the namespace's epoch; an entry of a closed epoch is copied to the
 * history by the first write that changes it. So the state at a checkpoint is the entries of its epoch and before, and the
 * history that spans its epoch; never both for one key.
 */
final class Checkpoints {
    static final Table<Checkpoint> TABLE = Table.of(
            "checkpoint", "state_checkpoints", "id, label, metadata, entries, bytes, created_at", Checkpoints::map);

    private static final int GC_ROWS = 1_000;

    /** Rows that end between two checkpoints and begin there too: only these are read, whatever else is kept. */
    static final String UNNEEDED = """
        /* state.cleanup_history */ with gaps as (
            select epoch as low, lead(epoch, 1, 9223372036854775807) over (order by epoch) as high
            from (select 0 as epoch
                union all select epoch from evalstore.state_checkpoints where namespace_id = ?) c),
        gone as (
            delete from evalstore.state_history h where h.ctid = any (array(
                select d.id from gaps g cross join lateral (
                    select u.ctid as id from evalstore.state_history u
                    where u.namespace_id = ? and u.epoch_to > 0 and u.epoch_to > g.low and u.epoch_to < g.high
                        and u.epoch_from > g.low
                    order by u.epoch_to limit ? for update skip locked) d
                limit ?))
            returning h.key)
        select count(*) as n from gone\
        """;

    /** Rows that no checkpoint shows any more. */
    static final String EXPIRED = """
        /* state.cleanup_history */ with gone as (
            delete from evalstore.state_history h where h.ctid = any (array(
                select d.ctid from evalstore.state_history d
                where d.namespace_id = ? and d.expires_at <= statement_timestamp()
                order by d.expires_at limit ? for update skip locked))
            returning h.key)
        select count(*) as n from gone\
        """;

    private Checkpoints() {}

    /** A restore's bearings. */
    private record Bearings(long epoch, long present, long kept, String isolation) {}

    static Checkpoint create(Scope scope, @Nullable String label, @Nullable Json metadata) {
        scope.requireCheckpoints();
        UUID id = Uuids.next();
        Sql sql = Sql.of(
                scope.sql().checkpoints.create,
                scope.id(),
                scope.id(),
                id,
                scope.id(),
                SqlNull.or("varchar", label),
                SqlNull.or("jsonb", metadata));
        return scope.jdbc()
                .change(sql, row -> new Checkpoint(id, label, metadata, null, null, row.instant("created_at")))
                .orElseThrow();
    }

    static List<Checkpoint> list(Scope scope) {
        return scope.jdbc()
                .list(
                        scope.plain(
                                "/* state.checkpoints */ select " + TABLE.columns()
                                        + " from evalstore.state_checkpoints where namespace_id = ? order by epoch"
                                        + " desc",
                                scope.id()),
                        Checkpoints::map);
    }

    /** Writers wait and are waited for; a reader sees the state before until the commit, and then the state after. */
    static long restore(Scope scope, UUID id, Counters counters) {
        scope.requireCheckpoints();
        return ordered(scope, counters, jdbc -> {
            CheckpointSql sql = scope.sql().checkpoints;
            int ns = scope.id();
            Bearings at = jdbc.change(
                            Sql.of(sql.lockForRestore, ns, ns, id),
                            row -> new Bearings(
                                    row.bigint("epoch"),
                                    row.bigint("present"),
                                    row.bigint("kept"),
                                    row.text("isolation")))
                    .orElseThrow(() -> notFound(id));
            if (!at.isolation().equals("read committed")) {
                throw new IllegalStateException("a restore needs a transaction at READ_COMMITTED");
            }
            jdbc.update(Sql.of(sql.restoreSave, at.present(), ns, at.epoch(), at.kept()));
            long removed = number(jdbc, Sql.of(sql.restoreDelete, ns, at.epoch(), at.epoch(), at.epoch()));
            return removed + number(jdbc, Sql.of(sql.restoreInsert, at.present(), ns, at.epoch(), at.epoch()));
        });
    }

    static boolean delete(Scope scope, UUID id, Counters counters) {
        return forget(scope, counters, "id = ?", id) == 1;
    }

    static int retain(Scope scope, int last, @Nullable Duration youngerThan, Counters counters) {
        String old =
                "id in (select id from evalstore.state_checkpoints where namespace_id = ? order by epoch desc offset"
                        + " ?)";
        return youngerThan == null
                ? forget(scope, counters, old, scope.id(), last)
                : forget(
                        scope,
                        counters,
                        old + " and created_at <= statement_timestamp() - make_interval(secs => ?::float8)",
                        scope.id(),
                        last,
                        youngerThan);
    }

    /**
     * The namespace's row is locked in an earlier statement, so that no checkpoint is taken between the reading of what is left
     * and the writing of its newest epoch. A writer that still goes by the old one copies more than is needed, never less.
     */
    private static int forget(Scope scope, Counters counters, String which, @Nullable Object... args) {
        return ordered(scope, counters, jdbc -> {
            int ns = scope.id();
            Sql gone = Sql.of(
                            "/* state.forget */ select id from evalstore.state_namespaces where id = ? for update;"
                                    + " delete from evalstore.state_checkpoints where namespace_id = ? and",
                            ns,
                            ns)
                    .and(which, args)
                    .and("returning id");
            int number =
                    jdbc.returning(texts(scope, gone), row -> row.uuid("id")).size();
            if (number > 0) {
                jdbc.update(scope.plain(
                        "/* state.forget */ update evalstore.state_namespaces set updated_at = statement_timestamp(),"
                                + " kept_epoch = coalesce((select max(epoch) from evalstore.state_checkpoints where"
                                + " namespace_id = ?), 0) where id = ?",
                        ns,
                        ns));
            }
            return number;
        });
    }

    /**
     * No checkpoint can come to need a row that none needs now: a new one closes an epoch above all history. What a stale writer
     * adds meanwhile the next run takes.
     */
    static Cleanup cleanup(Scope scope) {
        return inBatches(scope, UNNEEDED, scope.id(), scope.id(), GC_ROWS, GC_ROWS)
                .and(inBatches(scope, EXPIRED, scope.id(), GC_ROWS));
    }

    private static Cleanup inBatches(Scope scope, String text, Object... args) {
        Sql sql = scope.plain(text, args);
        return Batches.run(GC_ROWS, () -> number(scope.jdbc(), sql));
    }

    /** In a transaction of its own at read committed, whatever the server's default, and again if it was undone. */
    private static <T> T ordered(Scope scope, Counters counters, java.util.function.Function<Jdbc, T> work) {
        Jdbc jdbc = scope.jdbc();
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
        return jdbc.change(sql, row -> row.bigint("n")).orElse(0L);
    }

    static Sql texts(Scope scope, Sql sql) {
        return new Sql(scope.sql().text(sql.text()), sql.args());
    }

    static NotFoundException notFound(UUID id) {
        return new NotFoundException("checkpoint", id);
    }

    static Checkpoint map(Row row) throws SQLException {
        return new Checkpoint(
                row.uuid("id"),
                row.textOrNull("label"),
                row.jsonOrNull("metadata"),
                row.bigintOrNull("entries"),
                row.bigintOrNull("bytes"),
                row.instant("created_at"));
    }
}
