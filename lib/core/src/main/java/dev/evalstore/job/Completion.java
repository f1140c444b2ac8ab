package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that ended with success.
 *
 * @param lease the lease under which it ran
 * @param result its result, or null
 * @param usage the tokens and the money that it used
 */
public record Completion(Lease lease, @Nullable Json result, Usage usage) implements Outcome {
    public Completion {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(usage, "usage");
    }

    /** A completion without usage. */
    public static Completion of(Lease lease, @Nullable Json result) {
        return new Completion(lease, result, Usage.NONE);
    }
}
