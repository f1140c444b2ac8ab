package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the queue holds every acknowledged enqueue, outcome, cancellation, retry and deletion. */
final class JobWritesCheck {
    /** All jobs that there ever were. */
    private static final String NAMES = "(select payload ->> 'name' as name from evalstore.jobs"
            + " union all select name from soak.deleted) j where name <> 'tick'";

    private JobWritesCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        violations.compare(
                "a job", created(evidence), evidence.texts("select name from " + NAMES + " and name not like '%/%'"));
        violations.compare(
                "an effect",
                evidence.outcomes(Stage.JOBS, "effect"),
                evidence.texts("select name || ':' || token from soak.effects"));
        violations.compare(
                "an order", evidence.outcomes(Stage.JOBS, "order"), evidence.texts("select name from soak.orders"));
        loads(evidence, violations);
        Map<String, Status> cancelled = acts(evidence, violations, "cancel", "a cancellation's audit entry");
        Map<String, Status> retried = acts(evidence, violations, "retry", "a retry's audit entry");
        acts(evidence, violations, "delete", "a deletion's audit entry");
        cancelled(evidence, violations, ids(cancelled, Set.of(Status.OK)), ids(retried, Set.of(Status.values())));
        deleted(evidence, violations);
    }

    private static Map<String, Status> created(Evidence evidence) {
        Map<String, Status> created = evidence.outcomes(Stage.JOBS, "create", "createAll", "createUnique", "order");
        declined(evidence, "createUnique", Stage.EXISTED, created);
        return created;
    }

    /** Those that were answered, and the answer was that nothing was done. */
    private static void declined(Evidence evidence, String what, String answer, Map<String, Status> outcomes) {
        for (Journals.Line line : evidence.journals().of(Stage.JOBS, what)) {
            if (line.detail().equals(answer)) {
                outcomes.put(line.name(), Status.REFUSED);
            }
        }
    }

    /** A load is named once for all its jobs, which are numbered. */
    private static void loads(Evidence evidence, Violations violations) throws SQLException {
        String loads = "(select split_part(name, '/', 1) as load, name from " + NAMES + " and name like '%/%') l";
        violations.compare(
                "a load of jobs",
                evidence.outcomes(Stage.JOBS, "load"),
                evidence.texts("select distinct load from " + loads));
        violations.each(
                "a load of jobs has not each of them once",
                evidence.texts("select load || ' has ' || count(*) from " + loads + " group by load having count(*) <> "
                        + JobProducer.LOAD + " or count(distinct name) <> " + JobProducer.LOAD));
    }

    /** Each act left its entry in the audit log, by which it can be told from another on the same job. */
    private static Map<String, Status> acts(Evidence evidence, Violations violations, String what, String line)
            throws SQLException {
        Map<String, Status> tried = evidence.outcomes(Stage.JOBS, what);
        declined(evidence, what, Stage.ABSENT, tried);
        violations.compare(
                line,
                tried,
                evidence.texts("select entity_id || '/' || request_id from evalstore.audit_log"
                        + " where entity_type = 'job' and action = '" + what + "'"));
        return tried;
    }

    private static Set<String> ids(Map<String, Status> acts, Set<Status> of) {
        return acts.entrySet().stream()
                .filter(e -> of.contains(e.getValue()))
                .map(e -> e.getKey().substring(0, e.getKey().indexOf('/')))
                .collect(Collectors.toSet());
    }

    /** A cancelled job may still complete, and has one cancellation. A retried job may end in any way. */
    private static void cancelled(
            Evidence evidence, Violations violations, Collection<String> cancelled, Collection<String> retried)
            throws SQLException {
        List<String> failed = evidence.texts("""
                select j.id::text from evalstore.jobs j join evalstore.job_finished f on f.seq = j.seq
                where f.outcome = 'failed'""");
        violations.each(
                "a job failed after it was cancelled",
                failed.stream()
                        .filter(id -> cancelled.contains(id) && !retried.contains(id))
                        .toList());
    }

    /** The audit log has one entry for each deletion, and the table beside it one for each job that went. */
    private static void deleted(Evidence evidence, Violations violations) throws SQLException {
        violations.each("a job went and nobody deleted it", evidence.texts("""
                select name from soak.deleted d where not exists (
                    select from evalstore.audit_log a
                    where a.entity_type = 'job' and a.action = 'delete' and a.entity_id = d.id::text)"""));
        violations.each("a job was deleted and did not go", evidence.texts("""
                select entity_id from evalstore.audit_log a where entity_type = 'job' and action = 'delete'
                and not exists (select from soak.deleted d where d.id::text = a.entity_id)"""));
    }
}
