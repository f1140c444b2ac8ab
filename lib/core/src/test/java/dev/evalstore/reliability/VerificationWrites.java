package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.Lease;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.NewVerification;
import dev.evalstore.exchange.NewVerificationAttempt;
import dev.evalstore.exchange.NewVerificationResult;
import dev.evalstore.exchange.NewVerificationStep;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.VerificationKind;
import dev.evalstore.exchange.VerificationRepository;
import dev.evalstore.exchange.VerificationScope;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Of verifications of submissions. */
final class VerificationWrites {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");
    private static final NewVerificationResult CONFIRMED = NewVerificationResult.confirmed(1, true);

    private VerificationWrites() {}

    /** A verification and a person who may claim it. */
    private record Waiting(UUID id, UUID person) {}

    /** A worker and what it has claimed. */
    private record Verifying(Worker worker, Lease lease) {}

    static List<Write<?>> verifications() {
        return List.of(
                Write.of(
                        "verifications.request/1",
                        VerificationWrites::submission,
                        (r, submission) -> r.exchange()
                                .verifications()
                                .request(NewVerification.of(submission, VerificationKind.PLATFORM))),
                Write.of(
                                "verifications.claim/4",
                                lab -> {
                                    requested(lab);
                                    return lab.worker();
                                },
                                (r, worker) ->
                                        r.exchange().verifications().claim(worker, VerificationScope.ALL, 2, HOUR))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                        "verifications.claimByPerson/2",
                        VerificationWrites::waiting,
                        (r, of) -> r.exchange().verifications().claimByPerson(of.id(), of.person())),
                Write.of(
                        "verifications.claimByPerson/3",
                        VerificationWrites::waiting,
                        (r, of) -> r.exchange().verifications().claimByPerson(of.id(), of.person(), HOUR)),
                Write.of(
                                "verifications.recordAttempt/2",
                                VerificationWrites::verifying,
                                (r, v) -> r.exchange()
                                        .verifications()
                                        .recordAttempt(v.lease(), NewVerificationAttempt.crashed("no", BEGIN, BEGIN)))
                        .which(ADDS),
                Write.of(
                        "verifications.recordStep/2",
                        VerificationWrites::verifying,
                        (r, v) -> r.exchange()
                                .verifications()
                                .recordStep(v.lease(), NewVerificationStep.inProgress(1, "Run", BEGIN))),
                Write.of(
                        "verifications.complete/2",
                        VerificationWrites::verifying,
                        (r, v) -> r.exchange().verifications().complete(v.lease(), CONFIRMED)),
                Write.of(
                                "verifications.complete/2",
                                lab -> {
                                    Waiting of = waiting(lab);
                                    return repository(lab)
                                            .claimByPerson(of.id(), of.person())
                                            .lease();
                                },
                                (r, lease) -> r.exchange().verifications().complete(lease, CONFIRMED))
                        .like("by a person"),
                Write.of(
                        "verifications.fail/2",
                        VerificationWrites::verifying,
                        (r, v) -> r.exchange().verifications().fail(v.lease(), "no")),
                Write.of(
                        "verifications.cancel/1",
                        lab -> verifying(lab).lease().id(),
                        (r, id) -> r.exchange().verifications().cancel(id)),
                Write.of(
                        "verifications.extend/2",
                        VerificationWrites::verifying,
                        (r, v) ->
                                Writes.done(() -> r.exchange().verifications().extend(v.lease(), Duration.ofDays(1)))),
                Write.of(
                        "verifications.release/1",
                        VerificationWrites::verifying,
                        (r, v) -> Writes.done(() -> r.exchange().verifications().release(v.lease()))),
                Write.of(
                                "verifications.releaseHeldBy/1",
                                VerificationWrites::verifying,
                                (r, v) -> r.exchange().verifications().releaseHeldBy(v.worker()))
                        .which(PASSES_OVER),
                Write.of(
                                "verifications.requeueExpired/1",
                                lab -> {
                                    Verifying v = verifying(lab);
                                    lab.sql(
                                            "update evalstore.verification_leases set deadline = now() - interval '1 day'");
                                    return v;
                                },
                                (r, v) -> r.exchange().verifications().requeueExpired(10))
                        .which(PASSES_OVER),
                Write.of(
                                "workers.deregister/1",
                                VerificationWrites::verifying,
                                (r, v) -> r.workers().deregister(v.worker()))
                        .which(PASSES_OVER)
                        .like("with a verification"),
                Write.of(
                                "submissions.softDelete/1",
                                lab -> repository(lab)
                                        .get(verifying(lab).lease().id(), Viewer.PLATFORM)
                                        .submissionId(),
                                (r, id) -> r.exchange().submissions().softDelete(id))
                        .like("being verified"));
    }

    private static VerificationRepository repository(Lab lab) {
        return lab.db().exchange().verifications();
    }

    private static UUID submission(Lab lab) {
        DefinitionRepository definitions = lab.db().exchange().definitions();
        UUID definition = definitions
                .create(
                        ExchangeWrites.newDefinition(),
                        "1.0.0",
                        ExchangeWrites.newVersion().cases(List.of(NewTestCase.of("k", "name", "prompt"))))
                .id();
        definitions.submitForReview(definition);
        definitions.activate(definition);
        return lab.db()
                .exchange()
                .submissions()
                .submit(NewSubmission.of(
                                definitions.latest(definition).orElseThrow(),
                                SubmittedModel.of("p", "m"),
                                NewSubmission.Submitter.named("somebody"),
                                new NewSubmission.Run("e", BEGIN, BEGIN),
                                1)
                        .cases(List.of(NewCaseResult.passed("k"))))
                .submission()
                .id();
    }

    private static UUID requested(Lab lab) {
        return repository(lab)
                .request(NewVerification.of(submission(lab), VerificationKind.PLATFORM))
                .id();
    }

    private static Waiting waiting(Lab lab) {
        return new Waiting(requested(lab), lab.user().id());
    }

    private static Verifying verifying(Lab lab) {
        requested(lab);
        Worker worker = lab.worker();
        return new Verifying(
                worker,
                repository(lab)
                        .claim(worker, VerificationScope.ALL, 1, HOUR)
                        .get(0)
                        .lease());
    }
}
