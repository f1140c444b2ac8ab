package dev.evalstore.matrix;

import dev.evalstore.ConflictException;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The benchmark matrix: combinations to benchmark, and the queue in which workers claim them. A config is pending,
 * owned by one worker under a lease, or finished. Every write by a worker names its lease's token. A worker that was
 * paused beyond its lease can neither complete, fail nor extend, and its result is not stored.
 */
public final class ConfigRepository extends ConfigReads {
    private static final Duration MAX_LEASE = Duration.ofDays(30);

    private static final Told REQUEUE_FAILED = Kinds.CONFIGS.told("""
            /* configs.requeue_failed */ with chosen as materialized (
                select c.seq from evalstore.benchmark_configs c
                where c.outcome = 'failed' and c.model_version_id = ? order by c.seq for update skip locked),
            again as (
                update evalstore.benchmark_configs c
                set outcome = null, completed_at = null, attempt = 0, updated_at = statement_timestamp()
                from chosen x where c.seq = x.seq
                returning c.seq, c.priority_rank, c.model_version_id),
            queued as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select n.lane, a.priority_rank, a.seq, 3600, 0
                from again a join evalstore.config_lanes n on n.model_version_id = a.model_version_id){tell}
            select count(*) as n from again""", """
            select seq, 'requeued' as happened, 'PENDING' as status, 0 as attempt, null::jsonb as more from again""");

    private static final Told DELETE = Kinds.CONFIGS.told("""
            /* configs.delete */ with waiting as (
                delete from evalstore.config_ready r
                using evalstore.benchmark_configs c, evalstore.config_lanes n
                where c.id = ? and n.model_version_id = c.model_version_id and r.lane = n.lane and r.rank = c.priority_rank
                    and r.seq = c.seq
                returning r.seq),
            scheduled as (
                delete from evalstore.config_scheduled s
                where s.seq = (select c.seq from evalstore.benchmark_configs c where c.id = ?)
                returning s.seq),
            gone as (
                delete from evalstore.benchmark_configs c
                where c.id = ? and (c.outcome is not null or exists (select from waiting x where x.seq = c.seq)
                    or exists (select from scheduled x where x.seq = c.seq))
                returning c.seq, c.outcome, c.attempt){tell}
            select count(*) as n from gone""", """
            select seq, 'deleted' as happened, upper(coalesce(outcome, 'pending')) as status, attempt, null::jsonb as more
            from gone""");

    ConfigRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Makes the configs of a specification, pending, inside the server. Existing ones are left alone. Concurrent
     * callers with the same specification make each config once, and their counts add up.
     *
     * @throws NotFoundException if the catalogue does not have the model version, a machine or a framework
     * @throws ConflictException if the model version fits on none of the machines; nothing is made then
     */
    public PopulateResult populate(MatrixSpec spec) {
        return new ConfigPopulation(jdbc).populate(spec);
    }

    /**
     * Deletes a config that no worker owns; its results stay. False when none has the id.
     *
     * @throws ConflictException if a worker owns it
     */
    public boolean delete(UUID id) {
        return ConfigRows.TABLE.act(jdbc, "delete", id, on -> delete(on, id));
    }

    private static boolean delete(Jdbc jdbc, UUID id) {
        Sql delete = Sql.of(DELETE.text(jdbc), id, id, id).and(Sql.args(DELETE.actor(jdbc)));
        if (DELETE.run(jdbc, () -> jdbc.change(delete, row -> row.integer("n"))).orElse(0) == 1) {
            return true;
        }
        if (ConfigRows.TABLE.find(jdbc, id).isEmpty()) {
            return false;
        }
        throw new ConflictException("benchmark config " + id + " is being worked on and cannot be deleted");
    }

    /**
     * Claims configs: lowest priority rank first, then oldest, in that order. Configs that others are claiming are
     * passed over, not waited for. A config that was released, failed or lost is found within seconds. The lease ends
     * when its worker's heartbeats stop, and after its time in any case.
     *
     * @param limit the maximum number of configs, 1 to 500
     * @param lease how long the attempt may take unless extended; whole seconds, at least one, at most 30 days
     * @return empty when no config of the scope is pending
     * @throws WorkerGoneException if the worker's registration is unknown or was declared dead
     * @throws IllegalStateException if the transaction's isolation level is not read committed, at which nothing is
     *     claimed
     * @throws dev.evalstore.TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the
     *     answer came; {@link #held} finds the configs that were claimed then
     */
    public List<ClaimedConfig> claim(Worker worker, ConfigScope scope, int limit, Duration lease) {
        Objects.requireNonNull(scope, "scope");
        Check.range("limit", limit, 1, 500);
        checkTime("lease", lease);
        if (lease.getNano() != 0) {
            throw new IllegalArgumentException("lease must be whole seconds");
        }
        return new ConfigClaims(jdbc).claim(worker, scope, limit, lease);
    }

