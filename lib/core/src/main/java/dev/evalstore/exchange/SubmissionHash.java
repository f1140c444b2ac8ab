package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.CanonicalJson;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What tells a submission that is sent again from another one: the SHA-256 of the canonical form (RFC 8785) of all that is
 * submitted. Metrics, case results and metadata count in the order of their names, so in whatever order they are given. Each
 * hash has 64 hexadecimal digits.
 *
 * @param environment that of the environment alone, or null where nothing is known of it
 */
record SubmissionHash(String content, @Nullable String environment) {
    /**
     * @throws IllegalArgumentException if a document holds a number beyond the doubles; the message names the field
     */
    static SubmissionHash of(NewSubmission submission) {
        CanonicalJson.Writer out = CanonicalJson.hash();
        NewSubmission.Results results = submission.results();
        NewSubmission.Listing listing = submission.listing();
        cases(out, results.cases());
        out.put("completedAt", submission.run().completedAt());
        interval(out, results.confidenceInterval());
        Reproducibility reproducibility = submission.reproducibility();
        out.put("datasetChecksums", reproducibility.datasetChecksums())
                .put("definitionId", submission.definitionId())
                .put("environment", reproducibility.environment())
                .put("executionId", submission.run().executionId())
                .put("executorVersion", reproducibility.executorVersion());
        metadata(out, listing.metadata());
        metrics(out, results.metrics());
        model(out, submission.model());
        NewSubmission.Submitter submitter = submission.submitter();
        out.put("notes", listing.notes())
                .put("official", listing.official())
                .put("organizationId", submitter.organizationId())
                .put("parameters", reproducibility.parameters())
                .put("randomSeed", reproducibility.randomSeed())
                .put("reportedScore", results.reportedScore())
                .put("significance", results.significance())
                .put("startedAt", submission.run().startedAt())
                .put("submittedBy", submitter.userId())
                .put("submitterLabel", submitter.label())
                .put("versionId", submission.versionId())
                .put("visibility", listing.visibility().name().toLowerCase(Locale.ROOT));
        return new SubmissionHash(hex(out.toSha256()), ofEnvironment(reproducibility.environment()));
    }

    private static @Nullable String ofEnvironment(Json environment) {
        String canonical = CanonicalJson.of(environment);
        return canonical.equals("{}") ? null : hex(CanonicalJson.sha256(environment));
    }

    private static void cases(CanonicalJson.Writer out, List<NewCaseResult> cases) {
        out.array("cases");
        for (NewCaseResult row : sorted(cases, NewCaseResult::caseKey)) {
            CaseResult.Measured measured = row.measured();
            CaseResult.Evidence evidence = row.evidence();
            out.object()
                    .put("caseKey", row.caseKey())
                    .put("costUsd", measured.costUsd())
                    .put("details", evidence.details())
                    .put("error", evidence.error())
                    .put("errorKind", evidence.errorKind())
                    .put("inputTokens", measured.inputTokens())
                    .put("latencyMs", measured.latencyMs())
                    .put("output", evidence.output())
                    .put("outputTokens", measured.outputTokens())
                    .put("outputTruncated", evidence.outputTruncated())
                    .put("passed", row.passed())
                    .put("score", row.score())
                    .end();
        }
        out.end();
    }

    private static void interval(CanonicalJson.Writer out, @Nullable ConfidenceInterval interval) {
        if (interval != null) {
            out.object("confidenceInterval")
                    .put("high", interval.high())
                    .put("level", interval.level())
                    .put("low", interval.low())
                    .end();
        }
    }

    private static void metadata(CanonicalJson.Writer out, List<SubmissionMetadata> metadata) {
        out.array("metadata");
        for (SubmissionMetadata row : sorted(metadata, SubmissionMetadata::key)) {
            out.object()
                    .put("category", row.category())
                    .put("key", row.key())
                    .put("value", row.value())
                    .end();
        }
        out.end();
    }

    private static void metrics(CanonicalJson.Writer out, List<SubmissionMetric> metrics) {
        out.array("metrics");
        for (SubmissionMetric row : sorted(metrics, SubmissionMetric::name)) {
            SubmissionMetric.Spread spread = row.spread();
            out.object()
                    .put("max", spread.max())
                    .put("median", spread.median())
                    .put("min", spread.min())
                    .put("name", row.name())
                    .put("p95", spread.p95())
                    .put("samples", spread.samples())
                    .put("stddev", spread.stddev())
                    .put("unit", row.unit())
                    .put("value", row.value())
                    .end();
        }
        out.end();
    }

    private static void model(CanonicalJson.Writer out, SubmittedModel model) {
        out.object("model")
                .put("endpoint", model.endpoint())
                .put("name", model.name())
                .put("provider", model.provider())
                .put("version", model.version())
                .put("versionId", model.versionId())
                .end();
    }

    private static <T> List<T> sorted(List<T> rows, Function<T, String> name) {
        return rows.stream().sorted(Comparator.comparing(name)).toList();
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
