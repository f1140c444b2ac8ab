package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a browser makes of a report, with the fonts that it has. A script that measures is added to the page for that. */
class BrowserTest {
    private static final String POLICY = "<meta http-equiv=\"Content-Security-Policy\"[^>]*>\n";

    /** What reaches beyond its picture, and what makes the page wider than the window, a line each. */
    private static final String MEASURE = """
            <script>
            const found = window.places || [];
            for (const svg of document.querySelectorAll('svg')) {
              const edge = svg.viewBox.baseVal;
              for (const shape of svg.querySelectorAll('text, rect, line, polyline, circle, polygon')) {
                const box = shape.getBBox();
                if (box.x < -1 || box.y < -1 || box.x + box.width > edge.width + 1 || box.y + box.height > edge.height + 1) {
                  found.push('clipped: ' + shape.outerHTML);
                }
              }
              // As high as letters and not as their line, which each font has otherwise.
              const texts = [...svg.querySelectorAll('text')].map(text => {
                const size = Number(text.getAttribute('font-size'));
                const line = Number(text.getAttribute('y'));
                const box = text.getBBox();
                return [text, {x: box.x, width: box.width, y: line - 0.8 * size, height: size}];
              });
              for (let i = 0; i < texts.length; i++) {
                for (let j = i + 1; j < texts.length; j++) {
                  const [a, b] = [texts[i][1], texts[j][1]];
                  if (a.x + a.width - 1 > b.x && b.x + b.width - 1 > a.x
                      && a.y + a.height > b.y && b.y + b.height > a.y) {
                    found.push('covered: ' + texts[i][0].textContent + ' | ' + texts[j][0].textContent);
                  }
                }
              }
            }
            for (const text of document.querySelectorAll('svg text')) {
              if (text.getBoundingClientRect().height < 7) {
                found.push('small: ' + text.textContent);
              }
            }
            if (document.documentElement.scrollWidth > window.innerWidth) {
              found.push('wide: ' + document.documentElement.scrollWidth + ' in ' + window.innerWidth);
            }
            const result = document.createElement('pre');
            result.id = 'found';
            result.textContent = 'measured ' + document.querySelectorAll('svg text').length + ' texts\\n' + found.join('\\n');
            document.body.append(result);
            </script>
            """;

    /** Which letter stands further left, in the label of a chart and in a paragraph. */
    private static final String PLACES = """
            <script>
            window.places = [];
            for (const element of [...document.querySelectorAll('svg text'), ...document.querySelectorAll('p')]) {
              const node = element.firstChild;
              const at = letter => {
                const range = document.createRange();
                range.setStart(node, node.data.indexOf(letter));
                range.setEnd(node, node.data.indexOf(letter) + 1);
                return range.getBoundingClientRect().left;
              };
              if (node.data.includes('א')) {
                places.push(element.tagName.toLowerCase() + (at('א') < at('ד') ? ': א before ד' : ': ד before א'));
              }
            }
            </script>
            """;

    @TempDir
    private Path folder;

    @Test
    void nothing_is_clipped_covered_or_wider_than_the_window() throws Exception {
        String browser = browser();

        for (Document document : List.of(
                ReportFixtures.everything(),
                wide(),
                Report.ofComparison("Which?", ComparisonFixtures.comparison()).document())) {
            for (int width : List.of(1_200, 400)) {
                List<String> found = measure(browser, HtmlWriterTest.html(document), width);
                assertThat(found.get(0)).matches("measured [1-9]\\d+ texts");
                assertThat(found.subList(1, found.size()))
                        .as(document.title() + " at " + width)
                        .isEmpty();
            }
        }
    }

    /** Names of characters that are far wider than letters. */
    private static Document wide() {
        List<Charts.Bar> bars = Stream.of("😀", "☀️", "\uD80B\uDC2B", "𒀱", "𓀀", "꧅", "﷽", "ﷺ", "漢", "W", "—", "〱")
                .map(sign -> new Charts.Bar(sign.repeat(30), 1.0, null, null))
                .toList();
        return Document.of("Wide", List.of(Charts.bars("Wide", Charts.Axis.of("Score"), null, bars)));
    }

    @Test
    void of_a_difference_the_first_name_stands_first_in_any_script() throws Exception {
        String browser = browser();
        String label = Directions.isolated("אבג 1") + " − " + Directions.isolated("דהו 2");
        Figure figure = Charts.differences(
                "D",
                Charts.Axis.of("Difference"),
                null,
                "significant",
                List.of(new Charts.Difference(label, 0.5, null, null, true)));
        String page = HtmlWriterTest.html(Document.of("T", List.of(figure, new Document.Paragraph(label + " wins."))))
                .replace("</main>", PLACES + "</main>");

        assertThat(measure(browser, page, 1_200).subList(1, 3)).containsExactly("text: א before ד", "p: א before ד");
    }

    @Test
    void on_paper_a_heading_stands_on_the_page_of_its_picture() throws Exception {
        String browser = browser();
        List<Charts.Difference> rows = IntStream.range(0, 21)
                .mapToObj(i -> new Charts.Difference(
                        "a-long-name-of-a-model-that-has-no-room-" + i + " − another-name-that-has-no-room",
                        i,
                        null,
                        null,
                        false))
                .toList();
        Document document = Document.of(
                "T",
                List.of(Document.Section.of(
                        "The heading", Charts.differences("The caption", Charts.Axis.of("D"), null, "f", rows))));
        Path pdf = folder.resolve("printed.pdf");

        run(browser, HtmlWriterTest.html(document), "--print-to-pdf=" + pdf, "--no-pdf-header-footer");

        assertThat(ReadPdf.textByPage(Files.readAllBytes(pdf)))
                .filteredOn(page -> page.contains("The heading"))
                .singleElement()
                .asString()
                .contains("The caption", "-0 −", "-20 −");
    }

    @Test
    void what_is_clipped_is_found() throws Exception {
        String browser = browser();
        String html = HtmlWriterTest.html(ReportFixtures.everything()).replace("<text x=\"0\"", "<text x=\"-30\"");

        assertThat(measure(browser, html, 1_200)).anyMatch(line -> line.startsWith("clipped: <text x=\"-30\""));
    }

    private List<String> measure(String browser, String html, int width) throws Exception {
        Path out = run(
                browser,
                html.replaceFirst(POLICY, "").replace("</main>", "</main>\n" + MEASURE),
                "--window-size=" + width + ",1000",
                "--dump-dom");
        Matcher found = Pattern.compile("(?s)<pre id=\"found\">(.*?)</pre>")
                .matcher(Files.readString(out, StandardCharsets.UTF_8));
        assertThat(found.find())
                .as(Files.readString(folder.resolve("errors.log")))
                .isTrue();
        return found.group(1)
                .strip()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .lines()
                .toList();
    }

    /** What the browser prints. */
    private Path run(String browser, String html, String... options) throws Exception {
        Path page = folder.resolve("page.html");
        Files.writeString(page, html);
        Path out = folder.resolve("out.html");
        List<String> command = new ArrayList<>(List.of(
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("profile")));
        command.addAll(List.of(options));
        command.add(page.toUri().toString());
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("errors.log").toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return out;
    }

    private static String browser() throws IOException {
        Optional<String> found = Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                .flatMap(name -> Stream.of(
                                System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
        if (found.isEmpty()) {
            System.err.println("SKIPPED: reports in a browser; install chromium");
        }
        assumeTrue(found.isPresent(), "a browser");
        return found.get();
    }
}
