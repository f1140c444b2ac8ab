package dev.evalstore;

import org.jspecify.annotations.Nullable;

/** The schema refused a row: a duplicate, a missing parent, a missing value or a broken rule. Nothing was stored. */
public final class ConstraintViolationException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    /** The sort of rule that was broken. */
    public enum Kind {
        /** Another row has the same key (23505). */
        UNIQUE,
        /** A referenced row does not exist, or the row is still referenced (23503, 23001). */
        FOREIGN_KEY,
        /** A column that needs a value has none (23502). */
        NOT_NULL,
        /** A rule of the table (23514), named by {@link ConstraintViolationException#constraint()}. */
        CHECK,
        /** Two rows overlap (23P01). */
        EXCLUSION
    }

    private final Kind kind;
    private final @Nullable String constraint;

    /**
     * @param message the refused statement, without values
     * @param kind the sort of rule
     * @param constraint the constraint's name, or the column's for {@link Kind#NOT_NULL}
     * @param sqlState the server's code
     * @param cause the driver's exception
     */
    public ConstraintViolationException(
            String message,
            Kind kind,
            @Nullable String constraint,
            @Nullable String sqlState,
            @Nullable Throwable cause) {
        super(message, sqlState, cause);
        this.kind = kind;
        this.constraint = constraint;
    }

    /** The sort of rule that was broken. */
    public Kind kind() {
        return kind;
    }

    /** The name of the constraint (of the column for {@link Kind#NOT_NULL}), or null where the server named none. */
    public @Nullable String constraint() {
        return constraint;
    }
}
