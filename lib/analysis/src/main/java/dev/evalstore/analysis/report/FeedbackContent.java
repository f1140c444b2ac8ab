package dev.evalstore.analysis.report;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.Agreement;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bin;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.analysis.stats.FleissKappa;
import dev.evalstore.tracking.FeedbackFilter;
import dev.evalstore.tracking.FeedbackStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a report says of the feedback on an experiment's answers. */
final class FeedbackContent {
    private static final Shown KAPPA = new Shown(3);
    private static final Shown RATING = new Shown(2);

    private FeedbackContent() {}

    /** Empty where there is no feedback. */
    static Optional<Section> read(Repositories db, UUID experiment, Optional<Figure> calibration) {
        FeedbackFilter filter = FeedbackFilter.ALL.experiment(experiment);
        FeedbackStats stats = db.tracking().feedback().stats(filter);
        if (stats.count() == 0) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        parts.add(given(stats));
        calibration.ifPresent(parts::add);
        Map<Agreement.Kind, Agreement> agreements = Agreement.ofEach(db, filter);
        parts.add(agreement(agreements.values()));
        parts.add(new Note(
                "Agreement is 1 where all raters say the same, and 0 where they agree as by chance. It counts answers"
                        + " that two raters or more judged, of those raters that are known."));
        levels(Objects.requireNonNull(agreements.get(Agreement.Kind.RATINGS))).ifPresent(parts::add);
        return Optional.of(new Section("Feedback", parts));
    }

    private static DataTable given(FeedbackStats stats) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        rows.add(row("Pieces of feedback", Shown.whole(stats.count())));
        Double mean = stats.mean();
        rows.add(row("Mean rating, of 1 to 5 stars", RATING.numberOrNull(mean)));
        for (int star = 1; star <= stats.stars().size(); star++) {
            rows.add(row(
                    star == 1 ? "1 star" : star + " stars",
                    Shown.whole(stats.stars().get(star - 1))));
        }
        rows.add(row("Thumbs up", Shown.whole(stats.thumbsUp())));
        rows.add(row("Thumbs down", Shown.whole(stats.thumbsDown())));
        rows.add(row("Comments", Shown.whole(stats.comments())));
        return new DataTable("What people gave", List.of(Column.text("Feedback"), Column.number("Count")), rows);
    }

    private static DataTable agreement(Collection<Agreement> agreements) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (Agreement each : agreements) {
            FleissKappa fleiss = each.fleiss();
            boolean isDefined = each.defined();
            rows.add(Arrays.asList(
                    each.kind() == Agreement.Kind.RATINGS ? "Ratings" : "Thumbs",
                    Shown.whole(each.raters()),
                    Shown.whole(each.alpha().items()),
                    isDefined
                            ? KAPPA.number(
                                    each.alpha().alpha(),
                                    each.alpha().interval().low(),
                                    each.alpha().interval().high())
                            : null,
                    isDefined
                            ? KAPPA.interval(
                                    each.alpha().interval().low(),
                                    each.alpha().interval().high())
                            : null,
                    fleiss == null || !fleiss.defined() ? null : KAPPA.number(fleiss.kappa())));
        }
        return new DataTable(
                "Agreement of raters",
                List.of(
                        Column.text("Of"),
                        Column.number("Raters"),
                        Column.number("Answers"),
                        Column.number("Krippendorff's alpha"),
                        Column.number("95 % interval"),
                        Column.number("Fleiss' kappa")),
                rows);
    }

    /** Where raters judged the same answers. */
    private static Optional<Figure> levels(Agreement ratings) {
        List<Bin> bins = ratings.levels().stream()
                .map(level -> RatedScores.bin(level.value(), level.others(), level.interval(), level.count()))
                .toList();
        if (bins.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Charts.calibration(
                "What other raters gave to an answer, by what one rater gave",
                Axis.of("Rating of one", "stars").between(RatedScores.LOWEST_RATING, RatedScores.HIGHEST_RATING),
                Axis.of("Mean rating of others", "stars")
                        .between(RatedScores.LOWEST_RATING, RatedScores.HIGHEST_RATING),
                "95 % interval",
                bins));
    }

    private static List<@Nullable String> row(@Nullable String... cells) {
        return Arrays.asList(cells);
    }
}
