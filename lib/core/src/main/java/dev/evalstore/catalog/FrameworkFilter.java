package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;

/** Which framework versions to list. Conditions add up. Immutable. */
public final class FrameworkFilter {
    /** Every framework version. */
    public static final FrameworkFilter ALL = new FrameworkFilter(Sql.NONE);

    private final Sql sql;

    private FrameworkFilter(Sql sql) {
        this.sql = sql;
    }

    /** Only those with this name. */
    public FrameworkFilter name(String name) {
        return new FrameworkFilter(sql.and("and name = ?", Check.text("name", name)));
    }

    Sql sql() {
        return sql;
    }
}
