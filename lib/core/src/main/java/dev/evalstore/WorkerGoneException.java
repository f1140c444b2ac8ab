package dev.evalstore;

/**
 * This registration does not exist or was declared gone: its jobs are others' by now. Stop what is running, and register anew.
 */
public final class WorkerGoneException extends ConflictException {
    private static final long serialVersionUID = 1L;

    /** @param generation the registration */
    public WorkerGoneException(long generation) {
        super("worker generation " + generation + " is unknown or was declared gone; register anew");
    }
}
