package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;

/** Which use cases to list. Conditions add up. Immutable. */
public final class UseCaseFilter extends Conditions<UseCaseFilter> {
    /** Every use case. */
    public static final UseCaseFilter ALL = new UseCaseFilter(Sql.NONE);

    private UseCaseFilter(Sql sql) {
        super(sql, UseCaseFilter::new);
    }

    /** Only those of this category. */
    public UseCaseFilter category(String category) {
        return and("and category = ?", Check.text("category", category));
    }
}