    /**
     * The configs that a worker owns, with their leases, in the order of claims; empty when it owns nothing. Call this
     * after a claim that ended with {@code outcomeUnknown}. {@code held} waits for a claim of the worker that is under
     * way on the server, so the configs of that claim are included. In the caller's transaction the claimers' gate
     * stays shut until it ends.
     */
    public List<ClaimedConfig> held(Worker worker) {
        return new ConfigClaims(jdbc).held(worker);
    }

    /**
     * Ends an attempt with its result: the config is completed and the result is stored in one commit, or neither. An
     * earlier result stays, and is no longer the current one.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is stored
     */
    public void complete(Lease lease, NewBenchmarkResult result) {
        new ConfigOutcomes(jdbc).completeOne(new ConfigCompletion(lease, result));
    }

    /**
     * {@link #complete} for many, in one statement. Returns the leases that are no longer held, for which nothing is
     * stored.
     */
    public List<Lease> completeAll(List<ConfigCompletion> completions) {
        return new ConfigOutcomes(jdbc).complete(completions);
    }

    /**
     * Ends an attempt without a result: the config is pending again, or failed if its attempts are spent.
     *
     * @param error the reason, not blank; what is longer than 10,000 characters is cut, and says so
     * @throws LeaseLostException if the lease is no longer held; nothing is changed
     */
    public void fail(Lease lease, String error) {
        fail(ConfigFailure.of(lease, error));
    }

    /**
     * {@link #fail(Lease, String)}, permanently or with a wait before the next attempt.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is changed
     */
    public void fail(ConfigFailure failure) {
        new ConfigOutcomes(jdbc).failOne(failure);
    }

    /**
     * {@link #fail} for many, in one statement. Returns the leases that are no longer held, for which nothing is
     * changed.
     */
    public List<Lease> failAll(List<ConfigFailure> failures) {
        return new ConfigOutcomes(jdbc).fail(failures);
    }

    /**
     * Moves the attempt's deadline to the given time from now, if that is later.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void extend(Lease lease, Duration time) {
        checkTime("time", time);
        Leases.requireHeld(lease, Kinds.CONFIGS.extend(jdbc, lease, time));
    }

    /**
     * Ends an attempt, unspent; the config is pending again at once.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void release(Lease lease) {
        Leases.requireHeld(lease, Kinds.CONFIGS.releaseOne(jdbc, lease));
    }

    /** {@link #release} for many, in one statement. Returns the leases that are no longer held. */
    public List<Lease> releaseAll(List<Lease> leases) {
        return Kinds.CONFIGS.release(jdbc, leases);
    }

    /**
     * Releases at once all configs that the worker owns, no attempt spent, as when its machine is about to be taken
     * away. The worker may claim again: drain it before, or deregister it after, if it must not. A config whose
     * completion is under way in an open transaction is passed over; should that be rolled back, the worker still owns
     * it.
     *
     * @return how many configs were released
     */
    public int releaseHeldBy(Worker worker) {
        return Kinds.CONFIGS.releaseHeldBy(jdbc, worker.generation());
    }

    /**
     * Requeues up to {@code limit} expired leases. A lease past its deadline has run out. A lease of a worker that
     * left, was declared dead or is silent for longer than its time to live is lost. Silent workers are declared dead
     * here. Either spends an attempt: the config is pending again, or has failed when its attempts are spent. Safe to
     * run from every process.
     *
     * <p>To declare workers dead is one commit for all kinds of work, so it may also requeue up to {@code limit} jobs.
     *
     * @param limit 1 to 1,000
     * @return how many configs were requeued
     */
    public int requeueExpired(int limit) {
        return Kinds.CONFIGS.requeueExpired(jdbc, Check.limit(limit));
    }

    /**
     * Makes a model version's failed configs pending again, with all their attempts. Their last error stays visible.
     *
     * @return how many
     */
    public int requeueFailed(UUID modelVersionId) {
        return ConfigRows.TABLE.act(
                jdbc,
                "requeue_failed",
                modelVersionId,
                on -> REQUEUE_FAILED.run(
                        on,
                        () -> on.returning(
                                        Sql.of(REQUEUE_FAILED.text(on), modelVersionId)
                                                .and(Sql.args(REQUEUE_FAILED.actor(on))),
                                        row -> row.integer("n"))
                                .get(0)));
    }

    private static void checkTime(String field, Duration time) {
        Check.atMost(field, Check.positive(field, time), MAX_LEASE);
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(field + " must be at least one second");
        }
    }
}
