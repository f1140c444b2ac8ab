package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example says how it is called, before a server is started. */
class UsageTest {
    /** Every class with a {@code main}, but for the snippets of the documentation. */
    static List<String> examples() throws Exception {
        List<String> examples = new ArrayList<>();
        Path classes = Path.of(QuickStart.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.list(classes.resolve("dev/evalstore/examples"))) {
            for (String name : files.map(file -> file.getFileName().toString())
                    .filter(file -> file.matches("[A-Za-z]+\\.class"))
                    .map(file -> file.replace(".class", ""))
                    .sorted()
                    .toList()) {
                for (Method method :
                        Class.forName("dev.evalstore.examples." + name).getDeclaredMethods()) {
                    if (method.getName().equals("main") && !name.equals("Readme")) {
                        examples.add(name);
                    }
                }
            }
        }
        assertThat(examples)
                .contains("QuickStart", "ImportLmEval", "MatrixWorker")
                .hasSizeGreaterThan(9);
        return examples;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void arguments_that_are_not_understood_are_answered_by_the_usage(String example) throws Exception {
        assertUsage(List.of(example, "--help", "1", "2", "3", "4"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ImportLmEval",
                "ImportPythiaHistory",
                "ImportPythiaHistory nowhere.csv.gz",
                "ImportLmEval nowhere",
                "MlperfBoard",
                "MlperfBoard nowhere.csv",
                "MlperfBoard pom.xml m soon",
                "MlperfBoard pom.xml m 0",
                "MlperfExchange",
                "MlperfExchange nowhere.csv",
                "SampleData",
                "SampleData 3",
                "SampleData 0 1",
                "SampleData 3 -1",
                "SampleData 3 soon",
                "StreamWindowState",
                "StreamWindowState pom.xml halt",
                "StreamWindowState pom.xml halt=x",
                "StreamWindowState pom.xml other=1",
                "EvaluationWorkers",
                "EvaluationWorkers nowhere",
                "MaintenanceDaemon soon",
                "MaintenanceDaemon PT0S",
                "MaintenanceDaemon PT1H 0",
                "MatrixWorker url schema many",
            })
    void so_are_wrong_ones(String call) throws Exception {
        assertUsage(List.of(call.split(" ")));
    }

    /** The process that halts would leave its own server behind. */
    @Test
    void a_halt_needs_a_server_that_outlives_it() throws Exception {
        assertUsage(List.of("StreamWindowState", "pom.xml", "halt=5"));
    }

    private static void assertUsage(List<String> call) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.evalstore.examples." + call.get(0)));
        command.addAll(call.subList(1, call.size()));
        ProcessBuilder java = new ProcessBuilder(command);
        java.environment().remove("EVALSTORE_URL");
        Process process = java.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said.strip().lines())
                    .as(said)
                    .hasSize(1)
                    .allMatch(line -> line.startsWith("usage: " + call.get(0)));
            assertThat(process.waitFor()).isEqualTo(2);
        } finally {
            process.destroyForcibly();
        }
    }
}
