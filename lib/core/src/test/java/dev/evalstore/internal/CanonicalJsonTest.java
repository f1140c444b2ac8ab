package dev.evalstore.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
    @Test
    void the_sample_of_the_rfc() {
        assertThat(canonical("""
                {
                  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                  "literals": [null, true, false]
                }""")).isEqualTo("""
                {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                "string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}""");
    }

    @Test
    void names_are_in_the_order_of_utf_16_and_not_of_code_points() {
        assertThat(canonical("""
                {"\\u20ac": "Euro Sign", "\\r": "Carriage Return", "\\ufb33": "Hebrew Letter Dalet With Dagesh",
                 "1": "One", "\\ud83d\\ude00": "Emoji: Grinning Face", "\\u0080": "Control",
                 "\\u00f6": "Latin Small Letter O With Diaeresis"}"""))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
                        + "\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    @Test
    void each_control_character_has_its_shortest_escape() {
        assertThat(canonical("\"\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f\\/\""))
                .isEqualTo("\"\\b\\t\\n\\f\\r\\u0001\\u001f\u007f/\"");
    }

    @Test
    void a_document_of_one_value_has_a_form_too() {
        assertThat(List.of(canonical("null"), canonical(" 1.0 "), canonical("-0"), canonical("[ ]"), canonical("{ }")))
                .containsExactly("null", "1", "0", "[]", "{}");
    }

    @Test
    void the_last_of_a_repeated_name_counts_as_in_jsonb() {
        assertThat(canonical("{\"b\": 1, \"a\": {\"c\": 1, \"c\": 2}, \"b\": 3}"))
                .isEqualTo("{\"a\":{\"c\":2},\"b\":3}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e309", "[1, {\"a\": 2e308}]"})
    void a_number_beyond_the_doubles_is_refused(String text) {
        assertThatThrownBy(() -> canonical(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("json: a number is beyond ±1.8e308, the range of a double");
        CanonicalJson.Writer writer = CanonicalJson.hash();
        assertThatThrownBy(() -> writer.put("parameters", Json.parse(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("parameters: ");
    }

    @Test
    void a_document_may_nest_as_deep_as_can_be_stored() {
        String deep = "[".repeat(JsonCodec.MAX_DEPTH) + "]".repeat(JsonCodec.MAX_DEPTH);
        assertThat(canonical(deep)).isEqualTo(deep);
    }

    @Test
    void the_writer_writes_the_same_as_a_document() {
        Json document = Json.parse("""
                {"a": "ö\\n", "b": [{"x": 1e21, "y": {"q": [1.50]}}, {}], "c": -0.0, "d": {}, "e": 9007199254740992,
                 "f": true}""");
        assertThat(written(CanonicalJson.text()).toText()).isEqualTo(CanonicalJson.of(document));
        assertThat(written(CanonicalJson.hash()).toSha256()).isEqualTo(CanonicalJson.sha256(document));
        assertThat(written(CanonicalJson.text()).toSha256()).isEqualTo(CanonicalJson.sha256(document));
    }

    private static CanonicalJson.Writer written(CanonicalJson.Writer writer) {
        return writer.put("a", "ö\n")
                .array("b")
                .object()
                .put("w", null)
                .put("x", 1e21)
                .put("y", Json.parse("{\"q\": [1.50]}"))
                .end()
                .object()
                .end()
                .end()
                .put("c", -0.0)
                .object("d")
                .end()
                .put("e", 9007199254740992L)
                .put("f", true);
    }

    @Test
    void what_no_double_holds_exactly_is_written_as_text() {
        UUID id = UUID.fromString("00000000-0000-7000-8000-000000000001");
        assertThat(CanonicalJson.text()
                        .put("cost", new BigDecimal("123456789.123456780"))
                        .put("id", id)
                        .put("integer", Integer.MIN_VALUE)
                        .put("least", Long.MIN_VALUE)
                        .put("seed", 9007199254740993L)
                        .put("time", Instant.parse("2026-01-02T03:04:05.123456789Z"))
                        .put("whole", Instant.parse("2026-01-02T03:04:05Z"))
                        .toText())
                .isEqualTo("""
                        {"cost":"123456789.12345678","id":"00000000-0000-7000-8000-000000000001",\
                        "integer":-2147483648,"least":"-9223372036854775808","seed":"9007199254740993",\
                        "time":"2026-01-02T03:04:05.123456Z","whole":"2026-01-02T03:04:05.000000Z"}""");
    }

    /** Seeds have 64 bits, and a changed seed is a changed submission. */
    @Test
    void two_numbers_that_are_one_double_have_two_hashes_and_one_canonical_form() {
        String one = "{\"seeds\": [9007199254740992, 0.1, 1e2, -0]}";
        String other = "{\"seeds\": [9007199254740993, 0.10000000000000000001, 100.0, 0.0]}";
        assertThat(canonical(one)).isEqualTo(canonical(other)).isEqualTo("{\"seeds\":[9007199254740992,0.1,100,0]}");
        assertThat(CanonicalJson.text().put("p", Json.parse(one)).toText()).isEqualTo("{\"p\":" + canonical(one) + "}");
        assertThat(CanonicalJson.text().put("p", Json.parse(other)).toText())
                .isEqualTo("{\"p\":{\"seeds\":[\"9007199254740993\",\"0.10000000000000000001\",100,0]}}");
    }

    @Test
    void the_writer_refuses_what_would_not_be_canonical() {
        assertThatThrownBy(() -> CanonicalJson.text().put("b", 1).put("a", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a must come before b");
        assertThatThrownBy(() -> CanonicalJson.text().put("a", 1).put("a", 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CanonicalJson.text().object()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CanonicalJson.text().array("a").put("b", 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CanonicalJson.text().array("a").toText()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CanonicalJson.text().put("score", Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("score: ");
        assertThatThrownBy(() -> CanonicalJson.text().put("level", new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("level ");
    }

    @Test
    void a_hash_of_any_size_is_that_of_the_whole_text() throws Exception {
        CanonicalJson.Writer hash = many(CanonicalJson.hash());
        byte[] text = many(CanonicalJson.text()).toText().getBytes(StandardCharsets.UTF_8);
        assertThat(text).hasSizeGreaterThan(100_000);
        assertThat(hash.toSha256())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(text));
    }

    private static CanonicalJson.Writer many(CanonicalJson.Writer writer) {
        writer.array("cases");
        IntStream.range(0, 5_000)
                .forEach(i -> writer.object()
                        .put("key", "case 😀 " + i)
                        .put("score", i / 7.0)
                        .end());
        return writer.end();
    }

    private static String canonical(String text) {
        return CanonicalJson.of(Json.parse(text));
    }
}
