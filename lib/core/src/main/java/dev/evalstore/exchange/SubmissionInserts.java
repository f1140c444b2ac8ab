package dev.evalstore.exchange;

import dev.evalstore.exchange.SubmissionScore.Case;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The rows of a new submission: one statement for the submission, its metrics and metadata, and one for its case results. */
final class SubmissionInserts {
    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 5_000;

    /** Waits for a submission with the same execution id, and stores nothing if that one stays. */
    private static final String CREATE = SubmissionRows.TABLE.text("""
            /* submissions.create */ with open as materialized (
                select id from evalstore.benchmark_definitions
                where id = ? and deleted_at is null and status in ('active', 'deprecated') for share),
            created as (
                insert into evalstore.submissions (id, definition_id, version_id, model_version_id, model_provider,
                    model_name, model_version, model_endpoint, subject_provider, subject_name, subject_version,
                    subject_key, official, submitted_by, submitter_label, organization_id, aggregate_score,
                    board_score, reported_score, ci_low, ci_high, ci_level, significance, execution_id, content_hash,
                    started_at, completed_at, executor_version, random_seed, environment, environment_hash,
                    parameters, dataset_checksums, notes, visibility)
                select ?::uuid, o.id, ?::uuid, ?::uuid, ?::text,
                    ?::text, ?::text, ?::text, ?::text, ?::text, ?::text,
                    ?::uuid, ?::boolean, ?::uuid, ?::text, ?::uuid, ?::float8,
                    ?::float8, ?::float8, ?::float8, ?::float8, ?::float8, ?::jsonb, ?::text, ?::text,
                    ?::timestamptz, ?::timestamptz, ?::text, ?::bigint, ?::jsonb, ?::text,
                    ?::jsonb, ?::jsonb, ?::text, ?::text
                from open o
                on conflict (version_id, execution_id) where deleted_at is null do nothing
                returning {columns}),
            measured as (
                insert into evalstore.submission_metrics
                    (submission_id, name, value, unit, stddev, min, max, median, p95, samples)
                select c.id, m.name, m.value, m.unit, m.stddev, m.min, m.max, m.median, m.p95, m.samples
                from created c
                cross join unnest(?::text[], ?::float8[], ?::text[], ?::float8[], ?::float8[], ?::float8[], ?::float8[],
                        ?::float8[], ?::bigint[])
                    as m (name, value, unit, stddev, min, max, median, p95, samples)),
            described as (
                insert into evalstore.submission_metadata (submission_id, key, value, category)
                select c.id, m.key, m.value, m.category
                from created c
                cross join unnest(?::text[], ?::jsonb[], ?::text[]) as m (key, value, category))
            select {columns} from created""");

    private static final String CASE_COLUMNS = """
            submission_id, version_id, case_id, passed, score, latency_ms, input_tokens, output_tokens, cost_usd,
            error_kind, error, output, output_truncated, details""";

    private static final int CASE_COLUMN_COUNT = 14;

    private static final String CREATE_CASES = """
            /* submission_cases.create_all */ insert into evalstore.submission_cases ({columns})
            select ?::uuid, ?::uuid, r.*
            from unnest(?::uuid[], ?::boolean[], ?::float8[], ?::int[], ?::int[], ?::int[], ?::numeric[], ?::text[],
                ?::text[], ?::text[], ?::boolean[], ?::jsonb[]) as r""".replace("{columns}", CASE_COLUMNS);

    private static final String COPY_CASES = """
            /* submission_cases.copy_all */ copy evalstore.submission_cases ({columns}) from stdin (format binary)""".replace("{columns}", CASE_COLUMNS);

    private SubmissionInserts() {}

