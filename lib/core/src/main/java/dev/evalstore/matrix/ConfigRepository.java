package dev.evalstore.matrix;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The configuration matrix: what to benchmark, and who is at it; obtained from {@code Database} or {@code Tx}. A configuration is
 * pending, owned by one worker under a lease, or ended; every write of a worker names its lease's token, so that one that was paused
 * beyond its lease can neither complete, fail nor extend, and its result is not stored.
 */
public final class ConfigRepository {
    private static final Duration LONGEST = Duration.ofDays(30);

    private static final String COUNT = """
            /* configs.count */ select count(*) as n
            from evalstore.benchmark_configs c left join evalstore.config_leases l on l.seq = c.seq where true""";

    private static final String PROGRESS = """
            /* configs.progress */ with counted as (
                select count(*) as total, count(l.seq) as running, count(*) filter (where c.outcome = 'completed') as completed,
                    count(*) filter (where c.outcome = 'failed') as failed,
                    count(*) filter (where c.completed_at > statement_timestamp() - make_interval(secs => ?)) as recent,
                    greatest(1, least(?::float8,
                        extract(epoch from statement_timestamp() - min(coalesce(c.started_at, l.claimed_at))))) as seconds
                from evalstore.benchmark_configs c left join evalstore.config_leases l on l.seq = c.seq
                where c.model_version_id = ?)
            select total, total - running - completed - failed as pending, running, completed, failed,
                recent * 60 / seconds as per_minute,
                case when total > completed + failed and recent > 0 then statement_timestamp()
                    + make_interval(secs => (total - completed - failed) * seconds / recent) end as estimated_end
            from counted""";

    private static final String REQUEUE_FAILED = """
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
                from again a join evalstore.config_lanes n on n.model_version_id = a.model_version_id)
            select count(*) as n from again""";

    private static final String DELETE = """
            /* configs.delete */ with waiting as (
                delete from evalstore.config_ready r
                using evalstore.benchmark_configs c, evalstore.config_lanes n
                where c.id = ? and n.model_version_id = c.model_version_id and r.lane = n.lane and r.rank = c.priority_rank
                    and r.seq = c.seq
                returning r.seq)
            delete from evalstore.benchmark_configs c
            where c.id = ? and (c.outcome is not null or exists (select from waiting x where x.seq = c.seq))""";

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public ConfigRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes the configurations of a specification, pending, inside the server. Those that exist are left alone. Two who populate the
     * same at once make each configuration once, and their counts add up.
     *
     * @throws NotFoundException if the catalogue does not have the model version, a machine or a framework
     * @throws ConflictException if the model version fits on none of the machines; nothing is made then
     */
    public PopulateResult populate(MatrixSpec spec) {
        return new ConfigPopulation(jdbc).populate(spec);
    }

    /**
     * What {@link #populate} would make, without writing.
     *
     * @throws NotFoundException as for {@link #populate}
     * @throws ConflictException as for {@link #populate}
     */
    public PopulateResult dryRun(MatrixSpec spec) {
        return new ConfigPopulation(jdbc).dryRun(spec);
    }

    /** The configuration, or empty when none has the id. */
    public Optional<BenchmarkConfig> find(UUID id) {
        return jdbc.find(ConfigRows.select().and("and c.id = ?", id), ConfigRows::map);
    }

    /**
     * The configuration.
     *
     * @throws NotFoundException if none has the id
     */
    public BenchmarkConfig get(UUID id) {
        return find(id).orElseThrow(() -> ConfigRows.TABLE.notFound(id));
    }

    /**
     * Configurations that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<BenchmarkConfig> list(ConfigFilter filter, int limit, @Nullable Cursor after) {
        return ConfigRows.NEWEST.read(jdbc, ConfigRows.select().and(filter.sql()), ConfigRows::map, limit, after);
    }

    /** How many configurations the filter admits. Counts them: the time grows with the answer. */
    public long count(ConfigFilter filter) {
        return jdbc.one(Sql.of(COUNT).and(filter.sql()), row -> row.bigint("n"));
    }

    /**
     * How far a model version's configurations are.
     *
     * @param window over how long a time, up to now, the rate is taken
     */
    public ConfigProgress progress(UUID modelVersionId, Duration window) {
        Check.positive("window", window);
        return jdbc.one(
                Sql.of(PROGRESS, window, window, modelVersionId),
                row -> new ConfigProgress(
                        row.bigint("total"),
                        row.bigint("pending"),
                        row.bigint("running"),
                        row.bigint("completed"),
                        row.bigint("failed"),
                        row.realOrNull("per_minute") == null ? 0 : row.real("per_minute"),
                        row.instantOrNull("estimated_end")));
    }

