package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.RowMapper;
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
            /* state.count */ select (
                select count(*) from evalstore.state_entries e where e.namespace_id = ? and {live} {range}) as n
            from evalstore.state_namespaces n where {checked}""");

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

    private static final Template HERE = new Template("/* state.here */ select {id} is not null as here");

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

    Definition definition() {
        return definition;
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

    /** Throws if the namespace is another; for the answer that another one would give too. */
    void requireHere() {
        if (!jdbc.one(sql.of(HERE, id(), name()), row -> row.bool("here"))) {
            throw Namespaces.changed();
        }
    }

    <T> List<T> list(Sql query, RowMapper<T> mapper) {
        List<T> rows = jdbc.list(query, mapper);
        if (rows.isEmpty()) {
            requireHere();
        }
        return rows;
    }

    /** How many rows a batch of a clean-up removed. */
    long removed(Sql batch) {
        return jdbc.change(batch, row -> row.bigint("n")).orElseThrow(Namespaces::changed);
    }

    Optional<byte[]> get(byte[] key) {
        return one(EntrySql.GET, key, row -> Optional.ofNullable(row.bytesOrNull("value")));
    }

    Optional<StateEntry> getEntry(byte[] key) {
        return one(EntrySql.GET_ENTRY, key, Namespace::entry);
    }

    boolean contains(byte[] key) {
        return one(EntrySql.CONTAINS, key, row -> row.bool("found"));
    }

    private <T> T one(Template read, byte[] key, RowMapper<T> mapper) {
        return jdbc.one(
                        sql.of(read, id(), name(), id(), key),
                        row -> row.bool("here") ? Optional.of(mapper.map(row)) : Optional.<T>empty())
                .orElseThrow(Namespaces::changed);
    }

    List<StateEntry> getAll(Collection<byte[]> keys) {
        List<Bytes> wanted = new ArrayList<>(distinct(keys));
        Map<Bytes, StateEntry> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += READ_KEYS) {
            List<Bytes> some = wanted.subList(from, Math.min(wanted.size(), from + READ_KEYS));
            List<Optional<StateEntry>> entries = jdbc.list(
                    sql.of(EntrySql.GET_ALL, SqlArray.bytes(some, Bytes::array), id(), name()), Namespace::entry);
            if (entries.isEmpty()) {
                throw Namespaces.changed();
            }
            entries.forEach(any -> any.ifPresent(entry -> found.put(new Bytes(entry.key()), entry)));
        }
        return wanted.stream().filter(found::containsKey).map(found::get).toList();
    }

    long count(byte[] prefix) {
        Range range = new Range(prefix, 1, null);
        return jdbc.find(sql.of(COUNT, range, id(), range, id(), name()), row -> row.bigint("n"))
                .orElseThrow(Namespaces::changed);
    }

    List<byte[]> listKeys(Range range) {
        return list(sql.of(LIST_KEYS, range, id(), range, range.limit()), row -> row.bytes("key"));
    }

    List<StateEntry> entries(Range range) {
        return list(sql.of(ENTRIES, range, id(), range, range.limit()), TABLE.mapper());
    }

    List<StateEntry> query(Range range, Json containing) {
        return list(sql.of(QUERY, range, id(), containing, range, range.limit()), TABLE.mapper());
    }

    /** The new version; empty if the options' condition does not hold. */
    OptionalLong put(byte[] key, byte[] value, PutOptions options) {
        if (options.equals(PutOptions.NONE)) {
            return version(sql.put, key, value);
        }
        Object metadata = SqlNull.or("jsonb", options.metadata());
        Object ttl = SqlNull.or("float8", options.ttl());
        if (options.expectsAbsent()) {
            return version(sql.putIfAbsent, key, value, metadata, ttl);
        }
        Long version = options.ifVersion();
        if (version == null) {
            return version(options.keepTtl() ? sql.putKeepingTtl : sql.putWithOptions, key, value, metadata, ttl);
        }
        return options.keepTtl()
                ? version(sql.putIfVersionKeepingTtl, value, metadata, key, version)
                : version(sql.putIfVersion, value, metadata, ttl, key, version);
    }

    OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        return expectedVersion == 0
                ? put(key, value, PutOptions.NONE.ifAbsent())
                : version(sql.compareAndSet, value, key, expectedVersion);
    }

    /** The sum; empty if the value is not a number of eight bytes, or the sum does not fit. */
    OptionalLong increment(byte[] key, long delta) {
        return number(sql.increment, key, delta);
    }

    /** One statement; the keys are sorted and distinct. */
    void putBatch(List<Put> batch) {
        SqlArray keys = SqlArray.bytes(batch, Put::key);
        SqlArray values = SqlArray.bytes(batch, Put::value);
        if (batch.stream().allMatch(Put::isBare)) {
            putAll(write(sql.putAllBare, keys, values));
            return;
        }
        putAll(write(
                sql.putAll,
                keys,
                values,
                SqlArray.reals(batch, put -> put.ttl() == null ? null : Values.seconds(put.ttl())),
                SqlArray.instants(batch, Put::expiresAt),
                SqlArray.jsons(batch, Put::metadata)));
    }

    /** Of an import, all entries may have expired. */
    private void putAll(Sql batch) {
        if (definition.checkpointed() || definition.watched()) {
            if (jdbc.change(batch, row -> row.bigint("n")).isEmpty()) {
                throw Namespaces.changed();
            }
        } else if (jdbc.update(batch) == 0) {
            requireHere();
        }
    }

    OptionalLong delete(byte[] key) {
        return version(sql.delete, key);
    }

    OptionalLong compareAndDelete(byte[] key, long expectedVersion) {
        return version(sql.compareAndDelete, key, expectedVersion);
    }

    long deleteAll(Collection<byte[]> keys) {
        TreeSet<Bytes> sorted = new TreeSet<>(distinct(keys));
        return number(sql.deleteAll, SqlArray.bytes(sorted, Bytes::array)).orElseThrow();
    }

    long clear() {
        return number(sql.clear).orElseThrow();
    }

    OptionalLong touch(byte[] key) {
        return version(sql.touch, key);
    }

    OptionalLong expire(byte[] key, Duration ttl) {
        return version(sql.expire, ttl, key);
    }

    OptionalLong persist(byte[] key) {
        return version(sql.persist, key);
    }

    /** Where a batch is short, another process has taken the rest. */
    Cleanup cleanupExpired() {
        Sql sweep = Sql.of(sql.sweep, id(), name(), SWEEP_ROWS);
        return Batches.run(
                SWEEP_ROWS, () -> jdbc.change(sweep, row -> row.bigint("n")).orElseThrow(Namespaces::changed));
    }

    /** The version that a write of one entry returns; empty if it wrote none. */
    private OptionalLong version(String text, @Nullable Object... args) {
        return written(text, "version", args);
    }

    private OptionalLong number(String text, @Nullable Object... args) {
        return written(text, "n", args);
    }

    private OptionalLong written(String text, String column, @Nullable Object... args) {
        return jdbc.change(write(text, args), row -> {
                    Long number = row.bigintOrNull(column);
                    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
                })
                .orElseThrow(Namespaces::changed);
    }

    /** A write with the arguments that its kind needs before its own. */
    private Sql write(String text, @Nullable Object... args) {
        List<@Nullable Object> all = new ArrayList<>(5 + args.length);
        all.addAll(definition.before());
        all.addAll(Arrays.asList(args));
        return new Sql(text, all);
    }

    private static Set<Bytes> distinct(Collection<byte[]> keys) {
        Set<Bytes> distinct = new LinkedHashSet<>();
        keys.forEach(key -> distinct.add(new Bytes(key)));
        return distinct;
    }

    /** The entry, or empty in the row that stands for none. */
    private static Optional<StateEntry> entry(Row row) throws SQLException {
        return row.bytesOrNull("key") == null ? Optional.empty() : Optional.of(map(row));
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
    record Definition(int id, String name, boolean checkpointed, boolean watched) {
        boolean isKeptLike(StateOptions options) {
            return checkpointed == options.checkpointed() && watched == options.watched();
        }

        /**
         * The arguments of a write before its own: those of the lock if there are checkpoints, and of the namespace.
         */
        List<Object> before() {
            return checkpointed ? List.of(id, id, name, id, name) : List.of(id, name);
        }
    }
}
