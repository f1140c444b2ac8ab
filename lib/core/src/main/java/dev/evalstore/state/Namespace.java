package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.SqlNull;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.Values;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One namespace, with the statements of its kind, on a pool or in a transaction: reads and writes of its present
 * entries.
 */
final class Namespace {
    static final Table<StateEntry> TABLE = Table.of(
            "state entry",
            "state_entries",
            "key, value, version, metadata, created_at, updated_at, expires_at",
            Namespace::map);

    static final Template COUNT = new Template("""
            /* state.count */ select count(*) as n from evalstore.state_entries e
            where e.namespace_id = ? and {live} {range}""");

    static final Template LIST_KEYS = new Template("""
            /* state.list_keys */ select e.key from evalstore.state_entries e
            where e.namespace_id = ? and {live} {range}
            order by e.key limit ?""");

    static final Template ENTRIES =
            new Template("/* state.entries */ {page}").with("page", Range.PAGE).with("entries", new Template("""
                    select {entry} from evalstore.state_entries e where e.namespace_id = ? and {live} {range}"""));

    static final Template QUERY = new Template("/* state.query_by_metadata */ {page}")
            .with("page", Range.PAGE)
            .with("entries", new Template("""
                    select {entry} from evalstore.state_entries e
                    where e.namespace_id = ? and {live} and e.metadata @> ?::jsonb {range}"""));

    private static final int READ_KEYS = 1_000;
    private static final int SWEEP_ROWS = 1_000;

    final Jdbc jdbc;
    final StateSql sql;
    private final Definition definition;

    Namespace(Jdbc jdbc, Definition definition, StateSql sql) {
        this.jdbc = jdbc;
        this.definition = definition;
        this.sql = sql;
    }

    /** The same inside a transaction. */
    Namespace on(Jdbc tx) {
        return new Namespace(tx, definition, sql);
    }

    int id() {
        return definition.id();
    }

    String name() {
        return definition.name();
    }

    void requireCheckpoints() {
        if (!definition.checkpointed()) {
            throw new IllegalStateException("state namespace " + name() + " was made without checkpoints");
        }
    }

    void requireFeed() {
        if (!definition.watched()) {
            throw new IllegalStateException("state namespace " + name() + " was made without a feed");
        }
    }

    Optional<byte[]> get(byte[] key) {
        return jdbc.find(sql.of(EntrySql.GET, id(), key), row -> row.bytes("value"));
    }

    Optional<StateEntry> getEntry(byte[] key) {
        return jdbc.find(sql.of(EntrySql.GET_ENTRY, id(), key), TABLE.mapper());
    }

