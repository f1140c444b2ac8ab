package dev.evalstore.state;

import dev.evalstore.DatabaseException;

/**
 * The feed no longer holds what followed the token: it was compacted, or the store was replaced by a backup or a new
 * schema. Read the whole state again, then watch from there.
 */
public final class ChangesCompactedException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    ChangesCompactedException(String namespace) {
        super(
                "the feed of state namespace " + namespace
                        + " no longer has the changes after the token: it was compacted, or the store was replaced",
                null,
                null);
    }
}
