package dev.evalstore;

/**
 * The row exists, but its present state does not allow the change: another caller changed it first, or its life cycle has no
 * such step. Nothing was changed.
 */
public class ConflictException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    /** @param message the refused step and the present state */
    public ConflictException(String message) {
        super(message, null, null);
    }
}
