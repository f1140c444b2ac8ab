package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.OtherJdk;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same report has the same bytes, and a file of it is whole. */
class HtmlBytesTest {
    @Test
    void in_another_time_zone_locale_and_encoding() throws Exception {
        assertThat(run(
                        Path.of(System.getProperty("java.home")),
                        "-Duser.timezone=Pacific/Kiritimati",
                        "-Duser.language=ar",
                        "-Duser.country=EG",
                        "-Duser.extensions=u-nu-arab",
                        "-Dfile.encoding=ISO-8859-1",
                        "-Dline.separator=\r\n"))
                .isEqualTo(HtmlMain.hashes());
    }

    @Test
    void on_another_jdk() throws Exception {
        Path home = OtherJdk.home("HTML reports");

        assertThat(run(home, "-Duser.language=tr", "-Duser.country=TR")).isEqualTo(HtmlMain.hashes());
    }

    @Test
    void a_file_is_replaced_when_the_report_is_whole_and_else_left_as_it_was(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("report.html");
        Files.writeString(file, "before");
        Report report = Report.of(ReportFixtures.everything());

        report.writeHtml(file);

        assertThat(Files.readString(file)).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(file);
        }
        assertThatThrownBy(() -> report.writeHtml(folder.resolve("none").resolve("report.html")))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> report.writeHtml(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("file");
    }

    @Test
    void a_stream_that_breaks_is_an_error_and_one_that_does_not_stays_open() {
        Report report = Report.of(ReportFixtures.everything());
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left");
            }
        };
        assertThatThrownBy(() -> report.writeHtml(full)).isInstanceOf(UncheckedIOException.class);

        OutputStream open = new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };
        report.writeHtml(open);
    }

    private static String run(Path home, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve("java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), HtmlMain.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }
}
