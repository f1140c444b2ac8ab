package dev.evalstore.state;

import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one page.
 *
 * @param prefix how they begin
 * @param limit the maximum number of keys
 * @param after the key after which the page begins, or null
 */
record Range(byte[] prefix, int limit, byte @Nullable [] after) {
    /** A page ends with the entry that makes the sum of its values' sizes reach this. */
    static final int PAGE_BYTES = 8 << 20;

    /**
     * A page of the entries that a query yields, in the order of keys, ended early where their values are large. The
     * limit stands inside: outside the window function, the planner would rather sort all entries.
     */
    static final Template PAGE = new Template("""
            select key, value, version, metadata, created_at, updated_at, expires_at from (
                select q.*, sum(octet_length(value)) over (
                    order by key rows between unbounded preceding and 1 preceding) as before
                from ({entries} order by key limit ?) q) p
            where coalesce(before, 0) < {page_bytes} order by key""").with("page_bytes", Integer.toString(PAGE_BYTES));

    Range {
        Objects.requireNonNull(prefix, "prefix");
        Check.limit(limit);
    }

    /** The statement with the condition on {@code e.key} for {@code {range}}; its bounds are those of an index scan. */
    Template in(Template statement) {
        String lower = isPastPrefix() ? "and e.key > ?" : "and e.key >= ?";
        return statement.with("range", upper() == null ? lower : lower + " and e.key < ?");
    }

    /** The condition's arguments. */
    List<byte[]> args() {
        byte[] lower = isPastPrefix() ? Objects.requireNonNull(after) : prefix;
        byte[] upper = upper();
        return upper == null ? List.of(lower) : List.of(lower, upper);
    }

    private boolean isPastPrefix() {
        return after != null && new Bytes(after).compareTo(new Bytes(prefix)) >= 0;
    }

    private byte @Nullable [] upper() {
        return Bytes.after(prefix);
    }
}
