package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which votes of a proposal or a user to list. Conditions add up. Immutable. */
public final class VoteFilter extends Conditions<VoteFilter> {
    /** Every vote. */
    public static final VoteFilter ALL = new VoteFilter(Sql.NONE);

    private VoteFilter(Sql sql) {
        super(sql, VoteFilter::new);
    }

    /** Only those with this choice. */
    public VoteFilter choice(VoteChoice choice) {
        return and("and choice = ?", Objects.requireNonNull(choice, "choice"));
    }

    /** Only those with a reasoning, or only others. */
    public VoteFilter reasoned(boolean reasoned) {
        return and(reasoned ? "and reasoning is not null" : "and reasoning is null");
    }

    /** Only those first given from the one time on and before the other; null leaves that side open. */
    public VoteFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
