package dev.evalstore.analysis.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FormulaGuardTest {
    @Test
    void what_begins_like_a_formula_gets_an_apostrophe_and_nothing_else_does() {
        for (String formula : new String[] {"=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "\uFF1D", "'=1", "''-"}) {
            assertThat(FormulaGuard.add(formula)).isEqualTo("'" + formula);
        }
        for (String text : new String[] {"", "'", "'tis", "a=1", " =1", "1", "#", "{", "\u22121"}) {
            assertThat(FormulaGuard.add(text)).isEqualTo(text);
        }
    }

    @Test
    void removing_the_guard_restores_every_text_seed_7() {
        Random random = new Random(7);
        String signs = "''=+-@\t\r\n\uFF1Da1 ";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(signs.charAt(random.nextInt(signs.length())));
            }
            String guarded = FormulaGuard.add(text.toString());
            assertThat(FormulaGuard.remove(guarded)).isEqualTo(text.toString());
            assertThat(guarded.isEmpty() || "=+-@\t\r\n\uFF1D".indexOf(guarded.charAt(0)) < 0)
                    .isTrue();
        }
    }
}
