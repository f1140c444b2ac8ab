package dev.evalstore;

import dev.evalstore.account.ApiKeyReads;
import dev.evalstore.account.UserReads;
import dev.evalstore.audit.AuditReads;
import dev.evalstore.audit.MonitoringReads;
import dev.evalstore.benchmark.BenchmarkReads;
import dev.evalstore.benchmark.EvaluationReads;
import dev.evalstore.catalog.CatalogReads;
import dev.evalstore.event.EventReads;
import dev.evalstore.exchange.ExchangeReads;
import dev.evalstore.governance.GovernanceReads;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.JobReads;
import dev.evalstore.matrix.MatrixReads;
import dev.evalstore.organization.OrganizationReads;
import dev.evalstore.state.PostgresStateReads;
import dev.evalstore.state.StateOptions;
import dev.evalstore.tracking.TrackingReads;
import dev.evalstore.worker.WorkerReads;

/**
 * The reading verbs of every repository and room. {@link Database#reading()} gives one that reads from replicas. {@link
 * Repositories} are one with writing verbs as well, so what only reads may take a {@code Reading} and be given a {@link
 * Database} or a {@link Tx}.
 *
 * <p>From replicas, two reads may be answered by different servers, the later one by the one that is further behind. Each
 * alone is within what was asked for. What must see the present goes to the primary: {@code apiKeys().verify}, {@code
 * users().authenticate}, {@code state().watch}, and the lag of a subscription. Locks are not here for that reason.
 *
 * <p>A read that a replica fails is run again elsewhere, at last on the primary. Only a read that has handed rows out by
 * then, as {@code stream}, {@code forEach} and {@code export} do, cannot begin again and throws {@link
 * TransientDatabaseException}.
 */
public sealed class Reading permits Repositories {
    final Jdbc jdbc;

    Reading(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Runs of a model on a dataset. */
    public BenchmarkReads benchmarks() {
        return new BenchmarkReads(jdbc);
    }

    /** The job queue. */
    public JobReads jobs() {
        return new JobReads(jdbc);
    }

    /** Registrations of workers, and their heartbeats. */
    public WorkerReads workers() {
        return new WorkerReads(jdbc);
    }

    /** Evaluations: scored answers of a model. */
    public EvaluationReads evaluations() {
        return new EvaluationReads(jdbc);
    }

    /** The catalogue of what can be benchmarked: models, their versions, hardware, frameworks, use cases. */
    public CatalogReads catalog() {
        return new CatalogReads(jdbc);
    }

    /** The benchmark matrix: configs to run, their results, and rankings. */
    public MatrixReads matrix() {
        return new MatrixReads(jdbc);
    }

    /** The exchange: benchmark definitions, their versions and test cases. */
    public ExchangeReads exchange() {
        return new ExchangeReads(jdbc);
    }

    /** Governance: proposals of changes to the exchange, reviews, and votes. */
    public GovernanceReads governance() {
        return new GovernanceReads(jdbc);
    }

    /** Tracking: experiments, feedback on evaluations, costs, and figures over them. */
    public TrackingReads tracking() {
        return new TrackingReads(jdbc, evaluations(), exchange());
    }

    /** People and services that use the platform. */
    public UserReads users() {
        return new UserReads(jdbc);
    }

    /** Keys by which programs act for a user. */
    public ApiKeyReads apiKeys() {
        return new ApiKeyReads(jdbc);
    }

    /** Organizations and their members. */
    public OrganizationReads organizations() {
        return new OrganizationReads(jdbc);
    }

    /** The audit log: who did what. */
    public AuditReads audit() {
        return new AuditReads(jdbc);
    }

    /** Domain events: what happened, in order. */
    public EventReads events() {
        return new EventReads(jdbc);
    }

    /** Monitoring events of the platform's own components. */
    public MonitoringReads monitoring() {
        return new MonitoringReads(jdbc);
    }

    /** Binary keys and values, in the namespace {@code default}, with checkpoints. */
    public PostgresStateReads state() {
        return state("default", StateOptions.DEFAULT);
    }

    /** {@link #state(String, StateOptions)} with the default options. */
    public PostgresStateReads state(String namespace) {
        return state(namespace, StateOptions.DEFAULT);
    }

    /**
     * Binary keys and values in a namespace of their own, made at first use. Its name is not blank and has at most 800
     * bytes in UTF-8.
     */
    public PostgresStateReads state(String namespace, StateOptions options) {
        return new PostgresStateReads(jdbc, namespace, options);
    }
}
