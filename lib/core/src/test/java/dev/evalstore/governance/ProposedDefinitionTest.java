package dev.evalstore.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.Citation;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion.Requirements;
import dev.evalstore.exchange.Execution;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.Normalization;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document is checked by the rules of the fields when it is proposed, and read as what was written. */
class ProposedDefinitionTest {
    private static final String METRIC = "'primaryMetric': {'name': 'n', 'description': 'd', 'kind': 'k'}";
    private static final String VERSION =
            "'version': {'number': '1.0.0', 'changelog': 'The first one.', " + METRIC + "}";
    private static final String LEAST =
            "'slug': 'sums', 'name': 'Sums', 'description': 'Adds numbers.', 'category': 'accuracy', 'license': 'MIT'";

    private static Json json(String members) {
        return Json.parse(("{" + members + "}").replace('\'', '"'));
    }

    @Test
    void what_is_written_is_read() {
        NewBenchmarkDefinition definition = NewBenchmarkDefinition.of(
                        "sums", "Sums", "Adds numbers.", DefinitionCategory.COST, "MIT")
                .longDescription("At length.")
                .licenseText("All of it.")
                .tags("maths")
                .documentationUrl("https://example.org/d")
                .sourceUrl("https://example.org/s")
                .citation(new Citation("t", List.of("a", "b"), "v", 2020, "10.1/x", "@x{}"))
                .organization(UUID.randomUUID())
                .maintainers(List.of(UUID.randomUUID()));
        NewDefinitionVersion version = NewDefinitionVersion.of(
                        "The first version.",
                        PrimaryMetric.of("speed", "How fast.", "throughput")
                                .unit("tokens/s")
                                .higherIsBetter(false)
                                .range(0.1, 1e300))
                .breaking("Everything is to be run again.")
                .secondaryMetrics(json("'a': [1, 2.50]"))
                .scoring(Scoring.percentile(99.5)
                        .normalization(Normalization.MIN_MAX, json("'min': 0, 'max': 1"))
                        .confidenceLevel(0.9))
                .execution(Execution.DEFAULT.timeoutPerTest(Duration.ofMillis(1_500)))
                .requirements(Requirements.NONE.modelParameters(json("'temperature': 0")));
        Json document = ProposedDefinition.of(definition, "1.0.0-rc.1", version);
        ProposedDefinition.Created read = ProposedDefinition.created(document, null);
        assertThat(read.definition()).isEqualTo(definition);
        assertThat(read.first().number()).isEqualTo("1.0.0-rc.1");
        assertThat(read.first().version())
                .usingRecursiveComparison()
                .ignoringFieldsOfTypes(Json.class)
                .isEqualTo(version);
        assertThat(read.first().version().secondaryMetrics().text()).isEqualTo("{\"a\":[1,2.50]}");
        assertThat(read.first().version().requirements().modelParameters().asMap())
                .containsEntry("temperature", 0);
        UUID user = UUID.randomUUID();
        assertThat(ProposedDefinition.created(document, user)
                        .definition()
                        .people()
                        .createdBy())
                .isEqualTo(user);
    }

