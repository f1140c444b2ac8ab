package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DocumentTest {
    @Test
    void bad_input_is_refused_by_its_name() {
        refused("title", () -> Document.of(" ", List.of()));
        refused("title", () -> Document.of("a\u0000", List.of()));
        refused("title", () -> Document.of("x".repeat(301), List.of()));
        refused("title", () -> Document.of("\uD83D", List.of()));
        refused("language", () -> new Document("T", "\" onload=", List.of()));
        refused("parts", () -> Document.of("T", Collections.nCopies(1_001, new Note("n"))));
        refused("heading", () -> Section.of(""));
        refused("text", () -> new Paragraph("x".repeat(20_001)));
        refused("text", () -> new Note("\n"));
        refused("caption", () -> new DataTable("", List.of(Column.text("A")), List.of()));
        refused("columns", () -> new DataTable("T", List.of(), List.of()));
        refused("rows", () -> new DataTable("T", List.of(Column.text("A")), List.of(ReportFixtures.row("1", "2"))));
        refused("cell", () -> new DataTable("T", List.of(Column.text("A")), List.of(ReportFixtures.row("\u0000"))));
        refused("unit", () -> Column.number("A", ""));
        refused("alternative", () -> new Figure("F", "", new Drawing(1, 1, List.of())));
        refused("width", () -> new Drawing(Double.NaN, 1, List.of()));
        refused("height", () -> new Drawing(1, 0, List.of()));
        refused("x", () -> new Drawing.Line(Double.NaN, 0, 1, 1, Stroke.of(Ink.BLACK, 1)));
        refused("points", () -> new Drawing.Polyline(List.of(new Drawing.Point(1, 1)), Stroke.of(Ink.BLACK, 1)));
        refused("width", () -> new Drawing.Rectangle(0, 0, -1, 1, null, null));
        refused("size", () -> new Drawing.Label(0, 0, "a", 0, Drawing.Anchor.START, Ink.BLACK, false));
        refused("width", () -> Stroke.of(Ink.BLACK, 0));
    }

    @Test
    void sections_are_nested_four_deep_and_no_deeper() {
        Section section = Section.of("4");
        for (int depth = 3; depth > 0; depth--) {
            section = Section.of("" + depth, section);
        }
        Section four = section;

        assertThat(Document.of("T", List.of(four)).parts()).containsExactly(four);
        refused("sections", () -> Document.of("T", List.of(Section.of("0", four))));
    }

    @Test
    void what_was_given_does_not_change_what_was_made() {
        List<Part> parts = new ArrayList<>(List.of(new Note("n")));
        Document document = Document.of("T", parts);
        List<String> row = new ArrayList<>(List.of("1"));
        DataTable table = new DataTable("T", List.of(Column.text("A")), new ArrayList<>(List.of(row)));

        parts.clear();
        row.set(0, "2");

        assertThat(document.parts()).hasSize(1);
        assertThat(table.rows().get(0)).containsExactly("1");
        assertThatThrownBy(() -> table.rows().get(0).set(0, "3")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_part_is_added_to_a_copy() {
        Report report = Report.of(Document.of("T", List.of()));

        assertThat(report.with(new Note("n")).document().parts()).containsExactly(new Note("n"));
        assertThat(report.document().parts()).isEmpty();
    }

    private static void refused(String name, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name)
                .hasMessageNotContaining("onload");
    }
}
