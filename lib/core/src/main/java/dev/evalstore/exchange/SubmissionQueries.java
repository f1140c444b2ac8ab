package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads submissions and what belongs to them. Each statement has the condition of {@link Visibility}. */
final class SubmissionQueries {
    static final int MAX_MATRIX = 100;

    private static final Table<Submission> TABLE = SubmissionRows.TABLE;

    /** What the viewer may see follows, and then {@link #BEST_OF_SEEN}. */
    private static final String BEST = """
            /* submissions.best */ with seen as materialized (
                select s.id, s.board_score, s.created_at as submitted_at, v.precedence,
                    (v.semver_major, v.primary_metric_name, v.primary_metric_kind, v.primary_metric_unit,
                        v.primary_metric_higher_is_better, v.primary_metric_range_min, v.primary_metric_range_max)
                        as measure
                from evalstore.submissions s join evalstore.definition_versions v on v.id = s.version_id
                where s.subject_key = ? and s.definition_id = ?""";

    private static final String BEST_OF_SEEN = TABLE.text("""
            ) select {columns} from evalstore.submissions s where s.id = (
                select b.id from seen b
                where b.measure is not distinct from (select l.measure from seen l order by l.precedence desc limit 1)
                order by b.board_score, b.submitted_at, b.id limit 1)""");

    private static final String CASE_KEYS = """
            /* test_cases.keys */ select case_key from evalstore.test_cases where version_id = ?
            order by sort_order, case_key""";

    /** A letter for each case, so that a hundred thousand of them are one short text. */
    private static final String CASE_MATRIX = """
            /* submissions.case_matrix */ select s.id, (
                select string_agg(case when r.passed then 'p' when not r.passed then 'f' else 'm' end, ''
                    order by t.sort_order, t.case_key)
                from evalstore.test_cases t
                left join evalstore.submission_cases r on r.case_id = t.id and r.submission_id = s.id
                where t.version_id = s.version_id) as cells
            from evalstore.submissions s
            where s.version_id = ? and s.id = any (?)""";

    private static final String LIST_CASES = SubmissionRows.CASES.text("""
            /* submission_cases.list */ select {columns}, t.sort_order
            from evalstore.test_cases t join evalstore.submission_cases r on r.case_id = t.id
            where r.submission_id = ?""");

    private static final String COUNT_CASES = """
            /* submission_cases.count */ select count(*) as n
            from evalstore.test_cases t join evalstore.submission_cases r on r.case_id = t.id
            where r.submission_id = ?""";

    /** The version's index has the order of the list: a page reads no more cases than it needs. What is seen follows. */
    private static final String OF_SEEN_VERSION = """
            and t.version_id = (select s.version_id from evalstore.submissions s where s.id = ?""";

    private static final String OF_SEEN = """
            and submission_id = (select s.id from evalstore.submissions s where s.id = ?""";

    private static final String BY_CATEGORY = """
            order by category collate "C", key""";

    private static final RowMapper<PlacedCase> PLACED_CASE =
            row -> new PlacedCase(SubmissionRows.CASES.mapper().map(row), row.integer("sort_order"));

    private static final Keyset<PlacedCase> IN_ORDER = Keyset.leastFirst(
            "submission_cases",
            "sort_order",
            "case_key",
            PlacedCase::sortOrder,
            placed -> placed.result().caseKey());

    private SubmissionQueries() {}

    static Optional<Submission> find(Jdbc jdbc, UUID id, Viewer viewer) {
        Sql byId = TABLE.selectAll("find").and("and s.id = ?", Objects.requireNonNull(id, "id"));
        return jdbc.find(byId.and(Visibility.byId(viewer)), TABLE.mapper());
    }

    static Submission get(Jdbc jdbc, UUID id, Viewer viewer) {
        return find(jdbc, id, viewer).orElseThrow(() -> TABLE.notFound(id));
    }

