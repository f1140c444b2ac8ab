package dev.evalstore.matrix;

import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Takes configurations back from their workers. Every statement first deletes or locks the leases that are still held under the
 * given tokens, and does the rest for those alone; it answers with the ones that are not.
 */
final class ConfigOutcomes {
    /** A lease that is given twice ends once. */
    private static final String DONE = """
            taken as (
                delete from evalstore.config_leases l where {held}
                returning l.seq, l.token, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at),
            done as materialized (
                select distinct on (g.seq) g.*, t.lane, t.rank, t.timeout_seconds, t.attempt, t.claimed_at
                from given g join taken t on t.seq = g.seq and t.token = g.token order by g.seq)""".replace("{held}", Leases.HELD);

    private static final String COMPLETE = """
            /* configs.complete */ with given as materialized (
                select g.*, coalesce(g.given_day, (statement_timestamp() at time zone 'UTC')::date) as day
                from unnest(?::bigint[], ?::bigint[], ?::uuid[], {measured})
                    as g (seq, token, result, given_day, a, b, c, d, e, f, g, h, i, j, k, l)),
            """.replace("{measured}", ResultRows.MEASURED_ARRAYS)
            + DONE
            + """
            ,
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
                from ended e join done x on x.seq = e.seq)
            """.replace("{written}", ResultRows.WRITTEN)
            + lost();

    private static final String FAIL = """
            /* configs.fail */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[], ?::text[]) as g (seq, token, error)),
            """ + DONE + """
            ,
            ended as (
                update evalstore.benchmark_configs c
                set attempt = d.attempt + 1, error = d.error, started_at = d.claimed_at, updated_at = statement_timestamp(),
                    outcome = case when d.attempt + 1 >= c.max_attempts then 'failed' end,
                    completed_at = case when d.attempt + 1 >= c.max_attempts then statement_timestamp() end
                from done d where c.seq = d.seq
                returning c.seq, c.outcome, c.attempt, d.lane, d.rank, d.timeout_seconds),
            again as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from ended where outcome is null)
            """ + lost();

    private static final String RELEASE = """
            /* configs.release */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)),
            """ + DONE + """
            ,
            again as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from done)
            """ + lost();

    /** Passes over what is just being completed: waiting for it would keep the gate closed for others, and for who completes it. */
    private static final String RELEASE_ALL = """
            with held as materialized (
                select seq from evalstore.config_leases where worker = ? and deadline > statement_timestamp()
                order by seq for update skip locked),
            taken as (
                delete from evalstore.config_leases l using held h where l.seq = h.seq
                returning l.seq, l.lane, l.rank, l.timeout_seconds, l.attempt),
            again as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from taken)
            select count(*) as n from taken""";

    private static final String EXTEND = """
            /* configs.extend */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)),
            done as (
                update evalstore.config_leases l
                set deadline = greatest(l.deadline, statement_timestamp() + make_interval(secs => ?))
                where {held}
                returning l.seq, l.token)""".replace("{held}", Leases.HELD) + lost();

    private final Jdbc jdbc;

    /** What stands at the end of each statement: the leases that are not held. */
    private static String lost() {
        return " select g.token from given g where not exists (select from done d where d.seq = g.seq and d.token ="
                + " g.token)";
    }

    ConfigOutcomes(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    List<Lease> complete(List<ConfigCompletion> all) {
        List<ConfigCompletion> sorted = sorted(all, ConfigCompletion::lease);
        List<Lease> leases = sorted.stream().map(ConfigCompletion::lease).toList();
        List<NewBenchmarkResult> results =
                sorted.stream().map(ConfigCompletion::result).toList();
        List<UUID> ids = Stream.generate(Uuids::next).limit(sorted.size()).toList();
        Sql measured = ResultRows.measured(results);
        return ResultRows.inMonths(
                jdbc,
                results,
                () -> send(
                        leases,
                        Sql.of(COMPLETE, seqs(leases), tokens(leases), SqlArray.uuids(ids))
                                .and(measured)));
    }

    List<Lease> fail(List<Lease> all, String error) {
        List<Lease> leases = sorted(all, lease -> lease);
        return send(leases, Sql.of(FAIL, seqs(leases), tokens(leases), SqlArray.texts(leases, lease -> error)));
    }

    List<Lease> release(List<Lease> all) {
        List<Lease> leases = sorted(all, lease -> lease);
        return send(leases, Sql.of(RELEASE, seqs(leases), tokens(leases)));
    }

    int releaseAll(Worker worker) {
        // Behind the worker's own gate, so that a claim of it that is under way is committed and seen.
        return jdbc.returning(
                        Sql.of("/* configs.release_all */")
                                .and(ConfigClaims.ENGINE.gate(jdbc.options().schema(), worker.generation()))
                                .and(RELEASE_ALL, worker.generation()),
                        row -> row.integer("n"))
                .get(0);
    }

    List<Lease> extend(List<Lease> all, Duration time) {
        List<Lease> leases = sorted(all, lease -> lease);
        return send(leases, Sql.of(EXTEND, seqs(leases), tokens(leases), time));
    }

    static void requireHeld(List<Lease> lost) {
        if (!lost.isEmpty()) {
            throw new LeaseLostException(lost.stream().map(Lease::id).toList());
        }
    }

    private List<Lease> send(List<Lease> leases, Sql sql) {
        if (leases.isEmpty()) {
            return List.of();
        }
        Set<Long> lost = new HashSet<>(jdbc.returning(sql, row -> row.bigint("token")));
        return lost.isEmpty()
                ? List.of()
                : leases.stream().filter(lease -> lost.contains(lease.token())).toList();
    }

    /** In the order of their numbers, in which everybody locks them. */
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
}
