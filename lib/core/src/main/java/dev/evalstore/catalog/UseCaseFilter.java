package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;

/** Which use cases to list. Conditions add up. Immutable. */
public final class UseCaseFilter {
    /** Every use case. */
    public static final UseCaseFilter ALL = new UseCaseFilter(Sql.NONE);

    private final Sql sql;

    private UseCaseFilter(Sql sql) {
        this.sql = sql;
    }

    /** Only those of this category. */
    public UseCaseFilter category(String category) {
        return new UseCaseFilter(sql.and("and category = ?", Check.text("category", category)));
    }

    Sql sql() {
        return sql;
    }
}
