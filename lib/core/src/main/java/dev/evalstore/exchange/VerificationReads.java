package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link VerificationRepository} that only read. */
public sealed class VerificationReads permits VerificationRepository {
    private static final Table<Verification> TABLE = VerificationRows.TABLE;

    final Jdbc jdbc;

    VerificationReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The verification with the id; empty when none has it, or the viewer may not see it. */
    public Optional<Verification> find(UUID id, Viewer viewer) {
        Sql visible = TABLE.selectAll("find")
                .and("and v.id = ?", Objects.requireNonNull(id, "id"))
                .and(Visibility.byId(viewer));
        return jdbc.find(visible, TABLE.mapper());
    }

    /**
     * {@link #find}, which must find it.
     *
     * @throws NotFoundException if none has the id, or the viewer may not see it
     */
    public Verification get(UUID id, Viewer viewer) {
        return find(id, viewer).orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * A page of the verifications that the filter admits and the viewer may see, the latest request first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<Verification> list(VerificationFilter filter, Viewer viewer, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, Objects.requireNonNull(filter, "filter").seenBy(viewer), limit, after);
    }

    /** How many verifications the filter admits and the viewer may see. */
    public long count(VerificationFilter filter, Viewer viewer) {
        return TABLE.count(jdbc, Objects.requireNonNull(filter, "filter").seenBy(viewer));
    }

    /** The attempts that were recorded, in order; empty where there are none, or the viewer may not see the verification. */
    public List<VerificationAttempt> attempts(UUID verification, Viewer viewer) {
        return parts(VerificationRows.ATTEMPTS, verification, viewer, "order by a.attempt");
    }

    /** The steps that were recorded, in order; empty where there are none, or the viewer may not see the verification. */
    public List<VerificationStep> steps(UUID verification, Viewer viewer) {
        return parts(VerificationRows.STEPS, verification, viewer, "order by t.step");
    }

    /**
     * Whether the signature of the result holds: what is signed is made again from the values in the store, and checked by
     * the key that the signature names. The key is judged by the time of signing that is in the signed text.
     *
     * @throws NotFoundException if none has the id, or the viewer may not see it
     */
    public AttestationCheck verifyAttestation(UUID id, Viewer viewer) {
        return Attestations.check(jdbc, id, viewer);
    }

    private <T> List<T> parts(Table<T> table, UUID verification, Viewer viewer, String order) {
        Sql visible = table.selectAll("list")
                .and("and v.id = ?", Objects.requireNonNull(verification, "verification"))
                .and(Visibility.byId(viewer))
                .and(order);
        return jdbc.list(visible, table.mapper());
    }

    /** The verifications that a person holds, with their leases, the oldest first; empty when the person holds none. */
    public List<ClaimedVerification> heldByPerson(UUID user) {
        return new VerificationClaims(jdbc).heldByPerson(user);
    }
}
