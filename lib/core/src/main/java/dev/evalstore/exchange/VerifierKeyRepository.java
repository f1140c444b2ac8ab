package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * The public keys by which verifiers sign what they found; see {@link Attestation}. The host says who may register which
 * key. Keys are no secret. A key is never deleted, so that what it signed can still be checked.
 */
public final class VerifierKeyRepository extends VerifierKeyReads {
    /** Of a user who does not exist any text will do: the foreign key refuses the row. */
    private static final String USERS_NAME = """
            coalesce((select coalesce(u.display_name, u.username) from evalstore.users u where u.id = ?), '?')""";

    private static final String NOT_REVOKED = "revoked_at is null";

    private static final String NO_LATER_THAN_NOW = "least(?, statement_timestamp())";

    VerifierKeyRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Registers a key of a person or a worker.
     *
     * @throws ConstraintViolationException if a key has the key id already ({@code verifier_keys_key_id_unique}), or the
     *     key is registered already, under whichever key id ({@code verifier_keys_public_key_unique}). Also if the user
     *     does not exist ({@code verifier_keys_verifier_fk}), or {@code validTo} is given without {@code validFrom} and
     *     is past ({@code verifier_keys_valid_from_before_valid_to})
     */
    public VerifierKey register(NewVerifierKey key) {
        Columns values = new Columns()
                .set("key_id", key.keyId())
                .set("verifier_id", key.verifierId())
                .set("verifier_ref", key.verifierId() == null ? "worker " + key.worker() : "user " + key.verifierId())
                .set("public_key", Ed25519.text(key.publicKey()))
                .setIfGiven("valid_from", key.validFrom())
                .set("valid_to", key.validTo());
        if (key.verifierId() == null) {
            values.set("verifier_label", key.worker());
        } else {
            values.expression("verifier_label", USERS_NAME, key.verifierId());
        }
        return TABLE.create(jdbc, values);
    }

    /**
     * Sets when the key ends, as for a rotation: signatures of that time or later do not count. The time may be past, and
     * replaces an earlier one.
     *
     * @param at of the years 1 to 9999
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the key is revoked
     * @throws ConstraintViolationException if the time is not after the key's {@code validFrom}
     *     ({@code verifier_keys_valid_from_before_valid_to})
     */
    public VerifierKey expire(UUID id, Instant at) {
        return TABLE.move(jdbc, id, "expire", NOT_REVOKED, new Columns().set("valid_to", Check.time("at", at)));
    }

    /**
     * Revokes the key from now on. What it signed before still counts; see {@link #revoke(UUID, Instant)}.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the key is revoked already
     */
    public VerifierKey revoke(UUID id) {
        return TABLE.move(jdbc, id, "revoke", NOT_REVOKED, new Columns().now("revoked_at"));
    }

    /**
     * Revokes the key from a time that is past, such as when it was stolen: signatures of that time or later do not
     * count. A time to come counts as now. Who has a stolen key can write any time into what it signs; to trust none of
     * its signatures, give a time before {@code validFrom}.
     *
     * @param since of the years 1 to 9999
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the key is revoked already
     */
    public VerifierKey revoke(UUID id, Instant since) {
        Columns values = new Columns().expression("revoked_at", NO_LATER_THAN_NOW, Check.time("since", since));
        return TABLE.move(jdbc, Objects.requireNonNull(id, "id"), "revoke", NOT_REVOKED, values);
    }
}
