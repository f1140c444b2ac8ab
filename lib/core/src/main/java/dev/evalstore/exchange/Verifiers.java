package dev.evalstore.exchange;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.ConflictException;
import dev.evalstore.internal.jdbc.Acting;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The people who verify. Lock order: the submission's organization, then the user, then whatever of verifications. The removal of
 * a user takes the same order, and foreign keys then write the user's verifications.
 */
final class Verifiers {
    /** Shared. Whoever adds a member has the organization alone, and so comes before or after. */
    private static final String LOCK_ORGANIZATION = """
            /* verifications.lock_organization */ select 1 as locked from evalstore.organizations
            where id = (select organization_id from evalstore.submissions where id = ?)
            for share""";

    private static final String LOCK_USER = """
            /* verifications.lock_verifier */ select active, current_setting('transaction_isolation') as isolation
            from evalstore.users where id = ?
            for key share""";

    private Verifiers() {}

    /**
     * Refuses a user who is not active, submitted it, or is a member of the organization that did. Until the transaction ends the
     * user does not become a member.
     *
     * @param verb what is refused
     * @throws ConflictException if the user may not verify it
     * @throws IllegalStateException if the transaction is not read committed
     */
    static void lockIndependent(Jdbc tx, UUID submission, UUID user, String verb) {
        lockOrganization(tx, submission);
        if (!lock(tx, user)) {
            throw new ConflictException("user " + user + " is unknown or not active: cannot " + verb);
        }
        SubmissionStanding.requireIndependent(tx, submission, user, verb);
    }

    /** Until the transaction ends nobody becomes a member of the organization that submitted it. */
    static void lockOrganization(Jdbc tx, UUID submission) {
        tx.returning(Sql.of(LOCK_ORGANIZATION, submission), row -> row.integer("locked"));
    }

    /** {@link #lockIndependent} for the user on whose behalf the statements run, where that is known. */
    static void lockActorIndependent(Jdbc tx, UUID submission, String verb) {
        Acting acting = tx.acting();
        Actor actor = acting == null ? null : acting.context().actor();
        UUID user = actor == null || actor.kind() != ActorKind.USER ? null : actor.id();
        if (user != null) {
            lockOrganization(tx, submission);
            SubmissionStanding.requireIndependent(tx, submission, user, verb);
        }
    }

    /** Locks the user against removal where there is one; false for a user who is unknown or not active. */
    static boolean lock(Jdbc tx, @Nullable UUID user) {
        return user != null
                && tx.change(Sql.of(LOCK_USER, user), row -> {
                            if (!row.text("isolation").equals("read committed")) {
                                throw new IllegalStateException(
                                        "a person's verification needs the isolation level read committed, and was asked"
                                                + " for in " + row.text("isolation"));
                            }
                            return row.bool("active");
                        })
                        .orElse(false);
    }
}
