package dev.evalstore.state;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A page of keys.
 *
 * @param prefix how they begin
 * @param limit how many at most
 * @param after the key after which they stand, or null
 */
record Range(byte[] prefix, int limit, byte @Nullable [] after) {
    /** The largest sum of value sizes after which a page ends; the entry that reaches it is still on the page. */
    static final int PAGE_BYTES = 8 << 20;

    Range {
        Objects.requireNonNull(prefix, "prefix");
        Check.limit(limit);
    }

    /** A condition on the key column of the alias; the bounds are those of an index scan. */
    Sql sql(String alias) {
        byte[] bound = Bytes.after(prefix);
        boolean isPast = after != null && new Bytes(after).compareTo(new Bytes(prefix)) >= 0;
        return Sql.of("and " + alias + ".key " + (isPast ? ">" : ">=") + " ?", isPast ? after : prefix)
                .andIf(bound != null, "and " + alias + ".key < ?", bound);
    }

    /**
     * The page of a query that gives entries, in the order of keys, ended early where their values are large. The limit stands
     * within: around the window function the planner would rather sort all there is.
     */
    Sql page(Sql entries) {
        return Sql.of("select key, value, version, metadata, created_at, updated_at, expires_at from ("
                        + "select q.*, sum(octet_length(value)) over (order by key rows between unbounded preceding"
                        + " and 1 preceding) as before from (")
                .and(entries)
                .and("order by key limit ?) q) p where coalesce(before, 0) < " + PAGE_BYTES + " order by key", limit);
    }
}
