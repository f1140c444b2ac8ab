package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.MainClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a native image cannot find by itself is written down in the jar: files, and types that Jackson reads by reflection. */
class NativeImageTest {
    private static final Path CONFIG = Path.of("src/main/resources/META-INF/native-image/dev.evalstore/evalstore");

    @Test
    void every_file_that_the_library_opens_is_named() throws IOException {
        var config = Json.parse(Files.readString(CONFIG.resolve("resource-config.json")))
                .as(ResourceConfig.class);
        List<Pattern> named = config.resources().includes().stream()
                .map(include -> Pattern.compile(include.pattern()))
                .toList();
        List<String> files = files().filter(name -> !name.endsWith(".class") && !name.startsWith("META-INF/"))
                .toList();
        assertThat(files)
                .hasSizeGreaterThan(60)
                .allSatisfy(file -> assertThat(named)
                        .anyMatch(pattern -> pattern.matcher(file).matches()));
    }

    @Test
    void every_record_and_enum_is_named() throws IOException {
        String expected = MainClasses.all().stream()
                .filter(type -> type.isRecord() || type.isEnum())
                .map(type -> "  {\"name\": \"" + type.getName()
                        + "\", \"allDeclaredFields\": true, \"allDeclaredMethods\": true,"
                        + " \"allDeclaredConstructors\": true, \"allRecordComponents\": true}")
                .sorted()
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        Path written = Files.createDirectories(Path.of("target")).resolve("reflect-config.json");
        Files.writeString(written, expected);
        assertThat(CONFIG.resolve("reflect-config.json"))
                .describedAs("copy lib/core/" + written)
                .hasContent(expected);
    }

    private static Stream<String> files() throws IOException {
        Path root = MainClasses.root();
        try (Stream<Path> files = Files.walk(root)) {
            return files
                    .filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .toList()
                    .stream();
        }
    }

    private record ResourceConfig(Resources resources) {}

    private record Resources(List<Include> includes) {}

    private record Include(String pattern) {}
}
