package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.SqlNull;
import dev.evalstore.internal.jdbc.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads and writes of present entries, key by key and in batches. */
final class Entries {
    private static final int BATCH_ROWS = 10_000;
    private static final int BATCH_BYTES = 8 << 20;
    private static final int SWEEP_ROWS = 1_000;

    private Entries() {}

    /**
     * An entry to put in a batch: with a time to live, or with the time of its expiry.
     *
     * @param ttl from now, or null
     * @param expiresAt the time, or null
     */
    record Put(
            byte[] key,
            byte[] value,
            @Nullable Duration ttl,
            @Nullable Instant expiresAt,
            @Nullable Json metadata) {
        boolean isBare() {
            return ttl == null && expiresAt == null && metadata == null;
        }
    }

    /** The new version; empty if the options' condition does not hold. */
    static OptionalLong put(Scope scope, byte[] key, byte[] value, PutOptions options) {
        StateSql sql = scope.sql();
        Integer id = scope.id();
        if (options.equals(PutOptions.NONE)) {
            return scope.version(sql.put, id, key, value);
        }
        Object metadata = SqlNull.or("jsonb", options.metadata());
        Object ttl = SqlNull.or("float8", options.ttl());
        if (options.expectsAbsent()) {
            return scope.version(sql.putIfAbsent, id, key, value, metadata, ttl);
        }
        Long version = options.ifVersion();
        if (version == null) {
            return scope.version(
                    options.keepTtl() ? sql.putKeepingTtl : sql.putWithOptions, id, key, value, metadata, ttl);
        }
        return options.keepTtl()
                ? scope.version(sql.putIfVersionKeepingTtl, value, metadata, id, key, version)
                : scope.version(sql.putIfVersion, value, metadata, ttl, id, key, version);
    }

    static List<StateEntry> getAll(Scope scope, Collection<byte[]> keys) {
        List<Bytes> wanted = new ArrayList<>(distinct(keys));
        Map<Bytes, StateEntry> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += 1_000) {
            List<Bytes> some = wanted.subList(from, Math.min(wanted.size(), from + 1_000));
            Sql sql = Sql.of(scope.sql().getAll, scope.id(), SqlArray.bytes(some, Bytes::array));
            scope.jdbc().list(sql, Scope::entry).forEach(entry -> found.put(new Bytes(entry.key()), entry));
        }
        return wanted.stream().filter(found::containsKey).map(found::get).toList();
    }

    private static Set<Bytes> distinct(Collection<byte[]> keys) {
        Set<Bytes> distinct = new LinkedHashSet<>();
        keys.forEach(key -> distinct.add(new Bytes(key)));
        return distinct;
    }

    /** In the order of keys, the last of a repeated one. */
    static Collection<Put> sorted(Collection<NewStateEntry> entries, StateOptions options) {
        Map<Bytes, Put> sorted = new TreeMap<>();
        for (NewStateEntry entry : entries) {
            byte[] key = options.key(entry.key());
            byte[] value = options.value(entry.value());
            sorted.put(new Bytes(key), new Put(key, value, entry.ttl(), null, entry.metadata()));
        }
        return sorted.values();
    }

    /** Batches that are each small enough for one statement. */
    static List<List<Put>> batches(Collection<Put> sorted) {
        List<List<Put>> batches = new ArrayList<>();
        List<Put> batch = new ArrayList<>();
        long bytes = 0;
        for (Put put : sorted) {
            if (batch.size() == BATCH_ROWS || bytes >= BATCH_BYTES) {
                batches.add(batch);
                batch = new ArrayList<>();
                bytes = 0;
            }
            batch.add(put);
            bytes += put.key().length + put.value().length;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** One statement; keys are sorted and distinct. */
    static void putBatch(Scope scope, List<Put> batch) {
        SqlArray keys = SqlArray.bytes(batch, Put::key);
        SqlArray values = SqlArray.bytes(batch, Put::value);
        if (batch.stream().allMatch(Put::isBare)) {
            scope.jdbc().update(scope.write(scope.sql().putAllBare, scope.id(), keys, values));
            return;
        }
        scope.jdbc()
                .update(scope.write(
                        scope.sql().putAll,
                        scope.id(),
                        keys,
                        values,
                        SqlArray.reals(batch, put -> put.ttl() == null ? null : Values.seconds(put.ttl())),
                        SqlArray.instants(batch, Put::expiresAt),
                        SqlArray.jsons(batch, Put::metadata)));
    }

    static long deleteAll(Scope scope, Collection<byte[]> keys) {
        TreeSet<Bytes> sorted = new TreeSet<>(distinct(keys));
        return scope.number(scope.sql().deleteAll, scope.id(), scope.id(), SqlArray.bytes(sorted, Bytes::array));
    }

    static long count(Scope scope, byte[] prefix) {
        Sql sql = scope.plain(
                        "/* state.count */ select count(*) as n from evalstore.state_entries e where e.namespace_id ="
                                + " ? and :live",
                        scope.id())
                .and(new Range(prefix, 1, null).sql("e"));
        return scope.jdbc().one(sql, row -> row.bigint("n"));
    }

    static List<byte[]> keys(Scope scope, Range range) {
        Sql sql = scope.plain(
                        "/* state.list_keys */ select e.key from evalstore.state_entries e where e.namespace_id = ?"
                                + " and :live",
                        scope.id())
                .and(range.sql("e"))
                .and("order by e.key limit ?", range.limit());
        return scope.jdbc().list(sql, row -> row.bytes("key"));
    }

    static List<StateEntry> list(Scope scope, Range range, @Nullable Json containing) {
        Sql entries = scope.plain(
                        "select " + StateSql.ENTRY
                                + " from evalstore.state_entries e where e.namespace_id = ? and :live",
                        scope.id())
                .andIf(containing != null, "and e.metadata @> ?::jsonb", containing)
                .and(range.sql("e"));
        Sql named = Sql.of(containing == null ? "/* state.entries */" : "/* state.query */");
        return scope.jdbc().list(named.and(range.page(entries)), Scope::entry);
    }

    /** Where a batch is short, a sweeper beside this one has taken the rest. */
    static Cleanup sweep(Scope scope) {
        Sql sql = Sql.of(scope.sql().sweep, scope.id(), scope.id(), SWEEP_ROWS);
        return Batches.run(
                SWEEP_ROWS,
                () -> scope.jdbc().change(sql, row -> row.bigint("n")).orElse(0L));
    }
}
