package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.schema.Partitions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Takes jobs back from their workers. Every statement first deletes or locks the leases that are still held under the given
 * tokens, and does the rest for those alone; it answers with the ones that are not.
 */
final class JobOutcomes {
    /**
     * The shape is for the planner, who believes that this table is as empty as vacuum left it. An ordinary join with the given
     * pairs becomes a loop over all leases for each of them; the array is looked up in the index, the pairs in a hash table, and
     * a full join cannot be a loop. Nothing is on its right side alone.
     */
    private static final String DONE = """
            taken as (
                delete from evalstore.job_leases l where {held}
                returning l.seq, l.token, l.worker, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at,
                    l.cancel_requested_at is not null as called_off),
            matched as materialized (
                select g.*, t.worker, t.lane, t.rank, t.timeout_seconds, t.attempt, t.claimed_at, t.called_off
                from given g full join taken t on t.seq = g.seq and t.token = g.token),
            done as (select * from matched where worker is not null)""".replace("{held}", Leases.HELD);

    private static final String KEPT = """
            kept as materialized (
                select d.*, coalesce(q.keeps_history, true) as keeps_history,
                    coalesce(q.keeps_finished, true) as keeps_finished
                from done d
                join evalstore.job_lanes n on n.lane = d.lane
                left join evalstore.job_queues q on q.queue = n.queue)""";

    private static final String LOST = " select token from matched where worker is null";

    /** A job that was called off while it ran does not come back, whatever its worker does with it. */
    private static final String CALLED_OFF = """
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt, 'cancelled', claimed_at, statement_timestamp() from done where called_off),
            freed as (delete from evalstore.job_unique where seq = any (array(select seq from done where called_off)))
            """;

    private static final String COMPLETE = """
            /* jobs.complete */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[], ?::jsonb[], ?::bigint[], ?::bigint[], ?::numeric[])
                    as g (seq, token, result, input_tokens, output_tokens, cost_usd)),
            """ + DONE + ",\n" + KEPT + """
            ,
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at, result)
                select seq, lane, attempt + 1, 'completed', claimed_at, statement_timestamp(), result
                from kept where keeps_finished),
            history as (
                insert into evalstore.job_attempts (seq, attempt, token, worker, started_at, ended_at, outcome,
                    input_tokens, output_tokens, cost_usd)
                select seq, attempt + 1, token, worker, claimed_at, statement_timestamp(), 'completed',
                    input_tokens, output_tokens, cost_usd
                from kept where keeps_history),
            freed as (delete from evalstore.job_unique where seq = any (array(select seq from done))),
            dropped as (
                delete from evalstore.jobs where seq = any (array(select seq from kept where not keeps_finished)))
            """ + LOST;

    private static final String FAIL = """
            /* jobs.fail */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[], ?::text[], ?::float8[], ?::boolean[], ?::bigint[], ?::bigint[],
                        ?::numeric[])
                    as g (seq, token, error, retry_after, permanent, input_tokens, output_tokens, cost_usd)),
            """ + DONE + ",\n" + KEPT + """
            ,
            noted as (
                update evalstore.jobs j
                set attempt = d.attempt + 1, error = d.error,
                    run_at = case when d.called_off or d.permanent or d.attempt >= j.max_retries then j.run_at
                        else statement_timestamp() + make_interval(secs => coalesce(d.retry_after,
                            least(j.backoff_cap_seconds, j.backoff_base_seconds * power(2, least(d.attempt, 30)))
                                * (0.5 + random() / 2))) end
                from done d where j.seq = d.seq
                returning j.seq, j.run_at, d.lane, d.rank, d.timeout_seconds, d.attempt + 1 as attempt, d.claimed_at,
                    case when d.called_off then 'cancelled'
                        when d.permanent or d.attempt >= j.max_retries then 'failed' end as outcome),
            again as (
                insert into evalstore.job_scheduled (run_at, seq, lane, rank, timeout_seconds, attempt)
                select run_at, seq, lane, rank, timeout_seconds, attempt from noted where outcome is null),
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt, outcome, claimed_at, statement_timestamp() from noted where outcome is not null),
            history as (
                insert into evalstore.job_attempts (seq, attempt, token, worker, started_at, ended_at, outcome, error,
                    input_tokens, output_tokens, cost_usd)
                select seq, attempt + 1, token, worker, claimed_at, statement_timestamp(), 'failed', error,
                    input_tokens, output_tokens, cost_usd
                from kept where keeps_history),
            freed as (delete from evalstore.job_unique
                where seq = any (array(select seq from noted where outcome is not null)))
            """ + LOST;

    /** Called off while it ran: the worker has stopped, and says so. */
    private static final String CANCELLED = """
            /* jobs.cancelled */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)),
            """ + DONE + ",\n" + KEPT + """
            ,
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt + 1, 'cancelled', claimed_at, statement_timestamp() from kept),
            history as (
                insert into evalstore.job_attempts (seq, attempt, token, worker, started_at, ended_at, outcome)
                select seq, attempt + 1, token, worker, claimed_at, statement_timestamp(), 'cancelled'
                from kept where keeps_history),
            freed as (delete from evalstore.job_unique where seq = any (array(select seq from done)))
            """ + LOST;

    private static final String SNOOZE = """
            /* jobs.snooze */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[], ?::float8[]) as g (seq, token, delay)),
            """ + DONE + """
            ,
            noted as (
                update evalstore.jobs j set run_at = statement_timestamp() + make_interval(secs => d.delay)
                from done d where j.seq = d.seq and not d.called_off
                returning j.run_at, d.seq, d.lane, d.rank, d.timeout_seconds, d.attempt),
            again as (
                insert into evalstore.job_scheduled (run_at, seq, lane, rank, timeout_seconds, attempt)
                select run_at, seq, lane, rank, timeout_seconds, attempt from noted),
            """ + CALLED_OFF + LOST;

