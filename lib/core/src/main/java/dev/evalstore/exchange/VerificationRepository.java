package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Verifications of submissions, and the queue in which verifiers claim them. A verification is pending, in progress under a lease,
 * or ended. A submission has at most one that has not ended, and two verifiers never work on one.
 *
 * <p>Verifiers are workers and people. A worker claims platform verifications, and its lease ends when its heartbeats stop. A
 * person claims one verification of either kind, and has until a deadline. Every write by a verifier names its lease's token: one
 * that was paused beyond its lease can neither complete nor record, and the submission keeps its level.
 *
 * <p>A verification is visible as its submission is; see {@link Viewer}. What is not visible is not found and not counted.
 */
public final class VerificationRepository extends VerificationReads {
    /** How long a person has who names no deadline. */
    public static final Duration DEADLINE_OF_PEOPLE = Duration.ofDays(7);

    VerificationRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Requests a verification of a submission; it is pending.
     *
     * @throws NotFoundException if no submission has the id, or it is deleted
     * @throws ConflictException if the benchmark definition is deleted
     * @throws ConstraintViolationException if the submission has a verification that has not ended
     *     ({@code idx_verifications_submission_id_unfinished})
     */
    public Verification request(NewVerification verification) {
        return VerificationCreation.request(jdbc, verification);
    }

    /**
     * Claims platform verifications for a worker, the oldest first. Verifications that others are claiming are passed over, not
     * waited for. The lease ends when its worker's heartbeats stop, and after its time in any case.
     *
     * @param limit the maximum number of verifications, 1 to 500
     * @param lease how long the worker may take unless extended; whole seconds, at least one, at most 366 days
     * @return empty when no platform verification of the scope is pending
     * @throws WorkerGoneException if the worker's registration is unknown or was declared dead
     * @throws IllegalStateException if the transaction's isolation level is not read committed, at which nothing is claimed
     * @throws dev.evalstore.TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer came;
     *     {@link #held} finds the verifications that were claimed then
     */
    public List<ClaimedVerification> claim(Worker worker, VerificationScope scope, int limit, Duration lease) {
        Objects.requireNonNull(scope, "scope");
        Check.range("limit", limit, 1, 500);
        return new VerificationClaims(jdbc).claim(worker, scope, limit, wholeSeconds("lease", lease));
    }

    /**
     * The verifications that a worker holds, with their leases, the oldest first; empty when it holds none. Call this after a claim
     * that ended with {@code outcomeUnknown}. {@code held} waits for a claim of the worker that is under way on the server. In the
     * caller's transaction the claimers' gate stays shut until it ends.
     */
    public List<ClaimedVerification> held(Worker worker) {
        return new VerificationClaims(jdbc).held(worker);
    }

    /** {@link #claimByPerson(UUID, UUID, Duration)} with a deadline in seven days. */
    public ClaimedVerification claimByPerson(UUID id, UUID user) {
        return claimByPerson(id, user, DEADLINE_OF_PEOPLE);
    }

    /**
     * Claims a pending verification for a person. The lease has no worker and no heartbeats: it ends at the deadline, or when
     * the person is not active any more. Then {@link #requeueExpired} makes the verification pending again, as maintenance does. The person's lease is found again by {@link #heldByPerson}. Which people may verify is the
     * platform's to decide; the library refuses those who have a part in the submission.
     *
     * @param deadline how long the person may take unless extended; whole seconds, at least one, at most 366 days
     * @throws NotFoundException if no verification has the id
     * @throws ConflictException if it is not pending, or the user is unknown, not active, the submitter, or a member of the
     *     organization that submitted
     * @throws IllegalStateException if the transaction's isolation level is not read committed
     */
    public ClaimedVerification claimByPerson(UUID id, UUID user, Duration deadline) {
        Objects.requireNonNull(id, "id");
        return new VerificationClaims(jdbc).claimByPerson(id, user, wholeSeconds("deadline", deadline));
    }

    /**
     * Records a repetition of the run, under the next number. A connection that is lost before the answer leaves it unknown whether
     * it is recorded: {@link #attempts} says so.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is recorded
     * @throws ConstraintViolationException if 1,000 attempts were recorded before ({@code verification_attempts_attempt_range})
     */
    public VerificationAttempt recordAttempt(Lease lease, NewVerificationAttempt attempt) {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(attempt, "attempt");
        return VerificationOutcomes.record(jdbc, lease, attempt);
    }

