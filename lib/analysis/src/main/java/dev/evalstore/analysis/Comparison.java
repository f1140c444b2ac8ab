package dev.evalstore.analysis;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.internal.Inputs;
import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.ItemMetric;
import dev.evalstore.tracking.Pairing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Whether experiments, model versions or submissions differ in a metric, and whether that may be said: {@code
 * Comparison.between(a, b).metric("score").on(db).run()}.
 *
 * <p>Answers are paired by item key (and repeat), and read in one statement, which is one snapshot. The values
 * decide which test is used, unless the caller names one. The p-values of all pairs of members are corrected together, so many
 * models may be compared at once. {@link ComparisonOptions} has the defaults. The order in which members are named does not
 * change the result.
 *
 * <p>A p-value alone is no reason to call a model better: the result also has how large each difference is, its interval, and
 * the smallest difference that so many items would have shown.
 *
 * <p><b>What is left out</b> is counted by reason, one for each row, which is an item or, where repeats are pairs of their
 * own, an answer: {@code not answered by all} members; answered by all, and one {@code without a value}; one of them {@code not
 * a number}, or {@code beyond 1e140}. A number beyond 1e300, which may be beyond the doubles, counts as {@code not a number},
 * as {@link dev.evalstore.tracking.PairedValues.LeftOut} has it. Where each two members are compared on what they share, the
 * values of members are counted instead: those that are missing, no number, beyond 1e140, or {@code of one member alone}. Two
 * more reasons count answers: {@code left out of an average} because they have no number, as others to the same item do; and
 * {@code without an item key}, which are in no row.
 *
 * <p><b>Values are decimals.</b> As doubles, 0.9 - 0.8 is less than 0.2 - 0.1. Here values are equal that differ beyond their 14th
 * significant digit, and differences beyond their 12th. What is equal in decimals, or in thirds, is a tie.
 *
 * <p><b>The input hash</b> is the SHA-256 of what follows. In it a number is eight bytes, the highest first; a text is the
 * number of its bytes in UTF-8, and these.
 *
 * <ol>
 *   <li>The texts {@code evalstore comparison 1}, unit, metric and pairing, as the enums and {@link ItemMetric} have them.
 *   <li>The ids of the members as texts, in ascending order.
 *   <li>The numbers of rows that not all answered, that have no value, that are not a number; and of each member, how many
 *       answers it has, how many have no item key, and how many are left out of an average.
 *   <li>The number of rows. Then each row, in the order of item keys by their UTF-8 and of repeats: the item key, the repeat,
 *       which is 0 where repeats are averaged, and of each member the bits of its value (IEEE 754), where zero has one sign
 *       and {@code 7ff8000000000000} stands for no value. A row is what any member answered. Answers that change, but for their
 *       number and average, leave the hash.
 * </ol>
 *
 * <p>Immutable: each method returns another comparison. All methods are safe for use by many threads.
 */
public final class Comparison {
    /** The version of the computation: another one may give other figures for the same rows. */
    public static final String ENGINE_VERSION = "evalstore-analysis 1";

    private static final String HASHED = "evalstore comparison 1";
    private static final int MAX_MEMBERS = 100;

    private final ComparisonUnit unit;
    private final List<UUID> members;
    private final ItemMetric metric;
    private final boolean higherIsBetter;
    private final Seen seen;
    private final ComparisonOptions options;

    /** Which answers count. */
    private record Seen(EvaluationFilter filter, Viewer viewer) {
        static final Seen ALL = new Seen(EvaluationFilter.ALL, Viewer.PLATFORM);
    }

    private Comparison(
            ComparisonUnit unit,
            List<UUID> members,
            ItemMetric metric,
            boolean higherIsBetter,
            Seen seen,
            ComparisonOptions options) {
        this.unit = unit;
        this.members = members;
        this.metric = metric;
        this.higherIsBetter = higherIsBetter;
        this.seen = seen;
        this.options = options;
    }

    /**
     * Compares experiments by the scores of their evaluations, until told otherwise.
     *
     * @throws IllegalArgumentException if one is named twice, or there are more than 100
     */
    public static Comparison between(UUID a, UUID b, UUID... more) {
        return of(ComparisonUnit.EXPERIMENT, list(a, b, more));
    }

