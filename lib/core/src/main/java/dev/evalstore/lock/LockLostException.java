package dev.evalstore.lock;

import dev.evalstore.ConflictException;

/** The lease has run out, was released, or is another's by now. Nothing was written; stop doing what needed the lock. */
public final class LockLostException extends ConflictException {
    private static final long serialVersionUID = 1L;

    private final String resource;

    LockLostException(String resource) {
        super("the lock on " + resource + " is lost");
        this.resource = resource;
    }

    /** What is no longer locked by the caller. */
    public String resource() {
        return resource;
    }
}
