package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineItem;
import org.apache.pdfbox.text.PDFMarkedContentExtractor;
import org.apache.pdfbox.text.TextPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PdfWriterTest {
    private static final double MARGIN = 50;

    @Test
    void all_parts_are_read_back_in_their_order() {
        Document document = Document.of(
                "A report",
                List.of(
                        new Paragraph("The first paragraph."),
                        Section.of(
                                "A section",
                                new Note("A note."),
                                table(2, List.of(ReportFixtures.row("m", "1.5"), ReportFixtures.row("n", null))),
                                Section.of("An inner one", ReportFixtures.scatter()))));
        assertThat(text(document).replace('\n', ' '))
                .containsSubsequence(
                        "A report",
                        "The first paragraph.",
                        "A section",
                        "A note.",
                        "A table",
                        "Column 0 Column 1 (ms)",
                        "m 1.5",
                        "n –",
                        "An inner one",
                        "Cost against score",
                        "the-middle-one");
    }

    @Test
    void a_value_that_is_not_there_is_a_dash_and_an_empty_text_is_nothing() {
        DataTable table = table(2, List.of(ReportFixtures.row("no cost", null), ReportFixtures.row("empty", "")));
        assertThat(text(Document.of("Costs", List.of(table))).lines().map(String::strip))
                .contains("no cost –", "empty");
    }

    @Test
    void a_long_table_goes_on_over_pages_with_its_headings_on_each_and_loses_no_row() {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            rows.add(ReportFixtures.row("row-%05d".formatted(i), i % 3 == 0 ? null : i + ".5"));
        }
        byte[] pdf = pdf(Document.of("Long", List.of(table(2, rows))));
        List<String> pages = ReadPdf.textByPage(pdf);
        assertThat(pages).hasSizeGreaterThan(5);
        assertThat(pages).allSatisfy(page -> assertThat(page).contains("Column 0 Column 1 (ms)"));
        assertThat(String.join("", pages).lines().filter(line -> line.startsWith("row-")))
                .containsExactlyElementsOf(rows.stream()
                        .map(row -> row.get(0) + " " + (row.get(1) == null ? "–" : row.get(1)))
                        .toList());
    }

    @Test
    void pages_are_numbered_and_have_the_title_below() {
        List<String> pages = ReadPdf.textByPage(pdf(Document.of("Numbered", parts(200))));
        assertThat(pages).hasSizeGreaterThan(3);
        for (int i = 0; i < pages.size(); i++) {
            assertThat(pages.get(i).strip()).endsWith("Numbered " + (i + 1) + " / " + pages.size());
        }
    }

    @Test
    void a_table_without_room_is_divided_and_every_cell_is_there() {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (int r = 0; r < 5; r++) {
            List<@Nullable String> row = new ArrayList<>();
            for (int c = 0; c < 100; c++) {
                row.add(c == 0 ? "model-" + r : "cell-%d-%d".formatted(r, c));
            }
            rows.add(row);
        }
        byte[] pdf = pdf(Document.of("Wide", List.of(table(100, rows))));
        String text = ReadPdf.text(pdf);
        for (List<@Nullable String> row : rows) {
            for (String cell : row) {
                assertThat(text).contains(cell);
            }
        }
        assertThat(text).contains("A table (2–", " / 100)");
        // The first column names the rows in each of the tables.
        assertThat(text.split("model-3", -1)).hasSizeGreaterThan(5);
        assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
    }

    @Test
    void a_row_higher_than_a_page_goes_on_on_the_next() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            lines.append("line-").append(i).append('\n');
        }
        byte[] pdf = pdf(Document.of(
                "High",
                List.of(table(
                        2,
                        List.of(
                                ReportFixtures.row("before", "1"),
                                ReportFixtures.row("high", lines.toString()),
                                ReportFixtures.row("after", "2"))))));
        assertThat(ReadPdf.text(pdf).replace('\n', ' ')).contains("line-0 ", "line-100 ", "line-199 ", "after 2");
        assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
    }

    @Test
    void a_word_longer_than_a_line_is_broken_and_not_cut_off() {
        String word = "x".repeat(1_000) + "end";
        byte[] pdf = pdf(Document.of("Word", List.of(new Paragraph(word), table(1, List.of(List.of(word))))));
        assertThat(ReadPdf.text(pdf).replace("\n", "").split(word, -1).length - 1)
                .as("how often the word is there")
                .isEqualTo(2);
        assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
    }

    @Test
    void nothing_of_a_report_with_everything_in_it_leaves_its_page() {
        for (PdfOptions options : List.of(
                PdfOptions.DEFAULT,
                PdfOptions.DEFAULT.paper(PdfOptions.Paper.LETTER),
                PdfOptions.DEFAULT.landscape(true))) {
            byte[] pdf = ReadPdf.write(ReportFixtures.everything(), options);
            assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
            assertThat(ReadPdf.<Float>from(
                            pdf, document -> document.getPage(0).getMediaBox().getWidth()))
                    .isEqualTo((float) options.width());
        }
    }

    /** Its charts and tables have names of any length, and numbers of any size. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void no_text_of_a_long_report_leaves_its_page_or_covers_another(long seed) {
        Random random = new Random(seed);
        List<Document.Part> parts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parts.add(new Section("Section " + i, List.copyOf(ChartsTest.random(random))));
            parts.addAll(Report.ofComparison("Which?", ComparisonFixtures.comparison())
                    .document()
                    .parts());
        }
        byte[] pdf = pdf(Document.of("Long", parts));

        assertThat(ReadPdf.pages(pdf)).isGreaterThan(20);
        assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
        assertThat(ReadPdf.overlaps(pdf)).isEmpty();
    }

    @Test
    void a_picture_higher_than_a_page_goes_on_on_the_next_and_loses_no_text() {
        List<Drawing.Shape> shapes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            shapes.add(new Drawing.Label(
                    10, 20 + i * 10, "label-" + i + ".", 9, Drawing.Anchor.START, Drawing.Ink.BLACK, false));
        }
        Figure figure = new Figure("High", "Three hundred labels.", new Drawing(480, 3_030, shapes));
        byte[] pdf = pdf(Document.of("Picture", List.of(figure)));
        assertThat(ReadPdf.pages(pdf)).isBetween(4, 6);
        assertThat(ReadPdf.text(pdf).lines().filter(line -> line.startsWith("label-")))
                .containsExactlyElementsOf(shapes.stream()
                        .map(shape -> ((Drawing.Label) shape).text())
                        .toList());
        assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
    }

    @Test
    void a_heading_stands_on_the_page_of_what_it_is_of() {
        for (int before = 0; before < 40; before++) {
            List<Document.Part> parts = parts(before);
            parts.add(Section.of("The heading", new Paragraph("Short text."), ReportFixtures.scatter()));
            assertThat(ReadPdf.textByPage(pdf(Document.of("Headings", parts))))
                    .filteredOn(page -> page.contains("The heading"))
                    .singleElement()
                    .asString()
                    .contains("Short text.", "the-middle-one");
        }
    }

    /** At every height of a page. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 9, 60})
    void a_note_stands_on_the_page_of_the_last_rows_of_its_table(int rows) {
        List<List<@Nullable String>> cells = IntStream.range(0, rows)
                .mapToObj(i -> ReportFixtures.row("row-" + i + (i % 3 == 0 ? "\nin two lines" : "") + ".", "1"))
                .toList();
        Note note = new Note("The note. " + "It is rather long. ".repeat(20) + "It ends.");
        for (int before = 0; before < 60; before++) {
            List<Document.Part> parts = parts(before);
            parts.add(Section.of("The heading", table(2, cells), note));
            List<String> pages = ReadPdf.textByPage(pdf(Document.of("Notes", parts)));

            assertThat(pages)
                    .as("%s before", before)
                    .filteredOn(page -> page.contains("The note."))
                    .singleElement()
                    .asString()
                    .contains("It ends.", "row-" + (rows - 1), "row-" + Math.max(0, rows - 2));
            assertThat(pages)
                    .as("%s before", before)
                    .filteredOn(page -> page.contains("The heading"))
                    .singleElement()
                    .asString()
                    .contains("row-0.".substring(0, 5), "row-" + Math.min(2, rows - 1));
        }
    }

    @Test
    void a_note_stands_on_the_page_of_its_picture() {
        for (int before = 0; before < 60; before++) {
            List<Document.Part> parts = parts(before);
            parts.add(Section.of("The heading", ReportFixtures.scatter(), new Note("The note.")));
            assertThat(ReadPdf.textByPage(pdf(Document.of("Notes", parts))))
                    .as("%s before", before)
                    .filteredOn(page -> page.contains("The heading"))
                    .singleElement()
                    .asString()
                    .contains("the-middle-one", "The note.");
        }
    }

    /** However long it is, and whatever it is on. */
    @Test
    void a_note_longer_than_a_page_goes_on_on_the_next() {
        Note note = new Note("word ".repeat(3_000) + "end.");
        List<List<@Nullable String>> high = List.of(
                ReportFixtures.row("first", "1"),
                ReportFixtures.row("second", "line\n".repeat(120)),
                ReportFixtures.row("third", "line\n".repeat(40)));
        byte[] pdf = pdf(Document.of("Notes", List.of(table(2, high), note, ReportFixtures.calibration(), note)));

        assertThat(ReadPdf.text(pdf).split("word", -1)).hasSize(6_001);
        assertThat(ReadPdf.text(pdf).split("line", -1)).hasSize(161);
        assertThat(ReadPdf.pages(pdf)).isLessThan(16);
        assertThat(ReadPdf.beyondMargins(pdf, MARGIN)).isEmpty();
    }

    private static List<Document.Part> parts(int count) {
        List<Document.Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new Paragraph("Paragraph " + i));
        }
        return parts;
    }

    /** With the heading above it, the picture is a little higher than a page, or much higher. */
    @ParameterizedTest
    @ValueSource(ints = {14, 17, 20, 40})
    void a_heading_is_not_alone_on_its_page(int rows) {
        List<Charts.Difference> differences = IntStream.range(0, rows)
                .mapToObj(i -> new Charts.Difference(
                        "a-long-name-of-a-model-that-has-no-room-" + i + " − another-name-that-has-no-room",
                        i,
                        null,
                        null,
                        false))
                .toList();
        Section section = Section.of(
                "The heading", Charts.differences("The caption", Charts.Axis.of("D"), null, "f", differences));
        List<String> pages =
                ReadPdf.textByPage(pdf(Document.of("Headings", List.of(new Paragraph("Before."), section))));

        assertThat(pages)
                .filteredOn(page -> page.contains("The heading"))
                .singleElement()
                .asString()
                .contains("The caption", "-0 −");
        assertThat(String.join("", pages)).contains("-" + (rows - 1) + " −");
    }

    @Test
    void headings_are_broken_before_what_they_are_of() {
        List<Column> columns = new ArrayList<>(List.of(Column.text("Name")));
        List<@Nullable String> row = new ArrayList<>(List.of("provider / model-number-12"));
        for (int i = 0; i < 5; i++) {
            columns.add(Column.number("A heading of several words"));
            row.add("[0.123, 0.1]");
        }
        assertThat(text(Document.of("Table", List.of(new DataTable("Numbers", columns, List.of(row))))))
                .contains("provider / model-number-12 [0.123, 0.1]");
    }

    /** What stands in a second table could be told by its first column alone. */
    @Test
    void names_are_broken_before_a_table_is_divided() {
        String name = "organisation/" + "x".repeat(42);
        List<Column> columns = new ArrayList<>(List.of(Column.text("First"), Column.text("Second")));
        List<@Nullable String> row = new ArrayList<>(List.of(name, name));
        for (int i = 0; i < 8; i++) {
            columns.add(Column.number("Statistic"));
            row.add("10,223.5");
        }
        assertThat(text(Document.of("Table", List.of(new DataTable("Tests", columns, List.of(row))))))
                .contains("Tests\n")
                .doesNotContain("Tests (");
    }

    @Test
    void words_are_whole_where_a_smaller_print_has_room() {
        DataTable table = new DataTable(
                "Words",
                List.of(Column.text("Model"), Column.text("A"), Column.text("B"), Column.text("C"), Column.text("D")),
                List.of(List.of(
                        "EleutherAI / model-1 of a long name with several words",
                        "a-hyphenated-word ".repeat(3),
                        "a-hyphenated-word ".repeat(3),
                        "a-hyphenated-word ".repeat(3),
                        "a-hyphenated-word ".repeat(3))));
        assertThat(text(Document.of("Words", List.of(table))))
                .contains("model-1")
                .containsPattern("(?s)(a-hyphenated-word.*){12}");
    }

    @Test
    void title_and_language_are_in_the_file_and_no_time_is() {
        byte[] pdf = pdf(new Document("Bericht über Modelle", "de-AT", List.of(new Paragraph("Text"))));
        ReadPdf.from(pdf, document -> {
            assertThat(document.getDocumentInformation().getTitle()).isEqualTo("Bericht über Modelle");
            assertThat(document.getDocumentCatalog().getLanguage()).isEqualTo("de-AT");
            assertThat(document.getDocumentInformation().getCreationDate()).isNull();
            assertThat(document.getDocumentInformation().getModificationDate()).isNull();
            return true;
        });
        assertThat(new String(pdf, StandardCharsets.ISO_8859_1)).doesNotContain("CreationDate", "ModDate");
    }

    @Test
    void sections_are_bookmarks_that_lead_to_their_pages() {
        List<Document.Part> first = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            first.add(new Paragraph("Paragraph " + i));
        }
        Document document = Document.of(
                "Bookmarks",
                List.of(
                        new Section("First", first),
                        Section.of("Second Ωμέγα", Section.of("Inner", new Paragraph("text")))));
        ReadPdf.from(pdf(document), pdf -> {
            PDOutlineItem one = pdf.getDocumentCatalog().getDocumentOutline().getFirstChild();
            PDOutlineItem two = one.getNextSibling();
            assertThat(one.getTitle()).isEqualTo("First");
            assertThat(two.getTitle()).isEqualTo("Second Ωμέγα");
            assertThat(two.getFirstChild().getTitle()).isEqualTo("Inner");
            assertThat(page(pdf, one)).isZero();
            assertThat(page(pdf, two)).isEqualTo(pdf.getNumberOfPages() - 1);
            return true;
        });
    }

    @Test
    void tags_tell_headings_cells_and_pictures_apart() {
        Document document = Document.of(
                "Tags",
                List.of(new Paragraph("text"), Section.of("Section", ReportFixtures.table(), ReportFixtures.bars())));
        ReadPdf.from(pdf(document), pdf -> {
            assertThat(pdf.getDocumentCatalog().getMarkInfo().isMarked()).isTrue();
            assertThat(ReadPdf.elements(pdf, "H1")).hasSize(1);
            assertThat(ReadPdf.elements(pdf, "H2")).hasSize(1);
            assertThat(ReadPdf.elements(pdf, "TR")).hasSize(5);
            assertThat(ReadPdf.elements(pdf, "TH")).hasSize(4 + 4);
            assertThat(ReadPdf.elements(pdf, "TD")).hasSize(4 * 3);
            assertThat(ReadPdf.elements(pdf, "Figure"))
                    .extracting(figure -> figure.getString(COSName.ALT))
                    .containsExactly(ReportFixtures.bars().alternative());
            return true;
        });
    }

    /** Where a program joins the lines of an element, as those that read aloud do. */
    @Test
    void words_of_two_lines_stay_apart() {
        String text = "some words that need more than one line ".repeat(20).strip();
        ReadPdf.from(pdf(Document.of("Lines", List.of(new Paragraph(text)))), pdf -> {
            try {
                PDFMarkedContentExtractor extractor = new PDFMarkedContentExtractor();
                extractor.processPage(pdf.getPage(0));
                assertThat(extractor.getMarkedContents().stream()
                                .map(content -> content.getContents().stream()
                                        .map(piece -> ((TextPosition) piece).getUnicode())
                                        .collect(Collectors.joining())))
                        .contains(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
    }

    @Test
    void the_same_report_is_the_same_file_in_every_zone_and_locale() throws NoSuchAlgorithmException {
        String here = PdfMain.hash();
        assertThat(PdfMain.hash()).isEqualTo(here);
        List<String> options = List.of("-Duser.timezone=Pacific/Apia", "-Duser.language=ar", "-Duser.country=EG");
        try (ChildJvm child = ChildJvm.start(PdfMain.class, options)) {
            assertThat(child.await("hash ")).isEqualTo("hash " + here);
        }
    }

    @Test
    void another_report_has_another_id() {
        String one = id(pdf(Document.of("Same", List.of(new Paragraph("one")))));
        assertThat(one).isEqualTo(id(pdf(Document.of("Same", List.of(new Paragraph("one"))))));
        assertThat(one).isNotEqualTo(id(pdf(Document.of("Same", List.of(new Paragraph("two"))))));
    }

    @Test
    void a_file_appears_when_it_is_complete(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.pdf");
        Report.of(Document.of("File", List.of(new Paragraph("text")))).writePdf(file);
        assertThat(ReadPdf.text(Files.readAllBytes(file))).contains("File", "text");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_table_of_two_thousand_rows_has_them_all() {
        assertThatAllRowsAreThere(2_000);
    }

    @Test
    @Tag("long")
    void a_table_of_ten_thousand_rows_has_them_all() {
        assertThatAllRowsAreThere(10_000);
    }

    /** So many cells have no tags. */
    @Test
    @Tag("long")
    void a_table_of_fifty_thousand_rows_has_them_all() {
        assertThatAllRowsAreThere(50_000);
    }

    private static void assertThatAllRowsAreThere(int count) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(Arrays.asList(
                    "model-" + i, Integer.toString(i), i % 7 == 0 ? null : "0." + i, "org", "level", "2026-11-29"));
        }
        byte[] pdf = pdf(Document.of("Many rows", List.of(table(6, rows))));
        assertThat(ReadPdf.text(pdf).lines().filter(line -> line.startsWith("model-")))
                .containsExactlyElementsOf(rows.stream()
                        .map(row -> String.join(
                                " ", row.stream().map(PdfTable::shown).toList()))
                        .toList());
    }

    private static String id(byte[] pdf) {
        return ReadPdf.from(
                pdf, document -> document.getDocument().getDocumentID().get(0).toString());
    }

    private static int page(PDDocument document, PDOutlineItem item) {
        try {
            return document.getPages().indexOf(item.findDestinationPage(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataTable table(int columns, List<List<@Nullable String>> rows) {
        List<Column> all = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            all.add(i == 1 ? Column.number("Column " + i, "ms") : Column.text("Column " + i));
        }
        return new DataTable("A table", all, rows);
    }

    private static byte[] pdf(Document document) {
        return ReadPdf.write(document, PdfOptions.DEFAULT);
    }

    private static String text(Document document) {
        return ReadPdf.text(pdf(document));
    }
}
