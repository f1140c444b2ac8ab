package dev.evalstore.bench.soak;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whether each job is where it should be, and went there as it should. */
final class JobCheck {
    /** Every job with where it is, what it was to do, its effects and its attempts. */
    private static final String JOBS = """
            with places as (
                select seq from evalstore.job_ready union all select seq from evalstore.job_scheduled
                union all select seq from evalstore.job_leases union all select seq from evalstore.job_finished),
            placed as (select seq, count(*) as places from places group by seq),
            steps as (
                select a.*, lag(attempt) over (partition by seq order by token) as before from evalstore.job_attempts a),
            tried as (
                select seq, (array_agg(attempt order by token desc))[1] as last, count(*) filter (where attempt = 1) as lives,
                    count(*) filter (where attempt <> 1 and attempt is distinct from before + 1) as jumps,
                    count(*) filter (where outcome = 'completed') as completions,
                    max(token) filter (where outcome = 'completed') as completed_by, max(token) as last_token
                from steps group by seq),
            brought_back as (
                select entity_id, count(*) as retries from evalstore.audit_log
                where entity_type = 'job' and action = 'retry' group by entity_id),
            effects as (select job, count(*) as effects, max(token) as token from soak.effects group by job),
            j as (
                select j.id, j.seq, j.payload ->> 'name' as name, j.payload ->> 'how' as how, j.attempt, j.losses,
                    coalesce(p.places, 0) as places, f.seq is not null as is_finished, f.outcome, f.attempt as ended_with,
                    (f.result ->> 'token')::bigint as result_token, coalesce(t.last, 0) as last,
                    coalesce(t.lives, 0) as lives, coalesce(t.jumps, 0) as jumps, coalesce(b.retries, 0) as retries,
                    coalesce(t.completions, 0) as completions,
                    t.completed_by, t.last_token, coalesce(e.effects, 0) as effects, e.token as effect_token
                from evalstore.jobs j
                left join placed p on p.seq = j.seq left join evalstore.job_finished f on f.seq = j.seq
                left join tried t on t.seq = j.seq left join effects e on e.job = j.id
                left join brought_back b on b.entity_id = j.id::text)
            select r.rule || chr(9) || name || ' (' || how || ')' from j cross join lateral (values %s) r (rule, broken)
            where r.broken""";

    private static final Map<String, String> RULES = Map.ofEntries(
            Map.entry("a job is not in exactly one place", "places <> 1"),
            Map.entry("a job has not ended", "not is_finished"),
            Map.entry("a job has its effect more than once", "effects > 1"),
            Map.entry("a job was completed more than once", "completions > 1"),
            Map.entry(
                    "a job has an effect and is not completed",
                    "effects > 0 and (not is_finished or outcome <> 'completed')"),
            Map.entry(
                    "a job is completed without its effect",
                    "outcome = 'completed' and how <> 'PLAIN' and effects = 0"),
            Map.entry(
                    "a job's effect is of another lease than its completion",
                    "effects > 0 and effect_token is distinct from completed_by"),
            Map.entry(
                    "a job's result is of another lease than its completion",
                    "outcome = 'completed' and result_token is distinct from completed_by"),
            Map.entry(
                    "a job was completed under a lease that was taken away",
                    "completed_by is not null and completed_by <> last_token"),
            Map.entry("a job's attempts do not add up", "jumps > 0 or lives > retries + 1"),
            Map.entry(
                    "a job ended with another number of attempts than it had",
                    "is_finished and ended_with <> last"
                            + " and not (retries > 0 and outcome = 'cancelled' and ended_with = 0)"),
            Map.entry(
                    "a job that fails for good did not run as often as it was brought back",
                    "how = 'FAIL' and lives <> retries + 1"),
            Map.entry("a job has failed without a reason", "outcome = 'failed' and how <> 'FAIL' and losses < 3"),
            Map.entry("a job was completed although it fails for good", "outcome = 'completed' and how = 'FAIL'"),
            Map.entry("a job was cancelled without a request", "outcome = 'cancelled' and how <> 'CANCEL'"));

    private JobCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        each(evidence, violations);
        violations.each("a narrow row has no job", evidence.texts("""
                select seq::text from (
                    select seq from evalstore.job_ready union all select seq from evalstore.job_scheduled
                    union all select seq from evalstore.job_leases union all select seq from evalstore.job_finished
                    union all select seq from evalstore.job_unique union all (
                        select seq from evalstore.job_attempts except select seq from soak.deleted)) n
                where not exists (select from evalstore.jobs j where j.seq = n.seq)"""));
        violations.each(
                "a unique key is kept by a job that has ended",
                evidence.texts(
                        "select u.seq::text from evalstore.job_unique u join evalstore.job_finished f on f.seq = u.seq"));
        violations.each(
                "a token has more than one outcome",
                evidence.texts("select token::text from evalstore.job_attempts group by token having count(*) > 1"));
        violations.each(
                "an effect has no job",
                evidence.texts(
                        "select name from soak.effects e where not exists (select from evalstore.jobs j where j.id = e.job)"
                                + " and not exists (select from soak.deleted d where d.id = e.job)"));
        violations.each("ticks do not have one job each", evidence.texts("""
                select jobs || ' jobs of ' || ticks || ' ticks' from (
                    select (select count(*) from evalstore.jobs where payload ->> 'name' = 'tick')
                            + (select count(*) from soak.deleted where name = 'tick') as jobs,
                        (select round(extract(epoch from next_at - created_at)) - 1 from evalstore.job_schedules) as ticks) t
                where jobs <> ticks"""));
    }

    /** All rules in one look at each job. */
    private static void each(Evidence evidence, Violations violations) throws SQLException {
        String rules = RULES.entrySet().stream()
                .map(rule -> "('" + rule.getKey().replace("'", "''") + "', " + rule.getValue() + ")")
                .collect(Collectors.joining(", "));
        Map<String, List<String>> broken = new TreeMap<>();
        for (String found : evidence.texts(JOBS.formatted(rules))) {
            String[] parts = found.split("\t", -1);
            broken.computeIfAbsent(parts[0], any -> new ArrayList<>()).add(parts[1]);
        }
        broken.forEach(violations::each);
    }
}
