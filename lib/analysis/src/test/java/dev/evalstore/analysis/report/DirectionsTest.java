package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirectionsTest {
    @Test
    void a_name_cannot_turn_what_is_around_it() {
        assertThat(Directions.isolated("a\u202Eb\u2069c")).isEqualTo("\u2068abc\u2069");
        assertThat(Directions.isolated("\u2068שלום")).isEqualTo("\u2068שלום\u2069");
        assertThat(Directions.isolated("\u2068שלום\u2069 (2)")).isEqualTo("\u2068שלום\u2069 (2)");
        assertThat(Directions.isolated("Ωμέγα Жук 漢字 😀")).isEqualTo("Ωμέγα Жук 漢字 😀");
    }

    /** What was kept apart stays so, and the ellipsis does not end it elsewhere. */
    @Test
    void a_name_that_is_shortened_stays_apart() {
        String label = Directions.isolated("אבגדהוזחט 12") + ", 8 × H100 (a machine)";

        for (int width = 30; width < 200; width += 5) {
            String shown = TextWidths.shorten(label, 8, width);
            assertThat(shown.chars().filter(c -> c == '\u2068').count()).isEqualTo(1);
            assertThat(shown.chars().filter(c -> c == '\u2069').count()).isEqualTo(1);
            assertThat(Directions.turns(shown)).isFalse();
        }
    }
}
