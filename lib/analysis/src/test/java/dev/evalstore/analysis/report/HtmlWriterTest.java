package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlWriterTest {
    @Test
    void nothing_of_a_name_turns_it_around() throws Exception {
        assertThat(html(Document.of("a\u202Eb", List.of(new Document.Paragraph("\u202Dc\u2068d\u2069\u202C")))))
                .contains(">ab<", ">c\u2068d\u2069<")
                .doesNotContain("\u202E", "\u202D", "\u202C");
    }

    @Test
    void a_page_with_everything_is_valid_and_has_no_warnings() throws Exception {
        assertThat(HtmlCheck.problems(html(ReportFixtures.everything()))).isEmpty();
    }

    @Test
    void a_document_without_parts_is_valid() throws Exception {
        assertThat(HtmlCheck.problems(html(Document.of("Empty", List.of())))).isEmpty();
    }

    @Test
    void the_validator_finds_what_is_wrong() throws Exception {
        String html = html(ReportFixtures.everything());

        assertThat(HtmlCheck.problems(html.replace("<caption", "<p><caption"))).isNotEmpty();
        assertThat(HtmlCheck.problems(html.replace("<title>", "<title>\u0001"))).isNotEmpty();
        assertThat(HtmlCheck.problems(html.replace(" id=\"f1d\"", ""))).isNotEmpty();
    }

    @Test
    void no_text_becomes_markup() throws Exception {
        String html = html(ReportFixtures.everything());

        assertThat(html).doesNotContain("<script", "\u0001", "\u0085", "\uFFFF");
        assertThat(html)
                .contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'it' �� Ωμέγα Жук שלום 漢字 😀");
    }

    @Test
    void line_feeds_begin_new_lines() throws Exception {
        assertThat(html(ReportFixtures.everything()))
                .contains("<p dir=\"auto\">First line &amp; more<br>second line<br>third ");
    }

    @Test
    void what_turns_the_direction_of_text_is_kept_to_its_cell() throws Exception {
        String html = html(ReportFixtures.everything());

        assertThat(html).contains("<th scope=\"row\" dir=\"auto\">שלום 漢字</th>");
        assertThat(html).contains("<th scope=\"row\">Ωμέγα Жук</th>");
    }

    @Test
    void a_name_from_right_to_left_is_kept_apart_from_its_sentence() throws Exception {
        String name = Directions.isolated("שלום 2");
        String html = html(Document.of(
                "T",
                List.of(
                        new Document.Paragraph(name + " is better than " + Directions.isolated("pythia") + "."),
                        Charts.bars(
                                "B",
                                Charts.Axis.of("Score"),
                                null,
                                List.of(new Charts.Bar("שלום 2", 1.0, null, null))))));

        assertThat(html).contains("<p>\u2068שלום 2\u2069 is better than pythia.</p>");
        assertThat(html).contains(">\u2068שלום 2\u2069</text>", "\u2068שלום 2\u2069 1.0");
        assertThat(HtmlCheck.problems(html)).isEmpty();
    }

    @Test
    void tables_have_captions_scopes_and_a_mark_for_no_value() throws Exception {
        String html = html(Document.of("T", List.of(ReportFixtures.table())));

        assertThat(html).contains("<caption id=\"t1\" dir=\"auto\">Models ");
        assertThat(html).contains("<th scope=\"col\" class=\"n\">Cost (US dollars)</th>");
        assertThat(html).contains("<th scope=\"row\">pythia-1.4b-deduped</th>");
        assertThat(html).contains("<td class=\"n\" aria-label=\"no value\">–</td>");
        assertThat(html).contains("<td></td>");
    }

    @Test
    void each_figure_is_an_image_with_title_and_description() throws Exception {
        String html = html(ReportFixtures.everything());

        Matcher svg = Pattern.compile("<svg [^>]*role=\"img\" aria-labelledby=\"(f\\d+t) (f\\d+d)\"[^>]*>\n"
                        + "<title id=\"(f\\d+t)\">([^<]+)</title>\n<desc id=\"(f\\d+d)\">([^<]+)</desc>")
                .matcher(html);
        int found = 0;
        while (svg.find()) {
            found++;
            assertThat(svg.group(1)).isEqualTo("f" + found + "t").isEqualTo(svg.group(3));
            assertThat(svg.group(2)).isEqualTo("f" + found + "d").isEqualTo(svg.group(5));
            assertThat(svg.group(6).length()).isGreaterThan(40);
        }
        assertThat(found).isEqualTo(5).isEqualTo(count(html, "<svg ")).isEqualTo(count(html, "<figcaption"));
    }

    @Test
    void nothing_is_loaded_and_nothing_runs() throws Exception {
        String html = html(ReportFixtures.everything());

        assertThat(html).contains("content=\"default-src 'none'; style-src 'unsafe-inline'\"");
        assertThat(html).doesNotContain("src=\"", "url(", "@import", "<link", "<img", "<iframe", "onload");
        assertThat(html.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "//");
        assertThat(Pattern.compile("href=\"([^\"]*)\"").matcher(html).results().map(each -> each.group(1)))
                .isNotEmpty()
                .allMatch(href -> href.startsWith("#"));
    }

    @Test
    void contents_lead_to_the_sections() throws Exception {
        String html = html(ReportFixtures.everything());

        assertThat(html).contains("<a href=\"#s2\">Charts</a>", "<h2 id=\"s2\">Charts</h2>");
        assertThat(html).contains("<a href=\"#s6\">שלום</a>", "<h2 id=\"s6\" dir=\"auto\">שלום</h2>");
    }

    @Test
    void the_language_of_the_document_is_on_its_root() throws Exception {
        assertThat(html(new Document("Bericht", "de-AT", List.of()))).contains("<html lang=\"de-AT\">");
    }

    static String html(Document document) throws Exception {
        StringWriter out = new StringWriter();
        HtmlWriter.write(document, out);
        return out.toString();
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
