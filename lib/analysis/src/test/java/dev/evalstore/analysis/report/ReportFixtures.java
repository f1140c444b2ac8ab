package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bar;
import dev.evalstore.analysis.report.Charts.Bin;
import dev.evalstore.analysis.report.Charts.Difference;
import dev.evalstore.analysis.report.Charts.Dot;
import dev.evalstore.analysis.report.Charts.Sample;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Documents for tests. */
final class ReportFixtures {
    /** What is markup elsewhere, several scripts, and characters that HTML does not allow. */
    static final String HARD =
            "<script>alert(\"1\")</script> & 'it' \u0001\u0085 Ωμέγα Жук שלום 漢字 😀 \u202Etxt.exe\u202C \uFFFF end";

    private ReportFixtures() {}

    /** One of everything, with texts that try to break out. */
    static Document everything() {
        return Document.of(
                "Everything in a report " + HARD,
                List.of(
                        new Paragraph("First line & more\nsecond line\r\nthird " + HARD),
                        Section.of("Tables " + HARD, new Note("A note " + HARD), table(), emptyTable()),
                        Section.of(
                                "Charts",
                                bars(),
                                differences(),
                                Section.of("Distributions", distributions()),
                                Section.of("Two measures", scatter()),
                                Section.of("Calibration", calibration())),
                        Section.of("שלום", new Paragraph("שלום עולם (hello)"))));
    }

    static DataTable table() {
        return new DataTable(
                "Models " + HARD,
                List.of(
                        Column.text("Model"),
                        Column.number("Score", "points"),
                        Column.number("Cost", "US dollars"),
                        Column.text("Remark " + HARD)),
                List.of(
                        Arrays.asList("pythia-1.4b-deduped", "0.612", "1.25", "first\nsecond"),
                        Arrays.asList("Ωμέγα Жук", "0.598", null, ""),
                        Arrays.asList("שלום 漢字", "−0.001", "12.50", HARD),
                        Arrays.asList(null, null, null, null)));
    }

    static DataTable emptyTable() {
        return new DataTable("Nothing", List.of(Column.text("Name"), Column.number("Value")), List.of());
    }

    static Figure bars() {
        return Charts.bars(
                "Mean score with 95 % intervals " + HARD,
                Axis.of("Mean score", "points"),
                "95 % interval",
                List.of(
                        new Bar("pythia-1.4b-deduped", 0.612, 0.590, 0.634),
                        new Bar("a-model-with-a-very-long-name/that-needs-two-lines-at-least-v12.3", 0.598, 0.57, 0.62),
                        new Bar("short", 0.41, null, null),
                        new Bar("Ωμέγα Жук שלום 漢字", 0.402, 0.38, 0.42),
                        new Bar("worse than nothing", -0.05, -0.09, -0.01),
                        new Bar("not measured " + HARD, null, null, null)));
    }

    static Figure differences() {
        return Charts.differences(
                "Mean differences",
                Axis.of("Difference in score", "points"),
                "95 % interval",
                "significant",
                List.of(
                        new Difference("pythia-1.4b − pythia-410m", 0.071, 0.05, 0.09, true),
                        new Difference("pythia-1.4b − pythia-1.4b-deduped", 0.004, -0.01, 0.018, false),
                        new Difference("pythia-70m − pythia-160m", -0.052, -0.08, -0.024, true)));
    }

    static Figure distributions() {
        Random random = new Random(1);
        return Charts.distributions(
                "Distribution of scores",
                Axis.of("Score", "points"),
                List.of(
                        new Sample(
                                "bell",
                                random.doubles(5_000)
                                        .map(x -> (x + random.nextDouble()) / 2)
                                        .toArray()),
                        new Sample(
                                "right or wrong",
                                random.ints(2_000, 0, 3)
                                        .mapToDouble(x -> x > 0 ? 1 : 0)
                                        .toArray()),
                        new Sample("one value only, with a rather long name for it", new double[] {0.5})));
    }

    static Figure scatter() {
        List<Dot> points = new ArrayList<>();
        Random random = new Random(2);
        for (int i = 0; i < 40; i++) {
            double cost = StrictMath.pow(10, random.nextDouble() * 3 - 3);
            points.add(new Dot("model-" + i, cost, Math.min(1, 0.5 + 0.1 * random.nextGaussian()), false));
        }
        points.add(new Dot("cheap-and-poor", 0.0009, 0.45, true));
        points.add(new Dot("the-middle-one", 0.02, 0.78, true));
        points.add(new Dot("dear-and-best-" + HARD, 1.1, 0.93, true));
        return Charts.scatter("Cost against score", Axis.of("Cost", "US dollars"), Axis.of("Score", "points"), points);
    }

    static Figure calibration() {
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            double x = 0.05 + i / 10.0;
            double y = 1.4 + 3 * x;
            bins.add(new Bin(x, y, Math.max(1, y - 0.4), Math.min(5, y + 0.4), 30L * i * i + 3));
        }
        return Charts.calibration(
                "Ratings by score",
                Axis.of("Score").between(0, 1),
                Axis.of("Mean rating", "stars").between(1, 5),
                "95 % interval",
                bins);
    }

    static List<@Nullable String> row(@Nullable String... cells) {
        return Arrays.asList(cells);
    }
}
