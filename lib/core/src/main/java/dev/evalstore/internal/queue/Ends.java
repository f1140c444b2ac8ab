package dev.evalstore.internal.queue;

import dev.evalstore.internal.jdbc.Sql;
import java.util.List;

/**
 * Ends of attempts that are sent in front of a claim, in one commit with it.
 *
 * @param statements made by {@link Leases#statement}; each returns the tokens of the leases that are not held
 * @param leases how many leases they name
 */
public record Ends(List<Sql> statements, int leases) {
    /** No ends. */
    static final Ends NONE = new Ends(List.of(), 0);
}
