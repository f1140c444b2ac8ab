package dev.evalstore.matrix;

import dev.evalstore.Lease;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnitChanges;
import dev.evalstore.internal.jdbc.Values;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Leases;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What becomes of configs when their attempts end. The engine ends the leases; this adds the wide rows and the results. */
final class ConfigOutcomes {
    private static final Told COMPLETE =
            Kinds.CONFIGS.ending("complete", ResultRows.text("""
            select g.*, coalesce(g.given_day, (statement_timestamp() at time zone 'UTC')::date) as day
                from unnest(?::bigint[], ?::bigint[], ?::uuid[], {measured_arrays})
                    as g (seq, token, result, given_day, a, b, c, d, e, f, g, h, i, j, k, l)"""), ResultRows.text("""
            ended as (
                update evalstore.benchmark_configs c
                set outcome = 'completed', attempt = x.attempt + 1, error = null, started_at = x.claimed_at,
                    completed_at = statement_timestamp(), updated_at = statement_timestamp(), result_id = x.result,
                    result_date = x.day
                from done x where c.seq = x.seq
                returning c.seq, c.id, c.model_version_id, c.hardware_config_id, c.framework_id, c.workload_type, c.batch_size,
                    c.sequence_length),
            stored as (
                insert into evalstore.benchmark_results ({written})
                select x.result, x.day, e.id, e.model_version_id, e.hardware_config_id, e.framework_id, e.workload_type,
                    e.batch_size, e.sequence_length, x.a, x.b, x.c, x.d, x.e, x.f, x.g, x.h, x.i, x.j, x.k, x.l
                from ended e join done x on x.seq = e.seq),
            touched as (
                insert into evalstore.unit_changes (unit)
                select 'benchmark:' || e.model_version_id || ':' || e.hardware_config_id || ':results' from ended e
                union
                select 'metrics:model:' || e.model_version_id || ':aggregated' from ended e)"""), """
            select seq, 'completed' as happened, 'COMPLETED' as status, attempt + 1 as attempt,
                jsonb_build_object('resultId', result, 'resultDate', day) as more
            from done""");

    private static final Told FAIL = Kinds.CONFIGS.ending("fail", """
            select * from unnest(?::bigint[], ?::bigint[], ?::text[], ?::float8[], ?::boolean[])
                    as g (seq, token, error, retry_after, permanent)""", """
            ended as (
                update evalstore.benchmark_configs c
                set attempt = d.attempt + 1, error = d.error, started_at = d.claimed_at, updated_at = statement_timestamp(),
                    outcome = case when d.permanent or d.attempt + 1 >= c.max_attempts then 'failed' end,
                    completed_at = case when d.permanent or d.attempt + 1 >= c.max_attempts
                        then statement_timestamp() end
                from done d where c.seq = d.seq
                returning c.seq, c.outcome, c.attempt, d.lane, d.rank, d.timeout_seconds, d.retry_after),
            again as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from ended where outcome is null and retry_after is null),
            later as (
                insert into evalstore.config_scheduled (run_at, seq, lane, rank, timeout_seconds, attempt)
                select statement_timestamp() + make_interval(secs => retry_after), seq, lane, rank, timeout_seconds, attempt
                from ended where outcome is null and retry_after is not null)""", """
            select seq, coalesce(outcome, 'attempt_failed') as happened, upper(coalesce(outcome, 'pending')) as status, attempt,
                null::jsonb as more
            from ended""");

    /** The statement knows of which models its results are. */
    private static final Set<String> UNKNOWN = Set.of();

    private final Jdbc jdbc;

    ConfigOutcomes(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    void completeOne(ConfigCompletion one) {
        boolean held = ResultRows.inMonths(
                jdbc,
                List.of(one.result()),
                () -> Kinds.CONFIGS.endOne(jdbc, COMPLETE.text(jdbc), one.lease(), columns(List.of(one))));
        Leases.requireHeld(one.lease(), held);
        UnitChanges.touched(jdbc, UNKNOWN);
    }

    List<Lease> complete(List<ConfigCompletion> all) {
        List<Lease> lost = ResultRows.inMonths(
                jdbc,
                all.stream().map(ConfigCompletion::result).toList(),
                () -> Kinds.CONFIGS.end(
                        jdbc, COMPLETE.text(jdbc), all, ConfigCompletion::lease, ConfigOutcomes::columns));
        UnitChanges.touched(jdbc, UNKNOWN);
        return lost;
    }

    private static List<@Nullable Object> columns(List<ConfigCompletion> all) {
        List<UUID> ids = Stream.generate(Uuids::next).limit(all.size()).toList();
        List<@Nullable Object> columns = new ArrayList<>();
        columns.add(SqlArray.uuids(ids));
        columns.addAll(
                ResultRows.measured(all.stream().map(ConfigCompletion::result).toList())
                        .args());
        return columns;
    }

    void failOne(ConfigFailure one) {
        Leases.requireHeld(
                one.lease(), Kinds.CONFIGS.endOne(jdbc, FAIL.text(jdbc), one.lease(), failures(List.of(one))));
    }

    List<Lease> fail(List<ConfigFailure> all) {
        return Kinds.CONFIGS.end(jdbc, FAIL.text(jdbc), all, ConfigFailure::lease, ConfigOutcomes::failures);
    }

    private static List<SqlArray> failures(List<ConfigFailure> all) {
        return List.of(
                SqlArray.texts(all, ConfigFailure::error),
                SqlArray.reals(all, one -> one.retryAfter() == null ? null : Values.seconds(one.retryAfter())),
                SqlArray.bools(all, ConfigFailure::permanent));
    }
}
