package dev.evalstore.exchange;

import dev.evalstore.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Submissions to an active definition whose versions have two test cases, {@code a} and {@code b}, and the mean of them. */
final class SubmissionSamples {
    static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final Database db;
    private final DefinitionVersion version;

    SubmissionSamples(Database db) {
        this.db = db;
        UUID definition = db.exchange()
                .definitions()
                .create(ExchangeFixtures.definition("samples-" + NEXT.incrementAndGet()), "1.0.0", version())
                .id();
        db.exchange().definitions().submitForReview(definition);
        db.exchange().definitions().activate(definition);
        version = db.exchange().definitions().latest(definition).orElseThrow();
    }

    static NewDefinitionVersion version() {
        return ExchangeFixtures.version()
                .cases(List.of(
                        NewTestCase.of("b", "The second", "B?").sortOrder(2).difficulty(Difficulty.HARD),
                        NewTestCase.of("a", "The first", "A?").sortOrder(1).tags("short")));
    }

    DefinitionVersion definitionVersion() {
        return version;
    }

    DefinitionVersion publish(String number) {
        return publish(number, version());
    }

    DefinitionVersion publish(String number, NewDefinitionVersion next) {
        return db.exchange().definitions().publish(version.definitionId(), number, next);
    }

    /** With the score 1, 0.5 or 0: by how many of the two cases pass, {@code a} before {@code b}. */
    static NewSubmission of(
            DefinitionVersion version, SubmittedModel model, NewSubmission.Submitter submitter, int passed) {
        List<NewCaseResult> cases = new ArrayList<>();
        for (String key : List.of("a", "b")) {
            cases.add(cases.size() < passed ? NewCaseResult.passed(key) : NewCaseResult.failed(key));
        }
        return NewSubmission.of(
                        version,
                        model,
                        submitter,
                        new NewSubmission.Run("run-" + NEXT.incrementAndGet(), BEGIN, BEGIN.plusSeconds(60)),
                        passed / 2.0)
                .cases(cases);
    }

    NewSubmission of(String model, NewSubmission.Submitter submitter, int passed) {
        return of(version, SubmittedModel.of("Acme", model), submitter, passed);
    }

    Submission submit(NewSubmission submission) {
        return db.exchange().submissions().submit(submission).submission();
    }

    /** A public one of nobody. */
    Submission submit(String model, int passed) {
        return submit(of(model, NewSubmission.Submitter.named("somebody"), passed));
    }
}
