package dev.evalstore.analysis.report;

import dev.evalstore.analysis.ComparedMember;
import dev.evalstore.analysis.ComparisonOptions;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.ItemRule;
import dev.evalstore.analysis.TestKind;
import dev.evalstore.analysis.Verdict;
import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bar;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.tracking.Pairing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a report says of a comparison. */
final class ComparisonContent {
    private static final int MAX_NAMED = 10;

    private final ComparisonResult result;
    private final String level;
    private final Axis metric;
    private final MemberNames names;

    private ComparisonContent(ComparisonResult result) {
        this.result = result;
        this.names = new MemberNames(result.members());
        this.level = Shown.level(result.options().alpha());
        this.metric = axis("Mean ", result.metric());
    }

    static Document of(String title, ComparisonResult result) {
        ComparisonContent content = new ComparisonContent(result);
        PairContent pairs = new PairContent(result, content.names);
        return Document.of(
                title,
                List.of(
                        new Paragraph(content.answer()),
                        content.ranking(),
                        pairs.differences(),
                        pairs.effects(),
                        pairs.tests(),
                        content.leftOut(),
                        content.method()));
    }

    /** The answer to the question in words, with what it rests on. */
    private String answer() {
        if (result.members().stream().allMatch(member -> member.items() == 0)) {
            return nothing() + basis();
        }
        String basis = basis();
        UUID winner = result.winner();
        if (winner != null) {
            return named(winner) + " is better than every other: each of its differences is significant at " + alpha()
                    + " after correction" + byCorrection() + ". " + basis;
        }
        long shown = result.pairs().stream()
                .filter(pair -> pair.verdict() == Verdict.FIRST_BETTER || pair.verdict() == Verdict.SECOND_BETTER)
                .count();
        return "None may be called better than every other: after correction" + byCorrection() + ", "
                + Shown.whole(shown) + " of " + Shown.whole(result.pairs().size())
                + (result.pairs().size() == 1 ? " pair differs" : " pairs differ") + " significantly at "
                + alpha() + ". " + perhapsBest() + basis;
    }

    private String basis() {
        return Shown.whole(result.members().size()) + " " + units() + " were compared by "
                + Directions.isolated(Shown.line(result.metric())) + " ("
                + (result.higherIsBetter() ? "higher" : "lower")
                + " is better) on " + Shown.whole(result.sampleSize())
                + (result.options().pairing() == Pairing.ITEM_AND_REPEAT ? " answers." : " items.");
    }

    /** That there was nothing to compare, and because of whom. */
    private String nothing() {
        List<String> without = result.members().stream()
                .filter(member -> member.values() == 0)
                .map(member -> named(member.id()))
                .toList();
        if (without.isEmpty()) {
            return "Nothing could be compared: no item has a value of every member. ";
        }
        int more = without.size() - MAX_NAMED;
        return "Nothing could be compared, since there is no value of "
                + String.join("; ", without.subList(0, Math.min(MAX_NAMED, without.size())))
                + (more > 0 ? "; and " + more + " more. " : ". ");
    }

    /** Those than which no other is significantly better. */
    private String perhapsBest() {
        List<String> best = result.members().stream()
                .filter(member -> Objects.equals(member.bestRank(), 1))
                .map(member -> named(member.id()))
                .toList();
        if (best.isEmpty() || best.size() > MAX_NAMED) {
            return "";
        }
        return (best.size() == 1 ? "This may be the best: " : "Any of these may be the best: ")
                + String.join("; ", best) + ". ";
    }

    private Section ranking() {
        List<ComparedMember> members = result.members();
        Shown shown = Shown.ofRows(members.stream().map(each -> Arrays.asList(each.mean(), each.low(), each.high())));
        List<List<@Nullable String>> rows = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        for (ComparedMember each : members) {
            rows.add(Arrays.asList(
                    names.whole(each.id()),
                    textOrNull(each.rank()),
                    Objects.equals(each.bestRank(), each.worstRank())
                            ? textOrNull(each.bestRank())
                            : each.bestRank() + " to " + each.worstRank(),
                    textOrNull(each.tier()),
                    Shown.whole(each.items()),
                    shown.numberOrNull(each.mean(), each.low(), each.high()),
                    shown.interval(each.low(), each.high())));
            bars.add(bar(names.shortened(each.id()), each.mean(), each.low(), each.high()));
        }
        List<Column> columns = List.of(
                Column.text("Name"),
                Column.number("Rank"),
                Column.number("Rank may be"),
                Column.number("Tier"),
                Column.number(result.options().pairing() == Pairing.ITEM_AND_REPEAT ? "Answers" : "Items"),
                Column.number("Mean"),
                Column.number(level + " interval"));
        List<Document.Part> parts = new ArrayList<>();
        if (bars.stream().anyMatch(bar -> bar.value() != null)) {
            parts.add(Charts.bars(
                    firstOf(bars.size(), metric.title() + " with " + level + " intervals"),
                    metric,
                    level + " interval",
                    bars.subList(0, Math.min(bars.size(), Charts.MAX_BARS))));
        }
        parts.add(new DataTable("Ranking by mean " + Shown.line(result.metric()), columns, rows));
        parts.add(new Note(
                "A rank may be any of those that the significant differences leave. A tier begins with the best"
                        + " that is in none yet, and ends before the next that is significantly worse than the first of"
                        + " the tier."
                        + (isByMeans() ? "" : " Who is significantly better stands above a better mean.")));
        return new Section("Ranking", parts);
    }

