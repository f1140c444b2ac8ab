package dev.evalstore.analysis;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One of those that were compared. Figures have 10 significant digits.
 *
 * <p>The rank is that of the mean; equal means share a rank, and the next rank skips as many. Means are ranked by all
 * their digits, as far as doubles have them, so that two which are written alike may have two ranks. Nobody stands above a
 * member that is better by the verdict over the two: a test of ranks may find so against the means, and so may any test where
 * each two members are compared on items of their own. Ranks alone say nothing about significance. Two things do, both by the
 * verdicts over the pairs:
 *
 * <ul>
 *   <li>{@code bestRank} is one more than how many members are better, {@code worstRank} the number of members with a mean
 *       less how many are worse. The rank lies between them. Where
 *       some are better than each other in a circle, the highest mean of them stands first, and these ranks are widened to hold
 *       its own. Source: W.-L. Chiang and others, Chatbot Arena, 2024, section 5.
 *   <li>A {@code tier} begins with the best member that is in none yet, and ends before the next member that is worse than
 *       the first of the tier. So nobody in a tier can be told apart from its first. The rule is that of the tiers of
 *       leaderboards in {@code dev.evalstore.exchange}.
 * </ul>
 *
 * @param label its name, for people
 * @param items on how many items the mean is, or answers where repeats are pairs of their own
 * @param values of how many items (or answers) it has a value, also where others have none
 * @param mean null without any item
 * @param low where the confidence interval of the mean begins: Student's, clustered by item where repeats are pairs of their
 *     own; else, where all values are 0 or 1, Wilson's; null where it is not defined
 * @param high where it ends
 * @param rank from 1; null without a mean, as the ranks that it may have and its tier: who has nothing that could be
 *     compared is neither good nor bad, and stands last
 * @param tier 1 for the best
 */
public record ComparedMember(
        UUID id,
        String label,
        int items,
        int values,
        @Nullable Double mean,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Integer rank,
        @Nullable Integer bestRank,
        @Nullable Integer worstRank,
        @Nullable Integer tier) {}
