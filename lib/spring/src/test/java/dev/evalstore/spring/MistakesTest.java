package dev.evalstore.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a service may do wrong, and what it hears of it. */
@ExtendWith(OutputCaptureExtension.class)
class MistakesTest {
    private static LocalServer server;
    private static HikariDataSource pool;

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(EvalstoreAutoConfiguration.class, MissingStoreAutoConfiguration.class));
    private final ApplicationContextRunner service =
            bare.withBean(DataSource.class, () -> pool, definition -> definition.setDestroyMethodName(""));

    @BeforeAll
    static void open() {
        server = LocalServer.start();
        pool = pool(server);
        Database.using(pool).migrate();
    }

    @AfterAll
    static void close() {
        pool.close();
        server.close();
    }

    static HikariDataSource pool(LocalServer of) {
        DatabaseConfig config = DatabaseConfig.builder(of.url()).build();
        HikariDataSource made = new HikariDataSource();
        made.setJdbcUrl(config.url());
        made.setUsername(config.user());
        made.setPassword(config.password());
        return made;
    }

    private void refused(Class<?> bean, String... words) {
        service.withBean("mine", bean)
                .run(context -> assertThat(context.getStartupFailure())
                        .as(bean.getSimpleName())
                        .rootCause()
                        .hasMessageContainingAll(words));
    }

    record Part(String name) {}

    static class Anything {
        @EvalstoreHandler("m")
        <T> void m(T payload) {}
    }

    static class OtherContext {
        @EvalstoreHandler("m")
        void m(JobContext<List<String>> context, List<Part> parts) {}
    }

    static class Document {
        @EvalstoreHandler("m")
        void m(Map<String, Object> document) {}
    }

    @Test
    void a_payload_whose_type_cannot_be_told_is_refused() {
        refused(Anything.class, "Anything.m", "cannot be told");
        refused(OtherContext.class, "OtherContext.m", "another payload");
    }

    static class Later {
        @EvalstoreHandler("m")
        CompletableFuture<String> m(Part part) {
            return new CompletableFuture<>();
        }
    }

    static class LaterEvents {
        @EvalstoreSubscriber("m")
        CompletableFuture<String> m(dev.evalstore.event.DomainEvent event) {
            return new CompletableFuture<>();
        }
    }

    @Test
    void a_handler_that_returns_before_it_is_done_is_refused() {
        refused(Later.class, "Later.m", "CompletableFuture");
        refused(LaterEvents.class, "LaterEvents.m", "CompletableFuture");
    }

    static class Hidden {
        @EvalstoreHandler("m")
        private void m(Part part) {}
    }

    static class HiddenEvents {
        @EvalstoreSubscriber("m")
        private void m(dev.evalstore.event.DomainEvent event) {}
    }

    @Test
    void a_handler_that_a_proxy_cannot_call_is_refused() {
        refused(Hidden.class, "Hidden.m", "private");
        refused(HiddenEvents.class, "HiddenEvents.m", "private");
    }

    static class Unnamed {
        @EvalstoreHandler("")
        void m() {}
    }

    static class One {
        @EvalstoreHandler("same")
        void m() {}
    }

    @Test
    void handlers_are_refused_by_the_names_of_their_beans() {
        refused(Unnamed.class, "Unnamed.m", "bean mine");
        service.withBean("first", One.class)
                .withBean("second", One.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContainingAll("same", "first", "second"));
    }

    @ParameterizedTest
    @CsvSource({
        "evalstore.runner.concurrency, 0",
        "evalstore.runner.maximum-poll, 1ms",
        "evalstore.runner.time-to-live, 0s",
        "evalstore.dispatcher.concurrency, 0",
        "evalstore.maintenance.interval, 1ms",
        "evalstore.migrate, ''"
    })
    void a_value_that_is_refused_is_that_of_a_property(String property, String value) {
        String named = property.replace("maximum-poll", "minimum-poll, maximum-poll");
        service.withBean(Document.class)
                .withPropertyValues(property + "=" + value, "evalstore.dispatcher.jobs=true")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining(named));
    }

    @Configuration
    static class TwoSources {
        @Bean(destroyMethod = "")
        DataSource one() {
            return pool;
        }

        @Bean(destroyMethod = "")
        DataSource two() {
            return pool;
        }
    }

    @Test
    void handlers_without_a_store_are_told_why(CapturedOutput log) {
        bare.run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain("no store");
        bare.withBean(Document.class).run(context -> assertThat(log).contains("no store", "there is no DataSource"));
        bare.withBean(Document.class)
                .withUserConfiguration(TwoSources.class)
                .run(context -> assertThat(log).contains("[one, two]", "@Primary"));
    }

    @Test
    void a_write_in_a_read_only_transaction_is_not_worth_repeating() {
        service.run(context -> {
            Database db = context.getBean(Database.class);
            TransactionTemplate reading = new TransactionTemplate(new JdbcTransactionManager(pool));
            reading.setReadOnly(true);
            assertThatThrownBy(() -> reading.execute(status -> db.jobs().create(NewJob.of("m", Json.EMPTY))))
                    .isExactlyInstanceOf(DatabaseException.class)
                    .hasMessageContaining("read-only");
        });
    }

    @Test
    void meters_are_not_bound_to_a_store_whose_pool_is_closed() {
        HikariDataSource closed = pool(server);
        Database db = Database.using(closed);
        closed.close();
        bare.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(Database.class, () -> db)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the database is closed"));
    }

    static class Stuck {
        static final CountDownLatch BEGUN = new CountDownLatch(1);

        @EvalstoreHandler("stuck")
        void stuck() throws InterruptedException {
            BEGUN.countDown();
            new CountDownLatch(1).await();
        }
    }

    /** Each part alone, and all of them. */
    @ParameterizedTest
    @ValueSource(strings = {"runner", "dispatcher", "none"})
    void a_service_whose_database_is_away_ends_within_its_phase(String off) {
        LocalServer own = LocalServer.start();
        try (HikariDataSource far = pool(own)) {
            bare.withBean(DataSource.class, () -> far, definition -> definition.setDestroyMethodName(""))
                    .withBean(Stuck.class)
                    .withPropertyValues(
                            "evalstore." + off + ".enabled=false",
                            "evalstore.dispatcher.jobs=true",
                            "evalstore.maintenance.interval=1s",
                            "spring.lifecycle.timeout-per-shutdown-phase=5s")
                    .run(context -> {
                        context.getBean(Database.class).jobs().create(NewJob.of("stuck", Json.EMPTY));
                        if (!off.equals("runner")) {
                            assertThat(Stuck.BEGUN.await(60, TimeUnit.SECONDS)).isTrue();
                        }
                        own.close();
                        long begun = System.nanoTime();
                        context.getSourceApplicationContext().close();
                        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
                    });
        } finally {
            own.close();
        }
    }
}
