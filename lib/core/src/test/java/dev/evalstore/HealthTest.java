package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.BareDataSource;
import dev.evalstore.testkit.HostService;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told of server and pool when the pool is exhausted, wrapped or unknown. */
class HealthTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    @Timeout(60)
    void an_exhausted_pool_does_not_keep_health_from_answering() {
        try (Database narrow = Database.open(database.config()
                .poolSize(2)
                .connectTimeout(Duration.ofMinutes(5))
                .build())) {
            narrow.useTransaction(one -> narrow.useTransaction(two -> {
                Health health = narrow.health();
                assertThat(health.isReady()).isTrue();
                assertThat(health.pool()).isEqualTo(new PoolStats(2, 0, 0, 2, 2));
                assertThat(health.partitionsAhead()).isNotNegative();
            }));
        }
        assertThat(database.query("select pid from pg_stat_activity where application_name like '%-health'"))
                .isEmpty();
    }

    @Test
    @Timeout(60)
    void a_pool_that_hands_out_nothing_does_not_block_health() {
        CountDownLatch end = new CountDownLatch(1);
        Database stuck = Database.using(new BareDataSource() {
            @Override
            protected Connection lend() throws SQLException {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new SQLException("ended", "08006");
            }

            @Override
            protected void takeBack(Connection connection) {}
        });
        try {
            for (int i = 0; i < 2; i++) {
                Health health = stuck.health();
                assertThat(health.reachable()).isFalse();
                assertThat(health.problem()).contains("no answer within");
                assertThat(health.pool()).isNull();
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("evalstore-health"))
                    .hasSize(1);
        } finally {
            end.countDown();
        }
    }

    @Test
    void a_wrapped_pools_figures_are_told() {
        try (HikariDataSource pool =
                        Pools.open(Pools.hikari(database.config().poolSize(3).build()));
                Database wrapped = Database.using(new HostService(pool).dataSource())) {
            assertThat(wrapped.health().pool().maximum()).isEqualTo(3);
            assertThat(wrapped.stats().pool().maximum()).isEqualTo(3);
        }
    }

    @Test
    void a_lost_connection_evicts_the_idle_ones_of_a_wrapped_pool() throws SQLException {
        try (HikariDataSource pool =
                        Pools.open(Pools.hikari(database.config().poolSize(4).build()));
                Database wrapped = Database.using(
                        new HostService(pool).dataSource(), DatabaseOptions.DEFAULT.retry(Retry.times(2)))) {
            Connection[] all = new Connection[4];
            for (int i = 0; i < all.length; i++) {
                all[i] = pool.getConnection();
            }
            for (Connection connection : all) {
                connection.close();
            }
            database.endSessions();
            // Each dead connection that stayed in the pool would cost one of the two attempts.
            assertThat(wrapped.benchmarks().count(BenchmarkFilter.ALL)).isZero();
        }
    }

    @Test
    void after_close_an_exhausted_pool_is_closed_too() {
        Database closed = Database.open(database.config().poolSize(1).build());
        closed.close();
        assertThatThrownBy(closed::health).isInstanceOf(IllegalStateException.class);
    }
}
