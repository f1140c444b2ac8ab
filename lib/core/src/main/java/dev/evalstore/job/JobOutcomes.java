package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.schema.Partitions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What becomes of jobs when their attempts end. The engine ends the leases; this adds what the job's other tables store. */
final class JobOutcomes {
    /** The ended leases with what their queue keeps. */
    private static final String KEPT = """
            kept as materialized (
                select d.*, coalesce(q.keeps_history, true) as keeps_history,
                    coalesce(q.keeps_finished, true) as keeps_finished
                from done d
                join evalstore.job_lanes n on n.lane = d.lane
                left join evalstore.job_queues q on q.queue = n.queue)""";

    private static final String COMPLETE = ending("complete", """
            select * from unnest(?::bigint[], ?::bigint[], ?::jsonb[], ?::bigint[], ?::bigint[], ?::numeric[])
                    as g (seq, token, result, input_tokens, output_tokens, cost_usd)""", """
            {kept},
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
                delete from evalstore.jobs where seq = any (array(select seq from kept where not keeps_finished)))""");

    private static final String FAIL = ending("fail", """
            select * from unnest(?::bigint[], ?::bigint[], ?::text[], ?::float8[], ?::boolean[], ?::bigint[], ?::bigint[],
                        ?::numeric[])
                    as g (seq, token, error, retry_after, permanent, input_tokens, output_tokens, cost_usd)""", """
            {kept},
            noted as (
                update evalstore.jobs j
                set attempt = d.attempt + 1, error = d.error,
                    run_at = case when d.cancelled or d.permanent or d.attempt >= j.max_retries then j.run_at
                        else statement_timestamp() + make_interval(secs => coalesce(d.retry_after,
                            least(j.backoff_cap_seconds, j.backoff_base_seconds * power(2, least(d.attempt, 30)))
                                * (0.5 + random() / 2))) end
                from done d where j.seq = d.seq
                returning j.seq, j.run_at, d.lane, d.rank, d.timeout_seconds, d.attempt + 1 as attempt, d.claimed_at,
                    case when d.cancelled then 'cancelled'
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
                where seq = any (array(select seq from noted where outcome is not null)))""");

    /** The job was cancelled while it ran: the worker confirms that it stopped. */
    private static final String CONFIRM_CANCELLED = ending("confirm_cancelled", """
            select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)""", """
            {kept},
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt + 1, 'cancelled', claimed_at, statement_timestamp() from kept),
            history as (
                insert into evalstore.job_attempts (seq, attempt, token, worker, started_at, ended_at, outcome)
                select seq, attempt + 1, token, worker, claimed_at, statement_timestamp(), 'cancelled'
                from kept where keeps_history),
            freed as (delete from evalstore.job_unique where seq = any (array(select seq from done)))""");

    private static final String SNOOZE = ending("snooze", """
            select * from unnest(?::bigint[], ?::bigint[], ?::float8[]) as g (seq, token, delay)""", """
            noted as (
                update evalstore.jobs j set run_at = statement_timestamp() + make_interval(secs => d.delay)
                from done d where j.seq = d.seq and not d.cancelled
                returning j.run_at, d.seq, d.lane, d.rank, d.timeout_seconds, d.attempt),
            again as (
                insert into evalstore.job_scheduled (run_at, seq, lane, rank, timeout_seconds, attempt)
                select run_at, seq, lane, rank, timeout_seconds, attempt from noted){cancel}""");

    private static final String SAVE_PROGRESS = """
            /* jobs.save_progress */ with given as materialized (
                select ?::bigint as seq, ?::bigint as token),
            done as materialized (select l.seq from evalstore.job_leases l where {held} for update of l),
            noted as (update evalstore.jobs set progress = ?::jsonb where seq = any (array(select seq from done)))
            select token from given where seq not in (select seq from done)""".replace("{held}", Leases.HELD);

    private final Jdbc jdbc;

