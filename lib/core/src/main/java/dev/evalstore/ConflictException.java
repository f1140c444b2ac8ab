package dev.evalstore;

/**
 * The row exists, but its present state does not allow the change: it was moved on by somebody else, or the caller asked for a
 * step that its life cycle does not have. Nothing was changed.
 */
public class ConflictException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    /** @param message which step was refused, from which state */
    public ConflictException(String message) {
        super(message, null, null);
    }
}
