package dev.evalstore.examples.bench.soak;

import dev.evalstore.examples.bench.soak.Journal.Status;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Whether the queue kept its word. */
final class JobCheck {
    /** Every job with where it is, what it was to do, its effects and its attempts. */
    private static final String JOBS = """
            with places as (
                select seq from evalstore.job_ready union all select seq from evalstore.job_scheduled
                union all select seq from evalstore.job_leases union all select seq from evalstore.job_finished),
            placed as (select seq, count(*) as places from places group by seq),
            tried as (
                select seq, count(*) as attempts, count(distinct attempt) as numbers, max(attempt) as last,
                    count(*) filter (where outcome = 'completed') as completions,
                    max(token) filter (where outcome = 'completed') as completed_by, max(token) as last_token
                from evalstore.job_attempts group by seq),
            effects as (select job, count(*) as effects, max(token) as token from soak.effects group by job),
            j as (
                select j.id, j.seq, j.payload ->> 'name' as name, j.payload ->> 'how' as how, j.attempt, j.losses,
                    coalesce(p.places, 0) as places, f.seq is not null as is_finished, f.outcome, f.attempt as ended_with,
                    (f.result ->> 'token')::bigint as result_token, coalesce(t.attempts, 0) as attempts,
                    coalesce(t.numbers, 0) as numbers, coalesce(t.last, 0) as last, coalesce(t.completions, 0) as completions,
                    t.completed_by, t.last_token, coalesce(e.effects, 0) as effects, e.token as effect_token
                from evalstore.jobs j
                left join placed p on p.seq = j.seq left join evalstore.job_finished f on f.seq = j.seq
                left join tried t on t.seq = j.seq left join effects e on e.job = j.id)
            select name || ' (' || how || ')' from j where""";

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
            Map.entry("a job's attempts do not add up", "attempts <> numbers or attempts <> last"),
            Map.entry(
                    "a job ended with another number of attempts than it had",
                    "is_finished and ended_with <> attempts"),
            Map.entry("a job has failed without a reason", "outcome = 'failed' and how <> 'FAIL' and losses < 3"),
            Map.entry("a job was completed although it fails for good", "outcome = 'completed' and how = 'FAIL'"),
            Map.entry("a job was cancelled that nobody called off", "outcome = 'cancelled' and how <> 'CANCEL'"));

    private JobCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        for (Map.Entry<String, String> rule : RULES.entrySet()) {
            violations.each(rule.getKey(), evidence.texts(JOBS + " " + rule.getValue()));
        }
        violations.each("a narrow row has no job", evidence.texts("""
                select seq::text from (
                    select seq from evalstore.job_ready union all select seq from evalstore.job_scheduled
                    union all select seq from evalstore.job_leases union all select seq from evalstore.job_finished
                    union all select seq from evalstore.job_attempts union all select seq from evalstore.job_unique) n
                where not exists (select from evalstore.jobs j where j.seq = n.seq)"""));
        violations.each(
                "a unique key is kept by a job that has ended",
                evidence.texts(
                        "select unique_key from evalstore.job_unique u join evalstore.job_finished f on f.seq = u.seq"));
        violations.each(
                "a token has more than one outcome",
                evidence.texts("select token::text from evalstore.job_attempts group by token having count(*) > 1"));
        violations.each(
                "an effect has no job",
                evidence.texts(
                        "select name from soak.effects e where not exists (select from evalstore.jobs j where j.id = e.job)"));
        violations.compare(
                "a job",
                created(evidence),
                evidence.texts("select payload ->> 'name' from evalstore.jobs where payload ->> 'name' <> 'tick'"));
        violations.each("ticks do not have one job each", evidence.texts("""
                select jobs || ' jobs of ' || ticks || ' ticks' from (
                    select (select count(*) from evalstore.jobs where payload ->> 'name' = 'tick') as jobs,
                        (select round(extract(epoch from next_at - created_at)) - 1 from evalstore.job_schedules) as ticks) t
                where jobs <> ticks"""));
        violations.compare(
                "an effect",
                evidence.outcomes(Stage.JOBS, "effect"),
                evidence.texts("select name || ':' || token from soak.effects"));
        violations.compare(
                "an order", evidence.outcomes(Stage.JOBS, "order"), evidence.texts("select name from soak.orders"));
        cancelled(evidence, violations);
    }

    private static Map<String, Status> created(Evidence evidence) {
        Map<String, Status> created = evidence.outcomes(Stage.JOBS, "create", "createAll", "createUnique", "order");
        for (Journals.Line line : evidence.journals().of(Stage.JOBS, "createUnique")) {
            if (line.detail().equals(Stage.EXISTED)) {
                created.put(line.name(), Status.REFUSED);
            }
        }
        return created;
    }

    /** What was called off may still complete; and it was somebody who called it off, once. */
    private static void cancelled(Evidence evidence, Violations violations) throws SQLException {
        Map<String, Status> tried = evidence.outcomes(Stage.JOBS, "cancel");
        violations.compare("a cancellation's audit line", tried, evidence.texts("""
                select entity_id || '/' || request_id from evalstore.audit_log
                where entity_type = 'job' and action = 'cancel'"""));
        List<String> failed = evidence.texts("""
                select j.id::text from evalstore.jobs j join evalstore.job_finished f on f.seq = j.seq
                where f.outcome = 'failed'""");
        violations.each(
                "a job failed after it was called off",
                tried.entrySet().stream()
                        .filter(e -> e.getValue() == Status.OK)
                        .map(e -> e.getKey().substring(0, e.getKey().indexOf('/')))
                        .filter(failed::contains)
                        .toList());
    }
}
