package dev.evalstore.cache;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.TxOptions;
import dev.evalstore.catalog.FrameworkFilter;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.catalog.InferenceFramework;
import dev.evalstore.catalog.ModelVersion;
import dev.evalstore.catalog.ModelVersionFilter;
import dev.evalstore.catalog.UseCase;
import dev.evalstore.catalog.UseCaseFilter;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.ModelRanking;
import dev.evalstore.matrix.RankingMethod;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.version.Listening;
import dev.evalstore.version.Unit;
import dev.evalstore.version.UnitVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of what changes seldom, from memory, or from a cache that processes share, or from the database. Thread-safe;
 * one per process and schema is enough. It must be closed.
 *
 * <p>An answer is never older than what this process has written through the same {@link Database} or a view of its
 * pool, or has read here before. It is never older than twice {@link CacheOptions#pollEvery} plus the time of its load,
 * usually half of that. Where the database does not say what has changed, memory is not used. What another program
 * writes by SQL of its own is seen when its time in memory has passed, unless it calls {@code versions().touch}. After a
 * commit of the host's own on a connection that was given to {@link Database#join}, call {@link #refresh}.
 *
 * <p>Every read throws {@link DatabaseException} if it must read the database and cannot. That something does not exist
 * is remembered too. Reads are made beside transactions of the calling thread, and do not see what those have written.
 */
public final class CachedStore implements AutoCloseable {
    private static final int MAX_LIST = 1_000;
    private static final int RESULTS = 100;
    private static final int DAYS = 100;
    private static final int TOP = 100;
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(2101, 1, 1);
    private static final TxOptions SNAPSHOT =
            TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();

    private final Database db;
    private final CacheOptions options;
    private final LongSupplier nanos;
    private final Counters counters = new Counters();
    private final Memory memory;
    private final Follower follower;
    private final @Nullable SharedTier shared;
    private final Listening own;
    private final @Nullable Listening notifications;
    private volatile boolean closed;

    private CachedStore(Database db, CacheOptions options, LongSupplier nanos) {
        this.db = db;
        this.options = options;
        this.nanos = nanos;
        this.memory = new Memory(options.maxEntries(), nanos, counters);
        this.follower =
                new Follower(db, memory, counters, nanos, options.pollEvery().toNanos());
        SharedCache cache = options.sharedCache();
        this.shared =
                cache == null ? null : new SharedTier(cache, db.schema(), options.shared(), counters, System::nanoTime);
        this.own = db.versions().onOwnChange(follower::changed);
        this.notifications = options.notifications() == null
                ? null
                : db.versions().onNotification(options.notifications(), follower::wake);
        follower.start();
    }

    /** {@link #on(Database, CacheOptions)} with {@link CacheOptions#DEFAULT}. */
    public static CachedStore on(Database db) {
        return on(db, CacheOptions.DEFAULT);
    }

    /** Caches reads of the database's schema. An absent server is no error here, but of the first read. */
    public static CachedStore on(Database db, CacheOptions options) {
        return on(db, options, System::nanoTime);
    }

    /** With another clock than the process's. */
    static CachedStore on(Database db, CacheOptions options, LongSupplier nanos) {
        Objects.requireNonNull(db, "db");
        return new CachedStore(db.apart(), Objects.requireNonNull(options, "options"), nanos);
    }

    /** The model with its versions; empty when none has the id. */
    public Optional<ModelDetails> model(UUID id) {
        return read(Read.one(
                CachedKind.MODEL,
                Unit.model(id),
                2,
                ModelDetails.class,
                from -> from.catalog()
                        .models()
                        .find(id)
                        .map(model -> new ModelDetails(
                                model,
                                from.catalog()
                                        .modelVersions()
                                        .list(ModelVersionFilter.ALL.model(id), MAX_LIST)
                                        .items()))));
    }

    /** The model version; empty when none has the id. */
    public Optional<ModelVersion> modelVersion(UUID id) {
        return read(Read.one(
                CachedKind.MODEL_VERSION,
                Unit.modelVersion(id),
                1,
                ModelVersion.class,
                from -> from.catalog().modelVersions().find(id)));
    }

    /** The latest 100 results of a model version on a machine, the latest day first; empty when there are none. */
    public List<BenchmarkResult> results(UUID modelVersionId, UUID hardwareConfigId) {
        return list(Read.list(
                CachedKind.RESULTS,
                Unit.results(modelVersionId, hardwareConfigId),
                BenchmarkResult[].class,
                new BenchmarkResult[0],
                from -> from.matrix()
                        .results()
                        .list(ResultFilter.ALL.modelVersion(modelVersionId).hardware(hardwareConfigId), RESULTS)
                        .items()));
    }

    /** The category's rankings by the method, best first; empty when there are none, or when they have expired. */
    public List<ModelRanking> rankings(String category, RankingMethod method) {
        return list(Read.list(
                        CachedKind.RANKINGS,
                        Unit.rankings(category, method),
                        ModelRanking[].class,
                        new ModelRanking[0],
                        from -> from.matrix().rankings().list(category, method))
                .validUntil(list -> list.stream()
                        .map(ModelRanking::expiresAt)
                        .min(Instant::compareTo)
                        .orElse(null)));
    }

    /** The newest 1,000 machines, newest first. */
    public List<HardwareConfig> hardware() {
        return list(Read.list(
                CachedKind.HARDWARE,
                Unit.HARDWARE,
                HardwareConfig[].class,
                new HardwareConfig[0],
                from -> from.catalog()
                        .hardware()
                        .list(HardwareFilter.ALL, MAX_LIST)
                        .items()));
    }

    /** The newest 1,000 framework versions, newest first. */
    public List<InferenceFramework> frameworks() {
        return list(Read.list(
                CachedKind.FRAMEWORKS,
                Unit.FRAMEWORKS,
                InferenceFramework[].class,
                new InferenceFramework[0],
                from -> from.catalog()
                        .frameworks()
                        .list(FrameworkFilter.ALL, MAX_LIST)
                        .items()));
    }

    /** The newest 1,000 use cases, newest first. */
    public List<UseCase> useCases() {
        return list(Read.list(
                CachedKind.USE_CASES,
                Unit.USE_CASES,
                UseCase[].class,
                new UseCase[0],
                from -> from.catalog()
                        .useCases()
                        .list(UseCaseFilter.ALL, MAX_LIST)
                        .items()));
    }

    /** The figures of a model version; of one that is unknown, those of no results. */
    public ModelMetrics metrics(UUID modelVersionId) {
        return read(Read.one(
                        CachedKind.METRICS,
                        Unit.metrics(modelVersionId),
                        2,
                        ModelMetrics.class,
                        from -> Optional.of(new ModelMetrics(
                                from.matrix().results().summary(ResultFilter.ALL.modelVersion(modelVersionId)),
                                from.matrix().results().listDailyStats(modelVersionId, FIRST_DAY, LAST_DAY, DAYS)))))
                .orElseThrow();
    }

    /**
     * The definition with its latest release, in whichever status; empty when none has the slug or it is deleted.
     *
     * @throws IllegalArgumentException if the text is no slug
     */
    public Optional<DefinitionDetails> definition(String slug) {
        return read(Read.one(
                CachedKind.DEFINITION,
                Unit.definition(slug),
                2,
                DefinitionDetails.class,
                from -> from.exchange()
                        .definitions()
                        .findBySlug(slug)
                        .map(definition -> new DefinitionDetails(
                                definition,
                                from.exchange()
                                        .definitions()
                                        .latest(definition.id())
                                        .orElse(null)))));
    }

    /** The top 100 of a board as everybody sees it; empty where it has no entries, or the version does not exist. */
    public List<LeaderboardEntry> top(UUID versionId, Board board) {
        return list(Read.list(
                CachedKind.BOARD,
                Unit.board(versionId, board),
                LeaderboardEntry[].class,
                new LeaderboardEntry[0],
                from -> from.exchange()
                        .leaderboards()
                        .top(Leaderboard.of(versionId, board), Viewer.ANONYMOUS, TOP)
                        .items()));
    }

    /**
     * Looks now what has changed, so that later answers have all that was committed before this call.
     *
     * @return false if the database could not say; memory is not used then until it can
     */
    public boolean refresh() {
        requireOpen();
        return follower.refresh();
    }

    /** What the cache has done since it was opened. */
    public CacheStats stats() {
        return new CacheStats(
                counters.hits.sum(),
                counters.joins.sum(),
                counters.sharedHits.sum(),
                counters.sharedErrors.sum(),
                counters.loads.sum(),
                counters.failures.sum(),
                Duration.ofNanos(counters.loadNanos.sum()),
                counters.evictions.sum(),
                counters.invalidations.sum(),
                counters.polls.sum(),
                counters.pollFailures.sum(),
                memory.size());
    }

    /** Stops polling and listening, and forgets everything. Later reads throw {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        own.close();
        if (notifications != null) {
            notifications.close();
        }
        follower.close();
        memory.invalidateAll();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cache is closed");
        }
    }

    private <T, S> T list(Read<T, S> read) {
        return read(read).orElseThrow();
    }

    @SuppressWarnings("unchecked") // A unit is read as one type.
    private <T, S> Optional<T> read(Read<T, S> read) {
        requireOpen();
        if (follower.isTrusted()) {
            Entry entry = memory.find(read.unit());
            if (entry != null) {
                counters.hits.increment();
                return Optional.ofNullable((T) entry.value());
            }
        }
        return Optional.ofNullable(
                (T) memory.load(read.unit(), () -> load(read)).value());
    }

    private <T, S> Entry load(Read<T, S> read) {
        long begin = nanos.getAsLong();
        long began = System.nanoTime();
        Entry entry = load(read, begin);
        counters.loadNanos.add(System.nanoTime() - began);
        return entry;
    }

    private <T, S> Entry load(Read<T, S> read, long begin) {
        if (shared == null || !shared.isUsed()) {
            Loaded<T> loaded = read.needsSnapshot()
                    ? snapshot(read)
                    : new Loaded<>(read.load().apply(db), null);
            return kept(read, begin, loaded);
        }
        UnitVersion version = db.versions().of(read.unit());
        Optional<T> found = shared.find(read, version);
        if (found.isPresent() && left(read, found.get(), version).compareTo(Duration.ZERO) > 0) {
            counters.sharedHits.increment();
            return entry(read, begin, new Loaded<>(found, version));
        }
        Loaded<T> loaded = snapshot(read);
        loaded.value()
                .ifPresent(value -> shared.put(
                        read,
                        Objects.requireNonNull(loaded.version()),
                        read.write().apply(value)));
        return kept(read, begin, loaded);
    }

    private <T> Loaded<T> snapshot(Read<T, ?> read) {
        return db.inTransaction(
                SNAPSHOT,
                tx -> new Loaded<>(read.load().apply(tx), tx.versions().of(read.unit())));
    }

    private <T> Entry kept(Read<T, ?> read, long begin, Loaded<T> loaded) {
        counters.loads.increment();
        return entry(read, begin, loaded);
    }

    private <T> Entry entry(Read<T, ?> read, long begin, Loaded<T> loaded) {
        T value = loaded.value().orElse(null);
        Duration time = Objects.requireNonNull(options.inMemory().get(read.kind()));
        if (value != null && loaded.version() != null) {
            Duration left = left(read, value, loaded.version());
            time = left.compareTo(time) < 0 ? left : time;
        }
        return new Entry(value, begin + time.toNanos());
    }

    /** How long the value is right if nothing changes: two moments of the server's clock. */
    private static <T> Duration left(Read<T, ?> read, T value, UnitVersion version) {
        Instant until = read.validUntil().apply(value);
        return until == null ? Duration.ofDays(1) : Duration.between(version.readAt(), until);
    }

    /** @param version of the snapshot that the value was read in, if that was asked for */
    private record Loaded<T>(Optional<T> value, @Nullable UnitVersion version) {}
}
