package dev.evalstore.state;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.state.Entries.Put;
import dev.evalstore.state.Scope.Namespace;
import dev.evalstore.state.StateRegistry.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StateBackend} in PostgreSQL; obtained from {@code Database} or {@code Tx}. Its clock is the server's. The namespace
 * is made at first use, in the transaction if there is one, where others who use it first wait for the end; making the object
 * costs nothing.
 *
 * <p>One entry is read or written in one round trip. In a checkpointed namespace a write also holds a shared lock on the
 * namespace until its transaction ends, which a checkpoint or restore waits for: keep transactions short.
 */
public final class PostgresStateBackend implements StateBackend {
    private final Jdbc jdbc;
    private final StateOptions options;
    private final StateRegistry registry;
    private final Counters counters;
    private final Place place;
    private volatile @Nullable Scope scope;

    /** Called by {@code Repositories} alone. */
    public PostgresStateBackend(Jdbc jdbc, String namespace, StateOptions options) {
        Objects.requireNonNull(options, "options");
        String schema = options.schema();
        String tables = (schema == null ? "evalstore." : '"' + schema + "\".") + options.tablePrefix();
        this.place = new Place(tables, Check.text("namespace", namespace));
        this.options = options;
        this.registry = jdbc.shared(StateRegistry.class, StateRegistry::new);
        this.counters = registry.counters(place);
        this.jdbc = jdbc.countingRetries(counters.retries::increment);
    }

    @Override
    public String namespace() {
        return place.name();
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        options.key(key);
        Scope at = scope();
        long start = System.nanoTime();
        Optional<byte[]> value = jdbc.find(Sql.of(at.sql().get, at.id(), key), row -> row.bytes("value"));
        counters.reads.since(start);
        counters.gets.increment();
        value.ifPresent(bytes -> counters.bytesRead.add(key.length + (long) bytes.length));
        return value;
    }

    @Override
    public Optional<StateEntry> getEntry(byte[] key) {
        options.key(key);
        Scope at = scope();
        long start = System.nanoTime();
        Optional<StateEntry> entry = jdbc.find(Sql.of(at.sql().getEntry, at.id(), key), Scope::entry);
        counters.reads.since(start);
        counters.gets.increment();
        entry.ifPresent(counters::read);
        return entry;
    }

