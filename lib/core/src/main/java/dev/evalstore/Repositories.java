package dev.evalstore;

import dev.evalstore.account.ApiKeyRepository;
import dev.evalstore.account.UserRepository;
import dev.evalstore.audit.AuditRepository;
import dev.evalstore.audit.MonitoringRepository;
import dev.evalstore.benchmark.BenchmarkRepository;
import dev.evalstore.benchmark.EvaluationRepository;
import dev.evalstore.catalog.Catalog;
import dev.evalstore.event.EventRepository;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.governance.Governance;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.JobRepository;
import dev.evalstore.lock.LockRepository;
import dev.evalstore.matrix.Matrix;
import dev.evalstore.organization.OrganizationRepository;
import dev.evalstore.state.PostgresStateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.tracking.Tracking;
import dev.evalstore.version.Versions;
import dev.evalstore.worker.WorkerRepository;

/**
 * The library's table of contents. On a {@link Database} each call takes a pooled connection and is its own
 * transaction; on a {@link Tx} all calls share one transaction.
 */
public abstract sealed class Repositories extends Reading permits Database, Tx {
    Repositories(Jdbc jdbc) {
        super(jdbc);
    }

    /** Runs of a model on a dataset. */
    @Override
    public final BenchmarkRepository benchmarks() {
        return new BenchmarkRepository(jdbc);
    }

    /** The job queue. */
    @Override
    public final JobRepository jobs() {
        return new JobRepository(jdbc);
    }

    /** Registrations of workers, and their heartbeats. */
    @Override
    public final WorkerRepository workers() {
        return new WorkerRepository(jdbc);
    }

    /** Evaluations: scored answers of a model. */
    @Override
    public final EvaluationRepository evaluations() {
        return new EvaluationRepository(jdbc);
    }

    /** The catalogue of what can be benchmarked: models, their versions, hardware, frameworks, use cases. */
    @Override
    public final Catalog catalog() {
        return new Catalog(jdbc);
    }

    /** The benchmark matrix: configs to run, their results, and rankings. */
    @Override
    public final Matrix matrix() {
        return new Matrix(jdbc);
    }

    /** The exchange: benchmark definitions, their versions and test cases. */
    @Override
    public final Exchange exchange() {
        return new Exchange(jdbc);
    }

    /** Governance: proposals of changes to the exchange, reviews, and votes. */
    @Override
    public final Governance governance() {
        return new Governance(jdbc, Exchange::new);
    }

    /** Tracking: experiments, feedback on evaluations, costs, and figures over them. */
    @Override
    public final Tracking tracking() {
        return new Tracking(jdbc, evaluations(), exchange());
    }

    /** People and services that use the platform. */
    @Override
    public final UserRepository users() {
        return new UserRepository(jdbc);
    }

    /** Keys by which programs act for a user. */
    @Override
    public final ApiKeyRepository apiKeys() {
        return new ApiKeyRepository(jdbc);
    }

    /** Organizations and their members. */
    @Override
    public final OrganizationRepository organizations() {
        return new OrganizationRepository(jdbc);
    }

    /** The audit log: who did what. */
    @Override
    public final AuditRepository audit() {
        return new AuditRepository(jdbc);
    }

    /** Domain events: what happened, in order. */
    @Override
    public final EventRepository events() {
        return new EventRepository(jdbc);
    }

    /** Versions of what caches hold: which of it has changed. */
    public final Versions versions() {
        return new Versions(jdbc);
    }

    /** Monitoring events of the platform's own components. */
    @Override
    public final MonitoringRepository monitoring() {
        return new MonitoringRepository(jdbc);
    }

    /**
     * The same repositories on behalf of an actor, which audit entries name; see {@link
     * Database#actingAs(ActingContext)}.
     */
    public abstract Repositories actingAs(ActingContext context);

    /** {@link #actingAs(ActingContext)} without a request. */
    public abstract Repositories actingAs(Actor actor);

    /** Binary keys and values, in the namespace {@code default}, with checkpoints. */
    @Override
    public final PostgresStateBackend state() {
        return state("default", StateOptions.DEFAULT);
    }

    /** {@link #state(String, StateOptions)} with the default options. */
    @Override
    public final PostgresStateBackend state(String namespace) {
        return state(namespace, StateOptions.DEFAULT);
    }

    /**
     * Binary keys and values in a namespace of their own, made at first use. Its name is not blank and has at most 800
     * bytes in UTF-8.
     */
    @Override
    public final PostgresStateBackend state(String namespace, StateOptions options) {
        return new PostgresStateBackend(jdbc, namespace, options);
    }

    /** Leases on named resources, with fencing tokens. */
    public final LockRepository locks() {
        return new LockRepository(jdbc);
    }
}
