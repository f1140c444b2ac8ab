package dev.evalstore;

import java.util.List;
import java.util.UUID;

/**
 * The lease expired, was released, or was taken away: another worker may own the item by now. Nothing was written; stop working
 * on the item.
 */
public final class LeaseLostException extends ConflictException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // List.copyOf returns a serializable one.
    private final List<UUID> ids;

    /** @param ids the items that are no longer owned */
    public LeaseLostException(List<UUID> ids) {
        super("the lease of " + (ids.size() == 1 ? ids.get(0).toString() : ids.size() + " items") + " is lost");
        this.ids = List.copyOf(ids);
    }

    /** The items that are no longer owned. */
    public List<UUID> ids() {
        return ids;
    }
}
