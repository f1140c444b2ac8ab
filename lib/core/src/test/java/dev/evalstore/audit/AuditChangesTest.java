package dev.evalstore.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditChangesTest {
    /** A row as the library has them. */
    private record Row(String name, int size, Json settings, Instant at, String note) {}

    private static final Row BEFORE =
            new Row("a", 1, Json.parse("{\"x\":1}"), Instant.parse("2026-01-01T00:00:00Z"), null);

    private static String changes(String before, String after) {
        return AuditChanges.changes(
                        before == null ? null : Json.parse(before), after == null ? null : Json.parse(after))
                .text();
    }

    @Test
    void two_records_differ_by_the_components_that_differ() {
        Row after = new Row("b", 1, Json.parse("{\"x\": 1.0}"), Instant.parse("2026-01-01T00:00:00Z"), "n");

        assertThat(AuditChanges.changes(BEFORE, after).text())
                .isEqualTo("{\"name\":{\"from\":\"a\",\"to\":\"b\"},\"note\":{\"from\":null,\"to\":\"n\"}}");
        assertThat(AuditChanges.changes(BEFORE, BEFORE)).isEqualTo(Json.EMPTY);
    }

    @Test
    void documents_inside_a_record_are_compared_as_documents() {
        Row after = new Row("a", 1, Json.parse("{\"x\":2}"), Instant.parse("2026-01-01T00:00:00Z"), null);

        assertThat(AuditChanges.changes(BEFORE, after).text())
                .isEqualTo("{\"settings\":{\"from\":{\"x\":1},\"to\":{\"x\":2}}}");
    }

    @Test
    void what_is_new_has_no_from_and_what_is_gone_has_no_to() {
        assertThat(changes(null, "{\"a\":1,\"b\":null}")).isEqualTo("{\"a\":{\"to\":1},\"b\":{\"to\":null}}");
        assertThat(changes("{\"a\":1}", null)).isEqualTo("{\"a\":{\"from\":1}}");
        assertThat(changes("{\"a\":1}", "{\"b\":1}")).isEqualTo("{\"a\":{\"from\":1},\"b\":{\"to\":1}}");
        assertThat(changes(null, null)).isEqualTo("{}");
    }

    @Test
    void numbers_are_compared_by_value_and_nothing_else_is() {
        assertThat(changes("{\"a\":1,\"b\":[1.50],\"c\":1e2}", "{\"a\":1.0,\"b\":[1.5],\"c\":100}"))
                .isEqualTo("{}");
        assertThat(changes("{\"a\":0.1}", "{\"a\":0.10000000000000000001}"))
                .isEqualTo("{\"a\":{\"from\":0.1,\"to\":0.10000000000000000001}}");
        assertThat(changes("{\"a\":1}", "{\"a\":\"1\"}")).isEqualTo("{\"a\":{\"from\":1,\"to\":\"1\"}}");
        assertThat(changes("{\"a\":[1,2]}", "{\"a\":[2,1]}")).isEqualTo("{\"a\":{\"from\":[1,2],\"to\":[2,1]}}");
        assertThat(changes("{\"a\":{\"x\":1,\"y\":2}}", "{\"a\":{\"y\":2,\"x\":1}}"))
                .isEqualTo("{}");
    }

    @Test
    void strange_names_and_texts_come_through() {
        String odd = "\"a\\\"b\\\\'; -- ${x} ? 😀\u200f\"";
        assertThat(changes(null, "{" + odd + ":" + odd + "}")).isEqualTo("{" + odd + ":{\"to\":" + odd + "}}");
    }

    @Test
    void what_has_no_fields_is_refused() {
        for (Object bad : List.of(List.of(1), "text", 5)) {
            assertThatThrownBy(() -> AuditChanges.changes(bad, null)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
