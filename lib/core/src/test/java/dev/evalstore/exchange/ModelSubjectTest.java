package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ModelSubjectTest {
    @Test
    void blanks_and_case_do_not_tell_models_apart() {
        ModelSubject plain = new ModelSubject("acme labs", "gpt one", "v 2");

        for (String blank :
                List.of(" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u0085", " \u00a0 ")) {
            assertThat(new ModelSubject(
                            blank + "ACME" + blank + "Labs" + blank, "GPT" + blank + "One", "V" + blank + "2" + blank))
                    .isEqualTo(plain)
                    .extracting(ModelSubject::key)
                    .isEqualTo(plain.key());
        }
    }

    @Test
    void the_locale_of_the_machine_does_not_matter() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertThat(ModelSubject.of("MISTRAL AI", "I").provider()).isEqualTo("mistral ai");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void a_subject_of_a_subject_is_the_same() {
        for (String text : List.of("\u0130X", "ΑΣ", "ẞ", "\u023a", "a  b")) {
            ModelSubject once = ModelSubject.of(text, text, text);
            assertThat(new ModelSubject(once.provider(), once.name(), once.version()))
                    .isEqualTo(once);
        }
    }

    /** However the texts are cut. */
    @Test
    void different_models_have_different_keys() {
        Set<UUID> keys = new HashSet<>();
        List<ModelSubject> models = List.of(
                ModelSubject.of("ab", "c"),
                ModelSubject.of("a", "bc"),
                ModelSubject.of("a", "b", "c"),
                ModelSubject.of("a", "c", "b"),
                ModelSubject.of("b", "a", "c"),
                ModelSubject.of("ab", "c", "1"),
                ModelSubject.of("ab c", "c"),
                ModelSubject.of("ab-c", "c"));
        models.forEach(model -> keys.add(model.key()));

        assertThat(keys).hasSize(models.size()).allMatch(key -> key.version() == 8 && key.variant() == 2);
        assertThat(ModelSubject.of("Acme", "Model", "1").key())
                .isEqualTo(UUID.fromString("7438d6fa-b11f-84fb-b643-925d594e7435"));
    }

    @Test
    void no_version_is_an_empty_one() {
        assertThat(ModelSubject.of("a", "b", null)).isEqualTo(ModelSubject.of("a", "b"));
        assertThat(ModelSubject.of("a", "b").version()).isEmpty();
    }

    @Test
    void what_is_nothing_but_blanks_is_refused() {
        refused("provider", () -> ModelSubject.of("\u00a0\u2003", "b"));
        refused("name", () -> ModelSubject.of("a", " "));
        refused("version", () -> ModelSubject.of("a", "b", "\u3000"));
        refused("name", () -> ModelSubject.of("a", "x".repeat(801)));
    }
}
