package dev.evalstore.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import java.io.IOException;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonMappingsTest {
    /** Writes everything as an object of its class, and reads texts. */
    public static final class Shouting implements JsonMapping {
        @Override
        public String write(Object value) {
            return "{\"" + value.getClass().getSimpleName() + "\": 1}";
        }

        @Override
        public Object read(String json, Type type) {
            return json.toUpperCase(java.util.Locale.ROOT);
        }
    }

    /** A second service. */
    public static final class Other implements JsonMapping {
        @Override
        public String write(Object value) {
            return "1";
        }

        @Override
        public Object read(String json, Type type) {
            throw new IllegalStateException();
        }
    }

    @Test
    void the_service_of_the_library_s_class_loader_comes_before_the_thread_s(@TempDir Path folder) throws IOException {
        try (URLClassLoader none = loader(folder.resolve("none"));
                URLClassLoader one = loader(folder.resolve("one"), Shouting.class);
                URLClassLoader other = loader(folder.resolve("other"), Other.class);
                URLClassLoader two = loader(folder.resolve("two"), Shouting.class, Other.class)) {
            assertThat(JsonMappings.find(none, null)).isSameAs(JsonMapping.builtIn());
            assertThat(JsonMappings.find(one, other)).isInstanceOf(Shouting.class);
            assertThat(JsonMappings.find(none, other)).isInstanceOf(Other.class);
            assertThatThrownBy(() -> JsonMappings.find(two, none))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("JsonMapping", "Shouting", "Other");
        }
        assertThat(JsonMappings.standard()).as("this test suite has none").isSameAs(JsonMapping.builtIn());
    }

    private static URLClassLoader loader(Path folder, Class<?>... services) throws IOException {
        Path file = Files.createDirectories(folder.resolve("META-INF/services")).resolve(JsonMapping.class.getName());
        Files.write(
                file, java.util.stream.Stream.of(services).map(Class::getName).toList());
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, JsonMappingsTest.class.getClassLoader());
    }

    @Test
    void a_mapping_writes_and_reads_and_its_document_is_checked() {
        assertThat(Json.of("text", new Shouting()).text()).isEqualTo("{\"String\": 1}");
        assertThat(Json.parse("\"a\"").as(String.class, new Shouting())).isEqualTo("\"A\"");
        assertThat(Json.of(Json.EMPTY, new Shouting())).isSameAs(Json.EMPTY);
        assertThat(Json.EMPTY.as(Json.class, new Shouting())).isSameAs(Json.EMPTY);
        for (String bad : List.of("", "{", "1e200000", "\"\\u0000\"")) {
            assertThatThrownBy(() -> Json.of(1, writing(bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("json");
        }
    }

    @Test
    void what_a_mapping_throws_arrives_as_bad_input_that_names_the_type() {
        assertThatThrownBy(() -> Json.parse("1").as(String.class, new Other()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Other", "java.lang.String")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Json.parse("\"a\"").as(Integer.class, new Shouting()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Shouting", "java.lang.Integer")
                .hasCauseInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> Json.of(Map.of(), writing(null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrote nothing");
    }

    private static JsonMapping writing(String text) {
        return new JsonMapping() {
            @Override
            public String write(Object value) {
                return text;
            }

            @Override
            public Object read(String json, Type type) {
                throw new IllegalStateException();
            }
        };
    }
}
