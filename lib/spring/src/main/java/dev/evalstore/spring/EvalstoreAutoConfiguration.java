package dev.evalstore.spring;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.HostTransactions;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.WebhookOptions;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.RunnerListener;
import dev.evalstore.lock.LockRepository;
import dev.evalstore.state.PostgresStateBackend;
import dev.evalstore.state.StateBackend;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * The store on the service's data source and in its transactions, and what works for it. Boot 4 has moved what this comes
 * after, so both places are named, as text.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        })
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnProperty(name = "evalstore.enabled", matchIfMissing = true)
@EnableConfigurationProperties(EvalstoreProperties.class)
public class EvalstoreAutoConfiguration {
    private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";
    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    private final EvalstoreProperties properties;
    private final Environment environment;

    EvalstoreAutoConfiguration(EvalstoreProperties properties, Environment environment) {
        this.properties = properties;
        this.environment = environment;
    }

    @Bean
    @ConditionalOnMissingBean
    HostTransactions evalstoreHostTransactions(DataSource dataSource) {
        return new SpringTransactions(unwrapped(dataSource));
    }

    /** Made, and migrated, after the service's own Flyway or Liquibase. */
    @Bean
    @ConditionalOnMissingBean
    @DependsOnDatabaseInitialization
    Database evalstoreDatabase(
            DataSource dataSource,
            HostTransactions transactions,
            ObjectProvider<DatabaseOptionsCustomizer> customizers) {
        if ("".equals(environment.getProperty("evalstore.migrate", "migrate").strip())) {
            // An empty variable of the environment must not migrate.
            throw new IllegalArgumentException("evalstore.migrate must be migrate, validate or none");
        }
        DataSource pool = unwrapped(dataSource);
        DatabaseOptions options = DatabaseOptions.DEFAULT
                .schema(properties.schema())
                .slowStatement(properties.slowStatement())
                .logStatements(properties.logStatements())
                .poolAutoCommit(isAutoCommit(pool))
                .hostTransactions(transactions);
        for (DatabaseOptionsCustomizer customizer : customizers.orderedStream().toList()) {
            options = customizer.customize(options);
        }
        Database db = Database.using(pool, options);
        switch (properties.migrate()) {
            case MIGRATE -> db.migrate();
            case VALIDATE -> db.validate();
            case NONE -> {}
        }
        return db;
    }

    @Bean
    @ConditionalOnMissingBean(StateBackend.class)
    PostgresStateBackend evalstoreState(Database db) {
        return db.state(properties.stateNamespace());
    }

    @Bean
    @ConditionalOnMissingBean
    LockRepository evalstoreLocks(Database db) {
        return db.locks();
    }

    @Bean
    @ConditionalOnProperty(name = "evalstore.maintenance.enabled", matchIfMissing = true)
    StoreLifecycle evalstoreMaintenance(Database db) {
        Duration interval = properties.maintenance().interval();
        return new StoreLifecycle(
                "evalstore-maintenance-stop",
                stopWithin(),
                () -> named("maintenance.interval", () -> db.maintenance().start(interval)));
    }

    @Bean
    @ConditionalOnProperty(name = "evalstore.runner.enabled", matchIfMissing = true)
    StoreLifecycle evalstoreRunner(
            Database db,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<RunnerListener> listeners,
            ObjectProvider<JobRunnerCustomizer> customizers) {
        return new StoreLifecycle("evalstore-runner-stop", stopWithin(), () -> {
            JobRunner.Builder builder = runner(db);
            if (!new JobHandlers(new AnnotatedBeans(beans)).addTo(builder)) {
                return null;
            }
            builder.listener(RunnerListener.all(listeners.orderedStream().toArray(RunnerListener[]::new)));
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.start();
        });
    }

