package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextPatternTest {
    private static boolean isIn(String expression, String text) {
        return TextPattern.of("pattern", expression).isIn(text, Deadline.in(Duration.ofSeconds(5)));
    }

    /** Each takes a backtracking engine longer than the age of the universe, or its whole stack. */
    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "^(a|aa)+$", "^(a*)*$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a|a?)+b"})
    void a_catastrophic_pattern_ends_with_an_answer(String expression) {
        String many = "a".repeat(50_000);
        assertThat(isIn(expression, many + "!")).isFalse();
        assertThatCode(() -> isIn(expression, many)).doesNotThrowAnyException();
    }

    @Test
    void the_catastrophic_pattern_fits_what_it_describes() {
        assertThat(isIn("(a+)+$", "a".repeat(50_000))).isTrue();
        assertThat(isIn("(a+)+$", "a".repeat(50_000) + "b")).isFalse();
    }

    @Test
    void a_match_ends_at_the_deadline_with_a_typed_error() {
        TextPattern pattern = TextPattern.of("pattern", "(a+)+$");
        Deadline past = Deadline.in(Duration.ZERO);
        assertThatThrownBy(() -> past.run("constraints[3]", () -> pattern.isIn("a".repeat(50_000), past)))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage("constraints[3] was not checked within 0 ms");
        // Hundreds of instructions for each of 50,000,000 characters would take minutes.
        TextPattern large = TextPattern.of("pattern", "(?:[ab]?){300}c");
        Deadline soon = Deadline.in(Duration.ofMillis(200));
        assertThatThrownBy(() -> soon.run("outputs[0]", () -> large.isIn("ab".repeat(25_000_000), soon)))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage("outputs[0] was not checked within 200 ms");
    }

    @Test
    void deep_recursion_is_refused_or_typed() {
        for (int depth : new int[] {10, 1_000, 4_900}) {
            String expression = "(".repeat(depth) + "a" + ")".repeat(depth);
            try {
                assertThat(isIn(expression, "a")).isTrue();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessage("pattern nests too deep for a regular expression");
            }
        }
        Deadline deadline = Deadline.in(Duration.ofSeconds(5));
        assertThatThrownBy(() -> deadline.run("outputs[0]", () -> endless(1)))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage("outputs[0] recurses too deep to be checked");
    }

    private static int endless(int depth) {
        return depth < 0 ? depth : endless(Math.max(1, depth + 1)) + 1;
    }

    /** Each would be compiled into more instructions than the memory holds, or is hidden behind what is no group. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{1000}){1000}){1000}",
                "(((a{0,100}){100}){100}){100}",
                "(a{900}\\Q(\\E){900}",
                "(a{900}[(]){900}",
                "(a{900}[]()]){900}",
                "(a{900}[^](]){900}",
                "(a{900}[[:alpha:](]){900}",
                "(a{900}[\\d-[:alpha:](]){900}",
                "(a{900}[\\](]){900}",
                "(a{900}\\(){900}",
                "(?:a{900}\\x{28}){900}",
                "(?P<n>a{900}\\p{Lu}){900}",
                "(\\Q*{\\E{200}){200}",
            })
    void a_pattern_that_repeats_beyond_measure_is_refused(String expression) {
        assertThatThrownBy(() -> TextPattern.of("outputText", expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("outputText must not be longer than 10000 characters with its repetitions written out");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                "(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])",
                "(?i)^the answer is:?\\s*(-?[$0-9.,]{2,}|[0-9]+)\\s*$",
                "\\x{1F600}\\p{Greek}{2,3}[[:alpha:]]{1,1000}",
                "a{,5}{x}",
            })
    void a_usual_pattern_is_taken(String expression) {
        assertThatCode(() -> TextPattern.of("pattern", expression)).doesNotThrowAnyException();
    }

    /** Random expressions of the characters that mean something; the real size is what the library compiled. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void the_measured_size_is_never_far_below_the_real_one(long seed) {
        String[] parts = {
            "a",
            "b",
            "(",
            ")",
            "(",
            ")",
            "(?:",
            "[",
            "]",
            "[^",
            "-",
            "\\",
            "Q",
            "\\Q",
            "\\E",
            "{9}",
            "{2,8}",
            "{7,}",
            "|",
            "*",
            "?",
            "+",
            ":",
            "[:alpha:]",
            "\\d",
            "\\p{Lu}",
            "\\x{28}",
            "\\(",
            "\\]",
            "."
        };
        Random random = new Random(seed);
        int compiled = 0;
        for (int round = 0; round < 12_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            String expression = text.toString();
            long measured = TextPattern.size(expression);
            if (measured <= 10_000) {
                try {
                    int real = Pattern.compile(expression).programSize();
                    assertThat((long) real).as(expression).isLessThanOrEqualTo(4 * measured + 20);
                    compiled++;
                } catch (PatternSyntaxException e) {
                    // Most are none.
                }
            }
        }
        assertThat(compiled).isGreaterThan(1_000);
    }

    @Test
    void what_is_no_pattern_is_refused_without_its_text() {
        for (String bad :
                new String[] {"(secret", "secret)", "[secret", "(?=secret)", "(?<!secret)a", "(secret)\\1", "a**"}) {
            assertThatThrownBy(() -> TextPattern.of("outputText", bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("outputText is not a regular expression of RE2: ")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> TextPattern.of("outputText", "a".repeat(10_001)))
                .hasMessage("outputText must have at most 10000 characters");
    }

    @Test
    void it_is_found_in_a_text_or_fits_the_whole() {
        Deadline deadline = Deadline.in(Duration.ofSeconds(5));
        TextPattern number = TextPattern.of("pattern", "[0-9]+");
        assertThat(number.isIn("it is 42.", deadline)).isTrue();
        assertThat(number.isWhole("it is 42.", deadline)).isFalse();
        assertThat(number.isWhole("42", deadline)).isTrue();
        assertThat(isIn("4$", "4\n")).as("$ is the end of the text").isFalse();
        assertThat(isIn("(?m)4$", "4\n")).isTrue();
        assertThat(isIn("^.$", "😀")).as("a code point is one character").isTrue();
    }
}
