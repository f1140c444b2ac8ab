package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The results of a model to submit to a version of a benchmark definition; {@link Submission} describes the fields.
 * {@link #of} makes one of a score alone, and each further method adds one thing to it.
 *
 * @param reproducibility its three objects have at most 1,000,000 characters each
 * @param results the score, with the metrics and case results that it follows from
 * @param listing how the submission is shown
 */
public record NewSubmission(
        UUID definitionId,
        UUID versionId,
        SubmittedModel model,
        Submitter submitter,
        Run run,
        Results results,
        Reproducibility reproducibility,
        Listing listing) {
    public NewSubmission {
        Objects.requireNonNull(definitionId, "definitionId");
        Objects.requireNonNull(versionId, "versionId");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(submitter, "submitter");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(results, "results");
        Objects.requireNonNull(reproducibility, "reproducibility");
        SubmissionRules.size("environment", reproducibility.environment());
        SubmissionRules.size("parameters", reproducibility.parameters());
        SubmissionRules.size("datasetChecksums", reproducibility.datasetChecksums());
        Objects.requireNonNull(listing, "listing");
    }

    /**
     * A public submission of a score, without metrics, case results and evidence.
     *
     * @param reportedScore from -1e300 to 1e300
     */
    public static NewSubmission of(
            DefinitionVersion version, SubmittedModel model, Submitter submitter, Run run, double reportedScore) {
        return new NewSubmission(
                version.definitionId(),
                version.id(),
                model,
                submitter,
                run,
                Results.of(reportedScore),
                Reproducibility.NONE,
                Listing.PUBLIC);
    }

    public NewSubmission results(Results value) {
        return new NewSubmission(definitionId, versionId, model, submitter, run, value, reproducibility, listing);
    }

    /** The interval of the score; the score that counts must be in it. */
    public NewSubmission confidenceInterval(ConfidenceInterval value) {
        return results(results.confidenceInterval(value));
    }

    /** Tests against other submissions, an object as the platform shapes it. */
    public NewSubmission significance(Json value) {
        return results(results.significance(value));
    }

    /** What was measured, each name once. */
    public NewSubmission metrics(List<SubmissionMetric> value) {
        return results(results.metrics(value));
    }

    /** The results of the version's test cases, each test case once. */
    public NewSubmission cases(List<NewCaseResult> value) {
        return results(results.cases(value));
    }

    public NewSubmission reproducibility(Reproducibility value) {
        return new NewSubmission(definitionId, versionId, model, submitter, run, results, value, listing);
    }

    public NewSubmission listing(Listing value) {
        return new NewSubmission(definitionId, versionId, model, submitter, run, results, reproducibility, value);
    }

    /** Marks a submission that the publisher of the definition ran. Whether the submitter may is for the platform to decide. */
    public NewSubmission official() {
        return listing(listing.official(true));
    }

    public NewSubmission visibility(SubmissionVisibility value) {
        return listing(listing.visibility(value));
    }

    public NewSubmission notes(String value) {
        return listing(listing.notes(value));
    }

    /** What else there is to say, each key once. */
    public NewSubmission metadata(List<SubmissionMetadata> value) {
        return listing(listing.metadata(value));
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewSubmission[versionId=" + versionId + ", results=" + results + "]";
    }

    /**
     * Who submits.
     *
     * @param userId the user, or null where there is none
     * @param label for people, not blank, at most 200 characters
     * @param organizationId the organization in whose name it is submitted, or null
     */
    public record Submitter(
            @Nullable UUID userId, String label, @Nullable UUID organizationId) {
        public Submitter {
            Check.text("submitter label", label, 1, 200);
        }

        /** A user who submits in no organization's name. */
        public static Submitter user(UUID userId, String label) {
            return new Submitter(Objects.requireNonNull(userId, "userId"), label, null);
        }

        /** Somebody who is no user. */
        public static Submitter named(String label) {
            return new Submitter(null, label, null);
        }

        public Submitter organization(UUID id) {
            return new Submitter(userId, label, id);
        }
    }

    /**
     * The run that gave the results.
     *
     * @param executionId the submitter's name for it, not blank, at most 200 characters. Among the submissions of a
     *     version it is unique: who submits a run twice, after a lost answer for instance, gets the first submission.
     * @param startedAt cut to microseconds
     * @param completedAt not before {@code startedAt}, cut to microseconds
     */
    public record Run(String executionId, Instant startedAt, Instant completedAt) {
        public Run {
            Check.text("executionId", executionId, 1, 200);
            Check.time("startedAt", startedAt);
            Check.time("completedAt", completedAt);
            if (completedAt.isBefore(startedAt)) {
                throw new IllegalArgumentException("completedAt must not be before startedAt");
            }
        }
    }

    /**
     * What a run gave.
     *
     * @param reportedScore from -1e300 to 1e300. With case results it is within 0.01 of the metric's range of the score
     *     that they give, otherwise the value of the primary metric.
     * @param confidenceInterval of the score, or null
     * @param significance an object of at most 1,000,000 characters, or null
     * @param metrics at most 1,000, each name once
     * @param cases at most 100,000, each key once
     */
    public record Results(
            double reportedScore,
            @Nullable ConfidenceInterval confidenceInterval,
            @Nullable Json significance,
            List<SubmissionMetric> metrics,
            List<NewCaseResult> cases) {
        public Results {
            Check.figureOrNull("reportedScore", reportedScore);
            SubmissionRules.objectOrNull("significance", significance);
            SubmissionRules.size("significance", significance);
            metrics =
                    SubmissionRules.rows("metrics", metrics, SubmissionRules.MAX_ROWS, "name", SubmissionMetric::name);
            cases = SubmissionRules.rows("cases", cases, CaseRules.MAX_CASES, "caseKey", NewCaseResult::caseKey);
        }

        /** A score alone. */
        public static Results of(double reportedScore) {
            return new Results(reportedScore, null, null, List.of(), List.of());
        }

        public Results confidenceInterval(ConfidenceInterval value) {
            return new Results(reportedScore, value, significance, metrics, cases);
        }

        public Results significance(Json value) {
            return new Results(reportedScore, confidenceInterval, value, metrics, cases);
        }

        public Results metrics(List<SubmissionMetric> value) {
            return new Results(reportedScore, confidenceInterval, significance, value, cases);
        }

        public Results cases(List<NewCaseResult> value) {
            return new Results(reportedScore, confidenceInterval, significance, metrics, value);
        }

        /** The figures that may be logged: none of the rows. */
        @Override
        public String toString() {
            return "Results[reportedScore=" + reportedScore + ", metrics=" + metrics.size() + ", cases=" + cases.size()
                    + "]";
        }
    }

    /**
     * How a submission is shown.
     *
     * @param official whether the publisher of the definition ran it
     * @param notes not blank, at most 20,000 characters, or null
     * @param metadata at most 1,000, each key once, each value of at most 1,000,000 characters
     */
    public record Listing(
            boolean official,
            SubmissionVisibility visibility,
            @Nullable String notes,
            List<SubmissionMetadata> metadata) {
        /** Public, without notes and metadata, and not official. */
        public static final Listing PUBLIC = new Listing(false, SubmissionVisibility.PUBLIC, null, List.of());

        public Listing {
            Objects.requireNonNull(visibility, "visibility");
            Check.textOrNull("notes", notes, 20_000);
            metadata = SubmissionRules.rows(
                    "metadata", metadata, SubmissionRules.MAX_ROWS, "key", SubmissionMetadata::key);
            metadata.forEach(row -> SubmissionRules.size("metadata value", row.value()));
        }

        public Listing official(boolean value) {
            return new Listing(value, visibility, notes, metadata);
        }

        public Listing visibility(SubmissionVisibility value) {
            return new Listing(official, value, notes, metadata);
        }

        public Listing notes(String value) {
            return new Listing(official, visibility, value, metadata);
        }

        public Listing metadata(List<SubmissionMetadata> value) {
            return new Listing(official, visibility, notes, value);
        }

        /** The fields that may be logged: none of the texts. */
        @Override
        public String toString() {
            return "Listing[official=" + official + ", visibility=" + visibility + "]";
        }
    }
}
