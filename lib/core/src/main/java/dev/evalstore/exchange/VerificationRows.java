package dev.evalstore.exchange;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How verifications are read: the wide row {@code v}, its submission {@code s}, and the lease {@code l} if somebody is at it: a
 * worker {@code w} or a person {@code u}.
 */
final class VerificationRows {
    private static final String WIDE = """
            v.id, v.seq, v.submission_id, v.kind, v.config, v.losses, v.completed_at, v.success, v.reproduced_score,
            v.score_difference, v.environment_match, v.confidence, v.details, v.attestation_url, v.attestation_signature,
            v.attestation_algorithm, v.attestation_key_id, v.attestation_signed_at, v.attestation_metadata,
            v.failure_reason, v.created_at, v.updated_at""";

    private static final String STATE = """
            case when l.seq is not null then 'in_progress' else coalesce(v.outcome, 'pending') end as status,
            coalesce(l.verifier_id, v.verifier_id) as verifier_id,
            coalesce(w.worker_id, u.display_name, u.username, v.verifier_label) as verifier_label,
            coalesce(l.claimed_at, v.started_at) as started_at, l.deadline""";

    static final Table<Verification> TABLE = Table.of(
                    "verification", "verifications", WIDE + ", " + STATE, VerificationRows::map)
            .from("""
                    evalstore.verifications v
                    join evalstore.submissions s on s.id = v.submission_id
                    left join evalstore.verification_leases l on l.seq = v.seq
                    left join evalstore.workers w on w.generation = l.worker
                    left join evalstore.users u on u.id = l.verifier_id""")
            .key("v.id")
            .order(Keyset.newestFirst(
                    "verifications", "v.created_at", "v.id", Verification::createdAt, Verification::id))
            .audited("request", "claim", "record_attempt", "record_step", "complete", "fail", "cancel", "release")
            .emitting(Emits.<Verification>as("verification")
                    .tell("submissionId", Verification::submissionId)
                    .tell("kind", Verification::kind)
                    .tell("status", Verification::status)
                    .tell("verifierId", Verification::verifierId)
                    .on("request", "requested")
                    .on("claim", "claimed")
                    .on("release", "released")
                    .on("requeue", "requeued")
                    .on("complete", "completed")
                    .on("fail", "failed")
                    .on("cancel", "cancelled"));

    static final Table<VerificationAttempt> ATTEMPTS = Table.of(
                    "verification attempt", "verification_attempts", """
                    a.verification_id, a.attempt, a.score, a.duration_ms, a.environment_hash, a.success, a.error,
                    a.logs_url, a.started_at, a.completed_at, a.created_at""", VerificationRows::attempt)
            .from("""
                    evalstore.verification_attempts a
                    join evalstore.verifications v on v.id = a.verification_id
                    join evalstore.submissions s on s.id = v.submission_id""")
            .key("a.verification_id", "a.attempt");

    static final Table<VerificationStep> STEPS = Table.of(
                    "verification step", "verification_steps", """
                    t.verification_id, t.step, t.name, t.status, t.output, t.error, t.started_at, t.completed_at,
                    t.created_at, t.updated_at""", VerificationRows::step)
            .from("""
                    evalstore.verification_steps t
                    join evalstore.verifications v on v.id = t.verification_id
                    join evalstore.submissions s on s.id = v.submission_id""")
            .key("t.verification_id", "t.step");

    private VerificationRows() {}

    private static Verification map(Row row) throws SQLException {
        return new Verification(
                row.uuid("id"),
                row.bigint("seq"),
                row.uuid("submission_id"),
                row.enumValue("kind", VerificationKind.class),
                row.enumValue("status", VerificationStatus.class),
                row.json("config"),
                row.integer("losses"),
                row.uuidOrNull("verifier_id"),
                row.textOrNull("verifier_label"),
                row.instantOrNull("started_at"),
                row.instantOrNull("deadline"),
                row.instantOrNull("completed_at"),
                row.boolOrNull("success") == null ? null : result(row),
                new AttestationEvidence(
                        row.textOrNull("attestation_url"),
                        row.textOrNull("attestation_signature"),
                        row.textOrNull("attestation_algorithm"),
                        row.textOrNull("attestation_key_id"),
                        row.instantOrNull("attestation_signed_at"),
                        row.jsonOrNull("attestation_metadata")),
                row.textOrNull("failure_reason"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    private static VerificationResult result(Row row) throws SQLException {
        return new VerificationResult(
                row.bool("success"),
                row.real("reproduced_score"),
                row.real("score_difference"),
                row.bool("environment_match"),
                row.realOrNull("confidence"),
                row.jsonOrNull("details"));
    }

    private static VerificationAttempt attempt(Row row) throws SQLException {
        return new VerificationAttempt(
                row.uuid("verification_id"),
                row.integer("attempt"),
                row.realOrNull("score"),
                Duration.ofMillis(row.bigint("duration_ms")),
                row.textOrNull("environment_hash"),
                row.bool("success"),
                row.textOrNull("error"),
                row.textOrNull("logs_url"),
                row.instant("started_at"),
                row.instant("completed_at"),
                row.instant("created_at"));
    }

    private static VerificationStep step(Row row) throws SQLException {
        return new VerificationStep(
                row.uuid("verification_id"),
                row.integer("step"),
                row.text("name"),
                row.enumValue("status", VerificationStepStatus.class),
                row.jsonOrNull("output"),
                row.textOrNull("error"),
                row.instantOrNull("started_at"),
                row.instantOrNull("completed_at"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