    @Override
    public List<StateEntry> getAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        counters.gets.add(keys.size());
        Scope at = scope();
        return read(() -> Entries.getAll(at, keys));
    }

    @Override
    public boolean contains(byte[] key) {
        options.key(key);
        Scope at = scope();
        counters.gets.increment();
        return timedRead(() -> jdbc.one(Sql.of(at.sql().contains, at.id(), key), row -> row.bool("found")));
    }

    @Override
    public long put(byte[] key, byte[] value, PutOptions how) {
        options.key(key);
        options.value(value);
        Scope at = scope();
        long start = System.nanoTime();
        OptionalLong version = Entries.put(at, key, value, how);
        counters.writes.since(start);
        if (version.isEmpty()) {
            throw new ConflictException(
                    how.expectsAbsent()
                            ? "the key has an entry in state namespace " + namespace()
                            : "the key has another version, or none, in state namespace " + namespace());
        }
        counters.wrote(key, value);
        return version.getAsLong();
    }

    @Override
    public OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        options.key(key);
        options.value(value);
        Check.notNegative("expectedVersion", expectedVersion);
        Scope at = scope();
        OptionalLong version = timedWrite(() -> expectedVersion == 0
                ? at.version(at.sql().putIfAbsent, at.id(), key, value, null, null)
                : at.version(at.sql().compareAndSet, value, at.id(), key, expectedVersion));
        if (version.isPresent()) {
            counters.wrote(key, value);
        }
        return version;
    }

    @Override
    public long increment(byte[] key, long delta) {
        options.key(key);
        Scope at = scope();
        long sum =
                timedWrite(() -> jdbc.change(at.write(at.sql().increment, at.id(), key, delta), row -> row.bigint("n"))
                        .orElseThrow(() -> new ConflictException(
                                "the value is no eight-byte number, or the sum would not fit, in state namespace "
                                        + namespace())));
        counters.puts.increment();
        counters.bytesWritten.add(key.length + 8L);
        return sum;
    }

    @Override
    public void putAll(Collection<NewStateEntry> entries) {
        List<List<Put>> batches = Entries.batches(Entries.sorted(entries, options));
        if (batches.isEmpty()) {
            return;
        }
        Scope at = scope();
        timedWrite(() -> {
            if (batches.size() == 1) {
                Entries.putBatch(at, batches.get(0));
                return true;
            }
            return jdbc.<Boolean, RuntimeException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                Scope inside = new Scope(tx, at.namespace(), at.sql());
                batches.forEach(batch -> Entries.putBatch(inside, batch));
                return true;
            });
        });
        batches.forEach(batch -> batch.forEach(put -> counters.wrote(put.key(), put.value())));
    }

    @Override
    public boolean delete(byte[] key) {
        options.key(key);
        Scope at = scope();
        return deleted(timedWrite(() -> at.version(at.sql().delete, at.id(), key)));
    }

    @Override
    public boolean compareAndDelete(byte[] key, long expectedVersion) {
        options.key(key);
        Scope at = scope();
        return deleted(timedWrite(() -> at.version(at.sql().compareAndDelete, at.id(), key, expectedVersion)));
    }

    private boolean deleted(OptionalLong version) {
        if (version.isPresent()) {
            counters.deletes.increment();
        }
        return version.isPresent();
    }

    @Override
    public long deleteAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        Scope at = scope();
        long number = keys.isEmpty() ? 0 : timedWrite(() -> Entries.deleteAll(at, keys));
        counters.deletes.add(number);
        return number;
    }

    @Override
    public long clear() {
        Scope at = scope();
        long number = timedWrite(() -> at.number(at.sql().clear, at.id(), at.id()));
        counters.deletes.add(number);
        return number;
    }

    @Override
    public boolean touch(byte[] key) {
        options.key(key);
        Scope at = scope();
        return timedWrite(() -> at.version(at.sql().touch, at.id(), key)).isPresent();
    }

    @Override
    public boolean expire(byte[] key, Duration ttl) {
        options.key(key);
        PutOptions.ttl(ttl, "ttl");
        Scope at = scope();
        return timedWrite(() -> at.version(at.sql().expire, ttl, at.id(), key)).isPresent();
    }

    @Override
    public boolean persist(byte[] key) {
        options.key(key);
        Scope at = scope();
        return timedWrite(() -> at.version(at.sql().persist, at.id(), key)).isPresent();
    }

    @Override
    public long count(byte[] prefix) {
        Scope at = scope();
        return timedRead(() -> Entries.count(at, prefix));
    }

    @Override
    public List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Scope at = scope();
        return timedRead(() -> Entries.keys(at, range));
    }

    @Override
    public List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Scope at = scope();
        return read(() -> Entries.list(at, range, null));
    }

    @Override
    public List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after) {
        Objects.requireNonNull(containing, "containing");
        Range range = new Range(Bytes.NONE, limit, after);
        Scope at = scope();
        return read(() -> Entries.list(at, range, containing));
    }

    @Override
    public long cleanupExpired() {
        Scope at = scope();
        return timedWrite(() -> Entries.sweep(at));
    }

    @Override
    public Checkpoint createCheckpoint(@Nullable String label, @Nullable Json metadata) {
        Check.textOrNull("label", label);
        Scope at = scope();
        return timedWrite(() -> Checkpoints.create(at, label, metadata));
    }

    @Override
    public List<Checkpoint> listCheckpoints() {
        return Checkpoints.list(scope());
    }

    @Override
    public Checkpoint measureCheckpoint(UUID checkpoint) {
        return Checkpoints.measure(scope(), checkpoint);
    }

    @Override
    public long restoreCheckpoint(UUID checkpoint) {
        Scope at = scope();
        return timedWrite(() -> Checkpoints.restore(at, checkpoint, counters));
    }

    @Override
    public boolean deleteCheckpoint(UUID checkpoint) {
        return Checkpoints.delete(scope(), checkpoint, counters);
    }

    @Override
    public int retainCheckpoints(int last, @Nullable Duration youngerThan) {
        Check.notNegative("last", last);
        if (youngerThan != null) {
            Check.positive("youngerThan", youngerThan);
        }
        return Checkpoints.retain(scope(), last, youngerThan, counters);
    }

    @Override
    public long cleanupHistory() {
        return Checkpoints.cleanup(scope());
    }

    @Override
    public Optional<StateEntry> readAt(UUID checkpoint, byte[] key) {
        options.key(key);
        Scope at = scope();
        counters.gets.increment();
        Optional<StateEntry> entry = timedRead(() -> Checkpoints.read(at, checkpoint, key));
        entry.ifPresent(counters::read);
        return entry;
    }

    @Override
    public List<StateEntry> entriesAt(UUID checkpoint, byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Scope at = scope();
        return read(() -> Checkpoints.entries(at, checkpoint, range));
    }

    @Override
    public List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        Scope at = scope();
        return timedRead(() -> Checkpoints.diff(at, from, to, range));
    }

    @Override
    public StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit) {
        Objects.requireNonNull(prefix, "prefix");
        Check.limit(limit);
        outsideTransaction("watch");
        Scope at = scope();
        return timedRead(() -> Changes.watch(at, prefix, from, limit));
    }

    @Override
    public long compactChanges(Duration olderThan) {
        Check.positive("olderThan", olderThan);
        return Changes.compact(scope(), olderThan);
    }

    @Override
    public long export(@Nullable UUID checkpoint, OutputStream to) throws IOException {
        Scope at = scope();
        if (checkpoint != null) {
            Checkpoints.require(at, checkpoint);
            return Archive.write(to, after -> Checkpoints.entries(at, checkpoint, new Range(Bytes.NONE, 1_000, after)));
        }
        if (jdbc.inTransaction()) {
            return Archive.write(to, after -> Entries.list(at, new Range(Bytes.NONE, 1_000, after), null));
        }
        TxOptions oneMoment =
                TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();
        return jdbc.<Long, IOException>inTransaction(oneMoment, (tx, connection) -> {
            Scope inside = new Scope(tx, at.namespace(), at.sql());
            return Archive.write(to, after -> Entries.list(inside, new Range(Bytes.NONE, 1_000, after), null));
        });
    }

    @Override
    public long importFrom(InputStream from) throws IOException {
        Scope at = scope();
        return jdbc.<Long, IOException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            Scope inside = new Scope(tx, at.namespace(), at.sql());
            return Archive.read(from, options, batch -> {
                Entries.putBatch(inside, batch);
                batch.forEach(put -> counters.wrote(put.key(), put.value()));
            });
        });
    }

    @Override
    public StateStats stats() {
        return counters.snapshot();
    }

    @Override
    public StateTableStats tableStats() {
        Scope at = scope();
        return jdbc.one(
                at.plain("""
                        /* state.table_stats */ select e.*, t.* from (
                            select count(*) filter (where :live) as entries, count(*) filter (where not :live) as expired
                            from evalstore.state_entries e where e.namespace_id = ?) e
                        cross join (
                            select coalesce(sum(n_live_tup), 0)::bigint as live_rows, coalesce(sum(n_dead_tup), 0)::bigint as dead_rows,
                                sum(pg_table_size(r))::bigint as table_bytes, sum(pg_total_relation_size(r))::bigint as total_bytes
                            from unnest(array['evalstore.state_entries', 'evalstore.state_history']::regclass[]) r
                            left join pg_stat_all_tables s on s.relid = r) t""", at.id()),
                row -> new StateTableStats(
                        row.bigint("entries"),
                        row.bigint("expired"),
                        row.bigint("live_rows"),
                        row.bigint("dead_rows"),
                        row.bigint("table_bytes"),
                        row.bigint("total_bytes")));
    }

    /** {@inheritDoc} The role must own the tables, or have MAINTAIN on them (PostgreSQL 17); the server itself would only warn. */
    @Override
    public void vacuum() {
        outsideTransaction("vacuum");
        Scope at = scope();
        boolean mayVacuum = jdbc.one(at.plain("""
                        /* state.may_vacuum */ select bool_and(case when pg_has_role(c.relowner, 'usage') then true
                            when current_setting('server_version_num')::int < 170000 then false
                            else has_table_privilege(c.oid, 'maintain') end) as may
                        from pg_class c where c.oid = any (
                            array['evalstore.state_entries', 'evalstore.state_history', 'evalstore.state_changes']::regclass[])"""), row -> row.bool("may"));
        if (!mayVacuum) {
            throw new DatabaseException("vacuum: the role may not maintain the state tables [42501]", "42501", null);
        }
        String vacuum = jdbc.inSchema(at.sql()
                .text("vacuum (analyze) evalstore.state_entries, evalstore.state_history, evalstore.state_changes"));
        jdbc.script("state.vacuum", vacuum);
    }

    @Override
    public StateHealth healthCheck() {
        long start = System.nanoTime();
        try {
            Scope at = scope();
            return jdbc.one(
                    at.plain(
                            "/* state.health */ select n.epoch, (select count(*) from evalstore.state_checkpoints c"
                                    + " where c.namespace_id = n.id) as checkpoints from evalstore.state_namespaces n where n.id = ?",
                            at.id()),
                    row -> new StateHealth(
                            true,
                            null,
                            Duration.ofNanos(System.nanoTime() - start),
                            row.bigint("epoch"),
                            row.bigint("checkpoints")));
        } catch (DatabaseException e) {
            return new StateHealth(false, e.getMessage(), Duration.ofNanos(System.nanoTime() - start), 0, 0);
        }
    }

    /**
     * Makes the tables for a prefix or schema other than the migrated ones, where they are missing, from the migration's own
     * text. For the role that owns the schema, in a deployment that wants a second set; the usual tables come with
     * {@code Database.migrate()}. A library that changes these tables says in its release notes how to follow.
     *
     * @return whether they were made
     */
    public boolean createTables() {
        String prefix = options.tablePrefix();
        String schema = place.tables().substring(0, place.tables().length() - prefix.length() - 1);
        return jdbc.<Boolean, RuntimeException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.returning(
                    Sql.of(
                            "/* state.create_tables */ select pg_advisory_xact_lock(hashtextextended(?, 0))",
                            tx.inSchema(place.tables())),
                    row -> true);
            boolean there = tx.one(
                    Sql.of(
                            "/* state.create_tables */ select to_regclass(?) is not null as found",
                            tx.inSchema(place.tables() + "entries")),
                    row -> row.bool("found"));
            if (!there) {
                String ddl =
                        migration().replace("${schema}.state_", place.tables()).replace("state_", prefix);
                String inSchema = tx.inSchema(schema + ".");
                tx.script(
                        "state.create_tables",
                        "create schema if not exists " + inSchema.substring(0, inSchema.length() - 1) + ";\n"
                                + tx.inSchema(ddl));
            }
            return !there;
        });
    }

    private static String migration() {
        try (InputStream in =
                PostgresStateBackend.class.getResourceAsStream("/db/migration/evalstore/V0003__state.sql")) {
            return new String(Objects.requireNonNull(in, "migration").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void outsideTransaction(String what) {
        if (jdbc.inTransaction()) {
            throw new IllegalStateException(what + " cannot run inside a transaction");
        }
    }

    private Scope scope() {
        Scope known = scope;
        if (known != null) {
            return known;
        }
        Namespace namespace = registry.find(place);
        if (namespace == null) {
            namespace = find();
            if (!jdbc.inTransaction()) {
                // Inside one it may be rolled back, and its id given to nobody.
                registry.keep(place, namespace);
            }
        }
        if (namespace.checkpointed() != options.checkpointed() || namespace.watched() != options.watched()) {
            throw new ConflictException("state namespace " + namespace() + " was made "
                    + (namespace.checkpointed() ? "with" : "without") + " checkpoints and "
                    + (namespace.watched() ? "with" : "without") + " a feed; open it so");
        }
        known = new Scope(
                jdbc, namespace, registry.statements(place.tables(), namespace.checkpointed(), namespace.watched()));
        scope = known;
        return known;
    }

    private Namespace find() {
        StateSql sql = registry.statements(place.tables(), options.checkpointed(), options.watched());
        String select = "select id, name, checkpointed, watched from evalstore.state_namespaces where name = ?";
        Sql find = Sql.of(sql.text("/* state.namespace */ " + select), namespace());
        Optional<Namespace> found = jdbc.find(find, PostgresStateBackend::map);
        if (found.isEmpty()) {
            // Two may do this at once: the second statement sees what the first waited for.
            found = jdbc.change(
                    Sql.of(
                            sql.text(
                                    "/* state.namespace */ insert into evalstore.state_namespaces (name, checkpointed, watched)"
                                            + " values (?, ?, ?) on conflict (name) do nothing; " + select),
                            namespace(),
                            options.checkpointed(),
                            options.watched(),
                            namespace()),
                    PostgresStateBackend::map);
        }
        return found.or(() -> jdbc.find(find, PostgresStateBackend::map)).orElseThrow();
    }

    private static Namespace map(dev.evalstore.internal.jdbc.Row row) throws java.sql.SQLException {
        return new Namespace(row.integer("id"), row.text("name"), row.bool("checkpointed"), row.bool("watched"));
    }

    private List<StateEntry> read(java.util.function.Supplier<List<StateEntry>> action) {
        List<StateEntry> entries = timedRead(action);
        entries.forEach(counters::read);
        return entries;
    }

    private <T> T timedRead(java.util.function.Supplier<T> action) {
        long start = System.nanoTime();
        try {
            return action.get();
        } finally {
            counters.reads.since(start);
        }
    }

    private <T> T timedWrite(java.util.function.Supplier<T> action) {
        long start = System.nanoTime();
        try {
            return action.get();
        } finally {
            counters.writes.since(start);
        }
    }
}
