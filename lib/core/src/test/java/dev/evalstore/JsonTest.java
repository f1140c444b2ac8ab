package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