    JobOutcomes(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    private static String ending(String verb, String given, String writes) {
        return Kinds.JOBS.ending(verb, given, writes.replace("{kept}", KEPT.strip()));
    }

    void completeOne(Completion one) {
        Leases.requireHeld(
                one.lease(), recording(() -> Kinds.JOBS.endOne(jdbc, COMPLETE, one.lease(), columns(List.of(one)))));
    }

    List<Lease> complete(List<Completion> all) {
        return recording(() -> Kinds.JOBS.end(jdbc, COMPLETE, all, Completion::lease, JobOutcomes::columns));
    }

    private static List<SqlArray> columns(List<Completion> all) {
        return List.of(
                SqlArray.jsons(all, Completion::result),
                SqlArray.bigints(all, one -> one.usage().inputTokens()),
                SqlArray.bigints(all, one -> one.usage().outputTokens()),
                SqlArray.numerics(all, one -> one.usage().costUsd()));
    }

    void failOne(Failure one) {
        Leases.requireHeld(
                one.lease(),
                recording(() -> Kinds.JOBS.endOne(jdbc, FAIL, one.lease(), columnsOfFailures(List.of(one)))));
    }

    List<Lease> fail(List<Failure> all) {
        return recording(() -> Kinds.JOBS.end(jdbc, FAIL, all, Failure::lease, JobOutcomes::columnsOfFailures));
    }

    private static List<SqlArray> columnsOfFailures(List<Failure> all) {
        return List.of(
                SqlArray.texts(all, Failure::error),
                SqlArray.reals(all, one -> one.retryAfter() == null ? null : JobRows.seconds(one.retryAfter())),
                SqlArray.bools(all, Failure::permanent),
                SqlArray.bigints(all, one -> one.usage().inputTokens()),
                SqlArray.bigints(all, one -> one.usage().outputTokens()),
                SqlArray.numerics(all, one -> one.usage().costUsd()));
    }

    /** Ends attempts, completions first; of two outcomes under one lease the first counts. */
    List<Lease> end(List<Outcome> outcomes) {
        Map<Long, Outcome> firsts = firsts(outcomes);
        List<Lease> lost = new ArrayList<>(complete(only(Completion.class, firsts)));
        lost.addAll(fail(only(Failure.class, firsts)));
        return lost;
    }

    /** The statements that do so. */
    List<Sql> statements(List<Outcome> outcomes) {
        Map<Long, Outcome> firsts = firsts(outcomes);
        List<Completion> completions = only(Completion.class, firsts);
        List<Failure> failures = only(Failure.class, firsts);
        List<Sql> statements = new ArrayList<>();
        if (!completions.isEmpty()) {
            statements.add(Kinds.JOBS.statement(COMPLETE, completions, Completion::lease, JobOutcomes::columns));
        }
        if (!failures.isEmpty()) {
            statements.add(Kinds.JOBS.statement(FAIL, failures, Failure::lease, JobOutcomes::columnsOfFailures));
        }
        return statements;
    }

    private static Map<Long, Outcome> firsts(List<Outcome> outcomes) {
        Map<Long, Outcome> byToken = new LinkedHashMap<>();
        outcomes.forEach(outcome -> byToken.putIfAbsent(outcome.lease().token(), outcome));
        return byToken;
    }

    private static <O extends Outcome> List<O> only(Class<O> type, Map<Long, Outcome> outcomes) {
        return outcomes.values().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    List<Lease> confirmCancelled(List<Lease> leases) {
        return recording(() -> Kinds.JOBS.end(jdbc, CONFIRM_CANCELLED, leases, lease -> lease, all -> List.of()));
    }

    void snooze(Lease lease, Duration delay) {
        SqlArray delays = SqlArray.reals(List.of(delay), JobRows::seconds);
        Leases.requireHeld(lease, Kinds.JOBS.endOne(jdbc, SNOOZE, lease, List.of(delays)));
    }

    void saveProgress(Lease lease, Json progress) {
        boolean lost = jdbc.change(Sql.of(SAVE_PROGRESS, lease.seq(), lease.token(), progress), row -> true)
                .isPresent();
        Leases.requireHeld(lease, !lost);
    }

    /** Runs statements that record ended attempts, in a month whose partition may be missing. */
    private <T> T recording(Supplier<T> work) {
        return Partitions.inserting(jdbc, "job_attempts", Set.of(), work);
    }
}
