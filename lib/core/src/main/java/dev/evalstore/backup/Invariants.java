package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What holds in every store, asked of one that was restored. Each question counts what breaks it. */
final class Invariants {
    private static final String VALIDATED = """
            /* drill.validated */ select count(*) as n from pg_constraint c
            where c.connamespace = (select s.oid from pg_namespace s where s.nspname = ?) and not c.convalidated""";

    private static final String JOBS = """
            /* drill.jobs */ select count(*) as n from (
                select j.seq from evalstore.jobs j
                full join (
                    select seq from evalstore.job_ready union all select seq from evalstore.job_scheduled
                    union all select seq from evalstore.job_finished) p on p.seq = j.seq
                group by coalesce(j.seq, p.seq), j.seq having count(p.seq) <> 1 or j.seq is null) wrong""";

    private static final String CONFIGS = """
            /* drill.configs */ select count(*) as n from (
                select c.seq from evalstore.benchmark_configs c
                full join (
                    select seq from evalstore.config_ready union all select seq from evalstore.config_scheduled) p
                    on p.seq = c.seq
                group by coalesce(c.seq, p.seq), c.seq, c.outcome
                having count(p.seq) <> case when c.outcome is null then 1 else 0 end or c.seq is null) wrong""";

    private static final String VERIFICATIONS = """
            /* drill.verifications */ select count(*) as n from (
                select v.seq from evalstore.verifications v
                full join evalstore.verification_ready p on p.seq = v.seq
                group by coalesce(v.seq, p.seq), v.seq, v.outcome
                having count(p.seq) <> case when v.outcome is null then 1 else 0 end or v.seq is null) wrong""";

    private static final String LEASED = """
            /* drill.leased */ select (select count(*) from evalstore.job_leases)
                + (select count(*) from evalstore.config_leases) + (select count(*) from evalstore.verification_leases)
                + (select count(*) from evalstore.event_cursors where owner is not null)
                + (select count(*) from evalstore.state_locks where expires_at > '-infinity')
                + (select count(*) from evalstore.workers where gone_at is null) as n""";

    private static final String BOARDS = """
            /* drill.boards */ select (
                select count(*) from evalstore.leaderboard_entries e join evalstore.submissions s on s.id = e.submission_id
                where e.valid_to is null and (s.deleted_at is not null or s.visibility <> 'public'))
                + (select count(*) from evalstore.submissions s
                    where s.deleted_at is null and s.visibility = 'public' and not exists (
                        select from evalstore.leaderboard_entries e
                        where e.version_id = s.version_id and e.board = 'overall' and e.subject_key = s.subject_key
                            and e.valid_to is null)) as n""";

    private static final String AHEAD = """
            /* drill.ahead */ select (select count(*) from (
                    select max(position) as number from evalstore.domain_events) e, evalstore.domain_event_positions s
                    where e.number > s.last_value)
                + (select count(*) from (
                    select max(seq) >> 16 as number from evalstore.state_changes) c, evalstore.state_change_numbers s
                    where c.number > s.last_value)
                + (select count(*) from (
                    select max(version) >> 16 as number from evalstore.state_entries) v, evalstore.state_versions s
                    where v.number > s.last_value)
                + (select count(*) from (
                    select max(seq) as number from evalstore.jobs) j, evalstore.job_numbers s
                    where j.number > s.last_value) as n""";

    private static final String AUDIT = """
            /* drill.audit */ select count(*) as n from evalstore.audit_log where created_at > ?""";

    private static final String COUNT = """
            select '{table}' as name, count(*) as n from evalstore.{table}""";

    /** Tables that the repairs write to. */
    private static final Set<String> REPAIRED = Set.of(
            "config_leases",
            "config_ready",
            "domain_events",
            "job_finished",
            "job_leases",
            "job_ready",
            "job_unique",
            "replica_heartbeats",
            "state_incarnation",
            "unit_changes",
            "verification_leases",
            "verification_ready");

    private Invariants() {}

    /**
     * The questions that held.
     *
     * @throws BackupException naming those that did not
     */
    static List<String> check(Jdbc tx, BackupManifest manifest) {
        Map<String, Sql> questions = new TreeMap<>(Map.of(
                "constraints are validated", Sql.of(VALIDATED, tx.options().schema()),
                "a job is in one place", Sql.of(JOBS),
                "a config is in one place", Sql.of(CONFIGS),
                "a verification is in one place", Sql.of(VERIFICATIONS),
                "nothing is leased", Sql.of(LEASED),
                "boards show the live public submissions", Sql.of(BOARDS),
                "numbers go on above those stored", Sql.of(AHEAD),
                "no audit entry is later than the backup", Sql.of(AUDIT, manifest.createdAt())));
        List<BackupProblem> broken = new ArrayList<>();
        questions.forEach((question, sql) -> {
            long found = tx.one(sql, row -> row.bigint("n"));
            if (found > 0) {
                broken.add(new BackupProblem(
                        Kind.CONTENT_DIFFERS, question, "not so: " + question + ", " + found + " times"));
            }
        });
        counts(tx, manifest, broken);
        if (!broken.isEmpty()) {
            throw new BackupException(broken, null);
        }
        List<String> held = new ArrayList<>(questions.keySet());
        held.add("tables have the rows of the manifest");
        return held;
    }

    private static void counts(Jdbc tx, BackupManifest manifest, List<BackupProblem> broken) {
        String all = "/* drill.counts */ "
                + manifest.tables().stream()
                        .filter(table -> !REPAIRED.contains(table.name()))
                        .map(table -> COUNT.replace("{table}", table.name()))
                        .collect(Collectors.joining(" union all "));
        Map<String, Long> counts = new TreeMap<>();
        tx.list(Sql.of(all), row -> counts.put(row.text("name"), row.bigint("n")));
        for (BackupTable table : manifest.tables()) {
            Long count = counts.get(table.name());
            if (count != null && count != table.rows()) {
                broken.add(new BackupProblem(
                        Kind.CONTENT_DIFFERS,
                        table.name(),
                        table.name() + ": " + count + " rows, and not " + table.rows()));
            }
        }
    }
}
