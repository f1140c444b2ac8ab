package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison came to. Nothing of it changes, but that a member which is removed loses its id. Times are the server's.
 *
 * @param id version 7
 * @param unit what its members are
 * @param metric what was compared, such as {@code score}
 * @param pairing which answers were a pair
 * @param method the tests that decided, as the engine names them
 * @param options an object: what it was computed with, such as alpha, correction, seed and resamples
 * @param sampleSize how many items, or items and repeats, were compared
 * @param excluded how many were left out
 * @param excludedReasons why, as far as is told: a number for each reason
 * @param results an object: what came out, as the engine shapes it
 * @param winner the place among the members, from 0, of the one that is best beyond chance; null where none is
 * @param pValue of the method, after correction, from 0 to 1; null without a test
 * @param effect the size of the difference, as the method measures it; null without one
 * @param engineVersion the version of the software that computed it
 * @param inputHash the SHA-256 of the rows that it was computed from, 64 lower-case hexadecimal digits
 * @param members at least two, in the order in which they were named
 * @param createdBy the user who stored it; null for the platform, or once removed
 */
public record StoredComparison(
        UUID id,
        String name,
        @Nullable String description,
        ComparisonUnit unit,
        String metric,
        Pairing pairing,
        String method,
        Json options,
        int sampleSize,
        int excluded,
        Map<String, Integer> excludedReasons,
        Json results,
        @Nullable Integer winner,
        @Nullable Double pValue,
        @Nullable Double effect,
        String engineVersion,
        String inputHash,
        List<ComparisonMember> members,
        @Nullable UUID createdBy,
        Instant createdAt) {
    public StoredComparison {
        excludedReasons = Map.copyOf(excludedReasons);
        members = List.copyOf(members);
    }

    /** The member that is best beyond chance; empty where none is. */
    public Optional<ComparisonMember> winningMember() {
        Integer place = winner;
        return place == null ? Optional.empty() : Optional.of(members.get(place));
    }

    /** The fields that may be logged: neither description, options nor results. */
    @Override
    public String toString() {
        return "StoredComparison[id=" + id + ", unit=" + unit + ", metric=" + metric + ", method=" + method
                + ", sampleSize=" + sampleSize + ", winner=" + winner + ", pValue=" + pValue + "]";
    }
}
