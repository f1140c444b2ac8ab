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

    /** Garay is of Unicode 16, and Pahawh of none: the JDK in use may know neither. */
    @Test
    void scripts_that_the_jdk_does_not_know_are_of_the_direction_of_their_blocks() {
        assertThat(Directions.isolated("\uD803\uDD4A")).isEqualTo("\u2068\uD803\uDD4A\u2069");
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            boolean turns = Directions.turns(Character.toString(point));
            switch (Character.getDirectionality(point)) {
                case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                        Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
                        Character.DIRECTIONALITY_ARABIC_NUMBER ->
                    assertThat(turns).as("%x", point).isTrue();
                case Character.DIRECTIONALITY_LEFT_TO_RIGHT, Character.DIRECTIONALITY_EUROPEAN_NUMBER ->
                    assertThat(turns && (point < 0x06F0 || point > 0x06F9))
                            .as("%x", point)
                            .isFalse();
                default -> {}
            }
        }
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