    /** Stores the submission with its metrics and metadata, and returns its row; or nothing. */
    static Sql submission(UUID id, NewSubmission submission, SubmissionHash hash, SubmissionScore score) {
        SubmittedModel model = submission.model();
        ModelSubject subject = model.subject();
        NewSubmission.Submitter submitter = submission.submitter();
        NewSubmission.Results results = submission.results();
        ConfidenceInterval interval = score.interval();
        Reproducibility reproducibility = submission.reproducibility();
        List<SubmissionMetric> metrics = results.metrics();
        List<SubmissionMetadata> metadata = submission.listing().metadata();
        return Sql.of(
                CREATE,
                submission.definitionId(),
                id,
                submission.versionId(),
                model.versionId(),
                model.provider(),
                model.name(),
                model.version(),
                model.endpoint(),
                subject.provider(),
                subject.name(),
                subject.version(),
                subject.key(),
                submission.listing().official(),
                submitter.userId(),
                submitter.label(),
                submitter.organizationId(),
                score.aggregate(),
                score.board(),
                results.reportedScore(),
                interval == null ? null : interval.low(),
                interval == null ? null : interval.high(),
                interval == null ? null : interval.level(),
                results.significance(),
                submission.run().executionId(),
                hash.content(),
                submission.run().startedAt(),
                submission.run().completedAt(),
                reproducibility.executorVersion(),
                reproducibility.randomSeed(),
                reproducibility.environment(),
                hash.environment(),
                reproducibility.parameters(),
                reproducibility.datasetChecksums(),
                submission.listing().notes(),
                submission.listing().visibility(),
                SqlArray.texts(metrics, SubmissionMetric::name),
                SqlArray.reals(metrics, SubmissionMetric::value),
                SqlArray.texts(metrics, SubmissionMetric::unit),
                SqlArray.reals(metrics, row -> row.spread().stddev()),
                SqlArray.reals(metrics, row -> row.spread().min()),
                SqlArray.reals(metrics, row -> row.spread().max()),
                SqlArray.reals(metrics, row -> row.spread().median()),
                SqlArray.reals(metrics, row -> row.spread().p95()),
                SqlArray.bigints(metrics, row -> row.spread().samples()),
                SqlArray.texts(metadata, SubmissionMetadata::key),
                SqlArray.jsons(metadata, SubmissionMetadata::value),
                SqlArray.texts(metadata, SubmissionMetadata::category));
    }

    /** Stores the results of the cases, whose keys are all among these. */
    static void cases(Jdbc tx, Submission submission, List<NewCaseResult> results, Map<String, Case> cases) {
        if (results.size() >= COPY_FROM) {
            tx.copyIn(COPY_CASES, out -> {
                for (NewCaseResult result : results) {
                    write(out, submission, caseId(cases, result), result);
                }
            });
        } else if (!results.isEmpty()) {
            tx.update(Sql.of(
                    CREATE_CASES,
                    submission.id(),
                    submission.versionId(),
                    SqlArray.uuids(results, row -> caseId(cases, row)),
                    SqlArray.bools(results, NewCaseResult::passed),
                    SqlArray.reals(results, NewCaseResult::score),
                    SqlArray.ints(results, row -> row.measured().latencyMs()),
                    SqlArray.ints(results, row -> row.measured().inputTokens()),
                    SqlArray.ints(results, row -> row.measured().outputTokens()),
                    SqlArray.numerics(results, row -> row.measured().costUsd()),
                    SqlArray.texts(results, row -> row.evidence().errorKind()),
                    SqlArray.texts(results, row -> row.evidence().error()),
                    SqlArray.texts(results, row -> row.evidence().output()),
                    SqlArray.bools(results, row -> row.evidence().outputTruncated()),
                    SqlArray.jsons(results, row -> row.evidence().details())));
        }
    }

    private static void write(BinaryCopy out, Submission submission, UUID caseId, NewCaseResult result)
            throws SQLException {
        CaseResult.Measured measured = result.measured();
        CaseResult.Evidence evidence = result.evidence();
        out.row(CASE_COLUMN_COUNT)
                .uuid(submission.id())
                .uuid(submission.versionId())
                .uuid(caseId)
                .bool(result.passed())
                .real(result.score())
                .integer(measured.latencyMs())
                .integer(measured.inputTokens())
                .integer(measured.outputTokens())
                .numeric(measured.costUsd())
                .text(evidence.errorKind())
                .text(evidence.error())
                .text(evidence.output())
                .bool(evidence.outputTruncated())
                .json(evidence.details());
    }

    private static UUID caseId(Map<String, Case> cases, NewCaseResult result) {
        return Objects.requireNonNull(cases.get(result.caseKey())).id();
    }
}
