package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class StatementTimeoutTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final TcpProxy proxy = database.proxy();
    private final HikariDataSource pool = new HikariDataSource();
    private Jdbc jdbc;

    @BeforeEach
    void open() {
        DatabaseConfig config = database.through(proxy).build();
        pool.setJdbcUrl(config.url());
        pool.setUsername(config.user());
        pool.setPassword(config.password());
        pool.setMaximumPoolSize(1);
        jdbc = Jdbc.on(pool, DatabaseOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        pool.close();
        proxy.close();
    }

    private static int backend(Jdbc on) {
        return on.returning(Sql.of("select pg_backend_pid() as pid"), row -> row.integer("pid"))
                .get(0);
    }

    @Test
    void a_write_that_a_silent_server_does_not_answer_is_given_up_with_its_outcome_unknown() {
        int before = backend(jdbc);
        proxy.stall(TcpProxy.Way.TO_CLIENT);
        assertThatThrownBy(() -> backend(jdbc.withTimeout(SHORT)))
                .asInstanceOf(type(TransientDatabaseException.class))
                .satisfies(e -> assertThat(e.sqlState()).startsWith("08"))
                .extracting(TransientDatabaseException::outcomeUnknown)
                .isEqualTo(true);
        proxy.resume();
        assertThat(backend(jdbc)).as("a new connection").isNotEqualTo(before);
    }

    @Test
    void the_connection_has_its_own_timeout_again_whatever_came_of_the_statement() throws Exception {
        int before = backend(jdbc);
        assertThat(backend(jdbc.withTimeout(SHORT))).isEqualTo(before);
        assertThatThrownBy(() -> jdbc.withTimeout(SHORT).update(Sql.of("select 1 / ?", 0)))
                .hasMessageContaining("[22012]");
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
            connection.setNetworkTimeout(Runnable::run, 7_000);
            Use<Integer> timeout = Connection::getNetworkTimeout;
            assertThat(StatementTimeout.withTimeout(Duration.ofDays(400), connection, timeout))
                    .as("the shorter one")
                    .isEqualTo(7_000);
            assertThat(StatementTimeout.withTimeout(Duration.ofNanos(1), connection, timeout))
                    .as("not none")
                    .isEqualTo(1);
            assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
        }
        assertThat(backend(jdbc)).as("the same connection").isEqualTo(before);
    }

    @Test
    void a_transactions_connection_is_left_to_its_owner() {
        int timeout = jdbc.withTimeout(SHORT)
                .inTransaction(
                        TxOptions.DEFAULT, (tx, connection) -> tx.onConnection("see", c -> c.getNetworkTimeout()));
        assertThat(timeout).isZero();
        assertThat(jdbc.withTimeout(SHORT).<Integer>onConnection("see", Connection::getNetworkTimeout))
                .isEqualTo(200);
    }
}
