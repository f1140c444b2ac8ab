package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A successful end of an attempt.
 *
 * @param lease the right to end it
 * @param result what it came to, or null
 * @param usage what it used
 */
public record Completion(Lease lease, @Nullable Json result, Usage usage) {
    public Completion {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(usage, "usage");
    }

    /** A completion without a record of usage. */
    public static Completion of(Lease lease, @Nullable Json result) {
        return new Completion(lease, result, Usage.NONE);
    }
}
