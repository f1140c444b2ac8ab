package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;

/** Which framework versions to list. Conditions add up. Immutable. */
public final class FrameworkFilter extends Conditions<FrameworkFilter> {
    /** Every framework version. */
    public static final FrameworkFilter ALL = new FrameworkFilter(Sql.NONE);

    private FrameworkFilter(Sql sql) {
        super(sql, FrameworkFilter::new);
    }

    /** Only those with this name. */
    public FrameworkFilter name(String name) {
        return and("and name = ?", Check.text("name", name));
    }
}