    /** Whether nobody with a mean stands below a worse one. */
    private boolean isByMeans() {
        double worst = Double.POSITIVE_INFINITY;
        for (ComparedMember each : result.members()) {
            if (each.mean() != null) {
                double mean = result.higherIsBetter() ? each.mean() : -each.mean();
                if (mean > worst) {
                    return false;
                }
                worst = mean;
            }
        }
        return true;
    }

    private static @Nullable String textOrNull(@Nullable Integer number) {
        return number == null ? null : Integer.toString(number);
    }

    private Section leftOut() {
        if (result.excluded().isEmpty()) {
            return Section.of("Left out", new Paragraph("Nothing was left out."));
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        new TreeMap<>(result.excluded())
                .forEach((reason, count) -> rows.add(Arrays.asList(Shown.line(reason), Shown.whole(count))));
        return Section.of(
                "Left out",
                new DataTable(
                        "What was not compared, and why",
                        List.of(Column.text("Reason"), Column.number("Count")),
                        rows));
    }

    private Section method() {
        ComparisonOptions options = result.options();
        List<List<@Nullable String>> rows = new ArrayList<>();
        rows.add(Arrays.asList(
                "Tests", result.tests().stream().map(ComparisonContent::test).collect(Collectors.joining(", "))));
        rows.add(Arrays.asList("Correction over all pairs", correction()));
        rows.add(Arrays.asList("Level of significance", alpha()));
        rows.add(Arrays.asList(
                "Several answers to an item", options.pairing() == Pairing.ITEM ? "averaged" : "pairs of their own"));
        rows.add(Arrays.asList("Items", options.items() == ItemRule.OF_ALL ? "those of all" : "those of each pair"));
        if (result.tests().contains(TestKind.PERMUTATION) || options.bootstraps() > 0) {
            rows.add(Arrays.asList("Seed", Long.toString(options.seed())));
            rows.add(Arrays.asList("Permutations", Shown.whole(options.permutations())));
            rows.add(Arrays.asList("Bootstrap resamples", Shown.whole(options.bootstraps())));
        }
        rows.add(Arrays.asList("Engine version", result.engineVersion()));
        rows.add(Arrays.asList("SHA-256 of the rows", result.inputHash()));
        return Section.of(
                "Method",
                new DataTable("How it was computed", List.of(Column.text("Setting"), Column.text("Value")), rows),
                new Note(
                        "The same rows with the same settings give the same figures. Other rows have another SHA-256."));
    }

    /** With the unit of those metrics whose name has it. */
    static Axis axis(String what, String metric) {
        return switch (metric) {
            case "latency_ms" -> Axis.of(what + "latency", "ms");
            case "cost_usd" -> Axis.of(what + "cost", "US dollars");
            case "input_tokens" -> Axis.of(what + "input", "tokens");
            case "output_tokens" -> Axis.of(what + "output", "tokens");
            default -> Axis.of(Shown.cut(what + Shown.line(metric), 100));
        };
    }

    static String firstOf(int count, String caption) {
        return count <= Charts.MAX_BARS ? caption : caption + ": the first " + Charts.MAX_BARS + " of " + count;
    }

    /** A name within a sentence. */
    private String named(UUID member) {
        return Directions.isolated(names.shortened(member));
    }

    private String alpha() {
        return Numbers.text(result.options().alpha());
    }

    private String units() {
        boolean isOne = result.members().size() == 1;
        return switch (result.unit()) {
            case EXPERIMENT -> isOne ? "experiment" : "experiments";
            case MODEL_VERSION -> isOne ? "model version" : "model versions";
            case SUBMISSION -> isOne ? "submission" : "submissions";
        };
    }

    private String byCorrection() {
        return switch (result.options().correction()) {
            case NONE -> " (none was asked for)";
            default -> " by " + correction();
        };
    }

    private String correction() {
        String name = Shown.words(result.options().correction());
        return Arrays.stream(name.split(" "))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining("–"));
    }

    static String test(TestKind kind) {
        return switch (kind) {
            case PAIRED_T -> "paired t";
            case WILCOXON -> "Wilcoxon's signed ranks";
            case SIGN -> "sign test";
            case MCNEMAR -> "McNemar, exact";
            case MCNEMAR_MID_P -> "McNemar, mid-p";
            case PERMUTATION -> "permutation of signs";
        };
    }

    /** Without an interval where its ends are not finite. */
    static Bar bar(String label, @Nullable Double value, @Nullable Double low, @Nullable Double high) {
        boolean isKnown = low != null && high != null && Double.isFinite(low) && Double.isFinite(high);
        return new Bar(label, value, isKnown ? low : null, isKnown ? high : null);
    }
}