    @Test
    void what_is_not_said_is_as_a_version_is_made_without_it() {
        NewDefinitionVersion version = ProposedDefinition.created(json(LEAST + ", " + VERSION), null)
                .first()
                .version();
        assertThat(version).isEqualTo(NewDefinitionVersion.of("The first one.", PrimaryMetric.of("n", "d", "k")));
        Json partly = json(LEAST + ", " + VERSION.replace("}}", "}, 'scoring': {'aggregation': 'MEDIAN'}}"));
        assertThat(ProposedDefinition.created(partly, null).first().version().scoring())
                .isEqualTo(Scoring.of(AggregationMethod.MEDIAN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'slug': 'sums'|'slug': 7|proposedDefinition.slug must be text",
                "'slug': 'sums'|'slug': 'No Slug'|slug must be",
                "'slug': 'sums', ||proposedDefinition.slug must be given",
                "'name': 'Sums'|'name': 'S'|name must have 3 to 200",
                "'category': 'accuracy'|'category': 'beauty'|proposedDefinition.category must be a DefinitionCategory",
                "'category': 'accuracy', ||proposedDefinition.category must be given",
                "'license'|'licence'|must have no members but",
                "'slug'|'tags': 'x', 'slug'|proposedDefinition.tags must be a list of texts",
                "'slug'|'tags': [1], 'slug'|proposedDefinition.tags must be a list of texts",
                "'slug'|'tags': ['A b'], 'slug'|tags must be at most",
                "'slug'|'organizationId': 'x', 'slug'|proposedDefinition.organizationId must be an id",
                "'slug'|'citation': [], 'slug'|proposedDefinition.citation must be an object",
                "'slug'|'citation': {'year': 1.5}, 'slug'|proposedDefinition.citation.year must be a whole number",
                "'slug'|'citation': {'year': 1e99}, 'slug'|proposedDefinition.citation.year must be a whole number",
                "'slug'|'citation': {'year': 1492}, 'slug'|citationYear must be",
                "'slug'|'citation': {'pages': 1}, 'slug'|proposedDefinition.citation must have no members but",
                "'slug'|'sourceUrl': 'x', 'slug'|sourceUrl must begin",
                "'number': '1.0.0', ||proposedDefinition.version.number must be given",
                "1.0.0|one|proposedDefinition: ",
                "The first one.|Short|changelog must have",
                "'changelog'|'breaking': 1, 'changelog'|proposedDefinition.version.breaking must be true or false",
                "'changelog'|'breaking': true, 'changelog'|migrationNotes must",
                "'kind': 'k'|'kind': ' '|primaryMetric kind must not be blank",
                "'kind': 'k'|'unit': 'k'|proposedDefinition.version.primaryMetric.kind must be given",
                "'kind': 'k'|'kind': 'k', 'rangeMin': 'x'|proposedDefinition.version.primaryMetric.rangeMin must be a number",
                "'changelog'|'scoring': 1, 'changelog'|proposedDefinition.version.scoring must be an object",
                "'changelog'|'scoring': {'aggregation': 'best'}, 'changelog'|proposedDefinition.version.scoring must fit Scoring",
                "'changelog'|'execution': {'maxRetries': 99}, 'changelog'|proposedDefinition.version.execution must fit Execution"
            })
    void what_breaks_a_rule_is_refused_by_its_member(String before, String after, String message) {
        String whole = LEAST + ", " + VERSION;
        Json document = json(whole.replace(before, after == null ? "" : after));
        assertThatThrownBy(() -> ProposedDefinition.check(ProposalKind.NEW_BENCHMARK, document))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith("proposedDefinition");
        ProposedDefinition.check(ProposalKind.NEW_BENCHMARK, json(whole));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "''|must have a member",
                "'maintainers': []|must have no members but",
                "'slug': null|proposedDefinition.slug must be given",
                "'name': 'S'|name must have 3 to 200",
                "'version': {'number': '2.0.0'}|proposedDefinition.version.primaryMetric must be given"
            })
    void an_update_has_only_what_may_change(String members, String message) {
        Json document = json(members.equals("''") ? "" : members);
        assertThatThrownBy(() -> ProposedDefinition.check(ProposalKind.UPDATE_BENCHMARK, document))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void a_document_has_a_greatest_size_and_is_an_object() {
        Json large = json("'longDescription': '" + "x".repeat(1_000_000) + "'");
        assertThatThrownBy(() -> ProposedDefinition.check(ProposalKind.UPDATE_BENCHMARK, large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000 characters");
        assertThatThrownBy(() -> UpdateProposal.NOTHING.proposedDefinition(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000 characters");
        assertThatThrownBy(() -> ProposedDefinition.check(ProposalKind.UPDATE_BENCHMARK, Json.parse("[1]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("proposedDefinition must be an object");
    }
}