    /**
     * Records a step, in place of what was recorded of the same step before.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is recorded
     */
    public VerificationStep recordStep(Lease lease, NewVerificationStep step) {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(step, "step");
        return VerificationOutcomes.record(jdbc, lease, step);
    }

    /**
     * Ends a verification with its result. Where that confirms the submission, the submission rises to the level of the
     * verification's kind and its boards follow, in the same commit. A level that is as high or higher stays, and so does that of a
     * submission that was deleted meanwhile.
     *
     * @return the verification as completed
     * @throws LeaseLostException if the lease is no longer held; nothing is stored
     * @throws ConflictException if the person who claimed it is not active any more, or that person or the acting user is the
     *     submitter or by now a member of the organization that submitted; nothing is stored
     * @throws IllegalStateException if a person claimed it, or the submission is to rise, and the transaction's isolation level is
     *     not read committed
     */
    public Verification complete(Lease lease, NewVerificationResult result) {
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(lease, "lease");
        return VerificationOutcomes.complete(jdbc, lease, result);
    }

    /**
     * Ends a verification without a result: it has failed for good, and the submission keeps its level. Another one may be
     * requested.
     *
     * @param reason why, not blank; what is longer than 10,000 characters is cut, and says so
     * @return the verification as failed
     * @throws LeaseLostException if the lease is no longer held; nothing is changed
     */
    public Verification fail(Lease lease, String reason) {
        Objects.requireNonNull(lease, "lease");
        return VerificationOutcomes.fail(jdbc, lease, Check.error("reason", reason));
    }

    /**
     * Ends a verification that is not wanted any more. A verifier that is at it loses the lease, and learns that from its next
     * write.
     *
     * @return the verification as cancelled
     * @throws NotFoundException if no verification has the id
     * @throws ConflictException if it has ended
     */
    public Verification cancel(UUID id) {
        return VerificationOutcomes.cancel(jdbc, Objects.requireNonNull(id, "id"));
    }

    /**
     * Moves the deadline to the given time from now, if that is later.
     *
     * @param time whole seconds, at least one, at most 366 days
     * @throws LeaseLostException if the lease is no longer held
     */
    public void extend(Lease lease, Duration time) {
        Objects.requireNonNull(lease, "lease");
        Leases.requireHeld(lease, Kinds.VERIFICATIONS.extend(jdbc, lease, wholeSeconds("time", time)));
    }

    /**
     * Gives a verification back; it is pending again at once, no loss counted.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void release(Lease lease) {
        VerificationOutcomes.release(jdbc, Objects.requireNonNull(lease, "lease"));
    }

    /**
     * Releases at once all verifications that the worker holds, no loss counted. The worker may claim again: drain it before, or
     * deregister it after, if it must not. A verification whose completion is under way in an open transaction is passed over.
     *
     * @return how many verifications were released
     */
    public int releaseHeldBy(Worker worker) {
        return Kinds.VERIFICATIONS.releaseHeldBy(
                jdbc, Objects.requireNonNull(worker, "worker").generation());
    }

    /**
     * Requeues up to {@code limit} expired leases: those past their deadline, and those of workers that left, were declared dead or
     * are silent for longer than their time to live. Silent workers are declared dead here. The verification is pending again. With
     * the fifth worker that was lost or ran out of time it has failed; a person whose time ran out does not count. Maintenance does
     * the same for all kinds of work. Safe to run from every process.
     *
     * <p>To declare workers dead is one commit for all kinds of work, so it may also requeue up to {@code limit} of each other
     * kind.
     *
     * @param limit 1 to 1,000
     * @return how many verifications were requeued
     */
    public int requeueExpired(int limit) {
        return Kinds.VERIFICATIONS.requeueExpired(jdbc, Check.limit(limit));
    }

    private static Duration wholeSeconds(String field, Duration time) {
        Check.atMost(field, Check.positive(field, time), Check.MAX_ATTEMPT);
        if (time.getNano() != 0) {
            throw new IllegalArgumentException(field + " must be whole seconds, at least one");
        }
        return time;
    }
}
