package dev.evalstore.analysis.report;

import dev.evalstore.analysis.ComparedPair;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.MeanDifference;
import dev.evalstore.analysis.TestOutcome;
import dev.evalstore.analysis.Verdict;
import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Difference;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a report of a comparison says of each two members. */
final class PairContent {
    private final ComparisonResult result;
    private final MemberNames names;
    private final String level;

    PairContent(ComparisonResult result, MemberNames names) {
        this.result = result;
        this.names = names;
        this.level = Shown.level(result.options().alpha());
    }

    Section differences() {
        List<ComparedPair> pairs = result.pairs();
        if (pairs.isEmpty()) {
            return Section.of("Differences", new Paragraph("There are no pairs."));
        }
        Shown shown = Shown.ofRows(pairs.stream()
                .map(ComparedPair::difference)
                .map(each -> each == null
                        ? List.of()
                        : Arrays.asList(
                                each.value(), each.low(), each.high(), each.bootstrapLow(), each.bootstrapHigh())));
        boolean hasBootstrap = result.options().bootstraps() > 0;
        List<List<@Nullable String>> rows = new ArrayList<>();
        List<Difference> bars = new ArrayList<>();
        for (ComparedPair pair : pairs) {
            MeanDifference difference = pair.difference();
            TestOutcome test = deciding(pair);
            List<@Nullable String> row = new ArrayList<>();
            row.add(first(pair));
            row.add(second(pair));
            row.add(Shown.whole(pair.pairs()));
            row.add(difference == null ? null : shown.number(difference.value(), difference.low(), difference.high()));
            row.add(difference == null ? null : shown.interval(difference.low(), difference.high()));
            if (hasBootstrap) {
                row.add(
                        difference == null
                                ? null
                                : shown.interval(difference.bootstrapLow(), difference.bootstrapHigh()));
            }
            row.add(test == null ? null : Shown.p(test.p()));
            row.add(Shown.p(pair.p()));
            row.add(verdict(pair));
            rows.add(row);
            if (difference != null) {
                bars.add(drawn(pair, difference));
            }
        }
        List<Column> columns = new ArrayList<>(List.of(
                Column.text("First"),
                Column.text("Second"),
                Column.number("Pairs"),
                Column.number("Difference"),
                Column.number(level + " interval")));
        if (hasBootstrap) {
            columns.add(Column.number(level + " bootstrap interval"));
        }
        columns.add(Column.number("p"));
        columns.add(Column.number("p, corrected"));
        columns.add(Column.text("Verdict"));
        DataTable table = new DataTable("Differences in pairs of answers to the same items", columns, rows);
        Note note =
                new Note("A difference is the first less the second. Intervals are of one pair alone, not corrected for"
                        + " the number of pairs. p is of the test that decides. No difference shown is no proof that"
                        + " there is none.");
        if (bars.isEmpty()) {
            return Section.of("Differences", table, note);
        }
        Axis axis = ComparisonContent.axis("Difference in ", result.metric());
        return Section.of(
                "Differences",
                Charts.differences(
                        ComparisonContent.firstOf(bars.size(), "Mean differences with " + level + " intervals"),
                        axis,
                        level + " interval",
                        "significant after correction",
                        bars.subList(0, Math.min(bars.size(), Charts.MAX_BARS))),
                table,
                note);
    }

    Section effects() {
        List<ComparedPair> known =
                result.pairs().stream().filter(pair -> pair.effect() != null).toList();
        if (known.isEmpty()) {
            return Section.of("Effect sizes", new Paragraph("No pair has an effect size."));
        }
        Shown shown = Shown.of(
                known.stream().map(pair -> Objects.requireNonNull(pair.effect()).detectable()));
        Shown small = new Shown(3);
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (ComparedPair pair : known) {
            var effect = Objects.requireNonNull(pair.effect());
            rows.add(Arrays.asList(
                    first(pair),
                    second(pair),
                    Shown.whole(effect.wins()),
                    Shown.whole(effect.ties()),
                    Shown.whole(effect.losses()),
                    small.numberOrNull(effect.cohenDz()),
                    small.number(effect.cliffDelta()),
                    small.numberOrNull(effect.rankBiserial()),
                    shown.numberOrNull(effect.detectable())));
        }
        return Section.of(
                "Effect sizes",
                new DataTable(
                        "How large the differences are",
                        List.of(
                                Column.text("First"),
                                Column.text("Second"),
                                Column.number("First better"),
                                Column.number("Equal"),
                                Column.number("Second better"),
                                Column.number("Cohen's dz"),
                                Column.number("Cliff's delta"),
                                Column.number("Rank biserial"),
                                Column.number("Detectable")),
                        rows),
                new Note(
                        "Cohen's dz: the mean difference in standard deviations of the differences. Cliff's delta and rank"
                                + " biserial: from −1 to 1, by how often and how clearly the first is above the second."
                                + " Detectable: the smallest difference that a paired t test of so many pairs finds with a power of"
                                + " 80 %, at " + Numbers.text(result.options().alpha()) + " before correction."));
    }

    Section tests() {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (ComparedPair pair : result.pairs()) {
            for (TestOutcome test : pair.tests()) {
                rows.add(Arrays.asList(
                        first(pair),
                        second(pair),
                        ComparisonContent.test(test.test()),
                        Shown.statistic(test.statistic()),
                        Shown.statistic(test.df()),
                        Shown.whole(test.used()),
                        test.p() == null
                                ? Objects.requireNonNullElse(test.undefined(), "not defined")
                                : Shown.p(test.p()),
                        Shown.p(test.adjusted()),
                        test.p() == null ? null : test.exact() ? "exact" : "approximate",
                        test.test() == pair.decidedBy() ? "yes" : ""));
            }
        }
        if (rows.isEmpty()) {
            return Section.of("Tests", new Paragraph("No pair was tested."));
        }
        return Section.of(
                "Tests",
                new DataTable(
                        "All tests; p is corrected over the pairs, for each test",
                        List.of(
                                Column.text("First"),
                                Column.text("Second"),
                                Column.text("Test"),
                                Column.number("Statistic"),
                                Column.number("df"),
                                Column.number("Pairs used"),
                                Column.number("p"),
                                Column.number("p, corrected"),
                                Column.text("Distribution"),
                                Column.text("Decides")),
                        rows));
    }

    private static String verdict(ComparedPair pair) {
        return switch (pair.verdict()) {
            case FIRST_BETTER -> "first is better";
            case SECOND_BETTER -> "second is better";
            case NOT_SHOWN -> "no difference shown";
            case NOT_COMPARABLE -> "cannot be compared";
        };
    }

    private Difference drawn(ComparedPair pair, MeanDifference difference) {
        Double low = difference.low();
        Double high = difference.high();
        boolean isKnown = low != null && high != null && Double.isFinite(low) && Double.isFinite(high);
        return new Difference(
                Directions.isolated(first(pair)) + " − " + Directions.isolated(second(pair)),
                difference.value(),
                isKnown ? low : null,
                isKnown ? high : null,
                pair.verdict() == Verdict.FIRST_BETTER || pair.verdict() == Verdict.SECOND_BETTER);
    }

    private static @Nullable TestOutcome deciding(ComparedPair pair) {
        return pair.tests().stream()
                .filter(test -> test.test() == pair.decidedBy())
                .findFirst()
                .orElse(null);
    }

    private String first(ComparedPair pair) {
        return names.shortened(pair.first());
    }

    private String second(ComparedPair pair) {
        return names.shortened(pair.second());
    }
}