    /** Compares versions of models by the evaluations that name them; as {@link #between}. */
    public static Comparison betweenModelVersions(UUID a, UUID b, UUID... more) {
        return of(ComparisonUnit.MODEL_VERSION, list(a, b, more));
    }

    /** Compares submissions by the results of their test cases; as {@link #between}. */
    public static Comparison betweenSubmissions(UUID a, UUID b, UUID... more) {
        return of(ComparisonUnit.SUBMISSION, list(a, b, more));
    }

    /**
     * Compares members of any unit.
     *
     * @param members 2 to 100, each once
     */
    public static Comparison of(ComparisonUnit unit, List<UUID> members) {
        Objects.requireNonNull(unit, "unit");
        List<UUID> ids = new ArrayList<>(Objects.requireNonNull(members, "members"));
        ids.forEach(id -> Objects.requireNonNull(id, "members"));
        if (ids.size() < 2 || ids.size() > MAX_MEMBERS || new HashSet<>(ids).size() < ids.size()) {
            throw new IllegalArgumentException("members must be 2 to " + MAX_MEMBERS + ", each once");
        }
        // Not UUID's own order, which takes the halves for signed numbers.
        ids.sort((x, y) -> x.toString().compareTo(y.toString()));
        return new Comparison(unit, List.copyOf(ids), ItemMetric.SCORE, true, Seen.ALL, ComparisonOptions.DEFAULT);
    }

    /**
     * The comparison that a result came of: run again on the same rows, it gives the same bytes. A filter of evaluations is not
     * part of a result, and must be told again, as a viewer.
     */
    public static Comparison like(ComparisonResult result) {
        return of(
                        result.unit(),
                        result.members().stream().map(ComparedMember::id).toList())
                .metric(result.metric())
                .higherIsBetter(result.higherIsBetter())
                .options(result.options());
    }

    /**
     * By this metric, and its direction: {@code score}, {@code latency_ms}, {@code cost_usd}, {@code judge_scores.gpt-4o} and
     * others; see {@link ItemMetric}.
     *
     * @throws IllegalArgumentException if there is no such metric
     */
    public Comparison metric(String value) {
        return metric(ItemMetric.of(value));
    }

    /** By this metric, and its direction. */
    public Comparison metric(ItemMetric value) {
        Objects.requireNonNull(value, "metric");
        return new Comparison(unit, members, value, value.higherIsBetter(), seen, options);
    }

    /** The direction of the metric, where it is not what the metric's name says. */
    public Comparison higherIsBetter(boolean value) {
        return new Comparison(unit, members, metric, value, seen, options);
    }

    /** Which evaluations of model versions count, such as those of one dataset: all unless told. Of no other unit. */
    public Comparison evaluations(EvaluationFilter value) {
        Objects.requireNonNull(value, "evaluations");
        if (unit != ComparisonUnit.MODEL_VERSION) {
            throw new IllegalArgumentException("evaluations can be chosen of model versions alone");
        }
        return new Comparison(unit, members, metric, higherIsBetter, new Seen(value, seen.viewer()), options);
    }

    /** For whom submissions are read, unless it is the platform: what the viewer may not see is not compared. Of no other unit. */
    public Comparison viewer(Viewer value) {
        Objects.requireNonNull(value, "viewer");
        if (unit != ComparisonUnit.SUBMISSION) {
            throw new IllegalArgumentException("viewer can be told of submissions alone");
        }
        return new Comparison(unit, members, metric, higherIsBetter, new Seen(seen.filter(), value), options);
    }

    /** All options at once. */
    public Comparison options(ComparisonOptions value) {
        return new Comparison(unit, members, metric, higherIsBetter, seen, Objects.requireNonNull(value, "options"));
    }

    /** What a corrected p-value must be at most, from 0.000001 to 0.5; 0.05 unless told. Intervals are of level 1 - alpha. */
    public Comparison alpha(double value) {
        return options(options.alpha(value));
    }

    /** How p-values are corrected over all pairs of members; Holm's unless told. */
    public Comparison correction(Correction value) {
        return options(options.correction(value));
    }

