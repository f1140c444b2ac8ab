package dev.evalstore.catalog;

import static dev.evalstore.catalog.CatalogFixtures.notFound;
import static dev.evalstore.catalog.CatalogFixtures.refused;
import static dev.evalstore.catalog.CatalogFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UseCaseRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final UseCaseRepository uses = database.db().catalog().useCases();
    private final ModelRepository models = database.db().catalog().models();

    @BeforeEach
    void empty() {
        database.admin(CatalogFixtures.EMPTY);
    }

    @Test
    void a_category_is_there_once_and_each_subcategory_of_it_once() {
        UseCase chat = uses.create(NewUseCase.of("chatbot")
                .pipelineTag("text-generation")
                .characteristics(Json.of(Map.of("turns", "many")))
                .defaultWeights(Json.of(Map.of("ttft", 0.5, "cost", 0.5))));
        UseCase support = uses.create(NewUseCase.of("chatbot").subcategory("support"));

        violates("use_cases_category_subcategory_unique", () -> uses.create(NewUseCase.of("chatbot")));
        violates(
                "use_cases_category_subcategory_unique",
                () -> uses.create(NewUseCase.of("chatbot").subcategory("support")));
        assertThat(uses.findByCategory("chatbot", null)).contains(chat);
        assertThat(uses.findByCategory("chatbot", "support")).contains(support);
        assertThat(uses.findByCategory("code", null)).isEmpty();
        assertThat(uses.list(UseCaseFilter.ALL.category("chatbot"), 10).items()).containsExactly(support, chat);
        assertThat(uses.list(UseCaseFilter.ALL, 1).items()).containsExactly(support);
        assertThat(uses.count(UseCaseFilter.ALL.category("chatbot"))).isEqualTo(2);
        assertThat(uses.count(UseCaseFilter.ALL.category("code"))).isZero();
        assertThat(uses.get(chat.id())).isEqualTo(chat);
    }

    @Test
    void an_update_changes_what_it_names() {
        UseCase created = uses.create(NewUseCase.of("code").pipelineTag("x"));
        assertThat(uses.update(created.id(), UpdateUseCase.NOTHING)).isEqualTo(created);
        UseCase changed = uses.update(
                created.id(),
                UpdateUseCase.NOTHING
                        .pipelineTag(Patch.clear())
                        .characteristics(Json.of(Map.of("a", 1)))
                        .defaultWeights(Json.of(Map.of("cost", 1))));
        assertThat(changed.pipelineTag()).isNull();
        assertThat(changed.defaultWeights().asMap()).isEqualTo(Map.of("cost", 1));
        assertThat(uses.find(created.id())).contains(changed);
        notFound(() -> uses.get(UUID.randomUUID()));
        notFound(() -> uses.update(UUID.randomUUID(), UpdateUseCase.NOTHING));
        assertThat(uses.delete(created.id())).isTrue();
        assertThat(uses.delete(created.id())).isFalse();
    }

    @Test
    void a_suitability_is_replaced_not_doubled_also_by_many_at_once() throws Exception {
        UUID use = uses.create(NewUseCase.of("code")).id();
        UUID model = models.create(NewModel.of("m", ModelKind.OPEN)).id();
        Threads.together(
                8,
                i -> () -> uses.setSuitability(
                        NewSuitability.of(model, use, i / 10.0).performanceSummary(Json.EMPTY)));
        assertThat(uses.listByModel(model, 10)).hasSize(1);
        Suitability last = uses.setSuitability(
                NewSuitability.of(model, use, 0.25).recommended(true).priority(3));
        assertThat(uses.listByModel(model, 10)).containsExactly(last);
        assertThat(last.performanceSummary()).isNull();
        assertThat(uses.removeSuitability(model, use)).isTrue();
        assertThat(uses.removeSuitability(model, use)).isFalse();
        violates("model_use_cases_model_fk", () -> uses.setSuitability(NewSuitability.of(UUID.randomUUID(), use, 1)));
        violates(
                "model_use_cases_use_case_fk",
                () -> uses.setSuitability(NewSuitability.of(model, UUID.randomUUID(), 1)));
    }

    @Test
    void a_suitability_that_is_set_or_removed_by_somebody_is_audited_and_one_that_was_not_there_is_not() {
        UUID use = uses.create(NewUseCase.of("code")).id();
        UUID model = models.create(NewModel.of("m", ModelKind.OPEN)).id();
        String both = model + "/" + use;
        UseCaseRepository acting =
                database.db().actingAs(Actor.service("curator")).catalog().useCases();

        acting.setSuitability(NewSuitability.of(model, use, 0.5));
        acting.setSuitability(NewSuitability.of(model, use, 0.75));
        assertThat(acting.removeSuitability(model, use)).isTrue();
        assertThat(acting.removeSuitability(model, use)).isFalse();
        violates("model_use_cases_model_fk", () -> acting.setSuitability(NewSuitability.of(use, use, 1)));
        uses.setSuitability(NewSuitability.of(model, use, 1));

        List<AuditEntry> entries =
                database.db().audit().history("suitability", both, 10, null).items();
        assertThat(entries).extracting(AuditEntry::action).containsExactly("delete", "set", "set");
        assertThat(entries).extracting(AuditEntry::actorLabel).containsOnly("curator");
        assertThat(database.db()
                        .audit()
                        .history("suitability", use + "/" + use, 10, null)
                        .items())
                .isEmpty();
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        refused("category", () -> NewUseCase.of(" "));
        refused("category", () -> UseCaseFilter.ALL.category(""));
        refused("subcategory", () -> NewUseCase.of("a").subcategory(""));
        refused("defaultWeights", () -> NewUseCase.of("a").defaultWeights(Json.parse("[1]")));
        refused("defaultWeights", () -> NewUseCase.of("a").defaultWeights(Json.parse("null")));
        refused("defaultWeights", () -> NewUseCase.of("a").defaultWeights(Json.parse("{\"a\": -1}")));
        refused("defaultWeights", () -> NewUseCase.of("a").defaultWeights(Json.parse("{\"a\": \"x\"}")));
        refused("defaultWeights", () -> UpdateUseCase.NOTHING.defaultWeights(Json.parse("{\"a\": 1e999}")));
        for (double score : new double[] {-0.1, 1.1, Double.NaN}) {
            refused("suitabilityScore", () -> NewSuitability.of(UUID.randomUUID(), UUID.randomUUID(), score));
        }
        refused("limit", () -> uses.listByModel(UUID.randomUUID(), 0));
    }
}
