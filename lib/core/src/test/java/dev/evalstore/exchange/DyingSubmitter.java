package dev.evalstore.exchange;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.exchange.NewSubmission.Submitter;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Submits the results of 10,000 test cases, with metrics and metadata. */
final class DyingSubmitter {
    static final int CASES = 10_000;

    private DyingSubmitter() {}

    /** An active definition with so many test cases. */
    static DefinitionVersion version(Database db) {
        UUID id = DyingAuthor.create(db).id();
        db.exchange().definitions().submitForReview(id);
        db.exchange().definitions().activate(id);
        return db.exchange().definitions().latest(id).orElseThrow();
    }

    static SubmittedSubmission submit(Database db, UUID versionId) {
        DefinitionVersion version = db.exchange().definitions().getVersion(versionId);
        return db.exchange()
                .submissions()
                .submit(NewSubmission.of(
                                version,
                                SubmittedModel.of("Acme", "gpt"),
                                Submitter.named("somebody"),
                                new NewSubmission.Run("run", SubmissionSamples.BEGIN, SubmissionSamples.BEGIN),
                                1)
                        .metrics(List.of(SubmissionMetric.of("latency", 1)))
                        .metadata(List.of(new SubmissionMetadata("k", Json.EMPTY, "c")))
                        .cases(IntStream.range(0, CASES)
                                .mapToObj(i -> NewCaseResult.passed("case-" + i))
                                .toList()));
    }

    public static void main(String[] arguments) {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[0])
                .user(arguments[1])
                .password(arguments[2])
                .applicationName("dying-submitter")
                .poolSize(1)
                .build();
        try (Database db = Database.open(config)) {
            System.out.println("begins");
            submit(db, UUID.fromString(arguments[3]));
            System.out.println("done");
        }
    }
}
