package dev.evalstore.analysis;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Two members and whether they differ. Figures have 10 significant digits; differences are the first minus the second, in the
 * unit of the metric.
 *
 * @param first the one of the two that stands first among the members
 * @param pairs on how many pairs of values
 * @param firstMean the mean of the first on these pairs; null without any
 * @param secondMean the same of the second
 * @param difference the mean difference with its interval; null without any pair
 * @param effect how large the difference is; null without any pair
 * @param tests each test, in the order of the comparison's; empty below two pairs
 * @param decidedBy the first of the tests that is defined for these two; null where none is
 * @param p its p-value, corrected over all pairs of members, each with the p-value that decides it; null where none does
 */
public record ComparedPair(
        UUID first,
        UUID second,
        int pairs,
        @Nullable Double firstMean,
        @Nullable Double secondMean,
        @Nullable MeanDifference difference,
        @Nullable PairEffect effect,
        List<TestOutcome> tests,
        @Nullable TestKind decidedBy,
        @Nullable Double p,
        Verdict verdict) {
    public ComparedPair {
        tests = List.copyOf(tests);
    }
}