    static Page<Submission> list(Jdbc jdbc, SubmissionFilter filter, Viewer viewer, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, Objects.requireNonNull(filter, "filter").seenBy(viewer), limit, after);
    }

    static long count(Jdbc jdbc, SubmissionFilter filter, Viewer viewer) {
        return TABLE.count(jdbc, Objects.requireNonNull(filter, "filter").seenBy(viewer));
    }

    static Optional<Submission> best(Jdbc jdbc, ModelSubject model, UUID definition, Viewer viewer) {
        UUID key = Objects.requireNonNull(model, "model").key();
        Sql best = Sql.of(BEST, key, Objects.requireNonNull(definition, "definition"))
                .and(Visibility.inLists(viewer))
                .and(BEST_OF_SEEN);
        return jdbc.find(best, TABLE.mapper());
    }

    static List<SubmissionMetric> metrics(Jdbc jdbc, UUID submission, Viewer viewer) {
        Table<SubmissionMetric> table = SubmissionRows.METRICS;
        return jdbc.list(
                table.select("list").and(seen(OF_SEEN, submission, viewer)).and("order by name"), table.mapper());
    }

    static List<SubmissionMetadata> metadata(Jdbc jdbc, UUID submission, Viewer viewer) {
        Table<SubmissionMetadata> table = SubmissionRows.METADATA;
        return jdbc.list(
                table.select("list").and(seen(OF_SEEN, submission, viewer)).and(BY_CATEGORY), table.mapper());
    }

    static Page<CaseResult> cases(
            Jdbc jdbc, UUID submission, CaseResultFilter filter, Viewer viewer, int limit, @Nullable Cursor after) {
        Sql cases = cases(LIST_CASES, submission, filter, viewer);
        Page<PlacedCase> page = IN_ORDER.read(jdbc, cases, PLACED_CASE, limit, after);
        return new Page<>(page.items().stream().map(PlacedCase::result).toList(), page.next());
    }

    static long countCases(Jdbc jdbc, UUID submission, CaseResultFilter filter, Viewer viewer) {
        return jdbc.one(cases(COUNT_CASES, submission, filter, viewer), row -> row.bigint("n"));
    }

    private static Sql cases(String statement, UUID submission, CaseResultFilter filter, Viewer viewer) {
        return Sql.of(statement, Objects.requireNonNull(submission, "submission"))
                .and(Objects.requireNonNull(filter, "filter"))
                .and(seen(OF_SEEN_VERSION, submission, viewer));
    }

    /** Nothing where the viewer may not see the submission. */
    private static Sql seen(String condition, UUID submission, Viewer viewer) {
        return Sql.of(condition, Objects.requireNonNull(submission, "submission"))
                .and(Visibility.byId(viewer))
                .and(")");
    }

    static CaseMatrix caseMatrix(Jdbc jdbc, UUID version, Collection<UUID> submissions, Viewer viewer) {
        Objects.requireNonNull(version, "versionId");
        Set<UUID> asked = new LinkedHashSet<>(
                Check.list("submissions", new ArrayList<>(Objects.requireNonNull(submissions, "submissions"))));
        Check.range("submissions size", asked.size(), 0, MAX_MATRIX);
        Map<UUID, List<CaseMatrix.Cell>> seen = new HashMap<>();
        jdbc.forEach(
                Sql.of(CASE_MATRIX, version, SqlArray.uuids(asked)).and(Visibility.byId(viewer)),
                row -> new CaseMatrix.Row(row.uuid("id"), cells(row.textOrNull("cells"))),
                row -> seen.put(row.submissionId(), row.cells()));
        List<String> caseKeys = jdbc.list(Sql.of(CASE_KEYS, version), row -> row.text("case_key"));
        return new CaseMatrix(
                version,
                caseKeys,
                asked.stream()
                        .filter(seen::containsKey)
                        .map(id -> new CaseMatrix.Row(id, Objects.requireNonNull(seen.get(id))))
                        .toList());
    }

    private static List<CaseMatrix.Cell> cells(@Nullable String letters) {
        return letters == null
                ? List.of()
                : letters.chars()
                        .mapToObj(letter -> switch (letter) {
                            case 'p' -> CaseMatrix.Cell.PASSED;
                            case 'f' -> CaseMatrix.Cell.FAILED;
                            default -> CaseMatrix.Cell.MISSING;
                        })
                        .toList();
    }

    /** A case result, and its place in the list. */
    private record PlacedCase(CaseResult result, int sortOrder) {}
}
