package dev.evalstore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.testing.LocalServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs subcommands of {@link Bench} for one round on a server of the test class. */
final class BenchRuns implements BeforeAllCallback, AfterAllCallback {
    private LocalServer server;

    @Override
    public void beforeAll(ExtensionContext context) {
        server = LocalServer.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.close();
    }

    String url() {
        return server.url();
    }

    static List<String> ratios(List<Map<String, Object>> lines) {
        return lines.stream()
                .filter(line -> line.containsKey("ratio"))
                .map(line -> line.get("bench") + " " + line.get("ratio"))
                .toList();
    }

    static void assertRatio(Map<String, Object> over, Map<String, Object> under, Map<String, Object> ratio) {
        double expected = ((Number) over.get("value")).doubleValue() / ((Number) under.get("value")).doubleValue();
        assertThat(((Number) ratio.get("value")).doubleValue()).isCloseTo(expected, Percentage.withPercentage(1));
    }

    /** The JSON lines, each as a map. */
    List<Map<String, Object>> run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("url=" + url());
        all.add("rounds=1");
        ByteArrayOutputStream figures = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(figures, true, StandardCharsets.UTF_8);
                PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream())) {
            Bench.run(all, new Report(out, nowhere));
        }
        return Arrays.stream(figures.toString(StandardCharsets.UTF_8).split("\n", -1))
                .filter(line -> !line.isEmpty())
                .map(line -> Json.parse(line).asMap())
                .toList();
    }
}
