package dev.evalstore.governance;

import static dev.evalstore.governance.ReviewFixtures.conflict;
import static dev.evalstore.governance.ReviewFixtures.notFound;
import static dev.evalstore.governance.ReviewFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.Citation;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionFilter;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionStatus;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.TestCaseFilter;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What was approved is applied once, by the exchange's own verbs, in the commit that says so. */
class ImplementationTest {
    private static final AtomicInteger NEXT = new AtomicInteger();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ReviewFixtures rows = new ReviewFixtures(database);
    private final ProposalRepository proposals = db.governance().proposals();
    private final DefinitionRepository definitions = db.exchange().definitions();

    private static NewBenchmarkDefinition definition(String slug) {
        return NewBenchmarkDefinition.of(
                slug, "Name of " + slug, "Measures something.", DefinitionCategory.SAFETY, "Apache-2.0");
    }

    private static NewDefinitionVersion version(String changelog) {
        return NewDefinitionVersion.of(
                changelog, PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"));
    }

    private static String slug() {
        return "made-" + NEXT.incrementAndGet();
    }

    private UUID active() {
        UUID id = definitions
                .create(
                        definition(slug()),
                        "1.0.0",
                        version("The first version.").cases(List.of(NewTestCase.of("k", "A case", "A prompt."))))
                .id();
        definitions.submitForReview(id);
        return definitions.activate(id).id();
    }

    private NewProposal about(Subject subject) {
        return NewProposal.of("A title", "A description.", "It is due by now.", subject, 1);
    }

    private UUID approved(NewProposal proposal) {
        UUID id = proposals.create(proposal).id();
        proposals.submitForReview(id);
        proposals.openVoting(id, Duration.ofDays(1));
        proposals.vote(NewVote.of(id, rows.user(), VoteChoice.APPROVE));
        database.admin("update evalstore.proposals set voting_starts_at = now() - interval '2 days',"
                + " voting_ends_at = now() - interval '1 day' where id = '" + id + "'");
        return proposals.close(id).id();
    }

    @Test
    void a_new_benchmark_becomes_a_draft_of_its_proposer_with_all_that_was_proposed() {
        UUID proposer = rows.user();
        UUID maintainer = rows.user();
        NewBenchmarkDefinition proposed = definition(slug())
                .longDescription("At length.")
                .tags("maths", "sums")
                .documentationUrl("https://example.org/docs")
                .citation(Citation.NONE.title("Sums").authors("Ada").year(2024))
                .maintainers(List.of(maintainer));
        NewDefinitionVersion first = version("The first version.");
        UUID id = approved(about(Subject.newBenchmark(ProposedDefinition.of(proposed, "0.1.0-beta", first)))
                .createdBy(proposer));
        UUID by = rows.user();
        Proposal implemented = proposals.implement(id, by);
        assertThat(implemented.implementedAt()).isNotNull();
        assertThat(implemented.implementedBy()).isEqualTo(by);
        UUID made = Objects.requireNonNull(implemented.definitionId());
        BenchmarkDefinition stored = definitions.get(made);
        assertThat(stored)
                .extracting(
                        BenchmarkDefinition::slug,
                        BenchmarkDefinition::status,
                        BenchmarkDefinition::category,
                        BenchmarkDefinition::longDescription,
                        BenchmarkDefinition::tags,
                        BenchmarkDefinition::citation,
                        BenchmarkDefinition::createdBy)
                .containsExactly(
                        proposed.slug(),
                        DefinitionStatus.DRAFT,
                        DefinitionCategory.SAFETY,
                        "At length.",
                        List.of("maths", "sums"),
                        proposed.citation(),
                        proposer);
        assertThat(definitions.maintainers(made, 10, null).items())
                .singleElement()
                .satisfies(one -> assertThat(one.userId()).isEqualTo(maintainer));
        DefinitionVersion version = definitions.version(made, "0.1.0-beta").orElseThrow();
        assertThat(version)
                .extracting(
                        DefinitionVersion::primaryMetric,
                        DefinitionVersion::scoring,
                        DefinitionVersion::execution,
                        DefinitionVersion::createdBy)
                .containsExactly(first.primaryMetric(), first.scoring(), first.execution(), proposer);
        assertThat(proposals
                        .list(ProposalFilter.ALL.definition(made).implemented(true), 10, null)
                        .items())
                .containsExactly(implemented);
        conflict("implemented already", () -> proposals.implement(id, by));
    }

    @Test
    void an_update_changes_its_definition_and_publishes_its_version_with_the_cases() {
        UUID definition = active();
        Json change = Json.of(Map.of(
                "name",
                "Another name",
                "version",
                Map.of(
                        "number",
                        "1.1.0",
                        "changelog",
                        "The second version.",
                        "primaryMetric",
                        Map.of("name", "a", "description", "b", "kind", "c"))));
        proposals.implement(approved(about(Subject.updateBenchmark(definition, change))), null);
        assertThat(definitions.get(definition).name()).isEqualTo("Another name");
        UUID next = definitions.version(definition, "1.1.0").orElseThrow().id();
        assertThat(db.exchange()
                        .testCases()
                        .list(TestCaseFilter.version(next), 10, null)
                        .items())
                .hasSize(1);

        Json cleared = Json.parse("{\"longDescription\": null, \"tags\": [\"x\"], \"citation\": {\"year\": 2020}}");
        proposals.implement(approved(about(Subject.updateBenchmark(definition, cleared))), null);
        assertThat(definitions.get(definition))
                .extracting(
                        BenchmarkDefinition::longDescription,
                        BenchmarkDefinition::tags,
                        found -> found.citation().year(),
                        BenchmarkDefinition::name)
                .containsExactly(null, List.of("x"), 2020, "Another name");
    }

    @Test
    void a_deprecation_tells_the_rationale_as_far_as_it_fits() {
        UUID definition = active();
        UUID id = approved(about(Subject.deprecateBenchmark(definition)));
        proposals.implement(id, null);
        assertThat(definitions.get(definition))
                .extracting(BenchmarkDefinition::status, BenchmarkDefinition::statusReason)
                .containsExactly(DefinitionStatus.DEPRECATED, "It is due by now.");
        UUID other = active();
        proposals.implement(
                approved(NewProposal.of("t", "d", "😀".repeat(1_001), Subject.deprecateBenchmark(other), 1)), null);
        assertThat(definitions.get(other).statusReason()).isEqualTo("😀".repeat(999) + "…");
    }

    @Test
    void a_policy_change_is_only_noted() {
        UUID id = approved(about(Subject.policyChange()));
        Proposal implemented = proposals.implement(id, null);
        assertThat(implemented.implementedAt()).isNotNull();
        assertThat(implemented.definitionId()).isNull();
    }

    @Test
    void an_effect_that_the_exchange_refuses_leaves_the_proposal_as_it_is() {
        String slug = slug();
        UUID id = approved(about(
                Subject.newBenchmark(ProposedDefinition.of(definition(slug), "1.0.0", version("The first version.")))));
        UUID taken = definitions
                .create(definition(slug), "1.0.0", version("The first version."))
                .id();
        violates("idx_benchmark_definitions_slug", () -> proposals.implement(id, null));
        assertThat(proposals.get(id).implementedAt()).isNull();
        definitions.softDelete(taken);
        assertThat(proposals.implement(id, null).definitionId()).isNotNull();

        UUID definition = active();
        UUID deprecation = approved(about(Subject.deprecateBenchmark(definition)));
        definitions.deprecate(definition, "Somebody was quicker.");
        conflict("deprecated", () -> proposals.implement(deprecation, null));
        definitions.softDelete(definition);
        notFound(() -> proposals.implement(deprecation, null));
        violates(
                "proposals_implemented_by_fk",
                () -> proposals.implement(approved(about(Subject.policyChange())), UUID.randomUUID()));
    }

    @Test
    void of_many_who_implement_one_does() throws Exception {
        String slug = slug();
        UUID id = approved(about(
                Subject.newBenchmark(ProposedDefinition.of(definition(slug), "1.0.0", version("The first version.")))));
        List<Boolean> done = Threads.together(8, i -> () -> {
            try {
                return proposals.implement(id, null).implementedAt() != null;
            } catch (ConflictException implemented) {
                return false;
            }
        });
        assertThat(done).containsOnlyOnce(true);
        assertThat(definitions.list(DefinitionFilter.ALL, 1_000, null).items())
                .filteredOn(one -> one.slug().equals(slug))
                .hasSize(1);
        assertThat(rows.events(id)).filteredOn("proposal.implemented"::equals).hasSize(1);
    }

    @Test
    void the_effect_is_audited_as_the_actors() {
        UUID definition = active();
        UUID id = approved(about(Subject.deprecateBenchmark(definition)));
        db.actingAs(Actor.SYSTEM).governance().proposals().implement(id, null);
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("benchmark_definition", definition.toString()))
                        .items())
                .singleElement()
                .satisfies(entry -> assertThat(entry.action()).isEqualTo("deprecate"));
        assertThat(rows.events(definition)).last().isEqualTo("definition.deprecated");
    }

    @Test
    void all_of_it_may_be_in_a_transaction_of_the_callers() {
        UUID definition = active();
        UUID id = approved(about(Subject.deprecateBenchmark(definition)));
        db.inTransaction(tx -> {
            tx.governance().proposals().implement(id, null);
            assertThat(tx.exchange().definitions().get(definition).status()).isEqualTo(DefinitionStatus.DEPRECATED);
            return true;
        });
        assertThat(definitions.get(definition).status()).isEqualTo(DefinitionStatus.DEPRECATED);
    }
}
