package dev.evalstore.matrix;

import dev.evalstore.Lease;
import dev.evalstore.internal.Check;
import java.util.Objects;

/**
 * An attempt that ended without a result.
 *
 * @param lease the lease under which it ran
 * @param error the reason; of any length, not blank
 */
public record ConfigFailure(Lease lease, String error) {
    public ConfigFailure {
        Objects.requireNonNull(lease, "lease");
        Check.text("error", error);
    }
}
