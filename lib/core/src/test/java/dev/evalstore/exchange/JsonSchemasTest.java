package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.sun.net.httpserver.HttpServer;
import dev.evalstore.Json;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.Threads;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class JsonSchemasTest {
    private static NewTestCase with(String schema) {
        NewTestCase one = NewTestCase.of("a", "A case", "Say it.");
        return one.answer(one.answer().outputSchema(Json.parse(schema)));
    }

    private static List<OutputCheck.Violation> violations(String schema, String output) {
        return OutputCheck.check(TestCases.of(Expectation.NONE, Json.parse(schema)), output)
                .violations();
    }

    /** Makes a case with a schema, without the library. */
    public static final class WithoutLibrary {
        public static void main(String[] args) {
            try {
                with("{\"type\": \"object\"}");
                System.out.println("made");
            } catch (IllegalStateException e) {
                System.out.println("made: " + e.getMessage());
            }
            try {
                OutputCheck.check(TestCases.of(Expectation.NONE, Json.parse("{\"type\": \"object\"}")), "{}");
                System.out.println("checked");
            } catch (IllegalStateException e) {
                System.out.println("checked: " + e.getMessage());
            }
            Expectation document =
                    new Expectation(List.of(), List.of(OutputConstraint.of(ConstraintKind.JSON, Json.EMPTY)));
            System.out.println("others: "
                    + OutputCheck.check(TestCases.of(document, null), "{}").passed());
        }
    }

    @Test
    void without_the_library_a_schema_is_an_error_that_says_what_to_add() throws Exception {
        String jar = new File(Schema.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        List<String> classPath = new ArrayList<>(
                Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
        assertThat(classPath.remove(jar)).isTrue();
        try (ChildJvm child =
                ChildJvm.start(WithoutLibrary.class, List.of("-cp", String.join(File.pathSeparator, classPath)))) {
            assertThat(child.await("made"))
                    .contains("outputSchema", "com.networknt:json-schema-validator", "class path");
            assertThat(child.await("checked")).contains("outputSchema", "com.networknt:json-schema-validator");
            assertThat(child.await("others")).isEqualTo("others: true");
            assertThat(child.join()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://json-schema.org/draft-04/schema#",
                "http://json-schema.org/draft-06/schema#",
                "http://json-schema.org/draft-07/schema#",
                "https://json-schema.org/draft/2019-09/schema",
                "https://json-schema.org/draft/2020-12/schema"
            })
    void each_draft_is_taken(String draft) {
        String schema = "{\"$schema\": \"" + draft + "\", \"type\": \"array\", \"maxItems\": 2}";
        assertThatCode(() -> with(schema)).doesNotThrowAnyException();
        assertThat(violations(schema, "[1, 2]")).isEmpty();
        assertThat(violations(schema, "[1, 2, 3]"))
                .extracting(OutputCheck.Violation::message)
                .containsExactly("it does not fit the JSON Schema, at its root: maxItems");
    }

    @Test
    void references_within_the_schema_are_followed() {
        String schema = """
                {"$defs": {"node": {"type": "object", "required": ["v"], "additionalProperties": false,
                  "properties": {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}}}},
                 "$ref": "#/$defs/node"}
                """;
        assertThat(violations(schema, "{\"v\": 1, \"next\": {\"v\": 2}}")).isEmpty();
        assertThat(violations(schema, "{\"v\": 1, \"next\": {\"v\": \"2\"}}"))
                .extracting(OutputCheck.Violation::message)
                .containsExactly("it does not fit the JSON Schema, at /next/v: type");
        assertThat(violations("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}", "{\"type\": \"null\"}"))
                .isEmpty();
    }

    /** A stranger's schema must not make the host fetch, or read its files and its class path. Each would be a schema. */
    @Test
    void nothing_is_loaded_though_it_is_there(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("there.json"), "{\"type\": \"integer\"}");
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
            exchange.close();
        });
        server.start();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader classPath =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(classPath);
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/there.json";
            for (String place :
                    List.of(address, file.toUri().toString(), "classpath:there.json", "resource:/there.json")) {
                for (String keyword : List.of("$ref", "$schema")) {
                    assertThatThrownBy(() -> with("{\"" + keyword + "\": \"" + place + "\"}"))
                            .as("%s %s", keyword, place)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageStartingWith("outputSchema refers to ");
                }
                // Its target depends on the document, so it is looked for when there is one.
                assertThatThrownBy(() -> violations("{\"items\": {\"$dynamicRef\": \"" + place + "\"}}", "[1]"))
                        .as(place)
                        .isInstanceOf(OutputCheckException.class)
                        .hasMessage("a reference of the JSON Schema leads nowhere");
            }
            assertThat(requests).hasValue(0);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\": \"http://127.0.0.1:1/schema.json\"}",
                "{\"$ref\": \"https://example.com/schema.json#/a\"}",
                "{\"$ref\": \"file:///etc/passwd\"}",
                "{\"$ref\": \"classpath:application.json\"}",
                "{\"$ref\": \"resource:META-INF/MANIFEST.MF\"}",
                "{\"$ref\": \"https://json-schema.org/draft/3000/schema\"}",
                "{\"$ref\": \"#/$defs/nowhere\"}",
                "{\"$ref\": \"#nowhere\"}",
                "{\"properties\": {\"a\": {\"items\": {\"$ref\": \"other.json\"}}}}",
                "{\"$schema\": \"https://example.com/draft\", \"type\": \"object\"}",
                "{\"$schema\": \"classpath:draft\", \"type\": \"object\"}",
            })
    void what_is_elsewhere_is_refused_when_a_case_is_made(String schema) {
        assertThatThrownBy(() -> with(schema))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "outputSchema refers to a draft or a schema that is not in it, or is no draft of JSON Schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"strng\"}",
                "{\"minLength\": -1}",
                "{\"properties\": []}",
                "{\"pattern\": \"(secret\"}",
                "{\"pattern\": \"(?=secret)\"}",
                "{\"patternProperties\": {\"(secret\": {}}}",
                "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"pattern\": \"(secret\"}",
                "{\"items\": {\"enum\": \"secret\"}}",
                "{\"pattern\": \"((a{1000}){1000}){1000}\"}",
            })
    void what_is_no_schema_is_refused_when_a_case_is_made_and_logged_nowhere(String schema) {
        try (LogCapture log = LogCapture.of("com.networknt.schema.keyword.PatternValidator", Level.DEBUG)) {
            assertThatThrownBy(() -> with(schema))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("outputSchema is not a JSON Schema, at ")
                    .hasMessageNotContaining("secret");
            assertThat(log.text()).isEmpty();
        }
    }

    @Test
    void a_schema_of_exponential_time_ends_with_a_typed_error() {
        StringBuilder schema =
                new StringBuilder("{\"$ref\": \"#/$defs/a40\", \"$defs\": {\"a0\": {\"type\": \"integer\"}");
        for (int i = 1; i <= 40; i++) {
            String below = "{\"$ref\": \"#/$defs/a" + (i - 1) + "\"}";
            schema.append(", \"a" + i + "\": {\"allOf\": [" + below + ", " + below + "]}");
        }
        schema.append("}}");
        Json doubling = Json.parse(schema.toString());
        assertThatThrownBy(() -> OutputCheck.check(
                        Expectation.NONE, doubling, "1", (expected, output) -> false, Duration.ofMillis(300)))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage("outputSchema was not checked within 300 ms");
    }

    @Test
    void a_schema_that_recurses_without_end_is_a_typed_error() {
        assertThatThrownBy(() -> violations("{\"items\": {\"$ref\": \"#/items\"}}", "[1]"))
                .isInstanceOf(OutputCheckException.class)
                .hasMessageStartingWith("outputSchema ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\": \"#\"}",
                "{\"allOf\": [{\"$ref\": \"#/$defs/a\"}], \"$defs\": {\"a\": {\"not\": {\"$ref\": \"#/$defs/a\"}}}}",
                "{\"$dynamicRef\": \"#x\"}",
            })
    void what_no_output_can_be_checked_by_is_refused_when_a_case_is_made(String schema) {
        assertThatThrownBy(() -> with(schema))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("outputSchema refers to itself without end, or to nowhere, whatever the output is");
    }

    /** One step of the validator, of 20,000 names: each takes far less than the limit, and all far more. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void the_patterns_of_one_step_share_the_limit() {
        StringBuilder output = new StringBuilder("{");
        for (int i = 0; i < 20_000; i++) {
            output.append(i == 0 ? "\"" : ", \"")
                    .append("a".repeat(2_000))
                    .append(i)
                    .append("\": 1");
        }
        String schema = "{\"patternProperties\": {\"(a?){500}b$\": false}}";
        assertThatThrownBy(() -> OutputCheck.check(
                        Expectation.NONE,
                        Json.parse(schema),
                        output.append("}").toString(),
                        (expected, text) -> false,
                        Duration.ofMillis(300)))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage("outputSchema was not checked within 300 ms");
    }

    @Test
    void a_catastrophic_pattern_in_a_schema_ends() {
        String output = "\"" + "a".repeat(50_000) + "!\"";
        assertThat(violations("{\"pattern\": \"^(a+)+$\"}", output)).hasSize(1);
    }

    @Test
    void an_output_is_read_as_far_as_a_document_goes() {
        String deep = "[".repeat(1_000) + "]".repeat(1_000);
        String name = "{\"" + "k".repeat(200_000) + "\": 1}";
        for (String output : List.of(deep, name, "1".repeat(1_000), "1e400")) {
            assertThat(violations("{}", output)).isEmpty();
        }
        assertThat(violations("{\"type\": \"string\"}", deep))
                .extracting(OutputCheck.Violation::message)
                .containsExactly("it does not fit the JSON Schema, at its root: type");
    }

    /** Neither passed nor failed. */
    @Test
    void a_longer_number_is_a_typed_error() {
        for (String output : List.of("1".repeat(1_001), "[0." + "1".repeat(1_001) + "]")) {
            assertThatThrownBy(() -> violations("{}", output))
                    .isInstanceOf(OutputCheckException.class)
                    .hasMessage(
                            "the output has a number of more than 1,000 digits, which no JSON Schema is checked on");
        }
    }

    @Test
    void one_schema_is_checked_by_many_at_once() throws Exception {
        String schema = "{\"additionalProperties\": {\"pattern\": \"^[a-z]+$\"}}";
        Threads.together(8, i -> () -> {
            for (int n = 0; n < 50; n++) {
                assertThat(violations(schema, "{\"a\": \"b\"}")).isEmpty();
                assertThat(violations(schema, "{\"a\": \"1\"}")).isNotEmpty();
            }
            return true;
        });
    }

    @Test
    void a_schema_beyond_what_is_read_is_refused_by_its_field() {
        for (String schema : List.of(
                "{\"const\": [-1." + "9".repeat(1_001) + "]}",
                "{\"maximum\": " + "9".repeat(1_001) + "}",
                "{\"minLength\": 1e30}")) {
            assertThatThrownBy(() -> with(schema))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("outputSchema has a number of more than 1,000 digits");
            OutputConstraint document =
                    OutputConstraint.of(ConstraintKind.JSON, Json.parse("{\"schema\": " + schema + "}"));
            assertThatThrownBy(() -> OutputRules.check(document))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("config schema has a number of more than 1,000 digits, or one too large");
        }
        assertThat(violations("{\"properties\": {\"" + "k".repeat(60_000) + "\": false}}", "{}"))
                .isEmpty();
    }

    @Test
    void a_deep_schema_is_taken_or_refused_by_its_field() {
        for (int depth : new int[] {200, 501, 999}) {
            try {
                with("{\"not\": ".repeat(depth) + "true" + "}".repeat(depth));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessage("outputSchema nests too deep for a JSON Schema");
            }
        }
    }

    @Test
    void what_the_validator_does_not_know_is_logged_nowhere() {
        try (LogCapture log = LogCapture.of("com.networknt.schema.keyword.UnknownKeywordFactory", Level.DEBUG)) {
            for (String draft : new String[] {
                "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"
            }) {
                assertThat(violations("{\"$schema\": \"" + draft + "\", \"x-secret\": 1, \"type\": \"null\"}", "1"))
                        .hasSize(1);
            }
            assertThat(log.text()).isEmpty();
        }
    }

    /** At this length a quadratic time is an hour. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_long_name_is_checked_fast_and_not_shown() {
        String name = "a".repeat(400_000);
        for (String schema : new String[] {
            "{\"additionalProperties\": {\"type\": \"string\"}}",
            "{\"additionalProperties\": false}",
            "{\"propertyNames\": {\"maxLength\": 5}}",
            "{\"additionalProperties\": {\"additionalProperties\": {\"required\": [\"b\"]}}}"
        }) {
            assertThat(violations(schema, "{\"" + name + "\": {\"" + name + "\": {}}}"))
                    .extracting(OutputCheck.Violation::message)
                    .singleElement()
                    .asString()
                    .startsWith("it does not fit the JSON Schema, at ")
                    .doesNotContain("aaa")
                    .hasSizeLessThan(300);
        }
        String deep = "[".repeat(150) + "1" + "]".repeat(150);
        String nested = "{\"items\": ".repeat(150) + "{\"type\": \"string\"}" + "}".repeat(150);
        assertThat(violations(nested, deep).get(0).message())
                .startsWith("it does not fit the JSON Schema, at /0/0/")
                .endsWith("…: type")
                .hasSizeLessThan(300);
    }

    /** 2^16 texts of one hash code: two thousand million comparisons, if each is compared with each. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void items_of_one_hash_code_are_told_apart_fast() {
        StringBuilder items = new StringBuilder("[0");
        for (int i = 0; i < 1 << 16; i++) {
            items.append(", \"");
            for (int bit = 0; bit < 16; bit++) {
                items.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            items.append('"');
        }
        assertThat(violations("{\"uniqueItems\": true}", items + "]")).isEmpty();
        assertThat(violations("{\"uniqueItems\": true}", items + ", 0.0]")).hasSize(1);
    }

    @Test
    void unique_items_differ_by_type_and_value() {
        String unique = "{\"uniqueItems\": true}";
        for (String items : List.of(
                "[1, \"1\", true, \"true\", null, \"null\", [1], [\"1\"], {\"a\": 1}, {\"a\": \"1\"}, [], {}]",
                "[\"a\\\",\\\"b\", [\"a\", \"b\"], [\"a\\\",\\\"b\"]]")) {
            assertThat(violations(unique, items)).as(items).isEmpty();
            assertThat(violations("{\"uniqueItems\": false}", "[1, 1]")).isEmpty();
        }
        for (String items : List.of(
                "[1, 1.00]", "[100, 1e2]", "[{\"a\": 1, \"b\": [2]}, {\"b\": [2.0], \"a\": 1}]", "[null, null]")) {
            assertThat(violations(unique, items))
                    .as(items)
                    .extracting(OutputCheck.Violation::message)
                    .containsExactly("it does not fit the JSON Schema, at its root: uniqueItems");
        }
    }

    @Test
    void numbers_are_compared_by_value() {
        assertThat(violations("{\"multipleOf\": 0.01}", "19.99")).isEmpty();
        assertThat(violations("{\"const\": 1}", "1.0")).isEmpty();
        assertThat(violations("{\"maximum\": 9007199254740992}", "9007199254740993"))
                .hasSize(1);
    }

    @Test
    void a_boolean_is_a_schema() {
        assertThat(violations("true", "1")).isEmpty();
        assertThat(violations("false", "1")).hasSize(1);
    }
}
