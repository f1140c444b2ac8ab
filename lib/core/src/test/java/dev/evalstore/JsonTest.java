package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    /** A document's shape. */
    public record Point(int x, double y, List<String> names) {}

    @Test
    void what_is_written_reads_back() {
        Point point = new Point(1, 0.5, List.of("a", "\uD83D\uDE00"));
        assertThat(Json.of(point).as(Point.class)).isEqualTo(point);
        assertThat(Json.of(Map.of("a", List.of(1, 2))).asMap()).isEqualTo(Map.of("a", List.of(1, 2)));
        assertThat(Json.of("text").text()).isEqualTo("\"text\"");
        assertThat(Json.of(Json.EMPTY)).isSameAs(Json.EMPTY);
        assertThat(Json.parse("{}")).isSameAs(Json.EMPTY);
    }

    @Test
    void times_are_iso_text() {
        assertThat(Json.of(List.of(Instant.EPOCH, Duration.ofSeconds(90))).text())
                .isEqualTo("[\"1970-01-01T00:00:00Z\",\"PT1M30S\"]");
    }

    @Test
    void unknown_fields_are_ignored_and_a_document_that_does_not_fit_is_refused_without_being_quoted() {
        assertThat(Json.parse("{\"x\": 1, \"y\": 2, \"names\": [], \"more\": 3}")
                        .as(Point.class))
                .isEqualTo(new Point(1, 2, List.of()));
        assertThatThrownBy(() -> Json.parse("{\"x\": \"s3cr3t\"}").as(Point.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> Json.parse("[1]").asMap()).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{}}",
                "{} {}",
                "{'a': 1}",
                "{a: 1}",
                "[1,]",
                "NaN",
                "[Infinity]",
                "01",
                "1.",
                "nul",
                "\"s3cr3t",
                "// s3cr3t\n{}",
                "{\"s3cr3t\" 1}",
                "\"a\nb\""
            })
    void what_is_no_json_is_refused_without_being_quoted(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("json")
                .hasMessageNotContaining("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "0", "-1.5e10", "\"\"", "[]", " {\"a\": [null]} "})
    void every_kind_of_document_is_taken(String text) {
        assertThat(Json.parse(text).text()).isEqualTo(text);
    }

    @Test
    void documents_are_equal_if_their_texts_are() {
        assertThat(Json.parse("[1]")).isEqualTo(Json.of(List.of(1))).hasSameHashCodeAs(Json.of(List.of(1)));
        assertThat(Json.parse("[1]")).isNotEqualTo(Json.parse("[ 1 ]"));
        assertThat(Json.parse("[1]").toString()).isEqualTo("Json[3 characters]");
    }

    @Test
    void what_holds_itself_is_refused() {
        List<Object> endless = new java.util.ArrayList<>();
        endless.add(endless);
        assertThatThrownBy(() -> Json.of(endless)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e200000", "-1E+131072", "1e-16384", "1.5e99999999999999999999", "0e-16384"})
    void a_number_beyond_numeric_is_refused_by_name_and_place(String number) {
        assertThatThrownBy(() -> Json.parse("{\"runs\": [1, {\"score\": " + number + "}]}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("numeric")
                .hasMessageEndingWith("at $.runs[1].score");
    }

    @Test
    void a_number_beyond_numeric_is_refused_where_it_is_written_and_where_it_has_too_many_digits() {
        assertThatThrownBy(() -> Json.of(Map.of("score", new BigDecimal("1e200000"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("at $.score");
        assertThatThrownBy(() -> Json.parse("9".repeat(131_073)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("numeric holds at $");
        assertThatThrownBy(() -> Json.parse("0." + "1".repeat(16_384)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("numeric holds at $");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void what_is_no_number_is_refused_by_its_place(double value) {
        assertThatThrownBy(() -> Json.of(List.of(Map.of("score", value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN")
                .hasMessageEndingWith("at $[0].score");
    }

    @Test
    void the_largest_numbers_are_taken_and_read_back() {
        for (String number : List.of("1e400", "-1e131071", "1e-16383", "9".repeat(131_072), "1e-400", "0.50")) {
            Json json = Json.parse("{\"n\": " + number + "}");
            Object read = json.asMap().get("n");
            assertThat(read).isInstanceOf(Number.class);
            if (!number.contains("e-")) {
                assertThat(new BigDecimal(String.valueOf(read))).isEqualByComparingTo(number);
            }
            assertThat(Json.of(json.asMap()).asMap()).isEqualTo(json.asMap());
        }
        Object list = Json.parse("[1.5, 1, 9999999999]").as(List.class);
        assertThat(list).isEqualTo(List.of(1.5, 1, 9_999_999_999L));
    }

    /** What parses can be written again, inside another document as well, or is refused with the reason. */
    @Test
    void what_nests_as_deep_as_may_be_is_read_and_written() {
        for (int depth : new int[] {499, 500, 501, 999, 1_000}) {
            Json json = Json.parse(nested(depth));
            assertThat(Json.of(json.asMap()).text()).isEqualTo(json.text());
            assertThat(Json.of(json.as(Object.class)).text()).isEqualTo(json.text());
        }
        assertThat(Json.of(List.of(Json.parse(nested(999)))).text()).isEqualTo("[" + nested(999) + "]");
        List<Runnable> tooDeep = List.of(
                () -> Json.parse(nested(1_001)),
                () -> Json.parse(nested(100_000)),
                () -> Json.of(List.of(Json.parse(nested(1_000)))),
                () -> Json.of(List.of(List.of(Json.parse(nested(1_000)).asMap()))));
        for (Runnable one : tooDeep) {
            assertThatThrownBy(one::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nests deeper than 1,000");
        }
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    /** A shape with another in it. */
    public record Path(List<Point> points, Map<String, Integer> counts, Json more) {}

    @Test
    void what_does_not_fit_is_named_by_place_and_type_and_not_by_value() {
        Map<String, String> bad = Map.of(
                "{\"points\": [{\"x\": 1, \"y\": 1}, {\"x\": \"s3cr3t\"}]}", "at $.points[1].x; int expected",
                "{\"points\": {\"s3cr3t\": 1}}", "at $.points; java.util.ArrayList expected",
                "{\"counts\": {\"k\": [\"s3cr3t\"]}}", "at $.counts.k; java.lang.Integer expected",
                "{\"points\": [{\"x\": 99999999999}]}", "at $.points[0].x; int expected",
                "[\"s3cr3t\"]", "at $; dev.evalstore.JsonTest$Path expected");
        bad.forEach((text, where) -> assertThatThrownBy(() -> Json.parse(text).as(Path.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("json: the document does not fit dev.evalstore.JsonTest$Path ")
                .hasMessageContaining(where)
                .hasMessageNotContaining("s3cr3t")
                .hasMessageNotContaining("99999999999")
                .hasNoCause());
    }

    /** A shape that is particular. */
    public record Positive(int x) {
        public Positive {
            if (x < 0) {
                throw new IllegalArgumentException("not " + x);
            }
        }
    }

    /** A bean that cannot be read out. */
    public static final class Broken {
        public int getValue() {
            throw new IllegalStateException("s3cr3t");
        }
    }

    @Test
    void what_a_type_itself_throws_is_named_by_its_class() {
        assertThatThrownBy(() -> Json.parse("[{\"x\": -777}]").as(Positive[].class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at $[0]")
                .hasMessageContaining("(java.lang.IllegalArgumentException)")
                .hasMessageNotContaining("777")
                .hasNoCause();
        assertThatThrownBy(() -> Json.of(Map.of("broken", new Broken())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at $.broken.value")
                .hasMessageNotContaining("s3cr3t")
                .hasNoCause();
    }

    @Test
    void a_document_inside_a_value_is_written_and_read_as_it_is() {
        Path path = new Path(List.of(), Map.of(), Json.parse("{\"a\":[0.10,1E+400,null]}"));
        assertThat(Json.of(path).text()).contains("\"more\":{\"a\":[0.10,1E+400,null]}");
        assertThat(Json.of(path).as(Path.class)).isEqualTo(path);
        assertThat(Json.parse("{\"more\": null}").as(Path.class).more()).isNull();
    }

    @Test
    void a_key_that_may_be_data_is_not_shown_and_a_long_path_is_cut() {
        for (String key : List.of("pass word", "k-1", "a\\nb", "x".repeat(33), "\uD83D\uDE00", "")) {
            assertThatThrownBy(() -> Json.parse("{\"of\": {\"" + key + "\": [NaN]}}"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("at $.of.*[0]");
        }
        assertThatThrownBy(() -> Json.parse("{\"name\":".repeat(500) + "NaN"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("…")
                .extracting(Throwable::getMessage)
                .asString()
                .hasSizeLessThan(300);
    }

    @Test
    void documents_that_say_the_same_have_one_canonical_text() {
        Json written = Json.parse("{\"b\": [1.50, 1e2, 0.000], \"a\": {\"\\u00e9\": null, \"z\": -0.0}}");
        assertThat(written.canonical()).isEqualTo("{\"a\":{\"z\":0,\"\u00e9\":null},\"b\":[1.5,100,0]}");
        assertThat(Json.parse(written.canonical()).canonical()).isEqualTo(written.canonical());
        assertThat(Json.EMPTY.canonical()).isEqualTo("{}");
        assertThatThrownBy(() -> Json.parse("[1e400]").canonical()).isInstanceOf(IllegalArgumentException.class);
    }

    /** In a host's REST answer, say. */
    @Test
    void both_generations_of_jackson_write_a_document_as_what_it_is() throws Exception {
        Map<String, Object> answer = Map.of("payload", Json.parse("{\"a\": [1, \"x\"]}"));
        String expected = "{\"payload\":{\"a\": [1, \"x\"]}}";
        assertThat(new tools.jackson.databind.ObjectMapper().writeValueAsString(answer))
                .isEqualTo(expected);
        assertThat(new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(answer))
                .isEqualTo(expected);
        assertThat(new tools.jackson.databind.ObjectMapper().valueToTree(answer).toString())
                .isEqualTo(expected);
    }
}
