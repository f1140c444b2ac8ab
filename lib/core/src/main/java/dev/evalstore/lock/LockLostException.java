package dev.evalstore.lock;

import dev.evalstore.ConflictException;

/**
 * The lock's lease ran out, was released, or belongs to another holder by now. Nothing was written; stop the work that
 * needs the lock.
 */
public final class LockLostException extends ConflictException {
    private static final long serialVersionUID = 1L;

    private final String resource;

    LockLostException(String resource) {
        super("the lock on " + resource + " is lost");
        this.resource = resource;
    }

    /** The resource that the caller no longer has locked. */
    public String resource() {
        return resource;
    }
}
