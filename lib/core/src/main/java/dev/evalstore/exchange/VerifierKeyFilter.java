package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/** Which verifiers' keys to list. Conditions add up. Immutable. */
public final class VerifierKeyFilter extends Conditions<VerifierKeyFilter> {
    /** Every key, expired and revoked ones too. */
    public static final VerifierKeyFilter ALL = new VerifierKeyFilter(Sql.NONE);

    private static final String VALID_AT = """
            and valid_from <= ? and (valid_to is null or valid_to > ?) and (revoked_at is null or revoked_at > ?)""";

    private VerifierKeyFilter(Sql sql) {
        super(sql, VerifierKeyFilter::new);
    }

    /** Only keys of this person. */
    public VerifierKeyFilter verifier(UUID user) {
        return and("and verifier_id = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only keys of the worker that registers under exactly this name. */
    public VerifierKeyFilter worker(String worker) {
        return and("and verifier_ref = ?", "worker " + Check.name("worker", worker));
    }

    /** Only keys by which a signature of this time, of the years 1 to 9999, counts. */
    public VerifierKeyFilter validAt(Instant time) {
        Instant at = Check.time("time", time);
        return and(VALID_AT, at, at, at);
    }
}
