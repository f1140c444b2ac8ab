package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.CommitToken;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.Tx;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Tenants on three servers behind a PgDog, which the variable {@code EVALSTORE_PGDOG} names. Skipped where it is not set; then
 * nothing here is shown.
 */
@Tag("long")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PgDogTest {
    private static final List<String> SCHEMAS = List.of("tenant_a", "tenant_b", "evalstore");
    private static final Map<String, Integer> SHARDS = Map.of("tenant_a", 0, "tenant_b", 1, "evalstore", 2);

    private static final List<OwnServer> SERVERS = new ArrayList<>();
    private static final List<String> DATABASES = new ArrayList<>();
    private static PgDog router;

    @BeforeAll
    static void start() {
        Path program = PgDog.program().orElse(null);
        if (program == null) {
            String why =
                    "EVALSTORE_PGDOG names no pgdog: routing by schema over several servers is NOT tested in this run";
            System.err.println("SKIPPED " + PgDogTest.class.getSimpleName() + ": " + why);
            Assumptions.abort(why);
        }
        for (String schema : SCHEMAS) {
            OwnServer server = OwnServer.start(Map.of("max_connections", "60", "log_statement", "all"), data -> {});
            SERVERS.add(server);
            String name = server.asTestServer().createEmpty();
            DATABASES.add(name);
            // Each server has its own schema alone, so that what goes to another one fails.
            try (Database owner = Database.open(
                    server.as("evalstore_owner", name).schema(schema).build())) {
                owner.migrate();
            }
        }
        DatabaseConfig role = app(0).build();
        router = PgDog.start(
                program,
                SERVERS.stream().map(OwnServer::asTestServer).toList(),
                DATABASES,
                SHARDS,
                String.valueOf(role.user()),
                String.valueOf(role.password()));
    }

    @AfterAll
    static void stop() {
        if (router != null) {
            router.close();
        }
        SERVERS.forEach(OwnServer::close);
    }

    private static DatabaseConfig.Builder app(int shard) {
        return SERVERS.get(shard).as("evalstore_app", DATABASES.get(shard)).passwordHasher(new CheapHasher());
    }

    private static DatabaseConfig.Builder routed() {
        return app(0).url("jdbc:postgresql://127.0.0.1:" + router.port() + "/" + PgDog.DATABASE)
                .shardingComments(true);
    }

    private static HikariDataSource pool(DatabaseConfig config) {
        return Pools.open(Pools.hikari(config));
    }

    private static long begun(String schema) throws IOException {
        return SERVERS.get(SHARDS.get(schema)).log().stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).matches(".*(: |\\*/ )begin\\b.*"))
                .count();
    }

    @Test
    void every_write_does_through_it_what_it_does_on_the_schemas_own_server() throws Exception {
        int shard = SHARDS.get("evalstore");
        DatabaseConfig near = app(shard).build();
        DatabaseConfig far = routed().build();
        try (HikariDataSource direct = pool(near);
                HikariDataSource through = pool(far);
                Connection admin = SERVERS.get(shard).asTestServer().admin(DATABASES.get(shard))) {
            long there = begun("evalstore");
            long elsewhere = begun("tenant_a") + begun("tenant_b");
            Picture picture = new Picture(admin);
            for (Write<?> write : Writes.todays(Writes.all(), 6).toList()) {
                if (write.is(Write.Trait.OWNER)) {
                    continue;
                }
                List<String> expected = result(write, direct, near.options(), direct, picture, admin);
                // Often enough for the driver to prepare what it may prepare.
                for (int i = 0; i < 6; i++) {
                    assertThat(result(write, through, far.options(), direct, picture, admin))
                            .as(write.toString())
                            .isEqualTo(expected);
                }
            }
            assertThat(begun("evalstore")).isGreaterThan(there);
            assertThat(begun("tenant_a") + begun("tenant_b")).isEqualTo(elsewhere);
        }
    }

    private static <C> List<String> result(
            Write<C> write,
            HikariDataSource pool,
            DatabaseOptions options,
            HikariDataSource direct,
            Picture picture,
            Connection admin)
            throws Exception {
        picture.clear();
        Database db = Database.using(pool, options);
        C found = write.before()
                .apply(new Lab(
                        Database.using(direct, DatabaseOptions.DEFAULT.passwordHasher(new CheapHasher())), admin));
        write.warm().accept(db, found);
        write.call().on(db, found);
        return picture.take();
    }

    @Test
    void each_tenants_rows_claims_and_transactions_are_on_its_own_server() {
        try (Database db = Database.open(routed().build())) {
            for (String schema : SCHEMAS.subList(0, 2)) {
                Database tenant = db.tenants().tenant(schema);
                Worker worker = tenant.workers().register(NewWorker.of(schema));
                tenant.useTransaction(tx -> {
                    tx.benchmarks().create(NewBenchmark.of(schema, "p", "m", "d", 0));
                    tx.jobs().create(NewJob.of(schema, Json.EMPTY));
                });
                assertThat(tenant.jobs().claim(worker, 5)).hasSize(1);
                assertThat(tenant.benchmarks().list(BenchmarkFilter.ALL, 10).items())
                        .extracting(Benchmark::name)
                        .containsExactly(schema);
                int shard = SHARDS.get(schema);
                TestServer own = SERVERS.get(shard).asTestServer();
                assertThat(own.query(DATABASES.get(shard), "select name from " + schema + ".benchmarks"))
                        .containsExactly(schema);
            }
        }
    }

    @Test
    void transactions_of_each_kind_begin_on_one_server_only() throws Exception {
        try (Database db = Database.open(routed().build())) {
            long elsewhere = begun("tenant_a") + begun("tenant_b");
            db.inTransaction(
                    TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).retry(Retry.times(2)),
                    tx -> tx.inTransaction(nested -> nested.benchmarks().count(BenchmarkFilter.ALL)));
            db.inTransaction(
                    TxOptions.DEFAULT.asReadOnly(), tx -> tx.benchmarks().count(BenchmarkFilter.ALL));
            AtomicReference<CommitToken> token = new AtomicReference<>();
            db.inTransaction(
                    TxOptions.DEFAULT.token(token::set),
                    tx -> tx.benchmarks().create(NewBenchmark.of("token", "p", "m", "d", 0)));
            assertThat(token).hasValueMatching(Objects::nonNull);
            assertThat(begun("tenant_a") + begun("tenant_b")).isEqualTo(elsewhere);
        }
    }

    /** What PgDog does in a transaction that it knows by comments alone; if this fails, tenants.md need not warn of it any more. */
    @Test
    void a_copy_in_a_transaction_that_the_host_has_not_placed_ends_at_the_statement_timeout() throws Exception {
        DatabaseConfig config = routed().statementTimeout(Duration.ofSeconds(2))
                .connectTimeout(Duration.ofSeconds(1))
                .build();
        try (HikariDataSource hosts = pool(config)) {
            // Closed with its pool: it is lost then, and its own close would say so.
            Connection connection = hosts.getConnection();
            Database db = Database.using(hosts, config.options());
            connection.setAutoCommit(false);
            Tx tx = db.join(connection);
            long elsewhere = begun("tenant_a");
            assertThat(tx.benchmarks().count(BenchmarkFilter.ALL)).isNotNegative();
            assertThat(begun("tenant_a")).isEqualTo(elsewhere + 1);
            long start = System.nanoTime();
            assertThatExceptionOfType(TransientDatabaseException.class)
                    .isThrownBy(() -> tx.monitoring().appendAll(List.of(NewMonitoringEvent.of("copy", "host"))));
            System.out.println("a copy that PgDog never ends: " + (System.nanoTime() - start) / 1_000_000 + " ms");
            // Another connection is none the worse.
            assertThat(db.monitoring().appendAll(List.of(NewMonitoringEvent.of("copy", "own"))))
                    .isEqualTo(1);
            OwnServer server = SERVERS.get(SHARDS.get("evalstore"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> server.asTestServer()
                            .query(
                                    "postgres",
                                    "select 1 from pg_stat_activity where pid <> pg_backend_pid()"
                                            + " and (query ilike '%from stdin%' and state = 'active' or state like 'idle in%')")
                            .isEmpty());
        }
    }

    @Test
    void the_host_places_its_own_transaction_by_the_setting_and_a_statement_without_comment() throws Exception {
        try (HikariDataSource hosts = pool(routed().build());
                Connection connection = hosts.getConnection()) {
            connection.setAutoCommit(false);
            long elsewhere = begun("tenant_a") + begun("tenant_b");
            try (Statement statement = connection.createStatement()) {
                statement.execute("set local pgdog.sharding_key to 'evalstore'; select 1");
            }
            Tx tx = Database.using(hosts, routed().build().options()).join(connection);
            assertThat(tx.monitoring().appendAll(List.of(NewMonitoringEvent.of("copy", "placed"))))
                    .isEqualTo(1);
            connection.commit();
            assertThat(begun("tenant_a") + begun("tenant_b")).isEqualTo(elsewhere);
        }
    }

    /** The last one, since the others would have to wait until PgDog has found the server again. */
    @Test
    @Order(Integer.MAX_VALUE)
    void a_server_that_is_away_fails_its_own_tenant_alone() throws Exception {
        try (HikariDataSource pool = pool(routed().build())) {
            // Not before the pool is there: on its first connection it asks for an isolation level, of any server.
            SERVERS.get(SHARDS.get("tenant_b")).kill();
            Database db = Database.using(pool, routed().build().options());
            for (String schema : List.of("evalstore", "tenant_a")) {
                db.tenants().tenant(schema).useTransaction(tx -> {
                    tx.benchmarks().create(NewBenchmark.of("near", "p", "m", "d", 0));
                    tx.monitoring().appendAll(List.of(NewMonitoringEvent.of("copy", "near")));
                });
            }
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> db.tenants()
                            .tenant("tenant_b")
                            .useTransaction(tx -> tx.benchmarks().count(BenchmarkFilter.ALL)));
            // By the comment alone, the others fail with it.
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                Tx unplaced = db.join(connection);
                assertThatExceptionOfType(DatabaseException.class)
                        .isThrownBy(() -> unplaced.benchmarks().count(BenchmarkFilter.ALL));
                pool.evictConnection(connection);
            }
        }
    }
}
