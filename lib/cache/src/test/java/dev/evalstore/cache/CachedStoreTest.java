package dev.evalstore.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Patch;
import dev.evalstore.catalog.FrameworkFilter;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.catalog.ModelVersion;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.catalog.UseCaseFilter;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.UpdateBenchmarkDefinition;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.RankingMethod;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.version.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CachedStoreTest {
    /** Nothing is seen by a poll by accident. */
    private static final CacheOptions SELDOM = CacheOptions.DEFAULT.pollEvery(Duration.ofMinutes(1));

    private static World world;
    private static Database db;

    @BeforeAll
    static void open() {
        world = new World();
        db = world.db;
    }

    @AfterAll
    static void close() {
        world.close();
    }

    private static void parameters(Database by, UUID model, long parameters) {
        by.catalog().models().update(model, UpdateModel.NOTHING.parameters(Patch.set(parameters)));
    }

    private static Long parameters(CachedStore cache, UUID model) {
        return cache.model(model).orElseThrow().model().parameters();
    }

    @Test
    void every_read_is_what_the_repository_returns_and_stays_so_through_this_processs_writes() {
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            Combination of = World.combination(db);
            UUID version = of.modelVersionId();
            ModelVersion row = db.catalog().modelVersions().get(version);
            DefinitionVersion definition = World.definition(db);
            String slug =
                    db.exchange().definitions().get(definition.definitionId()).slug();
            for (int round = 0; round < 3; round++) {
                assertThat(cache.modelVersion(version)).contains(row);
                assertThat(cache.model(row.modelId()).orElseThrow())
                        .isEqualTo(new ModelDetails(db.catalog().models().get(row.modelId()), List.of(row)));
                assertThat(cache.results(version, of.hardwareConfigId())).hasSize(round);
                assertThat(cache.metrics(version).summary().count()).isEqualTo(round);
                assertThat(cache.metrics(version).daily()).hasSize(Math.min(1, round));
                assertThat(cache.hardware())
                        .isEqualTo(db.catalog()
                                .hardware()
                                .list(HardwareFilter.ALL, 1_000)
                                .items());
                assertThat(cache.frameworks())
                        .isEqualTo(db.catalog()
                                .frameworks()
                                .list(FrameworkFilter.ALL, 1_000)
                                .items());
                assertThat(cache.useCases())
                        .isEqualTo(db.catalog()
                                .useCases()
                                .list(UseCaseFilter.ALL, 1_000)
                                .items());
                assertThat(cache.rankings("chatbot", RankingMethod.TOPSIS))
                        .isEqualTo(db.matrix().rankings().list("chatbot", RankingMethod.TOPSIS));
                assertThat(cache.definition(slug))
                        .contains(new DefinitionDetails(
                                db.exchange().definitions().get(definition.definitionId()),
                                db.exchange()
                                        .definitions()
                                        .latest(definition.definitionId())
                                        .orElseThrow()));
                assertThat(cache.top(definition.id(), Board.OVERALL))
                        .isEqualTo(db.exchange()
                                .leaderboards()
                                .top(Leaderboard.of(definition.id(), Board.OVERALL), Viewer.ANONYMOUS, 100)
                                .items())
                        .hasSize(round);
                var result = World.result(db, of, 100 + round);
                db.matrix().results().refreshDailyStats(result.benchmarkDate());
                World.combination(db);
                World.useCase(db);
                World.rank(db, Duration.ofDays(1));
                World.submit(db, definition, "model " + round, round / 10.0);
                db.exchange()
                        .definitions()
                        .update(definition.definitionId(), UpdateBenchmarkDefinition.NOTHING.name("Round " + round));
                db.exchange()
                        .definitions()
                        .publish(definition.definitionId(), "1." + (round + 1) + ".0", World.newVersion());
            }
        }
    }

    @Test
    void a_second_read_asks_no_server_and_that_nothing_is_there_is_remembered_too() {
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            UUID unknown = UUID.randomUUID();
            assertThat(cache.modelVersion(unknown)).isEmpty();
            assertThat(cache.definition("no-such-definition")).isEmpty();
            assertThat(cache.top(unknown, Board.AUDITED)).isEmpty();
            long sent = world.statements.values().stream()
                    .mapToLong(AtomicLong::get)
                    .sum();
            for (int i = 0; i < 100; i++) {
                assertThat(cache.modelVersion(unknown)).isEmpty();
                assertThat(cache.definition("no-such-definition")).isEmpty();
                assertThat(cache.top(unknown, Board.AUDITED)).isEmpty();
            }
            assertThat(world.statements.values().stream()
                            .mapToLong(AtomicLong::get)
                            .sum())
                    .isEqualTo(sent);
            assertThat(cache.stats().hits()).isEqualTo(300);
            assertThat(cache.stats().loads()).isEqualTo(3);
            assertThat(cache.stats().hitRate()).isGreaterThan(0.9);
            assertThat(cache.stats().loadTime()).isPositive();
        }
    }

    @Test
    void five_hundred_threads_that_miss_one_key_at_once_are_one_statement() throws Exception {
        UUID id = World.version(db, World.model(db).id()).id();
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            assertThat(cache.refresh()).isTrue();
            long before = world.count("model_versions.find");
            CountDownLatch go = new CountDownLatch(1);
            ExecutorService threads = Executors.newFixedThreadPool(500);
            try {
                List<Future<Optional<ModelVersion>>> asked = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    asked.add(threads.submit(() -> {
                        go.await();
                        return cache.modelVersion(id);
                    }));
                }
                go.countDown();
                for (Future<Optional<ModelVersion>> each : asked) {
                    assertThat(each.get(60, TimeUnit.SECONDS)).isPresent();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(world.count("model_versions.find") - before).isEqualTo(1);
            assertThat(cache.stats().joins() + cache.stats().hits()).isEqualTo(499);
        }
    }

    @Test
    void another_process_is_seen_by_a_poll_and_sooner_by_a_notification() {
        UUID model = World.model(db).id();
        try (CachedStore polls = CachedStore.on(db, CacheOptions.DEFAULT.pollEvery(Duration.ofMillis(50)));
                CachedStore listens = CachedStore.on(
                        db,
                        SELDOM.notifications(
                                DatabaseConfig.builder(world.server.url()).build()))) {
            for (long round = 2; round < 5; round++) {
                parameters(polls, model);
                parameters(listens, model);
                long written = round;
                parameters(world.other, model, written);
                await().atMost(Duration.ofSeconds(30)).until(() -> parameters(polls, model) == written);
                // The first is not told: whoever found nobody listening rests for two seconds.
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    world.other.versions().touch(List.of(Unit.USE_CASES));
                    return parameters(listens, model) == written;
                });
            }
        }
    }

    @Test
    void a_commit_of_the_hosts_own_is_seen_after_refresh() throws Exception {
        UUID model = World.model(db).id();
        try (CachedStore cache = CachedStore.on(db, SELDOM);
                var connection = java.sql.DriverManager.getConnection(
                        "jdbc:"
                                + world.server
                                        .url()
                                        .replaceFirst("^postgres:", "postgresql:")
                                        .replaceFirst("postgres@", ""),
                        "postgres",
                        "")) {
            connection.setAutoCommit(false);
            db.join(connection).catalog().models().update(model, UpdateModel.NOTHING.parameters(Patch.set(7L)));
            assertThat(parameters(cache, model)).isEqualTo(1);
            connection.commit();
            assertThat(parameters(cache, model)).isEqualTo(1);
            assertThat(cache.refresh()).isTrue();
            assertThat(parameters(cache, model)).isEqualTo(7);
        }
    }

    @Test
    void a_transaction_shows_its_writes_to_the_cache_only_after_its_commit() {
        UUID model = World.model(db).id();
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            db.useTransaction(tx -> {
                tx.catalog().models().update(model, UpdateModel.NOTHING.parameters(Patch.set(9L)));
                assertThat(parameters(cache, model)).isEqualTo(1);
            });
            assertThat(parameters(cache, model)).isEqualTo(9);
            assertThatThrownBy(() -> db.useTransaction(tx -> {
                        tx.catalog().models().update(model, UpdateModel.NOTHING.parameters(Patch.set(10L)));
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            assertThat(parameters(cache, model)).isEqualTo(9);
        }
    }

    @Test
    void a_hidden_submission_leaves_the_cached_board_with_the_write() {
        DefinitionVersion version = World.definition(db);
        Submission shown = World.submit(db, version, "shown", 0.5);
        Submission hidden = World.submit(db, version, "hidden", 0.6);
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            assertThat(cache.top(version.id(), Board.OVERALL)).hasSize(2);
            db.exchange().submissions().changeVisibility(hidden.id(), SubmissionVisibility.PRIVATE);
            assertThat(cache.top(version.id(), Board.OVERALL))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.submission().id()).isEqualTo(shown.id()));
        }
    }

    @Test
    void what_is_deleted_with_a_model_is_gone_from_every_cached_read() {
        Combination of = World.combination(db);
        UUID model = db.catalog().modelVersions().get(of.modelVersionId()).modelId();
        World.result(db, of, 100);
        World.rank(db, Duration.ofDays(1));
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            assertThat(cache.modelVersion(of.modelVersionId())).isPresent();
            assertThat(cache.rankings("chatbot", RankingMethod.TOPSIS))
                    .anyMatch(ranking -> ranking.modelVersionId().equals(of.modelVersionId()));
            db.catalog().models().delete(model);
            assertThat(cache.model(model)).isEmpty();
            assertThat(cache.modelVersion(of.modelVersionId())).isEmpty();
            assertThat(cache.rankings("chatbot", RankingMethod.TOPSIS))
                    .noneMatch(ranking -> ranking.modelVersionId().equals(of.modelVersionId()));
        }
    }

    @Test
    void times_to_live_are_those_of_the_options_by_the_clock() {
        UUID model = World.model(db).id();
        AtomicLong clock = new AtomicLong();
        CacheOptions options = SELDOM.timeToLive(CachedKind.MODEL, Duration.ofMinutes(3), Duration.ofHours(1));
        try (CachedStore cache = CachedStore.on(db, options, clock::get)) {
            cache.model(model);
            cache.modelVersion(model);
            clock.addAndGet(Duration.ofMinutes(3).toNanos() - 1);
            cache.model(model);
            assertThat(cache.stats().loads()).isEqualTo(2);
            clock.addAndGet(1);
            cache.model(model);
            cache.modelVersion(model);
            assertThat(cache.stats().loads()).isEqualTo(3);
            clock.set(Duration.ofMinutes(5).toNanos() - 1);
            cache.modelVersion(model);
            assertThat(cache.stats().loads()).isEqualTo(3);
            clock.addAndGet(1);
            cache.modelVersion(model);
            assertThat(cache.stats().loads()).isEqualTo(4);
        }
    }

    @Test
    void rankings_are_held_no_longer_than_they_are_valid() {
        World.result(db, World.combination(db), 100);
        World.rank(db, Duration.ofSeconds(90));
        AtomicLong clock = new AtomicLong();
        try (CachedStore cache = CachedStore.on(db, SELDOM, clock::get)) {
            assertThat(cache.rankings("chatbot", RankingMethod.TOPSIS)).isNotEmpty();
            clock.set(Duration.ofSeconds(50).toNanos());
            cache.rankings("chatbot", RankingMethod.TOPSIS);
            assertThat(cache.stats().loads()).isEqualTo(1);
            clock.set(Duration.ofSeconds(90).toNanos());
            cache.rankings("chatbot", RankingMethod.TOPSIS);
            assertThat(cache.stats().loads()).isEqualTo(2);
        }
    }

    @Test
    void memory_is_not_used_while_the_database_cannot_say_what_has_changed() throws Exception {
        UUID model = World.model(db).id();
        String url = world.server.url();
        int port = Integer.parseInt(url.replaceFirst(".*:(\\d+)/.*", "$1"));
        AtomicLong clock = new AtomicLong();
        try (TcpProxy proxy = TcpProxy.to("localhost", port);
                Database through =
                        Database.open(DatabaseConfig.builder(url.replace(":" + port + "/", ":" + proxy.port() + "/"))
                                .connectTimeout(Duration.ofSeconds(1))
                                .build());
                CachedStore cache = CachedStore.on(through, SELDOM, clock::get)) {
            assertThat(parameters(cache, model)).isEqualTo(1);
            proxy.refuse(true);
            proxy.cut();
            assertThat(parameters(cache, model)).isEqualTo(1);
            assertThat(cache.refresh()).isFalse();
            clock.set(Duration.ofMinutes(2).toNanos() - 1);
            assertThat(parameters(cache, model)).isEqualTo(1);
            clock.addAndGet(1);
            assertThatThrownBy(() -> cache.model(model)).isInstanceOf(DatabaseException.class);
            parameters(db, model, 5);
            proxy.refuse(false);
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> parameters(cache, model) == 5);
            assertThat(cache.stats().pollFailures()).isPositive();
        }
    }

    @Test
    void four_fifths_of_a_zipf_load_are_hits_while_rows_change_and_memory_has_room_for_a_third() {
        List<UUID> models =
                IntStream.range(0, 400).mapToObj(i -> World.model(db).id()).toList();
        double[] sums = new double[models.size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = (i == 0 ? 0 : sums[i - 1]) + 1 / Math.pow(i + 1, 1.1);
        }
        Random random = new Random(7);
        try (CachedStore cache = CachedStore.on(db, SELDOM.maxEntries(133))) {
            for (int i = 0; i < 10_000; i++) {
                double at = random.nextDouble() * sums[sums.length - 1];
                int found = java.util.Arrays.binarySearch(sums, at);
                UUID model = models.get(found < 0 ? -found - 1 : found);
                if (i % 100 == 0) {
                    parameters(db, model, i + 1L);
                    assertThat(parameters(cache, model)).isEqualTo(i + 1);
                }
                cache.model(model);
            }
            assertThat(cache.stats().hitRate()).isGreaterThan(0.8);
            assertThat(cache.stats().entries()).isLessThanOrEqualTo(140);
        }
    }

    @Test
    void bad_options_and_arguments_are_refused_by_name() {
        assertThatThrownBy(() -> CacheOptions.DEFAULT.pollEvery(Duration.ZERO)).hasMessageStartingWith("pollEvery ");
        assertThatThrownBy(() -> CacheOptions.DEFAULT.pollEvery(Duration.ofDays(1)))
                .hasMessageStartingWith("pollEvery ");
        assertThatThrownBy(() -> CacheOptions.DEFAULT.maxEntries(0)).hasMessageStartingWith("maxEntries ");
        assertThatThrownBy(
                        () -> CacheOptions.DEFAULT.timeToLive(CachedKind.BOARD, Duration.ofDays(2), Duration.ofDays(1)))
                .hasMessageStartingWith("memory ");
        assertThatThrownBy(() -> CacheOptions.DEFAULT.timeToLive(CachedKind.BOARD, Duration.ofDays(1), Duration.ZERO))
                .hasMessageStartingWith("sharedTime ");
        assertThatThrownBy(() -> CacheOptions.DEFAULT.timeToLive(null, Duration.ofDays(1), Duration.ofDays(1)))
                .hasMessage("kind");
        assertThatThrownBy(() -> CachedStore.on(null)).hasMessage("db");
        assertThatThrownBy(() -> RedisCache.at(java.net.URI.create("http://localhost")))
                .hasMessageStartingWith("server ");
        assertThatThrownBy(() -> RedisCache.at(java.net.URI.create("redis://localhost:1"), Duration.ofMinutes(1)))
                .hasMessageStartingWith("timeout ");
        try (CachedStore cache = CachedStore.on(db, SELDOM)) {
            assertThatThrownBy(() -> cache.definition("No Slug")).hasMessageStartingWith("slug ");
            assertThatThrownBy(() -> cache.rankings(" ", RankingMethod.PARETO)).hasMessageStartingWith("category ");
        }
    }

    @Test
    void a_closed_cache_answers_no_more() {
        CachedStore cache = CachedStore.on(db, SELDOM);
        cache.close();
        assertThatThrownBy(cache::hardware)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        cache.close();
    }
}
