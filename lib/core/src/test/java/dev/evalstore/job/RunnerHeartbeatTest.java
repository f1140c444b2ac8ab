package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.StatementListener;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.BareDataSource;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;

/** Heartbeats come, whatever handlers do with the pool. */
@Timeout(300)
class RunnerHeartbeatTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int POOL = 4;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final JobRepository jobs = database.db().jobs();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    /** Whose pool it is. */
    enum Whose {
        OWN,
        HOSTS_HIKARI,
        HOSTS_OTHER
    }

    private static HikariDataSource pool(int size) {
        return new HikariDataSource(Pools.hikari(database.config()
                .poolSize(size)
                .minimumIdle(0)
                .connectTimeout(Duration.ofMinutes(1))
                .build()));
    }

    private static Database open(Whose whose, HikariDataSource pool, StatementListener listener) {
        DatabaseOptions options = DatabaseOptions.DEFAULT.listener(listener);
        return switch (whose) {
            case OWN -> Database.open(pool, options);
            case HOSTS_HIKARI -> Database.using(pool, options);
            case HOSTS_OTHER -> Database.using(other(pool), options);
        };
    }

    /** A pool of which the library sees nothing. */
    private static DataSource other(HikariDataSource pool) {
        return new BareDataSource() {
            @Override
            protected Connection lend() throws SQLException {
                return pool.getConnection();
            }

            @Override
            protected void takeBack(Connection connection) throws SQLException {
                connection.close();
            }
        };
    }

    private static JobRunner.Builder runner(Database on) {
        return JobRunner.on(on).worker("w-1").poll(Duration.ofMillis(10), Duration.ofMillis(100));
    }

    @ParameterizedTest
    @EnumSource
    void handlers_that_hold_every_connection_do_not_stop_the_heart(Whose whose) throws Exception {
        AtomicInteger heartbeats = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        // Of a pool that it does not know, the heart keeps one.
        int free = whose == Whose.HOSTS_OTHER ? POOL - 1 : POOL;
        CountDownLatch holding = new CountDownLatch(free);
        try (HikariDataSource pool = pool(POOL);
                Database on = open(whose, pool, (name, time, failure) -> {
                    if (name.equals("workers.heartbeat") && failure == null) {
                        heartbeats.incrementAndGet();
                    }
                });
                JobRunner runner = runner(on)
                        .concurrency(POOL)
                        .timeToLive(Duration.ofSeconds(3))
                        .handle("a", Json.class, c -> {
                            c.complete(tx -> {
                                holding.countDown();
                                end.await();
                                return "done";
                            });
                            return null;
                        })
                        .start()) {
            List<UUID> ids = jobs.createAll(Collections.nCopies(POOL, job("a")));
            assertThat(holding.await(60, TimeUnit.SECONDS)).isTrue();
            int before = heartbeats.get();
            await().atMost(PATIENCE).until(() -> heartbeats.get() >= before + 5);
            end.countDown();
            ids.forEach(id -> await().atMost(PATIENCE).until(() -> jobs.get(id).status() == JobStatus.COMPLETED));
            ids.forEach(id -> assertThat(jobs.get(id).attempt()).isEqualTo(1));
            assertThat(runner.worker().goneAt()).isNull();
        } finally {
            end.countDown();
        }
        assertThat(database.value("select count(*) from evalstore.workers")).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource
    void a_heart_that_lost_its_connection_takes_another(Whose whose) {
        AtomicInteger heartbeats = new AtomicInteger();
        try (HikariDataSource pool = pool(POOL);
                Database on = open(whose, pool, (name, time, failure) -> {
                    if (name.equals("workers.heartbeat") && failure == null) {
                        heartbeats.incrementAndGet();
                    }
                });
                JobRunner runner = runner(on)
                        .timeToLive(Duration.ofSeconds(3))
                        .handle("a", Json.class, c -> null)
                        .start()) {
            database.endSessions();
            await().atMost(PATIENCE).until(() -> heartbeats.get() >= 3);
            assertThat(runner.worker().goneAt()).isNull();
        }
    }

    @Test
    void a_runner_leaves_no_connection_behind() {
        try (HikariDataSource pool = pool(POOL);
                Database on = Database.using(pool)) {
            runner(on).handle("a", Json.class, c -> null).start().close();
            await().atMost(PATIENCE).until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
            assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                    .noneMatch(name -> name.contains("-reserved"));
        }
    }

    @Test
    void a_pool_that_is_small_for_its_handlers_is_named_at_the_start() {
        try (HikariDataSource pool = pool(POOL);
                Database on = Database.using(pool);
                LogCapture log = LogCapture.of(JobRunner.class.getName(), Level.WARN)) {
            runner(on)
                    .concurrency(POOL - 2)
                    .handle("a", Json.class, c -> null)
                    .start()
                    .close();
            assertThat(log.text()).doesNotContain("pool");
            runner(on)
                    .concurrency(POOL)
                    .handle("a", Json.class, c -> null)
                    .start()
                    .close();
            assertThat(log.text()).contains("the pool has 4 connections", "4 handlers");
        }
    }

    @Test
    void a_pool_without_a_connection_to_spare_is_refused_at_the_start() {
        try (HikariDataSource pool = new HikariDataSource(shortOfPatience());
                Database on = Database.using(other(pool))) {
            assertThatThrownBy(
                            () -> runner(on).handle("a", Json.class, c -> null).start())
                    .isInstanceOf(PoolExhaustedException.class);
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
        assertThat(database.value("select count(*) from evalstore.workers where gone_at is null"))
                .isEqualTo("0");
    }

    private static HikariConfig shortOfPatience() {
        return Pools.hikari(database.config()
                .poolSize(1)
                .minimumIdle(0)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
    }
}
