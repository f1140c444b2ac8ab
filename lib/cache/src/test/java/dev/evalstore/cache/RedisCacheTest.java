package dev.evalstore.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.RankingMethod;
import dev.evalstore.testing.faults.RedisProcess;
import dev.evalstore.version.Unit;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a real Redis; skipped where there is none. */
class RedisCacheTest {
    private static RedisProcess redis;
    private static World world;
    private static Database db;

    @BeforeAll
    static void open() {
        redis = TestRedis.start();
        world = new World();
        db = world.db;
    }

    @AfterAll
    static void close() {
        if (world != null) {
            world.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    private static CacheOptions options(SharedCache cache) {
        return CacheOptions.DEFAULT.pollEvery(Duration.ofMinutes(1)).sharedCache(cache);
    }

    @Test
    void each_kind_is_read_from_redis_as_it_was_read_from_the_database() {
        Combination of = World.combination(db);
        var result = World.result(db, of, 120);
        db.matrix().results().refreshDailyStats(result.benchmarkDate());
        World.useCase(db);
        World.rank(db, Duration.ofDays(1));
        DefinitionVersion version = World.definition(db);
        IntStream.range(0, 100).forEach(i -> World.submit(db, version, "model " + i, i / 100.0));
        String slug = db.exchange().definitions().get(version.definitionId()).slug();
        UUID model = db.catalog().modelVersions().get(of.modelVersionId()).modelId();
        List<Function<CachedStore, Object>> reads = List.of(
                cache -> cache.model(model),
                cache -> cache.modelVersion(of.modelVersionId()),
                cache -> cache.results(of.modelVersionId(), of.hardwareConfigId()),
                cache -> cache.metrics(of.modelVersionId()),
                // A document inside has other white space.
                cache ->
                        Json.of(cache.rankings("chatbot", RankingMethod.TOPSIS)).canonical(),
                CachedStore::hardware,
                CachedStore::frameworks,
                CachedStore::useCases,
                cache -> cache.definition(slug),
                cache -> cache.top(version.id(), Board.OVERALL));
        try (RedisCache shared = RedisCache.at(redis.uri());
                CachedStore first = CachedStore.on(db, options(shared));
                CachedStore second = CachedStore.on(world.other, options(shared))) {
            List<Object> loaded = reads.stream().map(read -> read.apply(first)).toList();
            assertThat(first.stats().loads()).isEqualTo(reads.size());
            assertThat(reads.stream().map(read -> read.apply(second)).toList()).isEqualTo(loaded);
            assertThat(second.stats().sharedHits()).isEqualTo(reads.size());
            reads.forEach(read -> assertUnmodifiable(read.apply(second)));
            assertThat(second.stats().loads()).isZero();
            assertThat(second.stats().sharedErrors()).isZero();
            World.submit(db, version, "better", 1.5 / 2);
            second.refresh();
            assertThat(second.top(version.id(), Board.OVERALL))
                    .anyMatch(entry -> entry.submission().model().name().equals("better"));
            assertThat(first.top(version.id(), Board.OVERALL)).isEqualTo(second.top(version.id(), Board.OVERALL));
        }
    }

    /** What one caller did to an answer, others would find in memory. */
    private static void assertUnmodifiable(Object answer) {
        if (answer instanceof Optional<?> optional) {
            optional.ifPresent(RedisCacheTest::assertUnmodifiable);
        } else if (answer instanceof List<?> list) {
            assertThatThrownBy(() -> list.add(null)).isInstanceOf(UnsupportedOperationException.class);
            list.forEach(RedisCacheTest::assertUnmodifiable);
        } else if (answer instanceof Record row) {
            for (RecordComponent component : row.getClass().getRecordComponents()) {
                try {
                    assertUnmodifiable(component.getAccessor().invoke(row));
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void rankings_that_have_expired_are_not_taken_from_redis() {
        World.result(db, World.combination(db), 100);
        World.rank(db, Duration.ofSeconds(2));
        AtomicLong clock = new AtomicLong();
        try (RedisCache shared = RedisCache.at(redis.uri());
                CachedStore cache = CachedStore.on(db, options(shared), clock::get)) {
            assertThat(cache.rankings("chatbot", RankingMethod.TOPSIS)).isNotEmpty();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> db.matrix()
                            .rankings()
                            .list("chatbot", RankingMethod.TOPSIS)
                            .isEmpty());
            clock.set(Duration.ofSeconds(3).toNanos());
            assertThat(cache.rankings("chatbot", RankingMethod.TOPSIS)).isEmpty();
        }
    }

    @Test
    void a_value_is_held_for_its_time() {
        try (RedisCache shared = RedisCache.at(redis.uri())) {
            byte[] value = "a".getBytes(StandardCharsets.UTF_8);
            shared.put("long", value, Duration.ofMinutes(1));
            shared.put("short", value, Duration.ofMillis(1));
            await().atMost(Duration.ofSeconds(30)).until(() -> shared.get("short") == null);
            assertThat(shared.get("long")).isEqualTo(value);
        }
    }

    @Test
    void whatever_is_under_a_key_the_answer_is_right_and_costs_no_memory() {
        UUID model = World.model(db).id();
        String key =
                "evalstore:" + Codec.FORMAT + ":evalstore:" + Unit.model(model).name() + ":"
                        + db.versions().of(Unit.model(model)).value();
        try (RedisCache shared = RedisCache.at(redis.uri(), Duration.ofSeconds(10));
                CachedStore cache = CachedStore.on(db, options(shared))) {
            shared.put(key, new byte[Codec.MAX_LENGTH + 1_000_000], Duration.ofMinutes(1));
            assertThat(shared.get(key)).hasSize(Codec.MAX_LENGTH + 1);
            assertThat(cache.model(model)).isPresent();
            assertThat(cache.stats().sharedErrors()).isEqualTo(1);
            assertThat(cache.stats().failures()).isZero();
        }
        try (RedisCache shared = RedisCache.at(redis.uri());
                CachedStore another = CachedStore.on(db, options(shared))) {
            assertThat(another.model(model)).isPresent();
            assertThat(another.stats().sharedHits())
                    .as("what was loaded has replaced it")
                    .isEqualTo(1);
        }
    }

    @Test
    void redis_killed_and_started_again_is_no_error_and_the_answers_are_right() throws Exception {
        UUID model = World.version(db, World.model(db).id()).id();
        CacheOptions brief =
                CacheOptions.DEFAULT.timeToLive(CachedKind.MODEL_VERSION, Duration.ofMillis(1), Duration.ofHours(1));
        try (RedisProcess own = TestRedis.start();
                RedisCache shared = RedisCache.at(own.uri());
                CachedStore cache = CachedStore.on(db, brief.sharedCache(shared))) {
            await().until(() ->
                    cache.modelVersion(model).isPresent() && cache.stats().sharedHits() > 0);
            own.kill();
            for (int i = 0; i < 20; i++) {
                assertThat(cache.modelVersion(model))
                        .contains(db.catalog().modelVersions().get(model));
            }
            assertThat(cache.stats().sharedErrors()).isPositive();
            own.restart();
            long hits = cache.stats().sharedHits();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cache.modelVersion(model).isPresent()
                            && cache.stats().sharedHits() > hits);
            assertThat(cache.stats().failures()).isZero();
        }
    }

    @Test
    void a_server_that_was_never_there_is_no_error() {
        UUID model = World.model(db).id();
        try (RedisCache shared = RedisCache.at(URI.create("redis://127.0.0.1:1"));
                CachedStore cache = CachedStore.on(db, options(shared))) {
            assertThat(cache.model(model)).isPresent();
            assertThat(cache.stats().sharedErrors()).isEqualTo(1);
            assertThat(cache.hardware()).isNotNull();
            assertThat(cache.stats().failures()).isZero();
        }
    }
}
