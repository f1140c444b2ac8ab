package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Combiner;
import dev.evalstore.internal.queue.Ends;
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

    private static final Told COMPLETE = ending("complete", """
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
                delete from evalstore.jobs where seq = any (array(select seq from kept where not keeps_finished)))""", """
            select seq, 'completed' as happened, 'COMPLETED' as status, attempt + 1 as attempt from done""");

    private static final Told FAIL = ending("fail", """
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
                where seq = any (array(select seq from noted where outcome is not null)))""", """
            select seq, coalesce(outcome, 'attempt_failed') as happened, upper(coalesce(outcome, 'pending')) as status, attempt
            from noted""");

    /** The job was cancelled while it ran: the worker confirms that it stopped. */
    private static final Told CONFIRM_CANCELLED = ending("confirm_cancelled", """
            select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)""", """
            {kept},
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt + 1, 'cancelled', claimed_at, statement_timestamp() from kept),
            history as (
                insert into evalstore.job_attempts (seq, attempt, token, worker, started_at, ended_at, outcome)
                select seq, attempt + 1, token, worker, claimed_at, statement_timestamp(), 'cancelled'
                from kept where keeps_history),
            freed as (delete from evalstore.job_unique where seq = any (array(select seq from done)))""", """
            select seq, 'cancelled' as happened, 'CANCELLED' as status, attempt + 1 as attempt from done""");

    private static final Told SNOOZE = ending("snooze", """
            select * from unnest(?::bigint[], ?::bigint[], ?::float8[]) as g (seq, token, delay)""", """
            noted as (
                update evalstore.jobs j set run_at = statement_timestamp() + make_interval(secs => d.delay)
                from done d where j.seq = d.seq and not d.cancelled
                returning j.run_at, d.seq, d.lane, d.rank, d.timeout_seconds, d.attempt),
            again as (
                insert into evalstore.job_scheduled (run_at, seq, lane, rank, timeout_seconds, attempt)
                select run_at, seq, lane, rank, timeout_seconds, attempt from noted){cancel}""", """
            select seq, case when cancelled then 'cancelled' else 'snoozed' end as happened,
                case when cancelled then 'CANCELLED' else 'PENDING' end as status, attempt
            from done""");

    /** Aggregated away, since what several statements return is read as tokens. */
    private static final String LOCK = """
            /* jobs.lock */ select min(token) as token from (
                select token from evalstore.job_leases where seq = any (?::bigint[]) order by seq for update) l
            having count(*) < 0""";

    private static final String SAVE_PROGRESS = """
            /* jobs.save_progress */ with given as materialized (
                select ?::bigint as seq, ?::bigint as token),
            done as materialized (select l.seq from evalstore.job_leases l where {held} for update of l),
            noted as (update evalstore.jobs set progress = ?::jsonb where seq = any (array(select seq from done)))
            select token from given where seq not in (select seq from done)""".replace("{held}", Leases.HELD);

    private static final int MAX_TOGETHER = 1_000;
    private static final Duration MAX_WAIT = Duration.ofMillis(50);

    private static final Shared<Combiner<Outcome, Boolean>> SINGLES =
            Shared.of(jdbc -> new Combiner<>(one -> 1, MAX_TOGETHER, MAX_WAIT));

    private final Jdbc jdbc;

    JobOutcomes(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    private static Told ending(String verb, String given, String writes, String moves) {
        return Kinds.JOBS.ending(verb, given, writes.replace("{kept}", KEPT.strip()), moves);
    }

    /** Ends an attempt. Threads that do so at the same moment share a statement and a commit. */
    void endOne(Outcome one) {
        boolean held = jdbc.inTransaction()
                ? endAll(List.of(one)).isEmpty()
                : jdbc.shared(SINGLES).call(one, this::areHeld);
        Leases.requireHeld(one.lease(), held);
    }

    /** Of two outcomes under one lease only the first is accepted. */
    private List<Boolean> areHeld(List<Outcome> all) {
        Set<Long> refused = recording(() -> Kinds.JOBS.end(jdbc, statements(all)));
        return all.stream().map(one -> refused.add(one.lease().token())).toList();
    }

    /** Ends attempts in one transaction, and returns the leases that are not held. */
    List<Lease> endAll(List<? extends Outcome> all) {
        return Leases.lost(all, Outcome::lease, recording(() -> Kinds.JOBS.end(jdbc, statements(all))));
    }

    /**
     * The statements that do so, completions first; of two outcomes under one lease the first counts. Two statements would lock
     * what others lock by one in another order, so the leases are locked before them.
     */
    private List<Sql> statements(List<? extends Outcome> all) {
        Map<Long, Outcome> firsts = new LinkedHashMap<>();
        all.forEach(outcome -> firsts.putIfAbsent(outcome.lease().token(), outcome));
        List<Completion> completions = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (Outcome outcome : firsts.values()) {
            if (outcome instanceof Completion completion) {
                completions.add(completion);
            } else if (outcome instanceof Failure failure) {
                failures.add(failure);
            }
        }
        List<Sql> statements = new ArrayList<>();
        if (!completions.isEmpty() && !failures.isEmpty()) {
            statements.add(Sql.of(
                    LOCK,
                    SqlArray.bigints(
                            List.copyOf(firsts.values()),
                            outcome -> outcome.lease().seq())));
        }
        if (!completions.isEmpty()) {
            statements.add(Kinds.JOBS.statement(
                    COMPLETE.text(jdbc), completions, Completion::lease, JobOutcomes::ofCompletions));
        }
        if (!failures.isEmpty()) {
            statements.add(Kinds.JOBS.statement(FAIL.text(jdbc), failures, Failure::lease, JobOutcomes::ofFailures));
        }
        return statements;
    }

    private static List<SqlArray> ofCompletions(List<Completion> all) {
        return List.of(
                SqlArray.jsons(all, Completion::result),
                SqlArray.bigints(all, one -> one.usage().inputTokens()),
                SqlArray.bigints(all, one -> one.usage().outputTokens()),
                SqlArray.numerics(all, one -> one.usage().costUsd()));
    }

    private static List<SqlArray> ofFailures(List<Failure> all) {
        return List.of(
                SqlArray.texts(all, Failure::error),
                SqlArray.reals(all, one -> one.retryAfter() == null ? null : JobRows.seconds(one.retryAfter())),
                SqlArray.bools(all, Failure::permanent),
                SqlArray.bigints(all, one -> one.usage().inputTokens()),
                SqlArray.bigints(all, one -> one.usage().outputTokens()),
                SqlArray.numerics(all, one -> one.usage().costUsd()));
    }

    List<Lease> confirmCancelled(List<Lease> leases) {
        return recording(
                () -> Kinds.JOBS.end(jdbc, CONFIRM_CANCELLED.text(jdbc), leases, lease -> lease, all -> List.of()));
    }

    void snooze(Lease lease, Duration delay) {
        SqlArray delays = SqlArray.reals(List.of(delay), JobRows::seconds);
        Leases.requireHeld(lease, Kinds.JOBS.endOne(jdbc, SNOOZE.text(jdbc), lease, List.of(delays)));
    }

    void saveProgress(Lease lease, Json progress) {
        boolean lost = jdbc.change(Sql.of(SAVE_PROGRESS, lease.seq(), lease.token(), progress), row -> true)
                .isPresent();
        Leases.requireHeld(lease, !lost);
    }

    private <T> T recording(Supplier<T> work) {
        return recording(jdbc, work);
    }

    /** The ends as a claim takes them along. */
    Ends ends(List<Outcome> all) {
        long leases = all.stream()
                .mapToLong(outcome -> outcome.lease().token())
                .distinct()
                .count();
        return new Ends(statements(all), (int) leases);
    }

    /** Runs statements that record ended attempts, in a month whose partition may be missing. */
    static <T> T recording(Jdbc jdbc, Supplier<T> work) {
        return Partitions.inserting(jdbc, "job_attempts", Set.of(), work);
    }
}
