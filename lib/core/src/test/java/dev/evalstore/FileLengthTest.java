package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A file of more than 300 lines needs a reason, which stands here. */
class FileLengthTest {
    private static final int MAX = 300;
    private static final int MAX_WITH_REASON = 500;

    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("Check", "each bound of an input is stated once, in one place"),
            Map.entry("Database", "the facade: an accessor each, with its contract"),
            Map.entry("DatabaseConfig", "one component, one setter and one check for each setting"),
            Map.entry(
                    "Jdbc", "the verbs of a statement and of a transaction, which every repository uses; 350 at most"),
            Map.entry("JobCreation", "one, many and unique jobs are created by the same statements and mappings"),
            Map.entry("JobRepository", "the queue's verbs, each a line of code under its contract"),
            Map.entry("JsonCodec", "all of Jackson is behind it, which is an architecture rule"),
            Map.entry("JsonSchemas", "all of the validator of schemas is behind it, which is an architecture rule"),
            Map.entry("Migrations", "Flyway's configuration, lock and errors, and nothing else calls Flyway"),
            Map.entry("Namespace", "the state backend's verbs on one namespace, each a line or two"),
            Map.entry("RunnerSlots", "one lock's state: which jobs run, wait, and are let go"),
            Map.entry("Table", "the verbs that every table has, each under its contract"));

    @Test
    void a_file_is_short_or_has_a_reason() {
        Map<String, Long> lengths = new TreeMap<>();
        Sources.main()
                .forEach(file ->
                        lengths.put(file.path().getFileName().toString().replace(".java", ""), lines(file.path())));
        lengths.values().removeIf(lines -> lines <= MAX);
        assertThat(lengths).containsOnlyKeys(REASONS.keySet());
        assertThat(lengths.values()).allMatch(lines -> lines <= MAX_WITH_REASON);
        assertThat(lengths.get("Jdbc")).isLessThanOrEqualTo(350);
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
