package dev.evalstore.catalog;

import static dev.evalstore.catalog.CatalogFixtures.notFound;
import static dev.evalstore.catalog.CatalogFixtures.refused;
import static dev.evalstore.catalog.CatalogFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.testkit.TestDatabase;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FrameworkRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final FrameworkRepository frameworks = database.db().catalog().frameworks();

    @BeforeEach
    void empty() {
        database.admin(CatalogFixtures.EMPTY);
    }

    /** Names alone were unique once, so that a new version overwrote the old one. */
    @Test
    void name_and_version_together_are_unique() {
        InferenceFramework old = frameworks.create(NewInferenceFramework.of("vllm", "0.6.3"));
        InferenceFramework young = frameworks.create(NewInferenceFramework.of("vllm", "0.7.0")
                .supportsQuantization(true)
                .supportsStreaming(true)
                .capabilities(Json.of(Map.of("paged", true)))
                .configTemplate(Json.EMPTY));
        InferenceFramework tgi = frameworks.create(NewInferenceFramework.of("tgi", "0.7.0"));

        violates(
                "inference_frameworks_name_version_unique",
                () -> frameworks.create(NewInferenceFramework.of("vllm", "0.7.0")));
        assertThat(frameworks.findByName("vllm", "0.7.0")).contains(young);
        assertThat(frameworks.findByName("vllm", "0.8.0")).isEmpty();
        assertThat(frameworks.list(FrameworkFilter.ALL.name("vllm"), 10).items())
                .containsExactly(young, old);
        assertThat(frameworks.list(FrameworkFilter.ALL, 10).items()).containsExactly(tgi, young, old);
        assertThat(frameworks.get(young.id())).isEqualTo(young);
        assertThat(frameworks.count(FrameworkFilter.ALL.name("vllm"))).isEqualTo(2);
        assertThat(young.supportsQuantization()).isTrue();
        assertThat(young.supportsStreaming()).isTrue();
    }

    @Test
    void an_update_changes_what_it_names() {
        InferenceFramework created =
                frameworks.create(NewInferenceFramework.of("vllm", "1").configTemplate(Json.EMPTY));
        assertThat(frameworks.update(created.id(), UpdateInferenceFramework.NOTHING))
                .isEqualTo(created);
        InferenceFramework changed = frameworks.update(
                created.id(),
                UpdateInferenceFramework.NOTHING
                        .capabilities(Json.of(Map.of("a", 1)))
                        .supportsQuantization(true)
                        .supportsStreaming(true)
                        .configTemplate(Patch.clear()));
        assertThat(changed.configTemplate()).isNull();
        assertThat(changed.supportsStreaming()).isTrue();
        assertThat(frameworks.find(created.id())).contains(changed);
        notFound(() -> frameworks.get(UUID.randomUUID()));
        notFound(() -> frameworks.update(UUID.randomUUID(), UpdateInferenceFramework.NOTHING));
        assertThat(frameworks.delete(created.id())).isTrue();
        assertThat(frameworks.delete(created.id())).isFalse();
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        refused("name", () -> NewInferenceFramework.of("", "1"));
        refused("version", () -> NewInferenceFramework.of("a", "\0"));
        refused("version", () -> frameworks.findByName("a", " "));
        refused("name", () -> FrameworkFilter.ALL.name(" "));
    }

    @Test
    void a_missing_filter_is_refused_by_name() {
        assertThatThrownBy(() -> frameworks.list(null, 10)).hasMessage("filter");
        assertThatThrownBy(() -> frameworks.count(null)).hasMessage("filter");
    }
}
