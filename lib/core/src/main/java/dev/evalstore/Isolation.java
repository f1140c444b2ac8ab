package dev.evalstore;

import java.util.Locale;

/** The isolation levels of PostgreSQL. */
public enum Isolation {
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED,
    /** Every statement sees what was committed before the first; a concurrent update of the same row fails with 40001. */
    REPEATABLE_READ,
    /** As if transactions ran one after another; a transaction that could not have fails with 40001. */
    SERIALIZABLE;

    /** The level as SQL writes it. */
    public String sql() {
        return name().replace('_', ' ').toLowerCase(Locale.ROOT);
    }
}
