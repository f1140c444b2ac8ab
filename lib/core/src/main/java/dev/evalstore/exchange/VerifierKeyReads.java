package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Optional;

/** The verbs of {@link VerifierKeyRepository} that only read. */
public sealed class VerifierKeyReads extends TableRows<VerifierKey, VerifierKeyFilter> permits VerifierKeyRepository {
    static final Table<VerifierKey> TABLE = Table.of("verifier key", "verifier_keys", """
                    id, key_id, verifier_id, verifier_label, public_key, valid_from, valid_to, revoked_at, created_at,
                    updated_at""", VerifierKeyReads::map)
            .newestFirst(VerifierKey::createdAt, VerifierKey::id)
            .status(key -> key.revokedAt() == null ? Standing.VALID : Standing.REVOKED)
            .audited("create", "expire", "revoke");

    VerifierKeyReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The key with exactly this key id, also an expired or revoked one; empty when there is none. */
    public Optional<VerifierKey> findByKeyId(String keyId) {
        return jdbc.find(
                TABLE.select("find_by_key_id").and("and key_id = ?", Check.content("keyId", keyId)), TABLE.mapper());
    }

    private static VerifierKey map(Row row) throws SQLException {
        return new VerifierKey(
                row.uuid("id"),
                row.text("key_id"),
                row.uuidOrNull("verifier_id"),
                row.text("verifier_label"),
                row.text("public_key"),
                row.instant("valid_from"),
                row.instantOrNull("valid_to"),
                row.instantOrNull("revoked_at"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    private enum Standing {
        VALID,
        REVOKED
    }
}