    private static final String RELEASE = """
            /* jobs.release */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)),
            """ + DONE + """
            ,
            again as (
                insert into evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from done where not called_off),
            """ + CALLED_OFF + LOST;

    private static final String EXTEND = """
            /* jobs.extend */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)),
            done as (
                update evalstore.job_leases l
                set deadline = greatest(l.deadline, statement_timestamp() + make_interval(secs => ?))
                where {held}
                returning l.seq, l.token)
            select token from given where (seq, token) not in (select seq, token from done)""".replace("{held}", Leases.HELD);

    private static final String PROGRESS = """
            /* jobs.progress */ with given as materialized (
                select ?::bigint as seq, ?::bigint as token),
            done as materialized (select l.seq from evalstore.job_leases l where {held} for update of l),
            noted as (update evalstore.jobs set progress = ?::jsonb where seq = any (array(select seq from done)))
            select token from given where seq not in (select seq from done)""".replace("{held}", Leases.HELD);

    private final Jdbc jdbc;

    JobOutcomes(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    List<Lease> complete(List<Completion> all) {
        return isSingle(all) ? singles().complete(all.get(0), this::completeAll) : completeAll(all);
    }

    List<Lease> fail(List<Failure> all) {
        return isSingle(all) ? singles().fail(all.get(0), this::failAll) : failAll(all);
    }

    private boolean isSingle(List<?> all) {
        return all.size() == 1 && !jdbc.inTransaction();
    }

    private SingleOutcomes singles() {
        return jdbc.shared(SingleOutcomes.KEY);
    }

    private List<Lease> completeAll(List<Completion> all) {
        List<Completion> sorted = sorted(all, Completion::lease);
        return ending(
                sorted,
                Completion::lease,
                leases -> Sql.of(
                        COMPLETE,
                        seqs(leases),
                        tokens(leases),
                        SqlArray.jsons(sorted, Completion::result),
                        SqlArray.bigints(sorted, c -> c.usage().inputTokens()),
                        SqlArray.bigints(sorted, c -> c.usage().outputTokens()),
                        SqlArray.numerics(sorted, c -> c.usage().costUsd())));
    }

    private List<Lease> failAll(List<Failure> all) {
        List<Failure> sorted = sorted(all, Failure::lease);
        return ending(
                sorted,
                Failure::lease,
                leases -> Sql.of(
                        FAIL,
                        seqs(leases),
                        tokens(leases),
                        SqlArray.texts(sorted, Failure::error),
                        SqlArray.reals(sorted, f -> f.retryAfter() == null ? null : JobRows.seconds(f.retryAfter())),
                        SqlArray.bools(sorted, Failure::permanent),
                        SqlArray.bigints(sorted, f -> f.usage().inputTokens()),
                        SqlArray.bigints(sorted, f -> f.usage().outputTokens()),
                        SqlArray.numerics(sorted, f -> f.usage().costUsd())));
    }

    List<Lease> cancelled(List<Lease> all) {
        return ending(
                sorted(all, lease -> lease), lease -> lease, leases -> Sql.of(CANCELLED, seqs(leases), tokens(leases)));
    }

    void snooze(Lease lease, Duration delay) {
        requireHeld(send(List.of(lease), leases -> Sql.of(SNOOZE, seqs(leases), tokens(leases), times(leases, delay))));
    }

    List<Lease> release(List<Lease> all) {
        return send(sorted(all, lease -> lease), leases -> Sql.of(RELEASE, seqs(leases), tokens(leases)));
    }

    List<Lease> extend(List<Lease> all, Duration time) {
        return send(
                sorted(all, lease -> lease),
                leases -> Sql.of(EXTEND, seqs(leases), tokens(leases), JobRows.seconds(time)));
    }

    void progress(Lease lease, Json progress) {
        requireHeld(send(List.of(lease), leases -> Sql.of(PROGRESS, lease.seq(), lease.token(), progress)));
    }

    static void requireHeld(List<Lease> lost) {
        if (!lost.isEmpty()) {
            throw new LeaseLostException(lost.stream().map(Lease::id).toList());
        }
    }

    /** What makes the statement of its leases. */
    private interface Statement {
        Sql of(List<Lease> leases);
    }

    private <E> List<Lease> ending(List<E> all, Function<E, Lease> lease, Statement statement) {
        return Partitions.inserting(
                jdbc,
                "job_attempts",
                Set.of(),
                () -> send(all.stream().map(lease).toList(), statement));
    }

    private List<Lease> send(List<Lease> leases, Statement statement) {
        if (leases.isEmpty()) {
            return List.of();
        }
        Set<Long> lost = new HashSet<>(jdbc.returning(statement.of(leases), row -> row.bigint("token")));
        return lost.isEmpty()
                ? List.of()
                : leases.stream().filter(lease -> lost.contains(lease.token())).toList();
    }

    private static <E> List<E> sorted(List<E> all, Function<E, Lease> lease) {
        return Leases.inOrder(
                all, e -> lease.apply(e).seq(), e -> lease.apply(e).token());
    }

    private static SqlArray seqs(List<Lease> leases) {
        return SqlArray.bigints(leases, Lease::seq);
    }

    private static SqlArray tokens(List<Lease> leases) {
        return SqlArray.bigints(leases, Lease::token);
    }

    private static SqlArray times(List<Lease> leases, Duration time) {
        return SqlArray.reals(leases, lease -> JobRows.seconds(time));
    }
}