    /** These tests, of which the first decides; without any, those that the data choose. */
    public Comparison tests(TestKind... value) {
        return options(options.tests(Arrays.asList(Objects.requireNonNull(value, "tests"))));
    }

    /**
     * Whether the repeats of an item are averaged, which they are unless told, or pairs of their own. Averages of values 0
     * and 1 are mostly neither, so that the paired t test and Wilcoxon's are chosen for them. Of pairs of their own, the t
     * test clusters its error by item; every other test takes the repeats of an item for independent, so that its p-value
     * may be too small, and decides nothing beside the t test.
     */
    public Comparison pairing(Pairing value) {
        return options(options.pairing(value));
    }

    /** On which items members are compared; on those that all have unless told. */
    public Comparison items(ItemRule value) {
        return options(options.items(value));
    }

    /** The seed of permutations and bootstraps, any number; 1 unless told. */
    public Comparison seed(long value) {
        return options(options.seed(value));
    }

    /**
     * The number of resamples of {@link TestKind#PERMUTATION}, 100 to 1,000,000; 10,000 unless told, which by Holm's correction
     * at 0.05 can tell 32 members apart. Where that test decides, too few are refused.
     */
    public Comparison permutations(int value) {
        return options(options.permutations(value));
    }

    /** Adds an interval of each difference by so many resamples, 100 to 1,000,000; 0, as unless told, for none. */
    public Comparison bootstraps(int value) {
        return options(options.bootstraps(value));
    }

    /** The same on a database, or in a transaction, ready to run. */
    public ReadyComparison on(Repositories db) {
        return new ReadyComparison(this, Objects.requireNonNull(db, "db"));
    }

    /**
     * The first 100 entries of a version's board in tiers, by the scores of their test cases: each two on the cases that both
     * have, with {@link ComparisonOptions#DEFAULT} else. As anybody sees the board. Lower scores are better where they are for
     * the version's primary metric.
     *
     * <p>A tier begins with the best entry that is in none yet, and ends before the next entry on the board that is worse than
     * the first of the tier, beyond chance. The board's own scores decide its order, which may be of another aggregation than
     * the mean that is tested here.
     *
     * @throws dev.evalstore.NotFoundException if there is no such version
     */
    public static BoardTiers tiers(Repositories db, UUID version, Board board) {
        return tiers(
                db, version, board, Viewer.ANONYMOUS, MAX_MEMBERS, ComparisonOptions.DEFAULT.items(ItemRule.OF_PAIR));
    }

    /**
     * The same for a viewer, of so many entries, with other options.
     *
     * @param limit the maximum number of entries, 2 to 100
     */
    public static BoardTiers tiers(
            Repositories db, UUID version, Board board, Viewer viewer, int limit, ComparisonOptions options) {
        Inputs.range("limit", limit, 2, MAX_MEMBERS);
        Objects.requireNonNull(options, "options");
        Leaderboard leaderboard = Leaderboard.of(Objects.requireNonNull(version, "version"), board);
        return BoardTiers.of(Objects.requireNonNull(db, "db"), leaderboard, viewer, limit, options);
    }

    ComparisonResult run(Repositories db) {
        return compute(PairReading.of(
                db, new PairReading.Source(unit, members, metric, options.pairing(), seen.filter(), seen.viewer())));
    }

    /** @param read values of the members in the ascending order of their ids */
    ComparisonResult compute(PairReading read) {
        Computation computation = new Computation(options, higherIsBetter, read.table());
        Assembly assembly = new Assembly(computation, options, higherIsBetter, members);
        List<String> head =
                List.of(HASHED, unit.name(), metric.text(), options.pairing().name());
        return new ComparisonResult(
                unit,
                metric.text(),
                higherIsBetter,
                options,
                computation.kinds(),
                computation.sampleSize(),
                read.excluded(options.items(), computation.sampleSize()),
                assembly.members(read.labels()),
                assembly.all(),
                assembly.winner(),
                ENGINE_VERSION,
                read.table().sha256(head, members, read.counts()));
    }

    private static List<UUID> list(UUID a, UUID b, UUID[] more) {
        return Stream.concat(Stream.of(a, b), Arrays.stream(Objects.requireNonNull(more, "more")))
                .toList();
    }
}
