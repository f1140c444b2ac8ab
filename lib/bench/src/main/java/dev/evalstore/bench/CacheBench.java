package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.cache.CacheOptions;
import dev.evalstore.cache.CachedKind;
import dev.evalstore.cache.CachedStore;
import dev.evalstore.cache.RedisCache;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.testing.faults.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;

/**
 * {@code cache}: p50 of {@code reads} (2,000) a side and round: a model version by its statement and from memory. The top 100 of a
 * board of {@code submissions} (10,000) of a tenth as many models, and a model version, by statement and from Redis, which is an
 * embedded one unless {@code redis=<uri>} names another; where none runs, it is said and these two are left out.
 */
final class CacheBench {
    private static final int LIMIT = 100;
    private static final int PER_SUBJECT = 10;

    /** Memory forgets at once, so that every read asks Redis. */
    private static final Duration NO_TIME = Duration.ofMillis(1);

    private final Lab lab;
    private final Database db;
    private final int reads;

    private CacheBench(Lab lab) {
        this.lab = lab;
        this.db = lab.db();
        this.reads = lab.settings().number("reads", 2_000);
    }

    static void run(Lab lab) throws Exception {
        CacheBench bench = new CacheBench(lab);
        int submissions = lab.settings().number("submissions", 10_000);
        String named = lab.settings().text("redis");
        UUID version = bench.modelVersion();
        bench.hit(version);
        try (RedisProcess redis = named == null ? RedisProcess.start(CacheBench::embedded) : null) {
            DefinitionVersion board = bench.board(submissions);
            URI uri = redis == null ? URI.create(Objects.requireNonNull(named)) : redis.uri();
            bench.shared(uri, board, version);
        } catch (IOException e) {
            lab.report().progress("SKIPPED cache.l2_board and cache.l2_row: no Redis runs here: " + e.getMessage());
        }
    }

    private UUID modelVersion() {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("bench " + UUID.randomUUID(), ModelKind.OPEN))
                .id();
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    private DefinitionVersion board(int submissions) throws Exception {
        LeaderboardData data = new LeaderboardData(lab);
        data.empty();
        DefinitionVersion version = data.publish(
                "cached",
                NewDefinitionVersion.of(
                                "Made to be measured.",
                                PrimaryMetric.of("rate", "Tokens a second.", "throughput")
                                        .unit("tokens/s"))
                        .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0)));
        data.submit(version, submissions, Math.max(1, submissions / PER_SUBJECT));
        return version;
    }

    private void hit(UUID version) throws Exception {
        try (CachedStore cache = CachedStore.on(db)) {
            lab.report().progress("cache.hit, p50 in us");
            Map<String, Double> micros = new Rounds(lab)
                    .side(
                            "statement",
                            () -> p50(() -> db.catalog().modelVersions().find(version)))
                    // A hit takes less than the clock can tell, so a thousand are timed together.
                    .side(
                            "l1",
                            () -> p50(() -> {
                                        for (int i = 0; i < 1_000; i++) {
                                            cache.modelVersion(version);
                                        }
                                        return version;
                                    })
                                    / 1_000)
                    .medians();
            lab.report().values("cache.hit", micros, "us", Map.of("rounds", lab.rounds()));
            lab.report().ratio("cache.hit", micros, "statement", "l1");
        }
    }

    private static Path embedded() throws IOException {
        return ExecutableProvider.newJarResourceProvider().get().toPath();
    }

    private void shared(URI redis, DefinitionVersion board, UUID version) throws Exception {
        CacheOptions options = CacheOptions.DEFAULT
                .timeToLive(CachedKind.BOARD, NO_TIME, Duration.ofHours(1))
                .timeToLive(CachedKind.MODEL_VERSION, NO_TIME, Duration.ofHours(1));
        try (RedisCache shared = RedisCache.at(redis);
                CachedStore cache = CachedStore.on(db, options.sharedCache(shared))) {
            beside(
                    "cache.l2_board",
                    () -> db.exchange()
                            .leaderboards()
                            .top(Leaderboard.of(board.id(), Board.OVERALL), Viewer.ANONYMOUS, LIMIT)
                            .items(),
                    () -> cache.top(board.id(), Board.OVERALL));
            beside("cache.l2_row", () -> db.catalog().modelVersions().find(version), () -> cache.modelVersion(version));
            lab.report().progress(cache.stats().toString());
        }
    }

    private void beside(String bench, Callable<?> statement, Callable<?> cached) throws Exception {
        if (!statement.call().equals(cached.call())) {
            throw new IllegalStateException(bench + ": the answers differ");
        }
        lab.report().progress(bench + ", p50 in us");
        Map<String, Double> micros = new Rounds(lab)
                .side("statement", () -> p50WithPauses(statement))
                .side("redis", () -> p50WithPauses(cached))
                .medians();
        lab.report().values(bench, micros, "us", Map.of("rounds", lab.rounds()));
        lab.report().ratio(bench, micros, "statement", "redis");
    }

    private double p50(Callable<?> read) throws Exception {
        Latencies latencies = new Latencies();
        for (int i = 0; i < reads; i++) {
            latencies.time(read);
        }
        return latencies.millis(0.5) * 1_000;
    }

    /** Between two reads memory forgets. */
    private double p50WithPauses(Callable<?> read) throws Exception {
        Latencies latencies = new Latencies();
        for (int i = 0; i < reads; i++) {
            TimeUnit.MILLISECONDS.sleep(2);
            latencies.time(read);
        }
        return latencies.millis(0.5) * 1_000;
    }
}
