package dev.evalstore.reliability;

import dev.evalstore.exchange.ClaimedVerification;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.NewVerification;
import dev.evalstore.exchange.NewVerificationResult;
import dev.evalstore.exchange.SubmissionMetadata;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.Verification;
import dev.evalstore.exchange.VerificationKind;
import dev.evalstore.exchange.VerificationRepository;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Of submissions. */
final class SubmissionWrites {
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");

    private SubmissionWrites() {}

    static List<Write<?>> submissions() {
        return List.of(
                Write.of(
                        "submissions.submit/1",
                        lab -> version(lab, 1),
                        (r, version) -> r.exchange().submissions().submit(submission(version, 1))),
                Write.of(
                                "submissions.submit/1",
                                lab -> version(lab, 5_000),
                                (r, version) -> r.exchange().submissions().submit(submission(version, 5_000)))
                        .like("by copy"),
                Write.of(
                        "submissions.changeVisibility/2",
                        SubmissionWrites::submitted,
                        (r, id) -> r.exchange().submissions().changeVisibility(id, SubmissionVisibility.PRIVATE)),
                Write.of(
                        "submissions.revoke/2",
                        SubmissionWrites::audited,
                        (r, id) -> r.exchange().submissions().revoke(id, "The cases were in the training data.")),
                Write.of(
                        "submissions.softDelete/1",
                        SubmissionWrites::submitted,
                        (r, id) -> r.exchange().submissions().softDelete(id)));
    }

    private static UUID submitted(Lab lab) {
        NewSubmission submission = submission(version(lab, 1), 1);
        return lab.db().exchange().submissions().submit(submission).submission().id();
    }

    private static UUID audited(Lab lab) {
        UUID id = submitted(lab);
        VerificationRepository verifications = lab.db().exchange().verifications();
        Verification requested = verifications.request(NewVerification.of(id, VerificationKind.AUDITOR));
        ClaimedVerification claimed =
                verifications.claimByPerson(requested.id(), lab.user().id());
        verifications.complete(claimed.lease(), NewVerificationResult.confirmed(1, true));
        return id;
    }

    static DefinitionVersion version(Lab lab, int cases) {
        UUID definition = lab.db()
                .exchange()
                .definitions()
                .create(
                        ExchangeWrites.newDefinition(),
                        "1.0.0",
                        ExchangeWrites.newVersion()
                                .cases(IntStream.range(0, cases)
                                        .mapToObj(i -> NewTestCase.of("case-" + i, "name", "prompt"))
                                        .toList()))
                .id();
        lab.db().exchange().definitions().submitForReview(definition);
        lab.db().exchange().definitions().activate(definition);
        return lab.db().exchange().definitions().latest(definition).orElseThrow();
    }

    static NewSubmission submission(DefinitionVersion version, int cases) {
        return NewSubmission.of(
                        version,
                        SubmittedModel.of("Acme", "Model"),
                        NewSubmission.Submitter.named("Somebody"),
                        new NewSubmission.Run("run-1", TIME, TIME),
                        1)
                .metrics(List.of(SubmissionMetric.of("latency", 1)))
                .metadata(List.of(new SubmissionMetadata("k", Lab.SOME, "c")))
                .cases(IntStream.range(0, cases)
                        .mapToObj(i -> NewCaseResult.passed("case-" + i))
                        .toList());
    }
}
