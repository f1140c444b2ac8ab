package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a prompt is made of a template. */
class PromptTemplateTest {
    private static final String SECRET = "sEcReT value";

    private static String render(String template, String defaults, Map<String, ?> given) {
        return PromptTemplate.render(template, Json.parse(defaults), given);
    }

    @Test
    void each_place_has_the_given_value_or_else_the_default() {
        assertThat(render("{{a}} and {{ b }}, {{a}}.", "{\"b\": \"B\", \"c\": 3}", Map.of("a", "A")))
                .isEqualTo("A and B, A.");
        assertThat(render("{{a}}", "{\"a\": \"default\"}", Map.of("a", "given")))
                .isEqualTo("given");
        assertThat(render("{{a}}", "{\"a\": \"default\"}", Map.of("a", ""))).isEmpty();
        assertThat(render("no place", "{}", Map.of())).isEqualTo("no place");
    }

    @Test
    void a_value_that_is_no_text_is_inserted_as_json_with_all_its_digits() {
        Map<String, Object> given = new HashMap<>();
        given.put("list", List.of("x", 1));
        given.put("number", new BigDecimal("0.10"));
        given.put("flag", true);
        given.put("json", Json.parse("{\"a\":1}"));
        assertThat(render("{{list}} {{number}} {{flag}} {{json}}", "{}", given))
                .isEqualTo("[\"x\",1] 0.10 true {\"a\":1}");
        assertThat(render(
                        "{{n}} {{b}} {{o}}",
                        "{\"n\": 12345678901234567890.10, \"b\": false, \"o\": {\"p\": [1]}}",
                        Map.of()))
                .isEqualTo("12345678901234567890.10 false {\"p\":[1]}");
    }

    /** Otherwise whoever gives one value could read the others. */
    @Test
    void a_value_is_no_template_and_its_dollars_and_backslashes_are_its_own() {
        assertThat(render("{{a}}|{{b}}", "{\"b\": \"$1\\\\\"}", Map.of("a", "{{b}}")))
                .isEqualTo("{{b}}|$1\\");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a}",
                "{{}}",
                "{{ }}",
                "{{1a}}",
                "{{a-b}}",
                "{{a b}}",
                "{{a}",
                "{ {a}}",
                "{\"x\": {\"y\": {}}}",
                "{{\u00e4}}",
                "{{{}}}",
                "{{",
                "}}"
            })
    void whatever_is_no_place_stays_as_it_is(String text) {
        assertThat(render(text, "{}", Map.of())).isEqualTo(text);
        assertThat(render(text + "{{x}}" + text, "{}", Map.of("x", "y"))).isEqualTo(text + "y" + text);
    }

    @Test
    void the_innermost_braces_are_the_place() {
        assertThat(render("{{{a}}}", "{}", Map.of("a", "A"))).isEqualTo("{A}");
    }

    @Test
    void a_missing_variable_is_named_and_no_value_is() {
        assertThatThrownBy(() -> render("{{a}} {{missing_1}}", "{\"a\": \"" + SECRET + "\"}", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("variables: missing_1 has no value and no default");
        assertThatThrownBy(() -> render("{{a}}", "{\"a\": null}", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("variables: a has no value and no default");
        assertThatThrownBy(() -> render("{{a}}", "{\"a\": 1}", Collections.singletonMap("a", null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("variables: a has no value and no default");
    }

    @Test
    void an_unknown_variable_is_named_and_no_value_is() {
        assertThatThrownBy(() -> render("{{a}}", "{\"b\": null}", Map.of("a", SECRET, "other", SECRET)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("variables: the test case has no other");
        assertThat(render("{{a}}", "{\"b\": null}", Map.of("a", "A", "b", "not in the template")))
                .as("declared, so it may be given")
                .isEqualTo("A");
    }

    /** A name may be anything: what does not look like one may be a value that went to the wrong place. */
    @Test
    void a_name_that_is_none_is_not_repeated() {
        assertThatThrownBy(() -> render("x", "{}", Map.of(SECRET, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("variables must have names ")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void a_value_that_could_not_be_stored_is_refused_by_the_variables_name() {
        for (String bad : List.of("a\0" + SECRET, "\ud83e" + SECRET)) {
            assertThatThrownBy(() -> render("{{place}}", "{}", Map.of("place", bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("place ")
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void a_value_that_is_no_json_is_refused_by_the_variables_name() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        for (Object bad : List.of(Double.NaN, List.of(SECRET, Double.POSITIVE_INFINITY), endless)) {
            assertThatThrownBy(() -> render("{{place}}", "{}", Map.of("place", bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("variables: place ")
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void a_prompt_has_a_greatest_length() {
        String value = "v".repeat(1_000_000);
        assertThat(render("{{v}}".repeat(10), "{}", Map.of("v", value))).hasSize(10_000_000);
        for (String more :
                List.of("{{v}}".repeat(10) + ".", ".".repeat(1) + "{{v}}".repeat(10), "{{v}}".repeat(100_000))) {
            assertThatThrownBy(() -> render(more, "{}", Map.of("v", value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("variables make a prompt of more than 10000000 characters");
        }
    }

    /** Each of them would take hours if a scan began anew at every brace or space. */
    @Test
    void a_template_of_braces_and_spaces_is_read_in_one_go() {
        for (String nasty : List.of(
                "{".repeat(1_000_000), "{{" + " ".repeat(999_998), "{{ ".repeat(333_333), "{{a ".repeat(250_000))) {
            assertThat(render(nasty, "{}", Map.of())).isEqualTo(nasty);
        }
    }

    @Test
    void a_case_is_stored_with_names_that_a_template_can_hold_and_with_an_object() {
        for (String bad : Arrays.asList(
                "{\"a b\": 1}", "{\"\": 1}", "{\"1\": 1}", "{\"" + "a".repeat(65) + "\": 1}", "[]", "1")) {
            assertThatThrownBy(() -> Cases.of("k").variables(Json.parse(bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("variables must ");
        }
        assertThat(Cases.of("k")
                        .variables(Json.parse("{\"" + "a".repeat(64) + "\": 1, \"_\": null}"))
                        .prompt()
                        .variables())
                .isNotNull();
    }
}
