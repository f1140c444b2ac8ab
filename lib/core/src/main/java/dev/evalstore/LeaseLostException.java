package dev.evalstore;

import java.util.List;
import java.util.UUID;

/**
 * The lease has run out, was given back, or was taken away: the job may be another worker's by now. Nothing was written; stop
 * working on it.
 */
public final class LeaseLostException extends ConflictException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // List.copyOf gives a serializable one.
    private final List<UUID> ids;

    /** @param ids what is no longer owned */
    public LeaseLostException(List<UUID> ids) {
        super("the lease of " + (ids.size() == 1 ? ids.get(0).toString() : ids.size() + " items") + " is lost");
        this.ids = List.copyOf(ids);
    }

    /** What is no longer owned. */
    public List<UUID> ids() {
        return ids;
    }
}
