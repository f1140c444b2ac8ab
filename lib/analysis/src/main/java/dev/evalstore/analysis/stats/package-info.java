/**
 * Statistics as pure functions: arrays in, small records out, no database. They compare two columns of scores, of the
 * same items ({@link dev.evalstore.analysis.stats.PairedT}, {@link dev.evalstore.analysis.stats.Wilcoxon},
 * {@link dev.evalstore.analysis.stats.SignTest}, {@link dev.evalstore.analysis.stats.McNemar}) or of different ones
 * ({@link dev.evalstore.analysis.stats.Welch}, {@link dev.evalstore.analysis.stats.MannWhitney}), and say how large a
 * difference is, how sure a figure is, and how many items it takes.
 *
 * <p>{@link dev.evalstore.analysis.stats.Bootstrap} and {@link dev.evalstore.analysis.stats.PermutationTest} draw samples
 * by a seed and assume least. {@link dev.evalstore.analysis.stats.Correction} is for many tests at once. {@link
 * dev.evalstore.analysis.stats.BradleyTerry} and {@link dev.evalstore.analysis.stats.Elo} rate players by battles; {@link
 * dev.evalstore.analysis.stats.CohenKappa}, {@link dev.evalstore.analysis.stats.FleissKappa} and {@link
 * dev.evalstore.analysis.stats.KrippendorffAlpha} say how far raters agree.
 *
 * <p>What holds for all of them:
 *
 * <ul>
 *   <li>Input is not changed and not kept. Each value of a sample must be from -10<sup>140</sup> to 10<sup>140</sup>
 *       ({@link dev.evalstore.analysis.stats.Samples#MAX_VALUE}): {@code NaN}, an infinity and a value beyond are
 *       refused by an {@link java.lang.IllegalArgumentException} that names the argument, and so is a {@code NaN} in any
 *       other argument. Whoever pairs the values leaves such pairs out, and counts them.
 *   <li>Two values are tied if they are equal as doubles; 0.0 and -0.0 are equal. Differences that are equal on paper,
 *       such as 0.9 - 0.8 and 0.2 - 0.1, may differ in their last bit, and are no tie then. To round the scores does not
 *       help, but to give them as whole numbers does: as hundredths, say, by {@code Math.rint(100 * score)}.
 *   <li>Values do not vary if the greatest is above the least by rounding alone: by at most four units in the last place
 *       of the greatest value that they were made of, or by less than 10<sup>-290</sup>. For differences of two columns,
 *       and for two samples, that is the greatest of both, by size. What does not vary has no error to estimate: {@link
 *       dev.evalstore.analysis.stats.PairedT}, {@link dev.evalstore.analysis.stats.Welch}, {@link
 *       dev.evalstore.analysis.stats.ClusteredMean} and {@link dev.evalstore.analysis.stats.Bootstrap} have an error of 0
 *       then, and an interval of no width. A p-value is 1 if the mean is 0, and not defined if it is not: none can tell a
 *       difference of rounding from another one.
 *   <li>Where a figure is not defined it is {@code NaN}, the class says when, and {@code defined()} is false. An
 *       interval about which nothing is known is the whole range of its figure.
 *   <li>A p-value is of two sides unless a {@link dev.evalstore.analysis.stats.Hypothesis} says otherwise. None is
 *       corrected for how many tests were made.
 *   <li>Time is at most that of sorting, but for what draws samples, and where a class says otherwise. All methods are
 *       safe for use by many threads.
 * </ul>
 *
 * <p>Distributions are those of Apache Commons Statistics.
 */
@NullMarked
package dev.evalstore.analysis.stats;

import org.jspecify.annotations.NullMarked;