    /**
     * Deletes a configuration that nobody is at; its results stay. False when none has the id.
     *
     * @throws ConflictException if a worker owns it
     */
    public boolean delete(UUID id) {
        return ConfigRows.TABLE.act(jdbc, "delete", id, on -> new ConfigRepository(on).removed(id));
    }

    private boolean removed(UUID id) {
        if (jdbc.update(Sql.of(DELETE, id, id)) == 1) {
            return true;
        }
        if (find(id).isEmpty()) {
            return false;
        }
        throw new ConflictException("benchmark config " + id + " is being worked on and cannot be deleted");
    }

    /**
     * Claims up to so many configurations: lowest priority rank first, then oldest, in that order. Those being claimed by others are
     * passed over, not waited for. What comes back (failed, given back, lost) behind what the worker was given last is found when a
     * claim falls short, and by a look from the beginning about every second. The lease ends when its worker stops beating, and
     * after its time in any case.
     *
     * @param limit 1 to 500
     * @param lease how long the attempt may take unless extended; whole seconds, at least one, at most 30 days
     * @return empty when nothing of the scope is pending
     * @throws WorkerGoneException if the worker's registration is unknown or was declared gone
     * @throws IllegalStateException if the transaction's isolation level is not read committed, at which nothing is given
     * @throws dev.evalstore.TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer came;
     *     what was claimed then comes back with its lease's end, or by {@link #releaseAll}
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
     * Ends an attempt with its result: the configuration is completed and the result stored in one commit, or neither. A result that
     * was there is no longer the current one.
     *
     * @throws LeaseLostException if the lease is gone; nothing is stored
     */
    public void complete(Lease lease, NewBenchmarkResult result) {
        ConfigOutcomes.requireHeld(completeAll(List.of(new ConfigCompletion(lease, result))));
    }

    /**
     * The same for many in one statement.
     *
     * @return the leases that are gone, whose results were not stored; empty when all is well
     */
    public List<Lease> completeAll(List<ConfigCompletion> completions) {
        return new ConfigOutcomes(jdbc).complete(List.copyOf(completions));
    }

    /**
     * Ends an attempt without a result: the configuration is pending again, or failed if its attempts are spent.
     *
     * @param error why; of any length, not blank
     * @throws LeaseLostException if the lease is gone; nothing is changed
     */
    public void fail(Lease lease, String error) {
        Check.text("error", error);
        ConfigOutcomes.requireHeld(new ConfigOutcomes(jdbc).fail(List.of(lease), error));
    }

    /**
     * Makes an attempt's time end that much after now, unless it ends later already.
     *
     * @throws LeaseLostException if the lease is gone
     */
    public void extend(Lease lease, Duration time) {
        checkTime("time", time);
        ConfigOutcomes.requireHeld(new ConfigOutcomes(jdbc).extend(List.of(lease), time));
    }

    /**
     * Gives configurations back, pending at once, no attempt spent.
     *
     * @return the leases that were gone already
     */
    public List<Lease> releaseAll(List<Lease> leases) {
        return new ConfigOutcomes(jdbc).release(List.copyOf(leases));
    }

    /**
     * Gives back at once all that the worker owns, no attempt spent, as when its machine is about to be taken away. It may claim
     * again: drain it before, or deregister it after, where it shall not. One whose completion is under way in an open transaction
     * is left to that; should it be rolled back, the worker owns it still.
     *
     * @return how many configurations were given back
     */
    public int releaseHeldBy(Worker worker) {
        return new ConfigOutcomes(jdbc).releaseAll(worker);
    }

    /**
     * Takes back what workers no longer work on: leases past their time, and those of workers that are gone or whose last heartbeat
     * is older than that, which are declared gone. An attempt is spent; a configuration whose attempts are spent has failed. In
     * batches of 1,000, each its own commit outside of a transaction, and 100,000 a call at most.
     *
     * @param olderThan the age of a heartbeat, or null for each worker's own time to live
     * @return how many configurations were taken back; 100,000 where there may be more
     */
    public int requeueExpired(int limit) {
        return new ConfigRescue(jdbc).requeueExpired(Check.limit(limit));
    }

    /**
     * Makes a model version's failed configurations pending again, with all their attempts; their last error stays to be seen.
     *
     * @return how many
     */
    public int requeueFailed(UUID modelVersionId) {
        return ConfigRows.TABLE.act(
                jdbc,
                "requeue_failed",
                modelVersionId,
                on -> on.returning(Sql.of(REQUEUE_FAILED, modelVersionId), row -> row.integer("n"))
                        .get(0));
    }

    private static void checkTime(String field, Duration time) {
        Check.atMost(field, Check.positive(field, time), LONGEST);
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(field + " must be at least one second");
        }
    }
}
