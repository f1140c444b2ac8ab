package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bar;
import dev.evalstore.analysis.report.Charts.Bin;
import dev.evalstore.analysis.report.Charts.Difference;
import dev.evalstore.analysis.report.Charts.Dot;
import dev.evalstore.analysis.report.Charts.Sample;
import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Label;
import dev.evalstore.analysis.report.Drawing.Line;
import dev.evalstore.analysis.report.Drawing.Mark;
import dev.evalstore.analysis.report.Drawing.MarkShape;
import dev.evalstore.analysis.report.Drawing.Polyline;
import dev.evalstore.analysis.report.Drawing.Rectangle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartsTest {
    private static final double ABOUT = 0.01;

    /** Texts reach a little beyond their letters, so they may touch by as much. */
    private static final double TOUCH = 1.5;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void nothing_is_clipped_and_no_text_covers_another(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            for (Figure figure : random(random)) {
                assertWithin(figure);
                assertNoOverlap(figure);
            }
        }
    }

    @Test
    void a_bar_is_as_long_as_its_value_from_zero() {
        Figure figure = Charts.bars(
                "Bars",
                Axis.of("Score").between(0, 1),
                null,
                List.of(new Bar("a", 1.0, null, null), new Bar("b", 0.25, null, null), new Bar("c", null, null, null)));

        List<Rectangle> bars = shapes(figure, Rectangle.class);
        assertThat(bars).hasSize(2);
        assertThat(bars.get(1).width()).isCloseTo(bars.get(0).width() / 4, within(ABOUT));
        assertThat(texts(figure)).contains("no value", "Score", "0", "1.0");
    }

    @Test
    void a_bar_begins_at_zero_whatever_its_axis_is_told() {
        Figure figure =
                Charts.bars("Bars", Axis.of("Score").between(0.9, 1), null, List.of(new Bar("a", 0.95, null, null)));

        assertThat(texts(figure)).contains("0");
        assertThat(shapes(figure, Rectangle.class).get(0).width()).isGreaterThan(100);
    }

    @Test
    void an_interval_has_caps_at_its_ends_and_its_numbers_beside_it() {
        Figure figure = Charts.bars("Bars", Axis.of("Score"), "95 % interval", List.of(new Bar("a", 0.5, 0.25, 0.75)));

        assertThat(texts(figure)).contains("0.500 [0.250, 0.750]", "Score, with 95 % interval");
        assertThat(figure.alternative()).contains("a 0.500 [0.250, 0.750]");
    }

    @Test
    void a_small_value_keeps_its_digits_beside_a_large_one() {
        Figure bars = Charts.bars(
                "Bars",
                Axis.of("Cost"),
                "95 % interval",
                List.of(
                        new Bar("a", 0.000_412_3, 0.000_401, 0.000_43),
                        new Bar("b", 0.812, 0.8, 0.82),
                        new Bar("c", 1_234.5, 1_000.0, 2_000.0)));
        assertThat(bars.alternative())
                .contains("a 0.0004123 [0.0004010, 0.0004300]", "b 0.812 [0.800, 0.820]", "c 1,234 [1,000, 2,000]");
        assertThat(texts(bars)).contains("0.0004123 [0.0004010, 0.0004300]");

        assertThat(Charts.scatter(
                                "Points",
                                Axis.of("X"),
                                Axis.of("Y"),
                                List.of(new Dot("a", 0, 0.000_41, false), new Dot("b", 300, -20, false)))
                        .alternative())
                .contains("a (0.0, 0.00041)", "b (300.0, −20.00)");
    }

    @Test
    void a_difference_is_filled_where_it_is_told_and_its_words_say_so() {
        Figure figure = Charts.differences(
                "Differences",
                Axis.of("Difference"),
                "95 % interval",
                "significant",
                List.of(new Difference("a − b", 0.2, 0.1, 0.3, true), new Difference("a − c", 0.1, -0.1, 0.3, false)));

        assertThat(shapes(figure, Mark.class)).extracting(Mark::filled).containsExactly(true, false);
        assertThat(texts(figure)).contains("Difference, with 95 % interval; filled: significant");
        assertThat(figure.alternative())
                .contains("a − b 0.200 [0.100, 0.300], significant; a − c 0.100 [−0.100, 0.300].");
    }

    @Test
    void marks_are_told_apart_by_shape_and_not_by_colour_alone() {
        Figure figure = Charts.scatter(
                "Cost",
                Axis.of("Cost"),
                Axis.of("Score"),
                List.of(new Dot("best", 1, 3, true), new Dot("cheap", 0.5, 2, true), new Dot("poor", 2, 1, false)));

        List<Mark> marks = shapes(figure, Mark.class);
        assertThat(marks).extracting(Mark::shape).contains(MarkShape.DIAMOND, MarkShape.CIRCLE);
        assertThat(marks.stream().filter(mark -> mark.shape() == MarkShape.DIAMOND))
                .allMatch(Mark::filled);
        assertThat(marks.stream().filter(mark -> mark.shape() == MarkShape.CIRCLE))
                .noneMatch(Mark::filled);
        assertThat(shapes(figure, Polyline.class).get(0).stroke().dash()).isEqualTo(Drawing.Dash.DASHED);
        assertThat(texts(figure)).contains("best", "cheap", "poor");
        assertThat(figure.alternative())
                .contains("On the Pareto front, by Cost: cheap (0.500, 2.000); best (1.000, 3.000).");
    }

    @Test
    void every_point_is_in_words_or_counted() {
        List<Dot> few = List.of(new Dot("best", 1, 3, true), new Dot("poor", 2, 1, false), new Dot("bad", 3, 1, false));
        assertThat(Charts.scatter("Cost", Axis.of("Cost"), Axis.of("Score"), few)
                        .alternative())
                .isEqualTo("3 points: Cost against Score. On the Pareto front, by Cost: best (1.000, 3.000)."
                        + " The others, by Cost: poor (2.000, 1.000); bad (3.000, 1.000).");
        assertThat(Charts.scatter("Cost", Axis.of("Cost"), Axis.of("Score"), few.subList(1, 3))
                        .alternative())
                .isEqualTo("2 points: Cost against Score. By Cost: poor (2.000, 1.0000); bad (3.000, 1.0000).");

        for (int front : List.of(10, 1_990)) {
            List<Dot> many = IntStream.range(0, Charts.MAX_POINTS)
                    .mapToObj(i -> new Dot("p" + i + "x".repeat(i % 200), i, i, i < front))
                    .toList();
            String words = Charts.scatter("Many", Axis.of("Cost"), Axis.of("Score"), many)
                    .alternative();
            long named = many.stream()
                    .filter(dot -> words.contains(dot.label() + " ("))
                    .count();
            Matcher more =
                    Pattern.compile("(?:and |: )([0-9,]+)(?: more)?\\.(?: |$)").matcher(words);
            long counted = 0;
            while (more.find()) {
                counted += Long.parseLong(more.group(1).replace(",", ""));
            }
            assertThat(named).isPositive();
            assertThat(named + counted).as("%s on the front", front).isEqualTo(many.size());
        }
    }

    @Test
    void the_longest_texts_have_room() throws Exception {
        for (String letter : List.of("W", "\u0301", "\uD834\uDD69")) {
            String text = "a" + letter.repeat((100 - 1) / letter.length());
            String label = "a" + letter.repeat((300 - 1) / letter.length());
            Axis axis = Axis.of(text, text).between(0, 5);
            List<Figure> figures = List.of(
                    Charts.bars("B", axis, text, List.of(new Bar(label, 1.0, 0.5, 2.0))),
                    Charts.differences("D", axis, text, text, List.of(new Difference(label, 1, 0.5, 2.0, true))),
                    Charts.distributions("S", axis, List.of(new Sample(label, new double[] {1, 2}))),
                    Charts.scatter("P", axis, axis, List.of(new Dot(label, 1, 2, true), new Dot(label, 3, 4, false))),
                    Charts.calibration("C", axis, axis, text, List.of(new Bin(1, 2, 1.5, 2.5, 3))));
            figures.forEach(ChartsTest::assertWithin);
            figures.forEach(ChartsTest::assertNoOverlap);
            assertThat(HtmlWriterTest.html(Document.of("T", figures))).isNotEmpty();
        }
    }

    @Test
    void nothing_says_where_both_agree_unless_both_scales_are_known() {
        List<Bin> bins = List.of(new Bin(-200, 1, null, null, 3), new Bin(7, 5, null, null, 3));
        Axis stars = Axis.of("Rating").between(1, 5);

        Figure unknown = Charts.calibration("C", Axis.of("Score"), stars, null, bins);
        Figure known = Charts.calibration("C", Axis.of("Score").between(0, 10), stars, null, bins);

        assertThat(texts(unknown)).doesNotContain("where both agree");
        assertThat(shapes(unknown, Line.class)).noneMatch(line -> line.stroke().dash() == Drawing.Dash.DOTTED);
        assertThat(texts(known)).contains("where both agree");
        // From 0 on, though the axis begins at -200.
        assertThat(shapes(known, Line.class))
                .filteredOn(line -> line.stroke().dash() == Drawing.Dash.DOTTED)
                .extracting(Line::x1)
                .anyMatch(x -> x > 300)
                .noneMatch(x -> x < 60);
    }

    @Test
    void the_legend_has_what_is_drawn() {
        Dot front = new Dot("a", 1, 2, true);
        Dot beaten = new Dot("b", 2, 1, false);

        assertThat(texts(Charts.scatter("C", Axis.of("X"), Axis.of("Y"), List.of(front))))
                .doesNotContain("another is better")
                .anyMatch(text -> text.startsWith("on the Pareto front"));
        assertThat(texts(Charts.scatter("C", Axis.of("X"), Axis.of("Y"), List.of(beaten))))
                .contains("one result")
                .noneMatch(text -> text.startsWith("on the Pareto front"));
        assertThat(texts(Charts.scatter("C", Axis.of("X"), Axis.of("Y"), List.of(front, beaten))))
                .contains("another is better");
    }

    @Test
    void points_that_differ_by_much_are_on_a_logarithmic_axis_that_says_so() {
        List<Dot> points =
                List.of(new Dot("a", 0.001, 1, false), new Dot("b", 0.1, 2, false), new Dot("c", 10, 3, false));

        Figure figure = Charts.scatter("Cost", Axis.of("Cost", "US dollars"), Axis.of("Score"), points);

        assertThat(texts(figure)).contains("Cost (US dollars), logarithmic", "0.001", "0.1", "10");
        List<Double> x =
                shapes(figure, Mark.class).stream().map(Mark::x).limit(3).toList();
        assertThat(x.get(1) - x.get(0)).isCloseTo(x.get(2) - x.get(1), within(ABOUT));
    }

    @Test
    void a_point_in_the_corner_of_the_best_is_named() {
        List<Dot> points = List.of(
                new Dot("provider / first", 0.1, 0.1, true),
                new Dot("provider / second", 0.5, 0.4, true),
                new Dot("provider / third", 0.98, 0.5, true));

        assertThat(texts(Charts.scatter("Cost", Axis.of("Cost"), Axis.of("Score"), points)))
                .contains("provider / second", "provider / third");
    }

    @Test
    void names_that_differ_in_their_middle_alone_stay_apart() {
        List<String> names = Stream.of("alpha", "bravo", "delta")
                .map(name -> "provider-with-long-name / organisation/very-long-model-family-name-" + name
                        + "-instruct-quantized-4bit-group128-2024-11-20-final")
                .toList();
        List<Figure> figures = List.of(
                Charts.bars("B", Axis.of("X"), null, each(names, name -> new Bar(name, 1.0, null, null))),
                Charts.distributions("D", Axis.of("X"), each(names, name -> new Sample(name, new double[] {1}))),
                Charts.scatter("S", Axis.of("X"), Axis.of("Y"), each(names, name -> new Dot(name, 1, 2, true))),
                Charts.scatter(
                        "S",
                        Axis.of("X"),
                        Axis.of("Y"),
                        List.of(
                                new Dot(names.get(0), 1, 3, true),
                                new Dot(names.get(1), 2, 4, true),
                                new Dot(names.get(2), 3, 5, true))));
        for (Figure figure : List.of(figures.get(0), figures.get(1), figures.get(3))) {
            assertThat(String.join(" ", texts(figure))).contains("alpha", "bravo", "delta");
            assertNoOverlap(figure);
        }

        List<String> numbered = ShortNames.of(
                List.of("beginning-1x-end", "beginning-2x-end", "other"),
                name -> name.length() < 9 ? name : name.substring(0, 5) + "…" + name.substring(name.length() - 4));
        assertThat(numbered).containsExactly("begin… (1)", "begin… (2)", "other");
    }

    private static <T> List<T> each(List<String> names, Function<String, T> of) {
        return names.stream().map(of).toList();
    }

    @Test
    void points_of_the_front_are_named_where_there_is_room_anywhere_near() {
        List<Dot> corners = List.of(
                new Dot("the-first-model-in-the-corner", 0, 0, true),
                new Dot("the-second-model", 0.01, 0.02, true),
                new Dot("the-third-model", 0.08, 0.1, true),
                new Dot("the-last-model-in-the-corner", 1, 1, true),
                new Dot("beside-the-first", 0.012, 0.0, false),
                new Dot("beside-the-last", 0.99, 0.97, false));
        Figure figure = Charts.scatter("Corners", Axis.of("X"), Axis.of("Y"), corners);

        assertThat(texts(figure))
                .contains(
                        "the-first-model-in-the-corner",
                        "the-second-model",
                        "the-third-model",
                        "the-last-model-in-the-corner");
        assertWithin(figure);
        assertNoOverlap(figure);
    }

    /** A name without a line to its mark is nearer to it than to any other. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void a_name_stands_nearest_to_its_own_mark(long seed) {
        Random random = new Random(seed);
        List<Dot> points = IntStream.range(0, 60)
                .mapToObj(i -> new Dot("point-" + i, random.nextDouble(), random.nextDouble(), i < 5))
                .toList();
        Figure figure = Charts.scatter("Points", Axis.of("X"), Axis.of("Y"), points);
        List<Mark> marks = shapes(figure, Mark.class).stream()
                .filter(mark -> mark.y() < 300)
                .toList();
        int named = 0;
        for (Label label : shapes(figure, Label.class)) {
            if (label.text().startsWith("point-")) {
                double[] box = box(label);
                List<Mark> near = marks.stream()
                        .filter(mark -> mark.x() > box[0] - 7 && mark.x() < box[2] + 7)
                        .filter(mark -> mark.y() > box[1] - 7 && mark.y() < box[3] + 7)
                        .toList();
                assertThat(near.size()).as(label.text()).isLessThanOrEqualTo(1);
                named++;
            }
        }
        assertThat(named).isGreaterThan(10);
    }

    @Test
    void a_negative_number_has_a_minus_sign_with_an_exponent_too() {
        assertThat(texts(Charts.bars("B", Axis.of("A"), null, List.of(new Bar("x", -1e299, null, null)))))
                .contains("−1e299")
                .noneMatch(text -> text.startsWith("-"));
    }

    @Test
    void a_cost_of_nothing_keeps_the_axis_linear() {
        List<Dot> points = List.of(new Dot("free", 0, 1, true), new Dot("dear", 1000, 2, true));

        assertThat(texts(Charts.scatter("Cost", Axis.of("Cost"), Axis.of("Score"), points)))
                .contains("Cost")
                .noneMatch(text -> text.contains("logarithmic"));
    }

    @Test
    void shares_of_a_histogram_add_up_and_edges_belong_to_the_bin_above() {
        Figure figure = Charts.distributions(
                "Scores", Axis.of("Score"), List.of(new Sample("halves", new double[] {0, 0.5, 0.5, 1, 1, 1, 1, 1})));

        assertThat(figure.alternative())
                .contains("8 values from 0", "to 1.000, median 1.000, most of them (62 %) from 0.95 to 1.00.");
        List<Rectangle> bins = shapes(figure, Rectangle.class);
        assertThat(bins).hasSize(3);
        assertThat(bins.get(0).height() / bins.get(2).height()).isEqualTo(0.2);
        assertThat(bins.get(1).height() / bins.get(2).height()).isEqualTo(0.4);
    }

    @Test
    void every_value_of_a_histogram_is_counted_once() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            double scale = StrictMath.pow(10, random.nextInt(40) - 20);
            double shift = random.nextInt(3) * 100 * scale;
            double[] values = random.doubles(50)
                    .map(x -> Math.round(x * 20) / 20.0 * scale + shift)
                    .toArray();
            Figure figure = Charts.distributions("Scores", Axis.of("Score"), List.of(new Sample("x", values)));
            double tallest = shapes(figure, Rectangle.class).stream()
                    .mapToDouble(Rectangle::height)
                    .max()
                    .orElseThrow();
            assertThat(tallest).isEqualTo(36);
        }
    }

    @Test
    void axes_have_round_numbers_that_enclose_the_values() {
        assertThat(AxisTicks.linear(0, 1, 5).all())
                .extracting(AxisTicks.Tick::label)
                .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1.0");
        assertThat(AxisTicks.linear(0, 0.8, 4).max()).isEqualTo(0.8);
        assertThat(AxisTicks.linear(-3, 1_200_000, 4).all())
                .extracting(AxisTicks.Tick::label)
                .containsExactly("−500,000", "0", "500,000", "1,000,000", "1,500,000");
        assertThat(AxisTicks.linear(5, 5, 5).min()).isLessThan(5);
        assertThat(AxisTicks.linear(0, 0, 5).all()).hasSizeGreaterThan(2);
        assertThat(AxisTicks.linear(1e-9, 3e-9, 4).all().get(0).label()).isEqualTo("1e-9");
        assertThat(AxisTicks.linear(-1e300, 1e300, 4).all()).hasSizeBetween(3, 8);
        assertThat(AxisTicks.linear(1e15, 1e15 + 1, 4).all()).hasSizeBetween(2, 12);
        assertThat(AxisTicks.logarithmic(0.002, 30).all())
                .extracting(AxisTicks.Tick::label)
                .containsExactly("0.001", "0.01", "0.1", "1", "10", "100");
        assertThat(AxisTicks.logarithmic(1e-300, 1e300).all()).hasSizeBetween(3, 16);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void any_two_positive_numbers_have_a_logarithmic_axis_that_encloses_them(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            double a = positive(random);
            double b = positive(random);
            Figure figure = Charts.scatter(
                    "Far apart",
                    Axis.of("X"),
                    Axis.of("Y"),
                    List.of(new Dot("a", a, b, true), new Dot("b", b, a, false)));
            assertWithin(figure);
            assertThat(shapes(figure, Line.class)).hasSizeBetween(4, 40);
        }
    }

    private static double positive(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Double.MIN_VALUE * (1 + random.nextInt(60));
            case 1 -> 1e300;
            case 2 -> 1e-300;
            default -> random.nextDouble() * StrictMath.pow(10, random.nextInt(600) - 300);
        };
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void any_two_numbers_have_an_axis_of_a_few_marks(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 4_000; i++) {
            double a = anyNumber(random);
            double b = random.nextInt(5) == 0 ? Math.nextUp(a) : anyNumber(random);
            AxisTicks ticks = AxisTicks.linear(Math.min(a, b), Math.max(a, b), 5);
            Set<String> labels = new HashSet<>();
            ticks.all().forEach(tick -> labels.add(tick.label()));
            double share = ticks.share(a);
            if (labels.size() != ticks.all().size()
                    || labels.size() < 2
                    || labels.size() > 13
                    || share < -1e-9
                    || share > 1 + 1e-9) {
                fail("%s to %s: %s", a, b, ticks);
            }
        }
    }

    @Test
    void bad_input_is_refused_by_its_name() {
        Axis axis = Axis.of("Score");
        List<Bar> tooMany = Collections.nCopies(41, new Bar("a", 1.0, null, null));
        refused("bars", () -> Charts.bars("B", axis, null, tooMany));
        refused("bars", () -> Charts.bars("B", axis, null, List.of()));
        refused("caption", () -> Charts.bars(" ", axis, null, tooMany.subList(0, 1)));
        refused("interval", () -> Charts.bars("B", axis, "", tooMany.subList(0, 1)));
        refused(
                "filled",
                () -> Charts.differences("B", axis, null, " ", List.of(new Difference("a", 1, null, null, true))));
        refused("rows", () -> Charts.differences("B", axis, null, "x", List.of()));
        refused("samples", () -> Charts.distributions("B", axis, List.of()));
        refused("points", () -> Charts.scatter("B", axis, axis, List.of()));
        refused("bins", () -> Charts.calibration("B", axis, axis, null, List.of()));
        refused("value", () -> new Bar("a", Double.NaN, null, null));
        refused("value", () -> new Bar("a", Double.POSITIVE_INFINITY, null, null));
        refused("low and high", () -> new Bar("a", 1.0, 0.5, null));
        refused("low", () -> new Bar("a", 1.0, 2.0, 1.0));
        refused("low", () -> new Bar("a", null, 1.0, 2.0));
        refused("label", () -> new Bar("", 1.0, null, null));
        refused("values", () -> new Sample("a", new double[0]));
        refused("values", () -> new Sample("a", new double[] {Double.NaN}));
        refused("x", () -> new Dot("a", Double.NaN, 1, true));
        refused("y", () -> new Dot("a", 1, 1e301, true));
        refused("count", () -> new Bin(1, 1, null, null, 0));
        refused("title", () -> Axis.of("\u0000"));
        refused("unit", () -> Axis.of("Score", " "));
        refused("from must be below to", () -> axis.between(1, 1));
        refused("from", () -> axis.between(Double.NaN, 1));
    }

    private static void refused(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(name);
    }

    private static double anyNumber(Random random) {
        return random.nextInt(8) == 0 ? 0 : random.nextGaussian() * StrictMath.pow(10, random.nextInt(598) - 299);
    }

    static List<Figure> random(Random random) {
        double scale = StrictMath.pow(10, random.nextInt(24) - 12);
        int n = 1 + random.nextInt(Charts.MAX_BARS);
        List<Bar> bars = IntStream.range(0, n).mapToObj(i -> bar(random, scale)).toList();
        List<Difference> differences = bars.stream()
                .map(bar -> new Difference(
                        bar.label(),
                        bar.value() == null ? 0 : bar.value(),
                        bar.low(),
                        bar.high(),
                        random.nextBoolean()))
                .toList();
        List<Sample> samples = IntStream.range(0, 1 + random.nextInt(Charts.MAX_DISTRIBUTIONS))
                .mapToObj(i -> new Sample(
                        name(random),
                        random.doubles(1 + random.nextInt(60))
                                .map(x -> x * scale)
                                .toArray()))
                .toList();
        List<Dot> points = IntStream.range(0, 1 + random.nextInt(80))
                .mapToObj(i -> new Dot(name(random), number(random, scale), number(random, 1), random.nextInt(4) == 0))
                .toList();
        List<Bin> bins = IntStream.range(0, 1 + random.nextInt(Charts.MAX_BINS))
                .mapToObj(i -> new Bin(random.nextDouble() * scale, 3, 2.5, 4.5, 1 + random.nextInt(100_000)))
                .toList();
        Axis axis = Axis.of(name(random).substring(0, 1) + " score", random.nextBoolean() ? "milliseconds" : null);
        String interval = random.nextBoolean() ? "95 % interval" : name(random, 100);
        return List.of(
                Charts.bars("Bars", axis, interval, bars),
                Charts.differences("Differences", axis, interval, "significant", differences),
                Charts.distributions("Distributions", axis, samples),
                Charts.scatter("Points", axis, axis, points),
                Charts.calibration("Bins", axis, axis.between(1, 5), interval, bins));
    }

    private static Bar bar(Random random, double scale) {
        double value = number(random, scale);
        double half = random.nextDouble() * scale;
        return switch (random.nextInt(6)) {
            case 0 -> new Bar(name(random), null, null, null);
            case 1 -> new Bar(name(random), value, null, null);
            default -> new Bar(name(random), value, value - half, value + half);
        };
    }

    private static double number(Random random, double scale) {
        return random.nextInt(5) == 0 ? -random.nextDouble() * scale : random.nextDouble() * scale;
    }

    private static String name(Random random) {
        return name(random, 250);
    }

    private static String name(Random random, int max) {
        StringBuilder name = new StringBuilder("m");
        String letters = "abc WM-_/.0Ωж漢";
        int length = random.nextInt(4) == 0 ? random.nextInt(max) : random.nextInt(25);
        for (int i = 0; i < length; i++) {
            name.append(letters.charAt(random.nextInt(letters.length())));
        }
        return name.toString();
    }

    private static void assertWithin(Figure figure) {
        Drawing drawing = figure.drawing();
        for (Drawing.Shape shape : drawing.shapes()) {
            double[] box = box(shape);
            if (box[0] < -ABOUT
                    || box[1] < -ABOUT
                    || box[2] > drawing.width() + ABOUT
                    || box[3] > drawing.height() + ABOUT) {
                fail("clipped: %s", shape);
            }
        }
    }

    private static void assertNoOverlap(Figure figure) {
        List<Label> labels = shapes(figure, Label.class);
        double[][] boxes = labels.stream().map(ChartsTest::box).toArray(double[][]::new);
        for (int i = 0; i < boxes.length; i++) {
            for (int j = i + 1; j < boxes.length; j++) {
                double[] a = boxes[i];
                double[] b = boxes[j];
                if (a[2] - TOUCH > b[0] && b[2] - TOUCH > a[0] && a[3] - TOUCH > b[1] && b[3] - TOUCH > a[1]) {
                    fail("%s covers %s", labels.get(i), labels.get(j));
                }
            }
        }
    }

    /** Left, top, right and bottom. */
    private static double[] box(Drawing.Shape shape) {
        if (shape instanceof Label label) {
            double width = TextWidths.of(label.text(), label.size());
            double left =
                    label.x() - (label.anchor() == Anchor.START ? 0 : label.anchor() == Anchor.END ? width : width / 2);
            return new double[] {left, label.y() - label.size() * 0.75, left + width, label.y() + label.size() * 0.22};
        }
        if (shape instanceof Line line) {
            return new double[] {
                Math.min(line.x1(), line.x2()),
                Math.min(line.y1(), line.y2()),
                Math.max(line.x1(), line.x2()),
                Math.max(line.y1(), line.y2())
            };
        }
        if (shape instanceof Rectangle box) {
            return new double[] {box.x(), box.y(), box.x() + box.width(), box.y() + box.height()};
        }
        if (shape instanceof Mark mark) {
            double half = mark.size() / 2;
            return new double[] {mark.x() - half, mark.y() - half, mark.x() + half, mark.y() + half};
        }
        double[] box = {Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
        for (Drawing.Point point : ((Polyline) shape).points()) {
            box[0] = Math.min(box[0], point.x());
            box[1] = Math.min(box[1], point.y());
            box[2] = Math.max(box[2], point.x());
            box[3] = Math.max(box[3], point.y());
        }
        return box;
    }

    private static <T> List<T> shapes(Figure figure, Class<T> kind) {
        List<T> shapes = new ArrayList<>();
        figure.drawing().shapes().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .forEach(shapes::add);
        return shapes;
    }

    private static List<String> texts(Figure figure) {
        return shapes(figure, Label.class).stream().map(Label::text).toList();
    }
}
