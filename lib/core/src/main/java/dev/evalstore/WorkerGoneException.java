package dev.evalstore;

/**
 * The worker's registration does not exist or was declared dead, and other workers may own its items by now. Stop all handlers and
 * register again.
 */
public final class WorkerGoneException extends ConflictException {
    private static final long serialVersionUID = 1L;

    /** @param generation the registration */
    public WorkerGoneException(long generation) {
        super("worker generation " + generation + " is unknown or was declared dead; register again");
    }
}