    List<StateEntry> getAll(Collection<byte[]> keys) {
        List<Bytes> wanted = new ArrayList<>(distinct(keys));
        Map<Bytes, StateEntry> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += READ_KEYS) {
            List<Bytes> some = wanted.subList(from, Math.min(wanted.size(), from + READ_KEYS));
            jdbc.list(sql.of(EntrySql.GET_ALL, id(), SqlArray.bytes(some, Bytes::array)), TABLE.mapper())
                    .forEach(entry -> found.put(new Bytes(entry.key()), entry));
        }
        return wanted.stream().filter(found::containsKey).map(found::get).toList();
    }

    boolean contains(byte[] key) {
        return jdbc.one(sql.of(EntrySql.CONTAINS, id(), key), row -> row.bool("found"));
    }

    long count(byte[] prefix) {
        Range range = new Range(prefix, 1, null);
        return jdbc.one(sql.of(COUNT, range, id(), range), row -> row.bigint("n"));
    }

    List<byte[]> listKeys(Range range) {
        return jdbc.list(sql.of(LIST_KEYS, range, id(), range, range.limit()), row -> row.bytes("key"));
    }

    List<StateEntry> entries(Range range) {
        return jdbc.list(sql.of(ENTRIES, range, id(), range, range.limit()), TABLE.mapper());
    }

    List<StateEntry> query(Range range, Json containing) {
        return jdbc.list(sql.of(QUERY, range, id(), containing, range, range.limit()), TABLE.mapper());
    }

    /** The new version; empty if the options' condition does not hold. */
    OptionalLong put(byte[] key, byte[] value, PutOptions options) {
        if (options.equals(PutOptions.NONE)) {
            return version(sql.put, id(), key, value);
        }
        Object metadata = SqlNull.or("jsonb", options.metadata());
        Object ttl = SqlNull.or("float8", options.ttl());
        if (options.expectsAbsent()) {
            return version(sql.putIfAbsent, id(), key, value, metadata, ttl);
        }
        Long version = options.ifVersion();
        if (version == null) {
            return version(options.keepTtl() ? sql.putKeepingTtl : sql.putWithOptions, id(), key, value, metadata, ttl);
        }
        return options.keepTtl()
                ? version(sql.putIfVersionKeepingTtl, value, metadata, id(), key, version)
                : version(sql.putIfVersion, value, metadata, ttl, id(), key, version);
    }

    OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        return expectedVersion == 0
                ? put(key, value, PutOptions.NONE.ifAbsent())
                : version(sql.compareAndSet, value, id(), key, expectedVersion);
    }

    /** The sum; empty if the value is not a number of eight bytes, or the sum does not fit. */
    OptionalLong increment(byte[] key, long delta) {
        return number(sql.increment, id(), key, delta);
    }

    /** One statement; the keys are sorted and distinct. */
    void putBatch(List<Put> batch) {
        SqlArray keys = SqlArray.bytes(batch, Put::key);
        SqlArray values = SqlArray.bytes(batch, Put::value);
        if (batch.stream().allMatch(Put::isBare)) {
            jdbc.update(write(sql.putAllBare, id(), keys, values));
            return;
        }
        jdbc.update(write(
                sql.putAll,
                id(),
                keys,
                values,
                SqlArray.reals(batch, put -> put.ttl() == null ? null : Values.seconds(put.ttl())),
                SqlArray.instants(batch, Put::expiresAt),
                SqlArray.jsons(batch, Put::metadata)));
    }

    OptionalLong delete(byte[] key) {
        return version(sql.delete, id(), key);
    }

    OptionalLong compareAndDelete(byte[] key, long expectedVersion) {
        return version(sql.compareAndDelete, id(), key, expectedVersion);
    }

    long deleteAll(Collection<byte[]> keys) {
        TreeSet<Bytes> sorted = new TreeSet<>(distinct(keys));
        return number(sql.deleteAll, id(), id(), SqlArray.bytes(sorted, Bytes::array))
                .orElseThrow();
    }

    long clear() {
        return number(sql.clear, id(), id()).orElseThrow();
    }

    OptionalLong touch(byte[] key) {
        return version(sql.touch, id(), key);
    }

    OptionalLong expire(byte[] key, Duration ttl) {
        return version(sql.expire, ttl, id(), key);
    }

    OptionalLong persist(byte[] key) {
        return version(sql.persist, id(), key);
    }

    /** Where a batch is short, another process has taken the rest. */
    Cleanup cleanupExpired() {
        Sql sweep = Sql.of(sql.sweep, id(), id(), SWEEP_ROWS);
        return Batches.run(
                SWEEP_ROWS, () -> jdbc.change(sweep, row -> row.bigint("n")).orElseThrow());
    }

    /** The version that a write of one entry returns; empty if it wrote none. */
    private OptionalLong version(String text, @Nullable Object... args) {
        return jdbc.change(write(text, args), row -> OptionalLong.of(row.bigint("version")))
                .orElse(OptionalLong.empty());
    }

    private OptionalLong number(String text, @Nullable Object... args) {
        return jdbc.change(write(text, args), row -> OptionalLong.of(row.bigint("n")))
                .orElse(OptionalLong.empty());
    }

    /** A write with the arguments that its kind needs before its own. */
    private Sql write(String text, @Nullable Object... args) {
        if (sql.idsBefore == 0) {
            return Sql.of(text, args);
        }
        List<@Nullable Object> all = new ArrayList<>(sql.idsBefore + args.length);
        all.addAll(Collections.nCopies(sql.idsBefore, id()));
        all.addAll(Arrays.asList(args));
        return new Sql(text, all);
    }

    private static Set<Bytes> distinct(Collection<byte[]> keys) {
        Set<Bytes> distinct = new LinkedHashSet<>();
        keys.forEach(key -> distinct.add(new Bytes(key)));
        return distinct;
    }

    private static StateEntry map(Row row) throws SQLException {
        return new StateEntry(
                row.bytes("key"),
                row.bytes("value"),
                row.bigint("version"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("expires_at"));
    }

    /** What is fixed when a namespace is made. */
    record Definition(int id, String name, boolean checkpointed, boolean watched) {}
}
