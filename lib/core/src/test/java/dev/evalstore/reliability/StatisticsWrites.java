package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmittedModel;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Of statistics. */
final class StatisticsWrites {
    private StatisticsWrites() {}

    static List<Write<?>> statistics() {
        return List.of(
                Write.of(
                        "statistics.refreshDefinition/1",
                        StatisticsWrites::submission,
                        (r, submission) -> r.exchange().statistics().refreshDefinition(submission.definitionId())),
                Write.of(
                        "statistics.refreshUser/1",
                        StatisticsWrites::submission,
                        (r, submission) -> r.exchange()
                                .statistics()
                                .refreshUser(Objects.requireNonNull(submission.submittedBy()))),
                Write.of(
                        "statistics.refreshModel/1",
                        StatisticsWrites::submission,
                        (r, submission) -> r.exchange().statistics().refreshModel(submission.subject())),
                Write.of(
                                "statistics.refresh/0",
                                StatisticsWrites::submission,
                                (r, submission) -> r.exchange().statistics().refresh())
                        .which(IN_PIECES, PASSES_OVER));
    }

    static Submission submission(Lab lab) {
        DefinitionRepository definitions = lab.db().exchange().definitions();
        UUID definition = definitions
                .create(
                        ExchangeWrites.newDefinition(),
                        "1.0.0",
                        ExchangeWrites.newVersion()
                                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0)))
                .id();
        definitions.submitForReview(definition);
        definitions.activate(definition);
        DefinitionVersion version = definitions.latest(definition).orElseThrow();
        Instant time = Instant.parse("2026-01-01T00:00:00Z");
        NewSubmission submission = NewSubmission.of(
                        version,
                        SubmittedModel.of("acme", "m"),
                        NewSubmission.Submitter.user(lab.user().id(), "somebody"),
                        new NewSubmission.Run("run", time, time),
                        0.5)
                .metrics(List.of(SubmissionMetric.of("accuracy", 0.5)));
        return lab.db().exchange().submissions().submit(submission).submission();
    }
}
