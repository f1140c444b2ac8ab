package dev.evalstore.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Actor;
import dev.evalstore.CommitToken;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Reading;
import dev.evalstore.ReadingStats;
import dev.evalstore.ReadingStats.State;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.testkit.OwnServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reads from streaming replicas of a real primary. Each test leaves both replicas following, and a replica of its own goes with it. */
class ReplicaTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);

    private static OwnServer primary;
    private static OwnServer first;
    private static OwnServer second;
    private static String name;

    /** Replicas of one test, by which the others are not disturbed. */
    private final List<OwnServer> own = new ArrayList<>();

    /** Says how the replicas follow where a test fails; they live until then. */
    @RegisterExtension
    final AfterTestExecutionCallback diagnosis = context -> context.getExecutionException()
            .ifPresent(failure -> Stream.concat(Stream.of(primary, first, second), own.stream())
                    .forEach(server -> System.err.println("server " + server.port() + ": " + server.state())));

    private OwnServer replica(String replicaName) {
        OwnServer replica = primary.replica(replicaName);
        own.add(replica);
        return replica;
    }

    @AfterEach
    void stopOwn() {
        own.forEach(OwnServer::close);
    }

    @BeforeAll
    static void start() {
        primary = OwnServer.startPrimary();
        Assumptions.assumeTrue(
                primary.canReplicate(), "this server's files have no walreceiver, so replicas are NOT tested");
        name = primary.createMigrated();
        first = primary.replica("first");
        second = primary.replica("second");
    }

    @AfterAll
    static void stop() {
        for (OwnServer server : new OwnServer[] {first, second, primary}) {
            if (server != null) {
                server.close();
            }
        }
    }

    private static String url(OwnServer server) {
        return "jdbc:postgresql://localhost:" + server.port() + "/" + name;
    }

    private static DatabaseConfig.Builder config(OwnServer... replicas) {
        String[] urls = List.of(replicas).stream().map(ReplicaTest::url).toArray(String[]::new);
        return primary.as("evalstore_app", name).poolSize(4).replicas(urls);
    }

    /** A database whose replicas all follow. */
    private static Database open(OwnServer... replicas) {
        Database db = Database.open(config(replicas).build());
        awaitStates(db, replicas.length, State.FOLLOWING);
        // The first heartbeat that they show may be that of an earlier test.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(db.readingStats().replicas())
                        .allSatisfy(replica -> assertThat(replica.lag()).isLessThan(Duration.ofSeconds(3))));
        return db;
    }

    private static void awaitStates(Database db, int count, State state) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(db.readingStats().replicas())
                        .extracting(ReadingStats.Replica::state)
                        .containsExactlyElementsOf(Collections.nCopies(count, state)));
    }

    /** Where a read goes: the number of the replica, or the primary. */
    private static String place(Database db, Reading reading) {
        ReadingStats before = db.readingStats();
        reading.benchmarks().count(BenchmarkFilter.ALL);
        ReadingStats after = db.readingStats();
        for (int i = 0; i < before.replicas().size(); i++) {
            if (after.replicas().get(i).reads() > before.replicas().get(i).reads()) {
                return "replica " + (i + 1);
            }
        }
        assertThat(after.onPrimary()).isEqualTo(before.onPrimary() + 1);
        return "primary";
    }

    private static void pause(OwnServer replica) {
        replica.asTestServer().execute("postgres", "select pg_wal_replay_pause()");
        await().atMost(PATIENCE)
                .until(() -> replica.asTestServer()
                        .query("postgres", "select pg_get_wal_replay_pause_state()")
                        .equals(List.of("paused")));
    }

    private static void resume(OwnServer replica) {
        replica.asTestServer().execute("postgres", "select pg_wal_replay_resume()");
    }

    @Test
    void reads_take_turns_among_replicas_and_without_any_go_to_the_primary() {
        try (Database db = open(first, second);
                Database alone = Database.open(config().build())) {
            List<String> places = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                places.add(place(db, db.reading(BOUND)));
            }
            assertThat(places)
                    .as(() -> db.readingStats().toString())
                    .containsExactlyInAnyOrder("replica 1", "replica 2", "replica 1", "replica 2");
            assertThat(place(db, db.withSchema("evalstore").reading(BOUND))).startsWith("replica");
            assertThat(place(db, db.apart().reading(BOUND))).startsWith("replica");
            assertThat(place(db, db.actingAs(Actor.SYSTEM).reading(BOUND))).startsWith("replica");
            assertThat(place(alone, alone.reading())).isEqualTo("primary");
            assertThat(db.readingStats().replicas())
                    .extracting(ReadingStats.Replica::name)
                    .containsExactly(
                            "localhost:" + first.port() + "/" + name, "localhost:" + second.port() + "/" + name);
        }
    }

    @Test
    void a_replica_that_is_further_behind_than_the_bound_is_passed_over_until_it_has_caught_up() {
        try (Database db = open(first)) {
            Reading within = db.reading(Duration.ofSeconds(3));
            assertThat(place(db, within)).isEqualTo("replica 1");
            pause(first);
            try {
                UUID run = db.benchmarks().create(RUN).id();
                await().atMost(PATIENCE).until(() -> place(db, within).equals("primary"));
                assertThat(within.benchmarks().find(run)).isPresent();
                assertThat(place(db, db.reading(Duration.ofHours(1)))).isEqualTo("replica 1");
                assertThat(db.reading(Duration.ofHours(1)).benchmarks().find(run))
                        .isEmpty();
                assertThat(db.readingStats().replicas().get(0).lag()).isGreaterThan(Duration.ofSeconds(3));
            } finally {
                resume(first);
            }
            await().atMost(PATIENCE).until(() -> place(db, within).equals("replica 1"));
        }
    }

    /** What a bounded read does not show was committed within the bound before it, by a clock that runs longer than the bound. */
    @Tag("long")
    @Test
    void no_bounded_read_is_older_than_its_bound() throws Exception {
        Duration bound = Duration.ofSeconds(3);
        try (Database db = open(first)) {
            Reading within = db.reading(bound);
            List<UUID> runs = new ArrayList<>();
            List<Long> committed = new ArrayList<>();
            CountDownLatch reachesPrimary = new CountDownLatch(1);
            pause(first);
            try {
                long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
                while (System.nanoTime() < end || reachesPrimary.getCount() > 0) {
                    runs.add(db.benchmarks().create(RUN).id());
                    committed.add(System.nanoTime());
                    long asked = System.nanoTime();
                    for (int i = runs.size() - 1; i >= 0; i--) {
                        if (asked - committed.get(i) > bound.toNanos()) {
                            assertThat(within.benchmarks().find(runs.get(i))).isPresent();
                            break;
                        }
                    }
                    if (place(db, within).equals("primary")) {
                        reachesPrimary.countDown();
                    }
                    LockSupport.parkNanos(20_000_000);
                }
            } finally {
                resume(first);
            }
        }
    }

    @Test
    void a_token_waits_for_its_commit_on_a_replica_and_then_the_primary_answers() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Database db = open(first)) {
            AtomicReference<CommitToken> token = new AtomicReference<>();
            pause(first);
            try {
                UUID run = db.inTransaction(
                        TxOptions.DEFAULT.token(token::set),
                        tx -> tx.benchmarks().create(RUN).id());
                CommitToken passed = CommitToken.parse(token.get().toString());
                assertThat(passed).isEqualTo(token.get());

                Reading at = db.reading(passed, Duration.ofMillis(200));
                assertThat(place(db, at)).isEqualTo("primary");
                assertThat(at.benchmarks().find(run)).isPresent();

                Reading patient = db.reading(passed, PATIENCE);
                Future<Boolean> found =
                        threads.submit(() -> patient.benchmarks().find(run).isPresent());
                assertThat(found.isDone()).isFalse();
                resume(first);
                assertThat(found.get()).isTrue();
                assertThat(place(db, patient)).isEqualTo("replica 1");
            } finally {
                resume(first);
            }
            assertThat(db.token().position()).isGreaterThanOrEqualTo(token.get().position());
            assertThat(db.reading(db.token(), PATIENCE).benchmarks().count(BenchmarkFilter.ALL))
                    .isEqualTo(db.benchmarks().count(BenchmarkFilter.ALL));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_read_after_its_own_write_sees_it_every_time() {
        try (Database db = open(first, second)) {
            AtomicReference<CommitToken> token = new AtomicReference<>();
            for (int i = 0; i < 200; i++) {
                UUID run = db.inTransaction(
                        TxOptions.DEFAULT.token(token::set),
                        tx -> tx.benchmarks().create(RUN).id());
                assertThat(db.reading(token.get(), BOUND).benchmarks().find(run))
                        .isPresent();
            }
            assertThat(db.readingStats().onReplicas()).isGreaterThan(100);
        }
    }

    @Test
    void a_token_of_another_system_or_timeline_is_answered_by_the_primary_at_once() {
        try (Database db = open(first)) {
            CommitToken now = db.token();
            CommitToken older = new CommitToken(now.system(), now.timeline(), 1);
            assertThat(place(db, db.reading(older, PATIENCE))).isEqualTo("replica 1");
            assertThat(place(db, db.reading(new CommitToken(now.system() + 1, now.timeline(), 1), PATIENCE)))
                    .isEqualTo("primary");
            assertThat(place(db, db.reading(new CommitToken(now.system(), now.timeline() + 1, 1), PATIENCE)))
                    .isEqualTo("primary");
        }
    }

    @Test
    void a_dead_replica_is_ejected_without_an_error_and_comes_back() {
        OwnServer third = replica("third");
        try (Database db = open(first, third)) {
            third.kill();
            // What it has not read yet would be gone after this, if the primary kept only what it needs itself.
            for (int i = 0; i < 4; i++) {
                db.benchmarks().create(RUN);
                primary.asTestServer().query("postgres", "select pg_switch_wal()::text");
                primary.asTestServer().execute("postgres", "checkpoint");
            }
            Reading reading = db.reading(BOUND);
            for (int i = 0; i < 20; i++) {
                assertThat(place(db, reading)).isIn("replica 1", "primary");
            }
            await().atMost(PATIENCE)
                    .until(() -> db.readingStats().replicas().get(1).state() == State.EJECTED);
            assertThat(db.readingStats().replicas().get(1).ejections()).isEqualTo(1);
            third.restart();
            awaitStates(db, 2, State.FOLLOWING);
            await().atMost(PATIENCE).until(() -> place(db, reading).equals("replica 2"));
        }
    }

    /** The primary removed what a running read still needs: the replica cancels it (40001). A policy makes reads last. */
    @Test
    void a_conflict_with_recovery_is_no_error() throws Exception {
        OwnServer third = replica("third");
        third.asTestServer().execute("postgres", "alter system set max_standby_streaming_delay = 0");
        third.asTestServer().execute("postgres", "select pg_reload_conf()");
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Database db = open(third)) {
            primary.asTestServer().execute(name, """
                    create policy slow on evalstore.benchmarks using ((select pg_sleep(3)) is not null);
                    alter table evalstore.benchmarks enable row level security""");
            CommitToken slow = db.token();
            await().atMost(PATIENCE).until(() -> {
                // By another transaction than the delete: rows that nobody can have seen are in nobody's way.
                primary.asTestServer()
                        .execute(
                                name,
                                "insert into evalstore.benchmarks (name, provider, model, dataset)"
                                        + " select 'x', 'p', 'conflict', 'd' from generate_series(1, 1000)");
                Future<Long> read = threads.submit(
                        () -> db.reading(slow, PATIENCE).benchmarks().count(BenchmarkFilter.ALL));
                await().atMost(PATIENCE)
                        .until(() -> read.isDone()
                                || third.asTestServer()
                                        .query(
                                                "postgres",
                                                "select count(*)::text from pg_stat_activity where wait_event = 'PgSleep'")
                                        .equals(List.of("1")));
                primary.asTestServer().execute(name, "delete from evalstore.benchmarks where model = 'conflict'");
                primary.asTestServer().execute(name, "vacuum evalstore.benchmarks");
                read.get();
                return db.readingStats().replicas().get(0).failures() > 0;
            });
            assertThat(db.readingStats().replicas().get(0).ejections()).isZero();
        } finally {
            primary.asTestServer().execute(name, """
                    alter table evalstore.benchmarks disable row level security;
                    drop policy if exists slow on evalstore.benchmarks""");
            threads.shutdownNow();
        }
    }

    @Test
    void a_replica_whose_connections_are_all_in_use_is_not_ejected() throws Exception {
        HikariConfig one = hikari(first);
        one.setMaximumPoolSize(1);
        one.setConnectionTimeout(250);
        try (var pool = new HikariDataSource(hikari(primary));
                var replica = new HikariDataSource(one);
                Database db = Database.using(pool, DatabaseOptions.DEFAULT, List.of(replica))) {
            awaitStates(db, 1, State.FOLLOWING);
            await().atMost(PATIENCE).until(() -> place(db, db.reading()).equals("replica 1"));
            long ejections = db.readingStats().replicas().get(0).ejections();
            try (Connection taken = replica.getConnection()) {
                assertThat(taken.isReadOnly()).isFalse();
                assertThat(place(db, db.reading())).isEqualTo("primary");
                assertThat(place(db, db.reading(db.token(), Duration.ZERO))).isEqualTo("primary");
                long looks = db.readingStats().replicas().get(0).ejections();
                assertThat(looks).isEqualTo(ejections);
            }
            await().atMost(PATIENCE).until(() -> place(db, db.reading()).equals("replica 1"));
            assertThat(db.readingStats().replicas().get(0).ejections()).isEqualTo(ejections);
        }
    }

    /** Its looks get no connection and no answer: it is left in the end, however much lag a reader takes. */
    @Test
    void a_replica_whose_connections_stay_in_use_is_ejected_and_comes_back() throws Exception {
        HikariConfig one = hikari(first);
        one.setMaximumPoolSize(1);
        one.setConnectionTimeout(250);
        try (var pool = new HikariDataSource(hikari(primary));
                var replica = new HikariDataSource(one);
                Database db = Database.using(pool, DatabaseOptions.DEFAULT, List.of(replica))) {
            awaitStates(db, 1, State.FOLLOWING);
            try (Connection taken = replica.getConnection()) {
                assertThat(taken.isClosed()).isFalse();
                awaitStates(db, 1, State.EJECTED);
            }
            awaitStates(db, 1, State.FOLLOWING);
        }
    }

    @Test
    void what_a_reading_on_behalf_of_somebody_may_do_is_to_read() {
        try (Database db = open(first)) {
            long entries = db.audit().count(AuditFilter.ALL);
            Reading reading = db.actingAs(Actor.SYSTEM).reading(BOUND);
            UUID run = db.benchmarks().create(RUN).id();
            await().atMost(PATIENCE).until(() -> reading.benchmarks().find(run).isPresent());
            assertThat(reading.apiKeys().verify("no key of ours")).isEmpty();
            assertThat(db.audit().count(AuditFilter.ALL)).isEqualTo(entries);
        }
    }

    @Test
    void a_database_opens_while_its_replica_is_away() {
        DatabaseConfig config = primary.as("evalstore_app", name)
                .replicas("postgres://localhost:1/" + name)
                .build();
        try (Database db = Database.open(config)) {
            assertThat(place(db, db.reading())).isEqualTo("primary");
            awaitStates(db, 1, State.EJECTED);
            assertThat(place(db, db.reading(db.token(), PATIENCE))).isEqualTo("primary");
        }
    }

    @Test
    void a_replica_that_the_first_migration_has_not_reached_is_ejected_until_it_has() throws Exception {
        try (Connection admin = primary.asTestServer().admin(name);
                var statement = admin.createStatement()) {
            statement.execute("grant create on database " + name + " to evalstore_owner");
            try (Database db = Database.open(config(first).schema("later").build());
                    Database owner =
                            Database.open(primary.as("evalstore_owner", name).build())) {
                awaitStates(db, 1, State.EJECTED);
                owner.tenants().create("later");
                awaitStates(db, 1, State.FOLLOWING);
            }
            statement.execute("drop schema later cascade");
        }
    }

    /** The old primary goes on: what the promoted one has from then on is another history. */
    @Test
    void a_replica_that_was_promoted_beside_its_primary_is_left() {
        OwnServer third = replica("third");
        try (Database db = open(third)) {
            Reading ever = db.reading(Duration.ofDays(1));
            assertThat(place(db, ever)).isEqualTo("replica 1");
            third.asTestServer().query("postgres", "select pg_promote()::text");
            awaitStates(db, 1, State.APART);
            assertThat(place(db, ever)).isEqualTo("primary");
            assertThat(place(db, db.reading(db.token(), PATIENCE))).isEqualTo("primary");
        }
    }

    /** The new primary is in the pool of a replica: it is as fresh as can be, and no longer a replica that lags for ever. */
    @Tag("long")
    @Test
    void a_replica_that_became_the_primary_is_read_from() {
        OwnServer old = OwnServer.startPrimary();
        OwnServer heir = null;
        try {
            String database = old.createMigrated();
            heir = old.replica("heir");
            String both = "localhost:" + old.port() + ",localhost:" + heir.port() + "/" + database;
            DatabaseConfig config = old.as("evalstore_app", database)
                    .url("jdbc:postgresql://" + both)
                    .connectTimeout(Duration.ofSeconds(1))
                    .replicas("postgres://localhost:" + heir.port() + "/" + database)
                    .build();
            try (Database db = Database.open(config)) {
                awaitStates(db, 1, State.FOLLOWING);
                CommitToken before = db.token();
                old.kill();
                heir.asTestServer().query("postgres", "select pg_promote()::text");
                await().atMost(PATIENCE)
                        .ignoreException(DatabaseException.class)
                        .until(() -> {
                            db.benchmarks().create(RUN);
                            return true;
                        });
                await().atMost(PATIENCE)
                        .until(() ->
                                place(db, db.reading(Duration.ofSeconds(3))).equals("replica 1"));
                assertThat(place(db, db.reading(db.token(), PATIENCE))).isEqualTo("replica 1");
                assertThat(place(db, db.reading(before, PATIENCE)))
                        .as("a token of before the failover")
                        .isEqualTo("primary");
            }
        } finally {
            if (heir != null) {
                heir.close();
            }
            old.close();
        }
    }

    @Test
    void borrowed_pools_of_replicas_are_read_from_and_stay_open() {
        try (var pool = new HikariDataSource(hikari(primary));
                var replica = new HikariDataSource(hikari(first))) {
            try (Database db = Database.using(pool, DatabaseOptions.DEFAULT, List.of(replica))) {
                awaitStates(db, 1, State.FOLLOWING);
                assertThat(place(db, db.reading())).isEqualTo("replica 1");
                assertThat(db.readingStats().replicas().get(0).name()).isEqualTo("replica 1");
            }
            assertThat(replica.isClosed()).isFalse();
        }
    }

    private static HikariConfig hikari(OwnServer server) {
        var config = new HikariConfig();
        DatabaseConfig like = primary.as("evalstore_app", name).build();
        config.setJdbcUrl(url(server));
        config.setUsername(like.user());
        config.setPassword(like.password());
        config.setMaximumPoolSize(3);
        return config;
    }

    @Test
    void the_pools_and_threads_of_replicas_end_with_the_database() {
        Database db = open(first);
        assertThat(threads()).isPositive();
        db.close();
        await().atMost(PATIENCE).until(() -> threads() == 0);
        await().atMost(PATIENCE)
                .until(() -> first.asTestServer()
                        .query(
                                "postgres",
                                "select count(*)::text from pg_stat_activity where application_name = 'evalstore'")
                        .equals(List.of("0")));
        assertThatThrownBy(() -> db.reading().benchmarks().count(BenchmarkFilter.ALL))
                .isInstanceOf(IllegalStateException.class);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("evalstore-replicas"))
                .count();
    }
}
