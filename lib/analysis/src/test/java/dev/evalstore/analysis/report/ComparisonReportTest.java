package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.ComparedMember;
import dev.evalstore.analysis.ComparedPair;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.Verdict;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonReportTest {
    private static final ComparisonResult RESULT = ComparisonFixtures.comparison();

    @Test
    void the_first_words_say_who_is_better_and_on_what_it_rests() {
        assertThat(answer(RESULT))
                .isEqualTo(
                        "pythia-1.4b-deduped is better than every other: each of its differences is significant at 0.05"
                                + " after correction by Holm. 5 experiments were compared by score (higher is better) on 5,153 items.");
    }

    @Test
    void without_a_winner_it_says_so() {
        assertThat(answer(withWinner(null, RESULT.pairs())))
                .startsWith("None may be called better than every other: after correction by Holm, 6 of 10 pairs differ"
                        + " significantly at 0.05. This may be the best: pythia-1.4b-deduped. 5 experiments");
    }

    @Test
    void every_member_and_every_pair_is_in_a_table_with_what_has_no_value() {
        List<DataTable> tables = all(document().parts(), DataTable.class);

        assertThat(tables)
                .extracting(DataTable::caption)
                .containsExactly(
                        "Ranking by mean score",
                        "Differences in pairs of answers to the same items",
                        "How large the differences are",
                        "All tests; p is corrected over the pairs, for each test",
                        "What was not compared, and why",
                        "How it was computed");
        assertThat(tables.get(0).rows().get(0))
                .containsExactly("pythia-1.4b-deduped", "1", "1 to 2", "1", "5,153", "0.6100", "[0.5968, 0.6232]");
        assertThat(tables.get(1).rows())
                .hasSize(10)
                .contains(
                        ReportFixtures.row(
                                "pythia-1.4b-deduped",
                                "pythia-1.4b",
                                "5,153",
                                "0.0400",
                                "[−0.0010, 0.0810]",
                                "0.0625",
                                "0.2500",
                                "no difference shown"),
                        ReportFixtures.row(
                                "pythia-410m",
                                "pythia-70m",
                                "5,153",
                                "0.0800",
                                "[0.0390, 0.1210]",
                                "< 0.0001",
                                "< 0.0001",
                                "first is better"),
                        ReportFixtures.row(
                                "Ωμέγα <b>", "pythia-70m", "1", null, null, null, null, "cannot be compared"));
        assertThat(tables.get(3).rows())
                .contains(ReportFixtures.row(
                        "pythia-1.4b",
                        "pythia-410m",
                        "Wilcoxon's signed ranks",
                        "10,223.5",
                        null,
                        "812",
                        "no pair differs",
                        null,
                        null,
                        ""));
        assertThat(tables.get(4).rows())
                .containsExactly(ReportFixtures.row("nan", "3"), ReportFixtures.row("only_in_one", "12"));
        assertThat(tables.get(5).rows())
                .contains(
                        ReportFixtures.row("SHA-256 of the rows", "0123456789abcdef".repeat(4)),
                        ReportFixtures.row("Correction over all pairs", "Holm"));
    }

    @Test
    void figures_say_in_words_what_they_show() {
        List<Figure> figures = all(document().parts(), Figure.class);

        assertThat(figures).hasSize(2);
        assertThat(figures.get(0).alternative())
                .contains("pythia-70m 0.450 [0.437, 0.463]", "Highest is pythia-1.4b-deduped");
        assertThat(figures.get(1).alternative())
                .contains(
                        "pythia-1.4b-deduped − pythia-1.4b 0.0400 [−0.0010, 0.0810];",
                        "pythia-1.4b-deduped − pythia-70m 0.1600 [0.1190, 0.2010], significant after correction;");
    }

    @Test
    void beyond_forty_the_first_are_drawn_and_the_caption_says_so() {
        List<ComparedPair> pairs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pairs.addAll(RESULT.pairs());
        }

        List<Figure> figures =
                all(Report.ofComparison("C", withWinner(null, pairs)).document().parts(), Figure.class);

        assertThat(figures.get(1).caption()).isEqualTo("Mean differences with 95 % intervals: the first 40 of 45");
    }

    @Test
    void the_page_is_valid() throws Exception {
        assertThat(HtmlCheck.problems(HtmlWriterTest.html(document()))).isEmpty();
    }

    @Test
    void members_without_an_answer_are_shown_without_a_mean() throws Exception {
        List<ComparedMember> members = new ArrayList<>(RESULT.members());
        ComparedMember last = members.get(4);
        members.set(
                4, new ComparedMember(last.id(), "x".repeat(5_000), 0, 0, null, null, null, null, null, null, null));
        ComparisonResult result = new ComparisonResult(
                RESULT.unit(),
                RESULT.metric(),
                false,
                RESULT.options(),
                List.of(),
                0,
                RESULT.excluded(),
                members,
                List.of(),
                null,
                "1",
                RESULT.inputHash());

        String html = HtmlWriterTest.html(Report.ofComparison("C", result).document());

        assertThat(html).contains("no value", "lower is better", "0 of 0 pairs differ significantly", "more)");
        assertThat(HtmlCheck.problems(html)).isEmpty();
    }

    @Test
    void without_data_the_first_sentence_says_so_and_names_who_has_none() {
        assertThat(answer(0))
                .startsWith("Nothing could be compared, since there is no value of pythia-70m. 5 experiments");
        assertThat(answer(7))
                .startsWith("Nothing could be compared: no item has a value of every member. 5 experiments");
    }

    @Test
    void without_a_mean_there_is_no_empty_chart() {
        assertThat(all(unshared(0).document().parts(), Figure.class)).isEmpty();
        assertThat(all(unshared(0).document().parts(), DataTable.class).get(0).rows())
                .hasSize(5);
    }

    private static String answer(int valuesOfLast) {
        return all(unshared(valuesOfLast).document().parts(), Document.Paragraph.class)
                .get(0)
                .text();
    }

    /** Nothing is shared, and the last member has so many values. */
    private static Report unshared(int valuesOfLast) {
        List<ComparedMember> members = new ArrayList<>();
        for (ComparedMember each : RESULT.members()) {
            int values = members.size() == 4 ? valuesOfLast : 7;
            members.add(
                    new ComparedMember(each.id(), each.label(), 0, values, null, null, null, null, null, null, null));
        }
        ComparisonResult result = new ComparisonResult(
                RESULT.unit(),
                RESULT.metric(),
                true,
                RESULT.options(),
                List.of(),
                0,
                RESULT.excluded(),
                members,
                List.of(),
                null,
                "1",
                RESULT.inputHash());
        return Report.ofComparison("C", result);
    }

    @Test
    void members_of_one_name_are_told_apart_in_every_table_and_figure() {
        List<Part> parts =
                Report.ofComparison("C", named("same", "same")).document().parts();

        List<DataTable> tables = all(parts, DataTable.class);
        assertThat(tables.get(0).rows().subList(0, 3))
                .extracting(row -> row.get(0))
                .containsExactly("same (00000000)", "same (00000001)", "pythia-410m");
        assertThat(tables.get(1).rows().get(0).subList(0, 2)).containsExactly("same (00000000)", "same (00000001)");
        assertThat(all(parts, Figure.class).get(1).alternative()).contains("same (00000000) − same (00000001) ");
    }

    @Test
    void names_from_right_to_left_are_kept_apart_where_others_stand_beside_them() {
        Document document = Report.ofComparison("T", named("אבג", "דהו 2")).document();
        Figure differences = all(document.parts(), Figure.class).get(1);

        assertThat(differences.alternative()).contains("\u2068אבג\u2069 − \u2068דהו 2\u2069 ");
        assertThat(((Document.Paragraph) document.parts().get(0)).text())
                .contains("This may be the best: \u2068אבג\u2069. 5 experiments");
    }

    @Test
    void a_long_name_is_whole_among_the_members_and_shortened_in_its_middle_elsewhere() {
        String first = "begin-" + "x".repeat(200) + "1" + "x".repeat(100) + "-end";
        String second = first.replace('1', '2');

        List<Part> parts =
                Report.ofComparison("C", named(first, second)).document().parts();

        List<DataTable> tables = all(parts, DataTable.class);
        assertThat(tables.get(0).rows())
                .extracting(row -> row.get(0))
                .contains(first + " (00000000)", second + " (00000001)");
        assertThat(tables.get(1).rows().get(0).get(0))
                .startsWith("begin-xxx")
                .contains("…")
                .endsWith("xxx-end (00000000)");
        assertThat(all(parts, Figure.class).get(1).drawing().shapes())
                .filteredOn(Drawing.Label.class::isInstance)
                .extracting(shape -> ((Drawing.Label) shape).text())
                .anyMatch(text -> text.endsWith("(00000000) −"))
                .anyMatch(text -> text.endsWith("(00000001)"));
    }

    @Test
    void an_axis_has_the_unit_of_its_metric() {
        assertThat(ComparisonContent.axis("Mean ", "latency_ms").label()).isEqualTo("Mean latency (ms)");
        assertThat(ComparisonContent.axis("Mean ", "cost_usd").label()).isEqualTo("Mean cost (US dollars)");
        assertThat(ComparisonContent.axis("Mean ", "score").label()).isEqualTo("Mean score");
    }

    @Test
    void names_that_only_look_the_same_are_told_apart() {
        for (String other : List.of("same\u200B name", "same  name", "same\u202E name", "same\uFE0F name")) {
            assertThat(all(
                                    Report.ofComparison("C", named("same name", other))
                                            .document()
                                            .parts(),
                                    DataTable.class)
                            .get(0)
                            .rows())
                    .extracting(row -> row.get(0))
                    .anyMatch(name -> name != null && name.endsWith("(00000000)"))
                    .anyMatch(name -> name != null && name.endsWith("(00000001)"));
        }
        assertThat(all(
                                Report.ofComparison("C", named("a\uFFFE", "a\uFFFF"))
                                        .document()
                                        .parts(),
                                DataTable.class)
                        .get(0)
                        .rows())
                .extracting(row -> row.get(0))
                .anyMatch(name -> name != null && name.endsWith("(00000001)"));
    }

    @Test
    void without_pairs_there_are_no_empty_tables() {
        List<DataTable> tables = all(
                Report.ofComparison("C", withWinner(null, List.of())).document().parts(), DataTable.class);

        assertThat(tables).noneMatch(table -> table.rows().isEmpty());
    }

    private static ComparisonResult named(String first, String second) {
        List<ComparedMember> members = new ArrayList<>(RESULT.members());
        for (int i = 0; i < 2; i++) {
            ComparedMember of = members.get(i);
            members.set(
                    i,
                    new ComparedMember(
                            of.id(),
                            i == 0 ? first : second,
                            of.items(),
                            of.values(),
                            of.mean(),
                            of.low(),
                            of.high(),
                            of.rank(),
                            of.bestRank(),
                            of.worstRank(),
                            of.tier()));
        }
        return new ComparisonResult(
                RESULT.unit(),
                RESULT.metric(),
                true,
                RESULT.options(),
                RESULT.tests(),
                5_153,
                RESULT.excluded(),
                members,
                RESULT.pairs(),
                null,
                "1",
                RESULT.inputHash());
    }

    @Test
    void bad_input_is_refused_by_its_name() {
        assertThatThrownBy(() -> Report.ofComparison(" ", RESULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("title");
        assertThatThrownBy(() -> Report.ofComparison("T", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("result");
    }

    private static ComparisonResult withWinner(@Nullable UUID winner, List<ComparedPair> pairs) {
        assertThat(RESULT.pairs())
                .filteredOn(pair -> pair.verdict() == Verdict.FIRST_BETTER)
                .hasSize(6);
        return new ComparisonResult(
                RESULT.unit(),
                RESULT.metric(),
                true,
                RESULT.options(),
                RESULT.tests(),
                5_153,
                RESULT.excluded(),
                RESULT.members(),
                pairs,
                winner,
                "1",
                RESULT.inputHash());
    }

    private static Document document() {
        return Report.ofComparison("Which Pythia?", RESULT).document();
    }

    private static String answer(ComparisonResult result) {
        return ((Paragraph) Report.ofComparison("C", result).document().parts().get(0)).text();
    }

    private static <T> List<T> all(List<Part> parts, Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Section section) {
                found.addAll(all(section.parts(), kind));
            } else if (kind.isInstance(part)) {
                found.add(kind.cast(part));
            }
        }
        return found;
    }
}
