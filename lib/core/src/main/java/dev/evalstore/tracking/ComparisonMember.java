package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is compared with others.
 *
 * @param id the experiment, model version or submission; null once that is removed, and never in a new comparison
 * @param label its name in reports, which stays: not blank, at most 200 characters
 */
public record ComparisonMember(@Nullable UUID id, String label) {
    public ComparisonMember {
        Check.text("label", label, 1, 200);
    }

    /** A member of a new comparison. */
    public static ComparisonMember of(UUID id, String label) {
        return new ComparisonMember(Objects.requireNonNull(id, "id"), label);
    }
}
