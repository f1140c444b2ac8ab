package dev.evalstore.catalog;

import static dev.evalstore.catalog.CatalogFixtures.notFound;
import static dev.evalstore.catalog.CatalogFixtures.refused;
import static dev.evalstore.catalog.CatalogFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ModelRepository models = database.db().catalog().models();

    @BeforeEach
    void empty() {
        database.admin(CatalogFixtures.EMPTY);
    }

    private static NewModel llama() {
        return NewModel.of("Llama-3.1-8B", ModelKind.OPEN)
                .provider("meta")
                .architecture("llama")
                .parameters(8_030_261_248L)
                .tags("chat", "multilingual");
    }

    @Test
    void a_created_model_reads_back_the_same() {
        Model created = models.create(llama().baseModel("Llama-3").metadata(Json.of(Map.of("license", "llama3.1"))));

        assertThat(models.get(created.id())).isEqualTo(created);
        assertThat(models.find(created.id())).contains(created);
        assertThat(models.findByName("Llama-3.1-8B")).contains(created);
        assertThat(models.findByName("llama-3.1-8b")).isEmpty();
        assertThat(created.parameters()).isEqualTo(8_030_261_248L);
        assertThat(created.tags()).containsExactly("chat", "multilingual");
        assertThat(created.kind()).isEqualTo(ModelKind.OPEN);
        assertThat(created.baseModel()).isEqualTo("Llama-3");
    }

    @Test
    void a_name_is_taken_once() {
        models.create(llama());
        violates("models_name_unique", () -> models.create(llama()));
    }

    @Test
    void an_update_changes_what_it_names_and_can_clear_what_may_be_empty() {
        Model created = models.create(llama());
        assertThat(models.update(created.id(), UpdateModel.NOTHING)).isEqualTo(created);

        Model changed = models.update(
                created.id(),
                UpdateModel.NOTHING
                        .name("Llama")
                        .kind(ModelKind.FINE_TUNED)
                        .provider(Patch.clear())
                        .parameters(Patch.set(70_000_000_000L))
                        .tags(List.of())
                        .baseModel(Patch.set("b"))
                        .architecture(Patch.set("a"))
                        .metadata(Patch.set(Json.EMPTY)));
        assertThat(changed.name()).isEqualTo("Llama");
        assertThat(changed.provider()).isNull();
        assertThat(changed.parameters()).isEqualTo(70_000_000_000L);
        assertThat(changed.tags()).isEmpty();
        assertThat(changed.updatedAt()).isAfter(created.updatedAt());
        assertThat(models.get(created.id())).isEqualTo(changed);
    }

    @Test
    void an_unknown_id_is_empty_to_find_and_an_error_to_get_and_update() {
        UUID unknown = UUID.randomUUID();
        assertThat(models.find(unknown)).isEmpty();
        assertThat(models.delete(unknown)).isFalse();
        notFound(() -> models.get(unknown));
        notFound(() -> models.update(unknown, UpdateModel.NOTHING));
        notFound(() -> models.update(unknown, UpdateModel.NOTHING.name("x")));
    }

    @Test
    void every_filter_narrows_lists_and_counts() {
        models.create(llama());
        models.create(NewModel.of("Mistral-7B", ModelKind.OPEN)
                .provider("mistral")
                .architecture("mistral")
                .parameters(7_000_000_000L)
                .tags("chat"));
        models.create(NewModel.of("gpt-x", ModelKind.COMMERCIAL).provider("openai"));

        assertThat(names(ModelFilter.ALL)).containsExactly("gpt-x", "Mistral-7B", "Llama-3.1-8B");
        assertThat(names(ModelFilter.ALL.kind(ModelKind.COMMERCIAL))).containsExactly("gpt-x");
        assertThat(names(ModelFilter.ALL.provider("meta"))).containsExactly("Llama-3.1-8B");
        assertThat(names(ModelFilter.ALL.architecture("mistral"))).containsExactly("Mistral-7B");
        assertThat(names(ModelFilter.ALL.tag("chat"))).containsExactly("Mistral-7B", "Llama-3.1-8B");
        assertThat(names(ModelFilter.ALL.tag("cha"))).isEmpty();
        assertThat(names(ModelFilter.ALL.minParameters(7_000_000_000L).maxParameters(7_500_000_000L)))
                .containsExactly("Mistral-7B");
        assertThat(names(ModelFilter.ALL.maxParameters(10_000_000_000L))).containsExactly("Mistral-7B", "Llama-3.1-8B");
        assertThat(names(ModelFilter.ALL.text("LLAMA"))).containsExactly("Llama-3.1-8B");
        assertThat(names(ModelFilter.ALL.text("7b").tag("chat"))).containsExactly("Mistral-7B");
        assertThat(names(ModelFilter.ALL.text("openai"))).containsExactly("gpt-x");
        assertThat(models.count(ModelFilter.ALL.kind(ModelKind.OPEN))).isEqualTo(2);
        Page<Model> first = models.list(ModelFilter.ALL, 2, null);
        assertThat(models.list(ModelFilter.ALL, 2, first.next()).items())
                .extracting(Model::name)
                .containsExactly("Llama-3.1-8B");
    }

    @Test
    void conditions_add_up_and_leave_the_filter_they_were_added_to_alone() {
        models.create(llama());
        models.create(NewModel.of("Llama-API", ModelKind.COMMERCIAL).provider("meta"));

        ModelFilter meta = ModelFilter.ALL.provider("meta");
        ModelFilter open = meta.kind(ModelKind.OPEN).tag("chat").text("llama").minParameters(1);
        assertThat(names(open)).containsExactly("Llama-3.1-8B");
        assertThat(models.count(open)).isEqualTo(1);
        assertThat(names(open.kind(ModelKind.COMMERCIAL))).isEmpty();
        assertThat(names(meta)).containsExactly("Llama-API", "Llama-3.1-8B");
        assertThat(names(ModelFilter.ALL)).hasSize(2);
    }

    @Test
    void a_walk_hands_out_every_row_once_in_the_order_of_the_list_over_all_pages() {
        database.admin(
                "insert into evalstore.models (name, kind)"
                        + " select 'm' || n, case when n % 2 = 0 then 'open' else 'commercial' end from generate_series(1, 2001) n");

        List<Model> all = new ArrayList<>();
        models.forEach(ModelFilter.ALL, all::add);
        assertThat(all).hasSize(2_001).doesNotHaveDuplicates();
        assertThat(all).startsWith(models.list(ModelFilter.ALL, 1_000).items().toArray(Model[]::new));
        assertThat(models.list(ModelFilter.ALL, 3).items()).isEqualTo(all.subList(0, 3));

        List<Model> open = new ArrayList<>();
        models.forEach(ModelFilter.ALL.kind(ModelKind.OPEN), open::add);
        assertThat(open).hasSize(1_000).allMatch(model -> model.kind() == ModelKind.OPEN);

        assertThatThrownBy(() -> models.forEach(ModelFilter.ALL, model -> {
                    throw new IllegalStateException(model.name());
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(all.get(0).name());
    }

    @Test
    void wildcards_and_escapes_in_a_searched_text_stand_for_themselves() {
        models.create(NewModel.of("plain", ModelKind.OPEN));
        models.create(NewModel.of("100% tuned", ModelKind.OPEN));
        models.create(NewModel.of("snake_case", ModelKind.OPEN));
        models.create(NewModel.of("back\\slash", ModelKind.OPEN));
        models.create(NewModel.of("it's; drop table models --", ModelKind.OPEN));

        assertThat(names(ModelFilter.ALL.text("%"))).containsExactly("100% tuned");
        assertThat(names(ModelFilter.ALL.text("_"))).containsExactly("snake_case");
        assertThat(names(ModelFilter.ALL.text("\\"))).containsExactly("back\\slash");
        assertThat(names(ModelFilter.ALL.text("s; drop"))).hasSize(1);
        assertThat(names(ModelFilter.ALL.text("s_ake"))).isEmpty();
    }

    @Test
    void where_pg_trgm_is_installed_the_same_search_uses_its_index() {
        TestDatabase extended = TestDatabase.empty();
        extended.beforeAll(null);
        try {
            extended.admin("create extension pg_trgm");
            try (var owner = dev.evalstore.Database.open(extended.owner().build())) {
                owner.migrate();
            }
            ModelRepository indexed = extended.db().catalog().models();
            for (int i = 0; i < 50; i++) {
                indexed.create(NewModel.of("model-" + i, ModelKind.OPEN));
            }
            assertThat(indexed.list(ModelFilter.ALL.text("DEL-17"), 10, null).items())
                    .extracting(Model::name)
                    .containsExactly("model-17");
            extended.admin("alter database " + extended.name() + " set enable_seqscan = off");
            String search = ModelReads.TABLE
                    .select("search")
                    .and(ModelFilter.ALL.text("x"))
                    .text();
            List<String> plan = extended.query("explain " + search.replace("?", "'%del-17%'"));
            assertThat(String.join("\n", plan)).contains("idx_models_search_text");
        } finally {
            extended.afterAll(null);
        }
    }

    @Test
    void the_best_suited_models_of_a_use_come_first() {
        UseCaseRepository uses = database.db().catalog().useCases();
        UUID chat = uses.create(NewUseCase.of("chatbot")).id();
        UUID code = uses.create(NewUseCase.of("code")).id();
        UUID a = models.create(NewModel.of("a", ModelKind.OPEN)).id();
        UUID b = models.create(NewModel.of("b", ModelKind.OPEN)).id();
        UUID c = models.create(NewModel.of("c", ModelKind.OPEN)).id();
        uses.setSuitability(NewSuitability.of(a, chat, 0.5));
        uses.setSuitability(NewSuitability.of(b, chat, 0.9).recommended(true));
        Suitability ranked = uses.setSuitability(NewSuitability.of(c, chat, 0.5).priority(1));
        uses.setSuitability(NewSuitability.of(a, code, 1));

        List<SuitedModel> suited = models.listByUseCase(chat, 10);
        assertThat(suited).extracting(s -> s.model().name()).containsExactly("b", "c", "a");
        assertThat(suited.get(1).suitability()).isEqualTo(ranked);
        assertThat(models.listByUseCase(chat, 1)).hasSize(1);
        assertThat(models.listByUseCase(chat, true, 10))
                .extracting(s -> s.model().name())
                .containsExactly("b");
        assertThat(models.listByUseCase(code, true, 10)).isEmpty();
        assertThat(models.listByUseCase(chat, false, 10)).hasSize(3);
        assertThat(models.listByUseCase(UUID.randomUUID(), 10)).isEmpty();
    }

    @Test
    void deleting_a_model_takes_its_versions_and_suitabilities_with_it() {
        UUID model = models.create(llama()).id();
        UUID version = database.db()
                .catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
        assertThat(models.delete(model)).isTrue();
        assertThat(models.find(model)).isEmpty();
        assertThat(database.db().catalog().modelVersions().find(version)).isEmpty();
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        refused("name", () -> NewModel.of(" ", ModelKind.OPEN));
        refused("provider", () -> llama().provider(""));
        refused("architecture", () -> llama().architecture("a\0"));
        refused("parameters", () -> llama().parameters(0));
        refused("baseModel", () -> llama().baseModel("cut \uD83D"));
        refused("tags", () -> llama().tags("ok", " "));
        refused("text", () -> ModelFilter.ALL.text(" "));
        refused("minParameters", () -> ModelFilter.ALL.minParameters(-1));
        refused("limit", () -> models.list(ModelFilter.ALL, 0, null));
        refused("limit", () -> models.listByUseCase(UUID.randomUUID(), 1_001));
        refused("name", () -> models.findByName(""));
    }

    private List<String> names(ModelFilter filter) {
        return models.list(filter, 100, null).items().stream().map(Model::name).toList();
    }
}
