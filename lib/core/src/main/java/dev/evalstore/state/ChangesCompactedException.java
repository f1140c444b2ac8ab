package dev.evalstore.state;

import dev.evalstore.DatabaseException;

/** The feed no longer holds what followed the token. Read the whole state again, then watch from there. */
public final class ChangesCompactedException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    ChangesCompactedException(String namespace) {
        super("the feed of state namespace " + namespace + " was compacted beyond the token", null, null);
    }
}
