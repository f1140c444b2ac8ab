package dev.evalstore.spring;

import dev.evalstore.DatabaseOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code evalstore.*} of a service.
 *
 * @param enabled whether there is a store
 * @param schema the PostgreSQL schema that holds the store
 * @param migrate what the service does about the schema when it starts
 * @param slowStatement statements that take longer are logged at WARN
 * @param logStatements whether statements are logged at INFO, not at DEBUG
 * @param stateNamespace the namespace of the StateBackend bean
 * @param metrics the store's meters
 * @param observations the observations of jobs
 * @param maintenance the store's maintenance
 * @param runner the runner of jobs
 * @param dispatcher the dispatcher of domain events
 */
@ConfigurationProperties("evalstore")
public record EvalstoreProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue(DatabaseOptions.DEFAULT_SCHEMA) String schema,
        @DefaultValue("migrate") Migrate migrate,
        @DefaultValue("1s") Duration slowStatement,
        @DefaultValue("false") boolean logStatements,
        @DefaultValue("default") String stateNamespace,
        @DefaultValue Metrics metrics,
        @DefaultValue Observations observations,
        @DefaultValue Maintenance maintenance,
        @DefaultValue Runner runner,
        @DefaultValue Dispatcher dispatcher) {
    /** What a service does about the schema when it starts, after its own Flyway or Liquibase. */
    public enum Migrate {
        /** Migrates it. */
        MIGRATE,
        /** Refuses to start if it is not this library's version. */
        VALIDATE,
        /** Does not look at it. */
        NONE
    }

    /**
     * The store's meters, with evalstore-micrometer.
     *
     * @param enabled whether this process has meters of the store
     */
    public record Metrics(@DefaultValue("true") boolean enabled) {}

    /**
     * The observations of jobs that are enqueued and run, with evalstore-micrometer.
     *
     * @param enabled whether this process observes jobs; their traces are then those that enqueued them
     */
    public record Observations(@DefaultValue("true") boolean enabled) {}

    /**
     * The store's maintenance, which any number of processes may run.
     *
     * @param enabled whether this process runs it
     * @param interval from the end of one run to the next
     */
    public record Maintenance(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1h") Duration interval) {}

    /**
     * The runner of the jobs that have an {@link EvalstoreHandler}.
     *
     * @param enabled whether this process runs jobs
     * @param workerId the worker's name; spring.application.name and the process's number unless given
     * @param concurrency how many jobs run at a time
     * @param queues the queues to serve; all unless given
     * @param tags the worker's capabilities
     * @param timeToLive how long the worker counts as alive after a heartbeat
     * @param minimumPoll the first wait after a claim that found nothing
     * @param maximumPoll the longest wait after claims that found nothing
     * @param drainTimeout how long handlers may go on when the service stops; four fifths of
     *     spring.lifecycle.timeout-per-shutdown-phase unless given
     * @param virtualThreads whether handlers run on virtual threads; spring.threads.virtual.enabled unless given
     */
    public record Runner(
            @DefaultValue("true") boolean enabled,
            @Nullable String workerId,
            @DefaultValue("4") int concurrency,
            @DefaultValue List<String> queues,
            @DefaultValue List<String> tags,
            @DefaultValue("45s") Duration timeToLive,
            @DefaultValue("50ms") Duration minimumPoll,
            @DefaultValue("2s") Duration maximumPoll,
            @Nullable Duration drainTimeout,
            @Nullable Boolean virtualThreads) {}

    /**
     * The dispatcher of domain events to {@link EvalstoreSubscriber}s.
     *
     * @param enabled whether this process delivers events
     * @param jobs whether it also serves all subscriptions by job
     * @param concurrency how many subscriptions by job and by webhook are served at a time
     * @param timeout how long a call of a handler may take
     * @param drainTimeout as the runner's
     */
    public record Dispatcher(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("false") boolean jobs,
            @DefaultValue("32") int concurrency,
            @DefaultValue("5m") Duration timeout,
            @Nullable Duration drainTimeout) {}
}