    @Bean
    @ConditionalOnProperty(name = "evalstore.dispatcher.enabled", matchIfMissing = true)
    StoreLifecycle evalstoreDispatcher(
            Database db,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<WebhookOptions> webhooks,
            ObjectProvider<EventDispatcherCustomizer> customizers) {
        return new StoreLifecycle("evalstore-dispatcher-stop", stopWithin(), () -> {
            EventDispatcher.Builder builder = dispatcher(db);
            boolean hasWork = new EventSubscribers(new AnnotatedBeans(beans)).addTo(builder);
            if (properties.dispatcher().jobs()) {
                builder.jobs();
                hasWork = true;
            }
            WebhookOptions options = webhooks.getIfAvailable();
            if (options != null) {
                builder.webhooks(options);
                hasWork = true;
            }
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return hasWork ? builder.start() : null;
        });
    }

    private JobRunner.Builder runner(Database db) {
        EvalstoreProperties.Runner runner = properties.runner();
        JobRunner.Builder builder = JobRunner.on(db);
        String name = runner.workerId() != null ? runner.workerId() : processName();
        named("runner.worker-id", () -> builder.worker(name));
        named("runner.concurrency", () -> builder.concurrency(runner.concurrency()));
        named("runner.queues", () -> builder.queue(runner.queues().toArray(String[]::new)));
        named("runner.tags", () -> builder.tags(runner.tags().toArray(String[]::new)));
        named("runner.time-to-live", () -> builder.timeToLive(runner.timeToLive()));
        named("runner.minimum-poll, maximum-poll", () -> builder.poll(runner.minimumPoll(), runner.maximumPoll()));
        named("runner.drain-timeout", () -> builder.drainTimeout(drainTimeout(runner.drainTimeout())));
        if (Boolean.TRUE.equals(runner.virtualThreads()) && !HAS_VIRTUAL_THREADS) {
            throw new IllegalArgumentException("evalstore.runner.virtual-threads needs Java 21 or newer");
        }
        return isVirtual(runner.virtualThreads())
                ? builder.executor(new VirtualThreadTaskExecutor("evalstore-job-"))
                : builder;
    }

    private EventDispatcher.Builder dispatcher(Database db) {
        EvalstoreProperties.Dispatcher dispatcher = properties.dispatcher();
        EventDispatcher.Builder builder = EventDispatcher.on(db).owner(processName());
        named("dispatcher.concurrency", () -> builder.concurrency(dispatcher.concurrency()));
        named("dispatcher.timeout", () -> builder.timeout(dispatcher.timeout()));
        return named("dispatcher.drain-timeout", () -> builder.drainTimeout(drainTimeout(dispatcher.drainTimeout())));
    }

    private String processName() {
        return environment.getProperty("spring.application.name", "service") + "-"
                + ProcessHandle.current().pid();
    }

    /** Leaves time within the phase for interrupted handlers to end, and for the outcomes to be stored. */
    private Duration drainTimeout(@Nullable Duration given) {
        return given != null ? given : phase().multipliedBy(4).dividedBy(5);
    }

    /** Just before Spring gives the phase up. */
    private Duration stopWithin() {
        return phase().multipliedBy(19).dividedBy(20);
    }

    private Duration phase() {
        return DurationStyle.detectAndParse(environment.getProperty(PHASE, "30s"));
    }

    /** A value that is refused is said to be that of a property. */
    private static <T> T named(String property, Supplier<T> make) {
        try {
            return make.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("evalstore." + property + ": " + e.getMessage(), e);
        }
    }

    private boolean isVirtual(@Nullable Boolean given) {
        // As Boot does, the service's own switch is without effect where Java has no virtual threads.
        return Objects.requireNonNullElseGet(
                given,
                () -> HAS_VIRTUAL_THREADS
                        && environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false));
    }

    /** Transaction managers unwrap this proxy, too, and bind their connections to the data source in it. */
    private static DataSource unwrapped(DataSource dataSource) {
        return dataSource instanceof TransactionAwareDataSourceProxy proxy
                ? Objects.requireNonNull(proxy.getTargetDataSource())
                : dataSource;
    }

    private static boolean isAutoCommit(DataSource pool) {
        try {
            return !pool.isWrapperFor(HikariDataSource.class)
                    || pool.unwrap(HikariDataSource.class).isAutoCommit();
        } catch (SQLException e) {
            return true;
        }
    }
}
