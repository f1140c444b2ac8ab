package dev.evalstore.analysis;

import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Repositories;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.NewComparison;
import dev.evalstore.tracking.StoredComparison;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Comparison} came to. The same rows, names and options give an equal result, and the same bytes of
 * {@link #toJson()}, on every JDK from 17 on, in any time zone and locale: all computed figures have 10 significant digits, and verdicts are
 * decided by these.
 *
 * @param unit what the members are
 * @param metric what was compared
 * @param higherIsBetter its direction
 * @param options as they were told
 * @param tests the tests that were made, the one that decides first
 * @param sampleSize how many items, or answers where repeats are pairs of their own, all members have; by
 *     {@link ItemRule#OF_PAIR}, how many at least two have
 * @param excluded what was left out, a number for each reason that occurred; see {@link Comparison}
 * @param members best first, by mean, those of one mean by id; nobody above one that is better by the verdicts. Those without a mean are last, and have no rank
 * @param pairs each two members, in the order of their ranks
 * @param winner the member that is better than every other, by the verdicts; null where none is, or where a member has
 *     nothing that could be compared
 * @param engineVersion of the computation; another one may give other figures for the same rows
 * @param inputHash the SHA-256 of the rows that were compared, 64 hexadecimal digits; see {@link Comparison}
 */
public record ComparisonResult(
        ComparisonUnit unit,
        String metric,
        boolean higherIsBetter,
        ComparisonOptions options,
        List<TestKind> tests,
        int sampleSize,
        Map<String, Integer> excluded,
        List<ComparedMember> members,
        List<ComparedPair> pairs,
        @Nullable UUID winner,
        String engineVersion,
        String inputHash) {
    public ComparisonResult {
        tests = List.copyOf(tests);
        excluded = Map.copyOf(excluded);
        members = List.copyOf(members);
        pairs = List.copyOf(pairs);
    }

    /**
     * The result of a comparison that was stored, with the names that its members had.
     *
     * @throws IllegalArgumentException if it was not stored by this artifact
     */
    public static ComparisonResult of(StoredComparison stored) {
        return ResultJson.read(Objects.requireNonNull(stored, "stored").results());
    }

    /** The member with this id; empty where it was not compared. */
    public Optional<ComparedMember> member(UUID id) {
        Objects.requireNonNull(id, "id");
        return members.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** The pair of these two, whichever is its first; empty where one of them was not compared. */
    public Optional<ComparedPair> pair(UUID one, UUID other) {
        Objects.requireNonNull(one, "one");
        Objects.requireNonNull(other, "other");
        return pairs.stream()
                .filter(pair -> pair.first().equals(one) && pair.second().equals(other)
                        || pair.first().equals(other) && pair.second().equals(one))
                .findFirst();
    }

    /** All of it as canonical JSON (RFC 8785); what is null is left out. */
    public Json toJson() {
        return ResultJson.of(this);
    }

    /**
     * This result as a row to store; a description and the user who stores it can be added. The row's p-value and effect are those
     * of the two best members: the corrected p-value that decides, and Cohen's d<sub>z</sub>.
     *
     * @param name not blank, at most 200 characters; it need not be unique
     */
    public NewComparison toNew(String name) {
        return Storing.of(this, name);
    }

    /**
     * Stores {@link #toNew} and returns it as stored.
     *
     * @param db the database, or a transaction to store it in
     * @throws NotFoundException if a member was deleted since
     */
    public StoredComparison save(Repositories db, String name) {
        return db.tracking().comparisons().create(toNew(name));
    }
}
