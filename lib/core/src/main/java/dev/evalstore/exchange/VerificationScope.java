package dev.evalstore.exchange;

import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Which verifications a worker claims. Immutable.
 *
 * @param definitionIds only verifications of submissions to these definitions, at most 10,000; empty for all
 */
public record VerificationScope(Set<UUID> definitionIds) {
    /** Verifications of submissions to every definition. */
    public static final VerificationScope ALL = new VerificationScope(Set.of());

    private static final int MAX_DEFINITIONS = 10_000;

    public VerificationScope {
        definitionIds = Set.copyOf(Objects.requireNonNull(definitionIds, "definitionIds"));
        if (definitionIds.size() > MAX_DEFINITIONS) {
            throw new IllegalArgumentException("definitionIds must be at most " + MAX_DEFINITIONS);
        }
    }

    /** Verifications of submissions to one definition. */
    public static VerificationScope definition(UUID id) {
        return new VerificationScope(Set.of(id));
    }
}
