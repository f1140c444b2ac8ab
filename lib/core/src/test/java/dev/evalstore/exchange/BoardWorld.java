package dev.evalstore.exchange;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.TxOptions;
import dev.evalstore.exchange.NewSubmission.Run;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Versions whose score is a metric of its own, and submissions to them. */
final class BoardWorld {
    static final String METRIC = "accuracy";
    static final Instant RUN = Instant.parse("2026-03-01T10:00:00Z");

    private static final AtomicInteger NEXT = new AtomicInteger();

    final Database db;
    final Jdbc jdbc;

    BoardWorld(TestDatabase database) {
        this.db = database.db();
        this.jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT.listener(database.names()));
    }

    static PrimaryMetric metric() {
        return PrimaryMetric.of(METRIC, "What is measured.", "accuracy");
    }

    static NewDefinitionVersion newVersion(PrimaryMetric metric) {
        return NewDefinitionVersion.of("A version without cases.", metric)
                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0));
    }

    /** The first version, 1.0.0, of an active definition. */
    DefinitionVersion version(PrimaryMetric metric) {
        DefinitionRepository definitions = db.exchange().definitions();
        UUID definition = definitions
                .create(ExchangeFixtures.definition("board-" + NEXT.incrementAndGet()), "1.0.0", newVersion(metric))
                .id();
        definitions.submitForReview(definition);
        definitions.activate(definition);
        return definitions.latest(definition).orElseThrow();
    }

    DefinitionVersion version() {
        return version(metric());
    }

    DefinitionVersion publish(DefinitionVersion before, String number, PrimaryMetric metric) {
        return db.exchange().definitions().publish(before.definitionId(), number, newVersion(metric));
    }

    static NewSubmission of(DefinitionVersion version, String model, double score) {
        return NewSubmission.of(
                        version,
                        SubmittedModel.of("Acme", model),
                        Submitter.named("somebody"),
                        new Run("run-" + NEXT.incrementAndGet(), RUN, RUN.plusSeconds(60)),
                        score)
                .metrics(List.of(SubmissionMetric.of(METRIC, score)));
    }

    Submission submit(NewSubmission submission) {
        return db.exchange().submissions().submit(submission).submission();
    }

    Submission submit(DefinitionVersion version, String model, double score) {
        return submit(of(version, model, score));
    }

    boolean raise(Submission submission, VerificationLevel level) {
        return jdbc.inOwnTransaction(
                TxOptions.DEFAULT, (tx, connection) -> SubmissionStanding.raise(tx, submission.id(), level));
    }

    LeaderboardRepository boards() {
        return db.exchange().leaderboards();
    }

    /** The board as anybody sees it. */
    List<LeaderboardEntry> board(DefinitionVersion version, Board board) {
        return boards().top(Leaderboard.of(version.id(), board), Viewer.ANONYMOUS, 1_000)
                .items();
    }

    /** Such as {@code 1 gpt}. */
    static List<String> names(List<LeaderboardEntry> entries) {
        return entries.stream()
                .map(entry -> entry.rank() + " "
                        + (entry.submission() == null
                                ? "?"
                                : entry.submission().model().name()))
                .toList();
    }

    static ModelSubject model(String name) {
        return ModelSubject.of("Acme", name);
    }
}
