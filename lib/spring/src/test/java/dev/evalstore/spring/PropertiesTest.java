package dev.evalstore.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What editors are told of the properties, and what the page tells. */
class PropertiesTest {
    private static final Path PAGE = Path.of("../docs/spring.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(evalstore\\.[a-z.-]+)` \\| (?:`([^`]*)`)? ?\\| (\\S.*) \\|$");

    @Test
    void the_page_names_each_property_and_its_default() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            shown.put(row.group(1), row.group(2) == null ? "" : row.group(2));
        }

        Map<String, String> known = new TreeMap<>();
        for (Map<?, ?> property : metadata()) {
            Object byDefault = property.get("defaultValue");
            known.put(
                    (String) property.get("name"),
                    byDefault == null || byDefault.equals(List.of()) ? "" : byDefault.toString());
            assertThat((String) property.get("description"))
                    .as("description of %s", property.get("name"))
                    .isNotBlank()
                    .doesNotContain("{@");
        }
        assertThat(shown).isNotEmpty().isEqualTo(known);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<?, ?>> metadata() throws IOException {
        try (InputStream file =
                EvalstoreProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return (List<Map<?, ?>>) Json.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                    .asMap()
                    .get("properties");
        }
    }
}
