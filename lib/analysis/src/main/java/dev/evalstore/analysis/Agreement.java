package dev.evalstore.analysis;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.internal.Inputs;
import dev.evalstore.analysis.stats.CohenKappa;
import dev.evalstore.analysis.stats.FleissKappa;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.KrippendorffAlpha;
import dev.evalstore.analysis.stats.KrippendorffAlpha.Scale;
import dev.evalstore.analysis.stats.Resampling;
import dev.evalstore.tracking.FeedbackFilter;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far the people who gave feedback agree on the same evaluations. Feedback of nobody known is left out, since two of
 * it may be of one person, and so are evaluations that one rater alone judged; both are counted.
 *
 * <p>The same feedback and seed give the same agreement, in whatever order it was given. Nothing is written.
 *
 * @param kind what was judged
 * @param alpha over all evaluations with two raters or more: ratings as ordinal, thumbs as nominal
 * @param fleiss Fleiss' kappa over the same; null where evaluations have different numbers of raters, or none has two
 * @param pairs Cohen's kappa of each two raters who judged an evaluation in common, those with most in common first; of
 *     ratings with quadratic weights. Only of the {@value #MAX_PAIRED_RATERS} raters who judged most
 * @param levels for each value that was given, what other raters gave to the same evaluations; lowest first
 * @param raters how many raters judged an evaluation that another rater judged too
 * @param feedback how many pieces of feedback the filter admits
 * @param withoutValue how many of them have no rating, or no thumbs
 * @param withoutRater how many of the others are of nobody known
 */
public record Agreement(
        Kind kind,
        KrippendorffAlpha alpha,
        @Nullable FleissKappa fleiss,
        List<RaterPair> pairs,
        List<Level> levels,
        int raters,
        long feedback,
        long withoutValue,
        long withoutRater) {
    /** How many raters are paired with each other: those who judged most; of equal ones, by id. */
    public static final int MAX_PAIRED_RATERS = 50;

    /** The maximum number of pieces of feedback. About 100 bytes of memory are used for each. */
    public static final int MAX_FEEDBACK = 2_000_000;

    private static final double CONFIDENCE = 0.95;
    private static final Resampling RESAMPLING = Resampling.seeded(1).resamples(2_000);

    /** What was judged. */
    public enum Kind {
        /** Ratings of 1 to 5. */
        RATINGS(Scale.ORDINAL, CohenKappa.Weights.QUADRATIC),

        /** Thumbs: 0 for down, 1 for up. */
        THUMBS(Scale.NOMINAL, CohenKappa.Weights.NONE);

        private final Scale scale;
        private final CohenKappa.Weights weights;

        Kind(Scale scale, CohenKappa.Weights weights) {
            this.scale = scale;
            this.weights = weights;
        }

        Scale scale() {
            return scale;
        }

        CohenKappa.Weights weights() {
            return weights;
        }

        /** The lowest value. */
        int lowest() {
            return this == RATINGS ? 1 : 0;
        }

        /** How many values there are. */
        int size() {
            return this == RATINGS ? 5 : 2;
        }
    }

    /**
     * Two raters; the first has the lower id.
     *
     * @param kappa of the evaluations that both judged, {@link CohenKappa#n} of them
     */
    public record RaterPair(UUID first, UUID second, CohenKappa kappa) {}

    /**
     * What others say where somebody gave this value.
     *
     * @param value a rating of 1 to 5; of thumbs, 0 or 1
     * @param count how often it was given where others judged too
     * @param others the mean of the others' values, first within each evaluation
     * @param interval the confidence interval of that mean, within the values that can be given; those of one evaluation
     *     hang together, and so count together. Of one evaluation, all values
     * @param agreeing the mean share of others who gave the same value
     */
    public record Level(int value, long count, double others, Interval interval, double agreeing) {}

    /** Copies the lists. */
    public Agreement {
        pairs = List.copyOf(pairs);
        levels = List.copyOf(levels);
    }

    /** With intervals of 95 %, drawn 2,000 times by a fixed seed; see the other method. */
    public static Agreement of(Repositories db, Kind kind, FeedbackFilter filter) {
        return of(db, kind, filter, CONFIDENCE, RESAMPLING);
    }

    /** The same for each kind, of feedback that is read once; about 200 bytes of memory are used for each piece. */
    public static Map<Kind, Agreement> ofEach(Repositories db, FeedbackFilter filter) {
        Map<Kind, Judgements> judgements = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            judgements.put(kind, new Judgements(kind));
        }
        Objects.requireNonNull(db, "db")
                .tracking()
                .feedback()
                .forEach(
                        Objects.requireNonNull(filter, "filter"),
                        given -> judgements.values().forEach(of -> of.add(given)));
        Map<Kind, Agreement> agreements = new EnumMap<>(Kind.class);
        judgements.forEach((kind, of) -> agreements.put(kind, of.agreement(CONFIDENCE, RESAMPLING)));
        return Collections.unmodifiableMap(agreements);
    }

    /**
     * The agreement of those whose feedback the filter admits: that on an experiment's evaluations by {@link
     * FeedbackFilter#experiment}, or on single ones by {@link FeedbackFilter#evaluations}. Read page by page: feedback
     * that is given meanwhile may be part of it.
     *
     * @param confidence of the intervals, between 0 and 1
     * @throws IllegalArgumentException if the filter admits more than {@value #MAX_FEEDBACK} pieces of feedback, or
     *     confidence is out of range
     */
    public static Agreement of(
            Repositories db, Kind kind, FeedbackFilter filter, double confidence, Resampling resampling) {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(resampling, "resampling");
        Inputs.fraction("confidence", confidence);
        Judgements judgements = new Judgements(kind);
        Objects.requireNonNull(db, "db")
                .tracking()
                .feedback()
                .forEach(Objects.requireNonNull(filter, "filter"), judgements::add);
        return judgements.agreement(confidence, resampling);
    }

    /** Whether two raters judged one evaluation, and not all values are the same. */
    public boolean defined() {
        return alpha.defined();
    }
}
