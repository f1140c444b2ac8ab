package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks signatures of what is stored. */
final class Attestations {
    /** One snapshot of result, submission and key. Verifiers stay comparable after a user was renamed or removed. */
    private static final String SIGNED = """
            /* verifications.verify_attestation */ select v.id as verification_id, v.submission_id, s.version_id,
                s.content_hash, s.environment_hash, s.aggregate_score, v.success, v.reproduced_score,
                v.score_difference, v.environment_match, v.attestation_signature, v.attestation_algorithm,
                v.attestation_key_id, v.attestation_signed_at, k.public_key, k.valid_from, k.valid_to, k.revoked_at,
                coalesce(v.verifier_ref = k.verifier_ref, false) as is_verifiers
            from evalstore.verifications v
            join evalstore.submissions s on s.id = v.submission_id
            left join evalstore.verifier_keys k on k.key_id = v.attestation_key_id
            where v.id = ?""";

    private Attestations() {}

    static AttestationCheck check(Jdbc jdbc, UUID verification, Viewer viewer) {
        Sql signed = Sql.of(SIGNED, Objects.requireNonNull(verification, "verification"))
                .and(Visibility.byId(viewer));
        return jdbc.find(signed, Attestations::check).orElseThrow(() -> VerificationRows.TABLE.notFound(verification));
    }

    private static AttestationCheck check(Row row) throws SQLException {
        String signature = row.textOrNull("attestation_signature");
        if (signature == null) {
            return AttestationCheck.NOT_SIGNED;
        }
        if (!row.text("attestation_algorithm").equals(Ed25519.ALGORITHM)) {
            return AttestationCheck.UNSUPPORTED_ALGORITHM;
        }
        String key = row.textOrNull("public_key");
        if (key == null) {
            return AttestationCheck.UNKNOWN_KEY;
        }
        // The key is judged by a time that only a signature which holds vouches for.
        Instant signedAt = row.instant("attestation_signed_at");
        String text = Attestation.stored(row).text(row.text("attestation_key_id"), signedAt);
        if (!Ed25519.isSigned(key, text, signature)) {
            return AttestationCheck.INVALID;
        }
        if (!row.bool("is_verifiers")) {
            return AttestationCheck.OTHER_VERIFIERS_KEY;
        }
        if (signedAt.isBefore(row.instant("valid_from"))) {
            return AttestationCheck.KEY_NOT_YET_VALID;
        }
        if (isPast(row.instantOrNull("revoked_at"), signedAt)) {
            return AttestationCheck.REVOKED_KEY;
        }
        return isPast(row.instantOrNull("valid_to"), signedAt) ? AttestationCheck.EXPIRED_KEY : AttestationCheck.VALID;
    }

    private static boolean isPast(@Nullable Instant end, Instant time) {
        return end != null && !time.isBefore(end);
    }
}
