package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison came to, to store; {@link StoredComparison} describes the fields. {@link #of} begins, and each further
 * method adds one thing.
 *
 * @param name not blank, at most 200 characters
 * @param description not blank, at most 20,000 characters, or null
 * @param setup how it was compared
 * @param members 2 to 100, each once
 * @param outcome what came out
 * @param provenance what makes it reproducible
 * @param createdBy the user who stores it; null for the platform
 */
public record NewComparison(
        String name,
        @Nullable String description,
        Setup setup,
        List<ComparisonMember> members,
        Outcome outcome,
        Provenance provenance,
        @Nullable UUID createdBy) {
    public NewComparison {
        ComparisonRules.name(name);
        ComparisonRules.description(description);
        Objects.requireNonNull(setup, "setup");
        members = ComparisonRules.members(members);
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(provenance, "provenance");
        ComparisonRules.winner(outcome.winner(), members.size());
    }

    /** A comparison without description and creator. */
    public static NewComparison of(
            String name, Setup setup, List<ComparisonMember> members, Outcome outcome, Provenance provenance) {
        return new NewComparison(name, null, setup, members, outcome, provenance, null);
    }

    /** Not blank, at most 20,000 characters. */
    public NewComparison description(String value) {
        return new NewComparison(
                name, Objects.requireNonNull(value, "description"), setup, members, outcome, provenance, createdBy);
    }

    public NewComparison createdBy(UUID user) {
        return new NewComparison(
                name, description, setup, members, outcome, provenance, Objects.requireNonNull(user, "createdBy"));
    }

    /** The fields that may be logged: no texts. */
    @Override
    public String toString() {
        return "NewComparison[setup=" + setup + ", " + members.size() + " members, outcome=" + outcome + "]";
    }

    /**
     * How a comparison is made.
     *
     * @param unit what its members are
     * @param metric not blank, at most 250 characters; the text of an {@link ItemMetric} where it is one
     * @param method not blank, at most 200 characters
     * @param options an object of at most 100,000 characters
     */
    public record Setup(ComparisonUnit unit, String metric, Pairing pairing, String method, Json options) {
        public Setup {
            Objects.requireNonNull(unit, "unit");
            ComparisonRules.metric(metric);
            Objects.requireNonNull(pairing, "pairing");
            ComparisonRules.method(method);
            ComparisonRules.options(options);
        }

        /** None of the options. */
        @Override
        public String toString() {
            return "Setup[unit=" + unit + ", metric=" + metric + ", pairing=" + pairing + ", method=" + method + "]";
        }
    }

    /**
     * What came out of a comparison. {@link #of} begins.
     *
     * @param sampleSize how many items, or items and repeats, were compared; 0 or more
     * @param excluded how many were left out, by reason: at most 100 reasons, each not blank and of at most 100 characters,
     *     each number 0 or more, at most 2,147,483,647 together
     * @param results an object of at most 5,000,000 characters
     * @param winner the place of the winner among the members, from 0, or null
     * @param pValue from 0 to 1, or null
     * @param effect from -1e300 to 1e300, or null
     */
    public record Outcome(
            int sampleSize,
            Map<String, Integer> excluded,
            Json results,
            @Nullable Integer winner,
            @Nullable Double pValue,
            @Nullable Double effect) {
        public Outcome {
            ComparisonRules.sampleSize(sampleSize);
            excluded = ComparisonRules.excluded(excluded);
            ComparisonRules.results(results);
            ComparisonRules.pValue(pValue);
            ComparisonRules.effect(effect);
        }

        /** Nothing was left out, and nobody wins. */
        public static Outcome of(int sampleSize, Json results) {
            return new Outcome(sampleSize, Map.of(), results, null, null, null);
        }

        public Outcome excluded(Map<String, Integer> value) {
            return new Outcome(sampleSize, value, results, winner, pValue, effect);
        }

        /** So many were left out for this reason; of two numbers for one reason the later one counts. */
        public Outcome excluded(String reason, int count) {
            Map<String, Integer> more = new TreeMap<>(excluded);
            more.put(Objects.requireNonNull(reason, "excluded"), count);
            return excluded(more);
        }

        /** The place of the winner among the members, from 0. */
        public Outcome winner(int place) {
            return new Outcome(sampleSize, excluded, results, place, pValue, effect);
        }

        public Outcome pValue(double value) {
            return new Outcome(sampleSize, excluded, results, winner, value, effect);
        }

        public Outcome effect(double value) {
            return new Outcome(sampleSize, excluded, results, winner, pValue, value);
        }

        /** None of the results. */
        @Override
        public String toString() {
            return "Outcome[sampleSize=" + sampleSize + ", winner=" + winner + ", pValue=" + pValue + ", effect="
                    + effect + "]";
        }
    }

    /**
     * What makes a comparison reproducible.
     *
     * @param engineVersion the version of the software that computed it: not blank, at most 100 characters
     * @param inputHash the SHA-256 of the rows that it was computed from, 64 lower-case hexadecimal digits
     */
    public record Provenance(String engineVersion, String inputHash) {
        public Provenance {
            ComparisonRules.engineVersion(engineVersion);
            ComparisonRules.inputHash(inputHash);
        }
    }
}
