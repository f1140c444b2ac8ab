package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.HostTransactions;
import dev.evalstore.Json;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The documents show this to those whose service runs on Spring; what {@code @Transactional} does is done by a template here. */
class SpringServiceTest {
    private static final NewBenchmark RUN = NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100);
    private static final NewJob JOB = NewJob.of("benchmark", Json.of(1));
    private static final NewEvaluation OF_NO_RUN =
            NewEvaluation.of("openai", "gpt-4", "2 + 2 =", "4").benchmark(UUID.randomUUID());

    static LocalServer server;
    static DataSource dataSource;
    static JdbcTemplate jdbc;
    static TransactionTemplate transaction;
    static TransactionTemplate nested;
    static Database db;

    // begin: spring transactions
    record SpringTransactions(DataSource dataSource) implements HostTransactions {
        @Override
        public @Nullable Connection current() {
            boolean isBound = TransactionSynchronizationManager.hasResource(dataSource);
            return isBound ? DataSourceUtils.getConnection(dataSource) : null;
        }

        @Override
        public void afterCommit(Runnable action) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    action.run();
                }
            });
        }

        @Override
        public void beforeCommit(Runnable check) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    check.run();
                }
            });
        }
    }
    // end

    @BeforeAll
    static void open() {
        server = LocalServer.start();
        DatabaseConfig config = DatabaseConfig.builder(server.url()).build();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(config.url());
        source.setUser(config.user());
        source.setPassword(config.password());
        dataSource = source;
        jdbc = new JdbcTemplate(dataSource);
        JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
        transaction = new TransactionTemplate(manager);
        nested = new TransactionTemplate(manager);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        // begin: spring database
        HostTransactions host = new SpringTransactions(dataSource);
        Database db = Database.using(dataSource, DatabaseOptions.DEFAULT.hostTransactions(host));
        // end
        SpringServiceTest.db = db;
        db.migrate();
        jdbc.execute("create table orders (id int)");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void empty() {
        jdbc.execute("truncate orders; truncate evalstore.benchmarks, evalstore.jobs cascade");
    }

    private static long stored() {
        return jdbc.queryForList("select id from orders").size()
                + db.benchmarks().count(BenchmarkFilter.ALL)
                + db.jobs().count(JobFilter.ALL);
    }

    private static void order() {
        jdbc.update("insert into orders values (1)");
    }

    @Test
    void a_data_source_that_hands_out_springs_transaction_is_refused() {
        Database unaware = Database.using(new TransactionAwareDataSourceProxy(dataSource));

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    order();
                    unaware.jobs().create(JOB);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("hostTransactions");

        assertThat(stored()).isZero();
        unaware.jobs().create(JOB);
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void calls_are_stored_with_the_services_own_rows_or_not_at_all() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    order();
                    db.jobs().create(JOB);
                    db.useTransaction(tx -> tx.benchmarks().create(RUN));
                    assertThat(stored()).isEqualTo(3);
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(stored()).isZero();

        transaction.executeWithoutResult(status -> {
            order();
            db.jobs().create(JOB);
            db.useTransaction(tx -> tx.benchmarks().create(RUN));
        });
        assertThat(stored()).isEqualTo(3);
    }

    @Test
    void runners_are_woken_after_springs_commit() throws Exception {
        try (Connection listening = dataSource.getConnection();
                var statement = listening.createStatement()) {
            statement.execute("listen \"evalstore_jobs_evalstore\"");
            PGConnection heard = listening.unwrap(PGConnection.class);
            transaction.executeWithoutResult(status -> db.jobs().create(JOB));
            assertThat(heard.getNotifications((int) Duration.ofSeconds(30).toMillis()))
                    .isNotEmpty();
            statement.execute("unlisten *");
        }
    }

    @Test
    void a_failure_that_the_service_swallows_comes_out_of_the_commit() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    order();
                    assertThatThrownBy(() -> db.evaluations().create(OF_NO_RUN)).isInstanceOf(DatabaseException.class);
                }))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("25P02"));
        assertThat(stored()).isZero();
    }

    @Test
    void a_failure_in_a_nested_transaction_leaves_the_outer_one_whole() {
        transaction.executeWithoutResult(status -> {
            order();
            assertThatThrownBy(() -> nested.executeWithoutResult(
                            inner -> db.evaluations().create(OF_NO_RUN)))
                    .isInstanceOf(DatabaseException.class);
            db.jobs().create(JOB);
        });
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void beside_springs_transaction_a_call_is_stored_whatever_becomes_of_it() {
        transaction.executeWithoutResult(status -> {
            order();
            db.apart().jobs().create(JOB);
            status.setRollbackOnly();
        });
        assertThat(stored()).isEqualTo(1);
    }
}
