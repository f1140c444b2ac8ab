package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.report.Document.Paragraph;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PdfFontTest {
    private static final String LATIN = "Größe, garçon, Šárka, Łódź, İstanbul, Việt Nam";
    private static final String GREEK = "Ωμέγα χ² κ α ρ ἀρχή";
    private static final String CYRILLIC = "Жук Ёлка ґанок Ђорђе";
    private static final String SIGNS = "± × − – — … ≤ ≥ ≠ ≈ ∞ → ← √ ∑ € £ № ‰ µ ✓ ▲";
    private static final String HEBREW = "שלום עולם";
    private static final String CHINESE = "中文模型評価";

    private static final PdfFont HEBREW_FONT = font("NotoSansHebrew-part.ttf");
    private static final PdfFont CHINESE_FONT = font("DroidSansFallback-part.ttf");

    @Test
    void the_bundled_font_has_latin_greek_cyrillic_and_signs() {
        for (String text : List.of(LATIN, GREEK, CYRILLIC, SIGNS)) {
            byte[] pdf = pdf(text, PdfOptions.DEFAULT);
            assertThat(ReadPdf.text(pdf)).contains(text);
            assertThat(boxes(pdf)).as(text).isZero();
        }
    }

    @Test
    void bold_has_what_regular_has() {
        Document document = Document.of(LATIN + GREEK + CYRILLIC + SIGNS, List.of());
        assertThat(boxes(ReadPdf.write(document, PdfOptions.DEFAULT))).isZero();
    }

    @Test
    void other_scripts_come_from_the_fonts_of_the_caller() {
        PdfOptions options = PdfOptions.DEFAULT.font(HEBREW_FONT).font(CHINESE_FONT);
        byte[] pdf = pdf("mixed " + HEBREW + " and " + CHINESE + " Ω", options);
        assertThat(boxes(pdf)).isZero();
        assertThat(ReadPdf.text(pdf)).contains("mixed " + HEBREW, CHINESE + " Ω");
        assertThat(fonts(pdf)).hasSize(4).allMatch(name -> name.matches("[A-Z]{6}\\+.*"));
    }

    /** Drawn from left to right, the last letter of Hebrew comes first. */
    @Test
    void hebrew_is_drawn_from_right_to_left() {
        assertThat(drawn("abc אבג (דה) 12")).isEqualTo("abc 12 (הד) גבא");
        assertThat(drawn("שלום abc")).isEqualTo("abc םולש");
        assertThat(drawn("בָּא")).isEqualTo("אבָּ");
    }

    @Test
    void names_from_right_to_left_keep_their_places_in_a_difference() {
        String first = Directions.isolated("אבג 2");
        String second = Directions.isolated("דהו");
        assertThat(drawn(first + " − " + second)).isEqualTo("2 גבא − והד");
        assertThat(drawn(first + " 0.91 [0.90, 0.92]; " + second + " 0.8"))
                .isEqualTo("2 גבא 0.91 [0.90, 0.92]; והד 0.8");
        assertThat(drawn(first + " is better than every other: 2 of 3."))
                .isEqualTo("2 גבא is better than every other: 2 of 3.");
        assertThat(boxes(pdf(first + " − x", PdfOptions.DEFAULT.font(HEBREW_FONT))))
                .isZero();
    }

    /** The first letter of the line is Hebrew, and that of the paragraph is not. */
    @Test
    void each_line_runs_in_the_direction_of_its_paragraph() {
        assertThat(drawnLines("the words אבג דהו are two.", 60)).containsExactly("the words", "והד גבא are", "two.");
        assertThat(drawnLines(Directions.isolated("אבג דהו") + " wins", 24)).containsExactly("גבא", "והד", "wins");
    }

    /** The blank after which a line is broken stands at the left end of a line from right to left. */
    @Test
    void lines_from_right_to_left_begin_where_others_do() {
        assertThat(linesAsDrawn("אבג דהו", 20)).containsExactly("גבא ", "והד");
    }

    @Test
    void without_a_font_a_box_is_shown_and_the_text_is_still_read_back() {
        String text = "a " + CHINESE + " b \uD83D\uDE00 c";
        byte[] pdf = pdf(text, PdfOptions.DEFAULT);
        assertThat(boxes(pdf)).isEqualTo(CHINESE.length() + 1);
        assertThat(ReadPdf.text(pdf)).contains(text);
        assertThat(ReadPdf.text(pdf(HEBREW, PdfOptions.DEFAULT))).contains(HEBREW);
    }

    @Test
    void a_box_is_painted_and_not_an_empty_place() {
        PdfFace face = ReadPdf.from(pdf("x", PdfOptions.DEFAULT), document -> {
            try (PdfFonts fonts = new PdfFonts(document, List.of())) {
                PdfFonts.Glyph missing = fonts.glyph(0x4E2D, false);
                assertThat(missing.shown()).isEqualTo('□');
                assertThat(missing.actual()).isEqualTo("中");
                assertThat(missing.face().has('□')).isTrue();
                return missing.face();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(face).isNotNull();
    }

    @Test
    void characters_that_look_the_same_are_read_back_as_what_they_are() {
        String text = "µs (U+00B5) and μs (U+03BC); A (Latin) and Α (Greek) and А (Cyrillic); Ω";
        assertThat(ReadPdf.text(pdf(text, PdfOptions.DEFAULT))).contains(text);
    }

    @Test
    void decomposed_letters_are_read_back_composed() {
        assertThat(ReadPdf.text(pdf("cafe\u0301 A\u030Angstro\u0308m", PdfOptions.DEFAULT)))
                .contains("café Ångström");
    }

    /** All of the basic plane, and the ends of others. */
    @Test
    void no_character_makes_a_report_fail() {
        for (int first : new int[] {0x0000, 0x8000, 0x1F000, 0xE0000, 0x10F000}) {
            int end = first < 0x10000 ? first + 0x8000 : first + 0x1000;
            List<Document.Part> parts = new ArrayList<>();
            for (int from = first; from < end; from += 0x800) {
                StringBuilder text = new StringBuilder("x");
                for (int point = Math.max(1, from); point < from + 0x800; point++) {
                    if (!(point >= 0xD800 && point <= 0xDFFF)) {
                        text.appendCodePoint(point);
                    }
                }
                parts.add(new Paragraph(text.toString()));
            }
            assertThat(ReadPdf.write(Document.of("Characters", parts), PdfOptions.DEFAULT))
                    .isNotEmpty();
        }
    }

    @Test
    void a_font_is_read_from_a_file(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("hebrew.ttf");
        Files.write(file, bytes("NotoSansHebrew-part.ttf"));
        assertThat(boxes(pdf(HEBREW, PdfOptions.DEFAULT.font(PdfFont.read(file)))))
                .isZero();
        assertThatThrownBy(() -> PdfFont.read(folder.resolve("none.ttf"))).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void what_is_no_font_is_refused_by_name() {
        byte[] cut = java.util.Arrays.copyOf(bytes("NotoSansHebrew-part.ttf"), 2_000);
        for (byte[] bad : List.of(new byte[0], "no font".getBytes(StandardCharsets.UTF_8), new byte[5_000], cut)) {
            assertThatThrownBy(() -> PdfFont.of(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("font must be");
        }
    }

    /** The parser would take the bytes for tables, and log them. */
    @Test
    void a_file_without_the_mark_of_a_font_is_not_parsed() {
        byte[] text = "a secret text that is longer than the head of a font. "
                .repeat(50)
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> PdfFont.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("font must be")
                .hasNoCause();
    }

    @Test
    void a_font_that_documents_may_not_embed_is_refused_by_name() {
        byte[] font = bytes("NotoSansHebrew-part.ttf");
        int os2 = table(font, "OS/2");
        for (int right : new int[] {0x0002, 0x0100, 0x0200}) {
            font[os2 + 8] = (byte) (right >> 8);
            font[os2 + 9] = (byte) right;
            assertThatThrownBy(() -> PdfFont.of(font))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("font must allow that documents embed a part of it");
        }
    }

    @Test
    void options_name_what_is_wrong() {
        List<PdfFont> many = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            many.add(HEBREW_FONT);
        }
        assertThatThrownBy(() -> new PdfOptions(PdfOptions.Paper.A4, false, many))
                .hasMessageContaining("fonts");
    }

    private static String drawn(String text) {
        return String.join("|", drawnLines(text, 1_000));
    }

    /** Without blanks at their ends. */
    private static List<String> drawnLines(String text, double width) {
        return linesAsDrawn(text, width).stream().map(String::strip).toList();
    }

    private static List<String> linesAsDrawn(String text, double width) {
        return ReadPdf.from(pdf("x", PdfOptions.DEFAULT), document -> {
            try (PdfFonts fonts = new PdfFonts(document, List.of(HEBREW_FONT))) {
                return new PdfText(fonts)
                        .wrap(text, false, 10, width).stream()
                                .map(line -> line.runs().stream()
                                        .map(PdfText.Run::text)
                                        .collect(Collectors.joining()))
                                .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Where the table of the font begins. */
    private static int table(byte[] font, String tag) {
        int count = (font[4] & 0xFF) << 8 | font[5] & 0xFF;
        for (int i = 0; i < count; i++) {
            int entry = 12 + 16 * i;
            if (new String(font, entry, 4, StandardCharsets.ISO_8859_1).equals(tag)) {
                return (font[entry + 8] & 0xFF) << 24
                        | (font[entry + 9] & 0xFF) << 16
                        | (font[entry + 10] & 0xFF) << 8
                        | font[entry + 11] & 0xFF;
            }
        }
        throw new AssertionError("no table " + tag);
    }

    private static byte[] pdf(String text, PdfOptions options) {
        return ReadPdf.write(Document.of("Fonts", List.of(new Paragraph(text))), options);
    }

    /** How many characters are drawn as something else than themselves. */
    private static int boxes(byte[] pdf) {
        return ReadPdf.from(pdf, document -> {
            int count = 0;
            for (PDPage page : document.getPages()) {
                try (InputStream in = page.getContents()) {
                    String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                    count += content.split("/ActualText", -1).length - 1;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return count;
        });
    }

    private static List<String> fonts(byte[] pdf) {
        return ReadPdf.from(pdf, document -> {
            List<String> names = new ArrayList<>();
            document.getPage(0)
                    .getResources()
                    .getCOSObject()
                    .getCOSDictionary(COSName.FONT)
                    .keySet()
                    .forEach(name -> {
                        try {
                            names.add(document.getPage(0)
                                    .getResources()
                                    .getFont(name)
                                    .getName());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            return names;
        });
    }

    static PdfFont font(String name) {
        return PdfFont.of(bytes(name));
    }

    private static byte[] bytes(String name) {
        try (InputStream in = PdfFontTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
