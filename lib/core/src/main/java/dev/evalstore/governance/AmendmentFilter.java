package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which amendments to list. Conditions add up. Immutable. */
public final class AmendmentFilter extends Conditions<AmendmentFilter> {
    /** Every amendment. */
    public static final AmendmentFilter ALL = new AmendmentFilter(Sql.NONE);

    private AmendmentFilter(Sql sql) {
        super(sql, AmendmentFilter::new);
    }

    /** Only those of this proposal. */
    public AmendmentFilter proposal(UUID id) {
        return and("and proposal_id = ?", Objects.requireNonNull(id, "proposal"));
    }

    /** Only those in this status. */
    public AmendmentFilter status(AmendmentStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only those that this user proposed. */
    public AmendmentFilter createdBy(UUID user) {
        return and("and created_by = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only those created from the one time on and before the other; null leaves that side open. */
    public AmendmentFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
