package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which rankings to list, of those that have not expired. Conditions add up. Immutable. */
public final class RankingFilter extends Conditions<RankingFilter> {
    /** Every ranking. */
    public static final RankingFilter ALL = new RankingFilter(Sql.of("and expires_at > statement_timestamp()"));

    private RankingFilter(Sql sql) {
        super(sql, RankingFilter::new);
    }

    /** Only those of this category. */
    public RankingFilter category(String category) {
        return and("and use_case_category = ?", Check.text("category", category));
    }

    /** Only those by this method. */
    public RankingFilter method(RankingMethod method) {
        return and("and method = ?", Objects.requireNonNull(method, "method"));
    }

    /** Only those of this model version. */
    public RankingFilter modelVersion(UUID id) {
        return and("and model_version_id = ?", Objects.requireNonNull(id, "id"));
    }
}
