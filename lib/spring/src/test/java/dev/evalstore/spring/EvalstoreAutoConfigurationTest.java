package dev.evalstore.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.SchemaException;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventContext;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventHandler;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobHandler;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.lock.LockRepository;
import dev.evalstore.micrometer.EvalstoreMetrics;
import dev.evalstore.state.StateBackend;
import dev.evalstore.testing.LocalServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

class EvalstoreAutoConfigurationTest {
    private static LocalServer server;
    private static HikariDataSource pool;

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(EvalstoreAutoConfiguration.class, Boot3HealthAutoConfiguration.class))
            .withBean(DataSource.class, () -> pool, definition -> definition.setDestroyMethodName(""));

    @BeforeAll
    static void open() {
        server = LocalServer.start();
        pool = MistakesTest.pool(server);
        Database.using(pool).migrate();
    }

    @AfterAll
    static void close() {
        pool.close();
        server.close();
    }

    /** What the handlers of a test have received. */
    private static final BlockingQueue<Object> RECEIVED = new LinkedBlockingQueue<>();

    @BeforeEach
    void empty() {
        RECEIVED.clear();
    }

    private static Object received() throws InterruptedException {
        return RECEIVED.poll(60, TimeUnit.SECONDS);
    }

    private static Job ended(ApplicationContext context, Job job) {
        Database db = context.getBean(Database.class);
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> db.jobs().get(job.id()),
                        found -> found.status() != JobStatus.PENDING && found.status() != JobStatus.RUNNING);
    }

    @Test
    void a_service_gets_a_migrated_store_and_its_parts_as_beans() {
        service.withPropertyValues("evalstore.schema=fresh", "evalstore.state-namespace=mine")
                .run(context -> {
                    Database db = context.getBean(Database.class);
                    assertThat(db.schema()).isEqualTo("fresh");
                    assertThat(db.migrationStatus().isCurrent()).isTrue();
                    byte[] key = {1};
                    context.getBean(StateBackend.class).put(key, key);
                    assertThat(db.state("mine").get(key)).isPresent();
                    assertThat(context.getBean(LockRepository.class).tryAcquire("r", "h", Duration.ofMinutes(1)))
                            .isPresent();
                });
    }

    @Test
    void a_service_that_validates_does_not_start_on_a_schema_that_is_not_there() {
        ApplicationContextRunner absent = service.withPropertyValues("evalstore.schema=absent");
        absent.withPropertyValues("evalstore.migrate=validate")
                .run(context -> assertThat(context.getStartupFailure()).hasRootCauseInstanceOf(SchemaException.class));
        absent.withPropertyValues("evalstore.migrate=none", "evalstore.maintenance.enabled=false")
                .run(context -> assertThat(context.getBean(Database.class)
                                .migrationStatus()
                                .current())
                        .isZero());
    }

    @Test
    void without_a_data_source_or_when_switched_off_there_is_no_store() {
        service.withPropertyValues("evalstore.enabled=false")
                .run(context ->
                        assertThat(context).doesNotHaveBean(Database.class).hasNotFailed());
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(EvalstoreAutoConfiguration.class))
                .run(context ->
                        assertThat(context).doesNotHaveBean(Database.class).hasNotFailed());
    }

    @Test
    void a_pool_without_auto_commit_and_a_data_source_that_knows_of_transactions_are_understood() {
        HikariConfig config = new HikariConfig();
        pool.copyStateTo(config);
        config.setAutoCommit(false);
        try (HikariDataSource off = new HikariDataSource(config)) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(EvalstoreAutoConfiguration.class))
                    .withBean(DataSource.class, () -> new TransactionAwareDataSourceProxy(off))
                    .run(context -> assertThat(
                                    context.getBean(Database.class).jobs().create(NewJob.of("nobody's", Json.of(1))))
                            .isNotNull());
        }
    }

    @Test
    void a_customizer_sets_what_no_property_sets() {
        service.withBean(
                        DatabaseOptionsCustomizer.class,
                        () -> options -> options.listener((name, time, failure) -> RECEIVED.add(name)))
                .run(context -> assertThat(RECEIVED).isNotEmpty());
    }

    @Test
    void the_health_indicator_says_what_the_store_is_and_can_be_switched_off() {
        service.run(context -> {
            var health = context.getBean(HealthIndicator.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsKeys("server", "schemaVersion", "partitionsAhead");
        });
        service.withPropertyValues(
                        "evalstore.schema=absent", "evalstore.migrate=none", "evalstore.maintenance.enabled=false")
                .run(context -> assertThat(
                                context.getBean(HealthIndicator.class).health().getStatus())
                        .isEqualTo(Status.DOWN));
        service.withPropertyValues("management.health.evalstore.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
        service.withPropertyValues("management.health.defaults.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
        service.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void meters_are_in_the_services_registry() {
        ApplicationContextRunner measured = service.withConfiguration(
                        AutoConfigurations.of(MetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(Handlers.class)
                .withBean(Subscribers.class);
        measured.run(context -> {
            Database db = context.getBean(Database.class);
            ended(context, db.jobs().create(NewJob.of("payload", Json.of(new Payload("gpt-4")))));
            assertThat(context.getBean(MeterRegistry.class)
                            .find("evalstore.jobs.claimed")
                            .tag("type", "payload")
                            .counter())
                    .isNotNull();
        });
        measured.withPropertyValues("evalstore.metrics.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(EvalstoreMetrics.class));
        measured.withClassLoader(new FilteredClassLoader(EvalstoreMetrics.class))
                .run(context -> assertThat(context).hasNotFailed());
    }

    record Payload(String model) {}

    record Pair<A>(A first, A second) {}

    static class Handlers {
        @EvalstoreHandler("payload")
        Object payload(Payload payload) {
            RECEIVED.add(payload);
            return Map.of("model", payload.model());
        }

        @EvalstoreHandler("context")
        void context(JobContext<Payload> context) {
            RECEIVED.add(context.payload());
        }

        @EvalstoreHandler("both")
        void both(JobContext<?> context, Payload payload) {
            RECEIVED.add(context.payload().equals(payload));
        }

        @EvalstoreHandler("list")
        void list(List<Payload> payload) {
            RECEIVED.addAll(payload);
        }

        @EvalstoreHandler("map")
        void map(JobContext<Map<String, Payload>> context, Map<String, Payload> payload) {
            RECEIVED.addAll(context.payload().values());
        }

        @EvalstoreHandler("pair")
        void pair(Pair<Payload> payload) {
            RECEIVED.add(payload.first());
        }

        @EvalstoreHandler("array")
        void array(Payload[] payload) {
            RECEIVED.add(payload[0]);
        }

        @EvalstoreHandler("document")
        void document(JobContext<?> context) {
            RECEIVED.add(context.payload());
        }

        @EvalstoreHandler("failing")
        void failing() throws Exception {
            throw new Exception("as the handler says it");
        }
    }

    @EvalstoreHandler("bean")
    static class HandlerBean implements JobHandler<Payload> {
        @Override
        public Object run(JobContext<Payload> context) {
            RECEIVED.add(context.payload());
            return null;
        }
    }

    @EvalstoreHandler("list-bean")
    static class ListHandlerBean implements JobHandler<List<Payload>> {
        @Override
        public Object run(JobContext<List<Payload>> context) {
            RECEIVED.addAll(context.payload());
            return null;
        }
    }

    @Configuration
    static class Beans {
        @Bean
        @EvalstoreHandler("made")
        JobHandler<Payload> made() {
            return context -> RECEIVED.add(context.payload());
        }
    }

    @Test
    void handlers_receive_the_jobs_of_their_type() {
        service.withBean(Handlers.class)
                .withBean(HandlerBean.class)
                .withUserConfiguration(Beans.class)
                .run(context -> {
                    Database db = context.getBean(Database.class);
                    Payload payload = new Payload("gpt-4");
                    for (String type : List.of("payload", "context", "bean", "made")) {
                        Job job = db.jobs().create(NewJob.of(type, Json.of(payload)));
                        assertThat(received()).as(type).isEqualTo(payload);
                        assertThat(ended(context, job).status()).isEqualTo(JobStatus.COMPLETED);
                    }
                    db.jobs().create(NewJob.of("both", Json.of(payload)));
                    assertThat(received()).isEqualTo(true);
                    db.jobs().create(NewJob.of("document", Json.of(payload)));
                    assertThat(received())
                            .isInstanceOfSatisfying(
                                    Json.class,
                                    json -> assertThat(json.as(Payload.class)).isEqualTo(payload));
                    Job failing = db.jobs()
                            .create(NewJob.of("failing", Json.of(payload)).maxRetries(0));
                    assertThat(ended(context, failing).error()).contains("as the handler says it");
                });
    }

    @Test
    void a_payload_is_read_with_its_type_arguments() {
        service.withBean(Handlers.class).withBean(ListHandlerBean.class).run(context -> {
            Database db = context.getBean(Database.class);
            Payload payload = new Payload("gpt-4");
            Map<String, Object> documents = Map.of(
                    "list", List.of(payload),
                    "map", Map.of("a", payload),
                    "pair", new Pair<>(payload, payload),
                    "array", List.of(payload),
                    "list-bean", List.of(payload));
            for (String type : documents.keySet()) {
                db.jobs().create(NewJob.of(type, Json.of(documents.get(type))));
                assertThat(received()).as(type).isEqualTo(payload);
            }
        });
    }

    static class TwoPayloads {
        @EvalstoreHandler("two")
        void two(Payload one, Payload another) {}
    }

    static class TwoPayloadsOfContext {
        @EvalstoreHandler("two")
        void two(JobContext<String> context, Payload payload) {}
    }

    @EvalstoreHandler("none")
    static class NoHandler {}

    @Configuration
    static class UntypedBean {
        @Bean
        @EvalstoreHandler("untyped")
        JobHandler<?> untyped() {
            return context -> null;
        }
    }

    @Test
    void a_handler_that_cannot_work_stops_the_start_and_is_named() {
        service.withBean(TwoPayloads.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage("@EvalstoreHandler on TwoPayloads.two: more than one payload"));
        service.withBean(TwoPayloadsOfContext.class)
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("two: "));
        service.withBean("nothing", NoHandler.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("nothing", "JobHandler"));
        service.withUserConfiguration(UntypedBean.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("untyped", "JobHandler<Payload>"));
        service.withBean("one", HandlerBean.class)
                .withBean("two", HandlerBean.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage("two handlers of type bean: bean one; bean two"));
    }

    static class Subscribers {
        @EvalstoreSubscriber("contexts")
        void contexts(EventContext context) {
            RECEIVED.add("contexts " + context.event().eventType());
        }

        @EvalstoreSubscriber("events")
        void events(DomainEvent event) {
            RECEIVED.add("events " + event.eventType());
        }
    }

    @Configuration
    static class SubscriberBean {
        @Bean
        @EvalstoreSubscriber("beans")
        EventHandler subscriber() {
            return context -> RECEIVED.add("beans " + context.event().eventType());
        }
    }

    static class WrongSubscriber {
        @EvalstoreSubscriber("wrong")
        void wrong(String event) {}
    }

    @Test
    void subscribers_receive_the_events_of_their_subscription() throws Exception {
        service.withBean(Subscribers.class)
                .withUserConfiguration(SubscriberBean.class)
                .run(context -> {
                    Database db = context.getBean(Database.class);
                    for (String name : List.of("contexts", "events", "beans")) {
                        db.events().subscriptions().subscribe(NewEventSubscription.of(name, EventDelivery.HANDLER));
                    }
                    db.events().append(NewDomainEvent.of("thing.made", "thing", "1"));
                    assertThat(List.of(received(), received(), received()))
                            .containsExactlyInAnyOrder("contexts thing.made", "events thing.made", "beans thing.made");
                });
        service.withBean(WrongSubscriber.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("WrongSubscriber.wrong"));
    }

    static class Slow {
        static final CountDownLatch BEGUN = new CountDownLatch(2);

        @EvalstoreHandler("slow")
        void slow() throws InterruptedException {
            BEGUN.countDown();
            new CountDownLatch(1).await();
        }
    }

    @Test
    void handlers_that_do_not_end_in_time_are_interrupted_and_their_jobs_are_free_again() {
        service.withBean(Slow.class)
                .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=2s")
                .run(context -> {
                    Database db = context.getBean(Database.class);
                    List<UUID> jobs =
                            db.jobs().createAll(List.of(NewJob.of("slow", Json.of(1)), NewJob.of("slow", Json.of(2))));
                    assertThat(Slow.BEGUN.await(60, TimeUnit.SECONDS)).isTrue();
                    context.getSourceApplicationContext().close();
                    Database after = Database.using(pool, DatabaseOptions.DEFAULT);
                    for (UUID job : jobs) {
                        assertThat(after.jobs().get(job).status()).isEqualTo(JobStatus.PENDING);
                    }
                });
    }

    @Test
    void a_service_that_was_stopped_starts_again() {
        service.withBean(Handlers.class).run(context -> {
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();
            context.getBean(Database.class).jobs().create(NewJob.of("payload", Json.of(new Payload("again"))));
            assertThat(received()).isEqualTo(new Payload("again"));
        });
    }
}
