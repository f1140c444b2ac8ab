package dev.evalstore.analysis;

import dev.evalstore.analysis.internal.Inputs;
import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.analysis.stats.Resampling;
import dev.evalstore.tracking.Pairing;
import java.util.List;
import java.util.Objects;

/**
 * How a comparison is computed. With the rows, it decides every digit of the result.
 *
 * @param alpha what a corrected p-value must be at most for a difference to count; intervals are of level 1 - alpha. From
 *     0.000001 to 0.5
 * @param correction of the p-values of each test over all pairs
 * @param tests the tests, of which the first that is defined decides; empty for those that the data choose:
 *     {@link TestKind#MCNEMAR} and its mid-p-value where all values are 0 or 1, else {@link TestKind#PAIRED_T} and
 *     {@link TestKind#WILCOXON}
 * @param pairing what becomes of several answers to one item. By {@link Pairing#ITEM_AND_REPEAT} each repeat is a pair; then
 *     the t test, all standard errors and intervals are clustered by item, and the t test comes first. The other tests take
 *     the repeats of an item for independent, as they take items, and none of them decides beside the t test
 * @param items on which items members are compared
 * @param seed of resamples; the same seed gives the same result on every JDK
 * @param permutations the resamples of {@link TestKind#PERMUTATION}, 100 to 1,000,000
 * @param bootstraps the resamples of a bootstrap interval of each difference, 100 to 1,000,000; 0 for none
 */
public record ComparisonOptions(
        double alpha,
        Correction correction,
        List<TestKind> tests,
        Pairing pairing,
        ItemRule items,
        long seed,
        int permutations,
        int bootstraps) {
    /** Alpha 0.05, corrected by Holm, tests by the data, repeats averaged, the items that all have, and no bootstrap. */
    public static final ComparisonOptions DEFAULT =
            new ComparisonOptions(0.05, Correction.HOLM, List.of(), Pairing.ITEM, ItemRule.OF_ALL, 1, 10_000, 0);

    private static final double MIN_ALPHA = 1e-6;
    private static final double MAX_ALPHA = 0.5;

    /** @throws IllegalArgumentException if a component is out of its bounds, or a test is named twice */
    public ComparisonOptions {
        Inputs.range("alpha", alpha, MIN_ALPHA, MAX_ALPHA);
        Objects.requireNonNull(correction, "correction");
        tests = Inputs.list("tests", tests, 0, TestKind.values().length);
        if (tests.stream().distinct().count() < tests.size()) {
            throw new IllegalArgumentException("tests must have each test once");
        }
        Objects.requireNonNull(pairing, "pairing");
        Objects.requireNonNull(items, "items");
        Inputs.range("permutations", permutations, Resampling.MIN_RESAMPLES, Resampling.MAX_RESAMPLES);
        if (bootstraps != 0) {
            Inputs.range("bootstraps", bootstraps, Resampling.MIN_RESAMPLES, Resampling.MAX_RESAMPLES);
        }
    }

    public ComparisonOptions alpha(double value) {
        return new ComparisonOptions(value, correction, tests, pairing, items, seed, permutations, bootstraps);
    }

    public ComparisonOptions correction(Correction value) {
        return new ComparisonOptions(alpha, value, tests, pairing, items, seed, permutations, bootstraps);
    }

    public ComparisonOptions tests(List<TestKind> value) {
        return new ComparisonOptions(alpha, correction, value, pairing, items, seed, permutations, bootstraps);
    }

    public ComparisonOptions pairing(Pairing value) {
        return new ComparisonOptions(alpha, correction, tests, value, items, seed, permutations, bootstraps);
    }

    public ComparisonOptions items(ItemRule value) {
        return new ComparisonOptions(alpha, correction, tests, pairing, value, seed, permutations, bootstraps);
    }

    public ComparisonOptions seed(long value) {
        return new ComparisonOptions(alpha, correction, tests, pairing, items, value, permutations, bootstraps);
    }

    public ComparisonOptions permutations(int value) {
        return new ComparisonOptions(alpha, correction, tests, pairing, items, seed, value, bootstraps);
    }

    public ComparisonOptions bootstraps(int value) {
        return new ComparisonOptions(alpha, correction, tests, pairing, items, seed, permutations, value);
    }
}
