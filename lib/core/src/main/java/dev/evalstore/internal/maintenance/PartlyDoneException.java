package dev.evalstore.internal.maintenance;

import dev.evalstore.Cleanup;

/** A step did its work except for some parts, which the message names; nothing keeps the others from being done. */
public final class PartlyDoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Cleanup done;

    PartlyDoneException(String message, Cleanup done) {
        super(message);
        this.done = done;
    }

    /** What was done. */
    public Cleanup done() {
        return done;
    }
}
