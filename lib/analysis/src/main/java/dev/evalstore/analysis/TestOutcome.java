package dev.evalstore.analysis;

import org.jspecify.annotations.Nullable;

/**
 * What a test of one pair of members came to.
 *
 * @param statistic t; the smaller sum of signed ranks; how many differences are above 0; of McNemar, the pairs in which the
 *     first alone is 1; of a permutation, the mean difference. Null where the test is not defined
 * @param df the degrees of freedom of t, else null
 * @param used how many pairs the test used: those that are equal are not used by signed ranks, signs and McNemar
 * @param p two-sided; null where the test is not defined
 * @param adjusted the same, corrected over the pairs of members on which this test is defined
 * @param exact whether {@code p} is of the exact distribution, and no approximation or sample of it
 * @param undefined why the test is not defined; null where it is
 */
public record TestOutcome(
        TestKind test,
        @Nullable Double statistic,
        @Nullable Double df,
        int used,
        @Nullable Double p,
        @Nullable Double adjusted,
        boolean exact,
        @Nullable String undefined) {
    /** The same with its corrected p-value. */
    TestOutcome adjusted(@Nullable Double value) {
        return new TestOutcome(test, statistic, df, used, p, value, exact, undefined);
    }
}
