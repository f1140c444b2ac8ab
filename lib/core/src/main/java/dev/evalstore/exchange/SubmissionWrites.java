package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.exchange.SubmissionScore.Case;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores submissions with their metrics, case results and metadata, and brings the boards up to date: one transaction.
 *
 * <p>The first statement reads all that the submission is checked against, in one snapshot and without a lock. That holds as
 * long as the definition accepts submissions: its versions are closed by then. The insert asks for just this again, and locks
 * the definition until the commit. Where it stores nothing, the definition or the execution id has changed hands in between,
 * and the first statement is repeated to see how.
 *
 * <p>Lock order: the definition, the version (by the foreign key), the submission, then what {@link Boards} locks.
 */
final class SubmissionWrites {
    private static final String TARGET = """
            /* submissions.target */ select current_setting('transaction_isolation') as isolation,
                d.status, v.definition_id, v.primary_metric_name, v.primary_metric_description, v.primary_metric_kind,
                v.primary_metric_unit, v.primary_metric_higher_is_better, v.primary_metric_range_min,
                v.primary_metric_range_max, v.aggregation, v.aggregation_config, v.normalization,
                v.normalization_config, v.minimum_test_cases, v.confidence_level,
                exists (select from evalstore.test_cases c where c.version_id = v.id) as has_cases,
                s.id as submission_id, s.content_hash
            from (values (?::uuid, ?::uuid, ?::text)) as g (definition_id, version_id, execution_id)
            left join evalstore.benchmark_definitions d on d.id = g.definition_id and d.deleted_at is null
            left join evalstore.definition_versions v on v.id = g.version_id
            left join evalstore.submissions s on s.version_id = g.version_id and s.execution_id = g.execution_id
                and s.deleted_at is null""";

    private static final String CASES = """
            /* test_cases.weights */ select id, case_key, weight from evalstore.test_cases where version_id = ?""";

    private static final Table<Submission> TABLE = SubmissionRows.TABLE;

    private SubmissionWrites() {}

    static SubmittedSubmission submit(Jdbc jdbc, NewSubmission submission) {
        Objects.requireNonNull(submission, "submission");
        SubmissionHash hash = SubmissionHash.of(submission);
        UUID id = Uuids.next();
        UnknownOutcome outcome = new UnknownOutcome(jdbc);
        while (true) {
            try {
                Submission stored = jdbc.atomically(tx -> stored(tx, id, submission, hash));
                return new SubmittedSubmission(stored, stored.id().equals(id));
            } catch (TransientDatabaseException e) {
                outcome.retryAfter(e);
            } catch (ConflictException | NotFoundException e) {
                // Refused by what has changed since the attempt whose answer was lost.
                outcome.throwIfUnknown();
                throw e;
            }
        }
    }

    private static Submission stored(Jdbc tx, UUID id, NewSubmission submission, SubmissionHash hash) {
        UUID version = submission.versionId();
        Sql asked = Sql.of(
                TARGET, submission.definitionId(), version, submission.run().executionId());
        while (true) {
            Target target = tx.one(asked, Target::map);
            UUID existing = target.submissionId();
            if (existing != null) {
                return target.repeated(tx, existing, hash.content());
            }
            Checks checks = target.checks(submission);
            Map<String, Case> cases = checks.hasCases() ? cases(tx, version) : Map.of();
            SubmissionScore score = SubmissionScore.of(checks.scoring(), checks.metric(), cases, submission.results());
            Optional<Submission> created =
                    TABLE.createIf(tx, SubmissionInserts.submission(id, submission, hash, score));
            if (created.isPresent()) {
                SubmissionInserts.cases(tx, created.get(), submission.results().cases(), cases);
                if (created.get().visibility() == SubmissionVisibility.PUBLIC) {
                    UUID key = created.get().subject().key();
                    Boards.recompute(tx, List.of(new BoardSubject(version, key)));
                }
                return created.get();
            }
        }
    }

    private static Map<String, Case> cases(Jdbc tx, UUID version) {
        Map<String, Case> cases = new HashMap<>();
        tx.list(
                Sql.of(CASES, version),
                row -> cases.put(row.text("case_key"), new Case(row.uuid("id"), row.real("weight"))));
        return cases;
    }

    /** What a submission is checked against by its version. */
    private record Checks(Scoring scoring, PrimaryMetric metric, boolean hasCases) {}

    /** What there is under the ids and the execution id that a submission names. */
    private record Target(
            @Nullable DefinitionStatus status,
            @Nullable UUID definitionOfVersion,
            @Nullable Checks ofVersion,
            @Nullable UUID submissionId,
            @Nullable String contentHash) {
        static Target map(Row row) throws SQLException {
            if (!row.text("isolation").equals("read committed")) {
                // In an older snapshot neither the insert nor the boards would see what they have waited for.
                throw new IllegalStateException(
                        "a submission needs the isolation level read committed, and was made in "
                                + row.text("isolation"));
            }
            UUID definition = row.uuidOrNull("definition_id");
            Checks ofVersion = definition == null
                    ? null
                    : new Checks(
                            DefinitionVersionRows.scoring(row),
                            DefinitionVersionRows.primaryMetric(row),
                            row.bool("has_cases"));
            return new Target(
                    row.enumValueOrNull("status", DefinitionStatus.class),
                    definition,
                    ofVersion,
                    row.uuidOrNull("submission_id"),
                    row.textOrNull("content_hash"));
        }

        /** The submission that has the execution id, if the same was submitted; its definition may be closed by now. */
        Submission repeated(Jdbc tx, UUID existing, String hash) {
            if (!hash.equals(contentHash)) {
                throw new ConflictException(
                        "executionId is taken in the version by a submission with other contents: cannot submit");
            }
            return TABLE.get(tx, existing);
        }

        Checks checks(NewSubmission submission) {
            if (status == null) {
                throw DefinitionRows.TABLE.notFound(submission.definitionId());
            }
            if (ofVersion == null) {
                throw DefinitionVersions.TABLE.notFound(submission.versionId());
            }
            if (!submission.definitionId().equals(definitionOfVersion)) {
                throw new IllegalArgumentException("versionId must be of a version of the definition");
            }
            if (!status.acceptsSubmissions()) {
                throw new ConflictException("benchmark definition " + submission.definitionId() + " is "
                        + status.name().toLowerCase(Locale.ROOT) + ": cannot submit");
            }
            return ofVersion;
        }
    }
}
