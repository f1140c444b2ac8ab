package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A null, in a list too, is refused by the name of its field. */
@SuppressWarnings("NullAway")
class NullNamesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final UUID ID = new UUID(0, 1);

    /** What is refused, and the name. */
    record Call(String field, ThrowingCallable code) {
        @Override
        public String toString() {
            return field;
        }
    }

    static Stream<Call> calls() {
        Exchange exchange = database.db().exchange();
        DefinitionRepository definitions = exchange.definitions();
        TestCaseRepository cases = exchange.testCases();
        NewBenchmarkDefinition definition = ExchangeFixtures.definition("mmlu");
        NewDefinitionVersion version = ExchangeFixtures.version();
        PrimaryMetric metric = version.primaryMetric();
        Scoring scoring = Scoring.of(AggregationMethod.MEAN);
        NewTestCase one = Cases.of("k");
        TestCase stored = TestCases.of(Expectation.NONE, null);
        Aggregation aggregation = Aggregation.of(scoring, metric, Map.of("k", 1.0));
        return Stream.of(
                new Call("tags", () -> definition.tags("a", null)),
                new Call("tags", () -> definition.tags((String[]) null)),
                new Call("tags", () -> definition.details().tags(null)),
                new Call("tags", () -> UpdateBenchmarkDefinition.NOTHING.tags(null)),
                new Call("tags", () -> UpdateBenchmarkDefinition.NOTHING.tags(listOfNull())),
                new Call("tags", () -> one.tags("a", null)),
                new Call("tags", () -> UpdateTestCase.NOTHING.tags(null)),
                new Call("authors", () -> Citation.NONE.authors("a", null)),
                new Call("authors", () -> new Citation(null, null, null, null, null, null)),
                new Call("citationAuthors", () -> UpdateBenchmarkDefinition.NOTHING.citationAuthors(null)),
                new Call("maintainers", () -> definition.maintainers(null)),
                new Call("maintainers", () -> definition.maintainers(listOfNull())),
                new Call("definition", () -> definitions.create(null, "1.0.0", version)),
                new Call("version", () -> definitions.create(definition, null, version)),
                new Call("first", () -> definitions.create(definition, "1.0.0", null)),
                new Call("change", () -> definitions.update(ID, null)),
                new Call("change", () -> definitions.updateVersion(ID, null)),
                new Call("definition", () -> definitions.addMaintainer(null, ID)),
                new Call("user", () -> definitions.addMaintainer(ID, null)),
                new Call("user", () -> definitions.removeMaintainer(ID, null)),
                new Call("bump", () -> definitions.publish(ID, (Bump) null, version)),
                new Call("version", () -> definitions.publish(ID, (String) null, version)),
                new Call("next", () -> definitions.publish(ID, Bump.MAJOR, null)),
                new Call("subcategories", () -> definitions.setSubcategories(ID, null)),
                new Call("subcategories", () -> version.subcategories(listOfNull())),
                new Call("cases", () -> version.cases(null)),
                new Call("cases", () -> version.cases(listOfNull())),
                new Call("changes", () -> UpdateDefinitionVersion.NOTHING.changes(null)),
                new Call("primaryMetric", () -> UpdateDefinitionVersion.NOTHING.primaryMetric(null)),
                new Call("scoring", () -> UpdateDefinitionVersion.NOTHING.scoring(null)),
                new Call("execution", () -> UpdateDefinitionVersion.NOTHING.execution(null)),
                new Call("requirements", () -> UpdateDefinitionVersion.NOTHING.requirements(null)),
                new Call("output", () -> one.accept(null)),
                new Call("constraint", () -> one.constrain(null)),
                new Call("outputs", () -> new Expectation(null, List.of())),
                new Call("outputs", () -> new Expectation(listOfNull(), List.of())),
                new Call("constraints", () -> new Expectation(List.of(), listOfNull())),
                new Call("expectation", () -> one.answer().expectation(null)),
                new Call("texts", () -> OutputConstraint.contains("a", null)),
                new Call("texts", () -> OutputConstraint.notContains((String[]) null)),
                new Call("values", () -> OutputConstraint.oneOf("a", null)),
                new Call("expression", () -> OutputConstraint.pattern(null)),
                new Call("versionId", () -> cases.create(null, one)),
                new Call("testCase", () -> cases.create(ID, null)),
                new Call("versionId", () -> cases.createAll(null, List.of(one))),
                new Call("cases", () -> cases.createAll(ID, null)),
                new Call("cases", () -> cases.createAll(ID, listOfNull())),
                new Call("id", () -> cases.update(null, UpdateTestCase.NOTHING)),
                new Call("change", () -> cases.update(ID, null)),
                new Call("expectation", () -> cases.setExpectation(ID, null)),
                new Call("id", () -> cases.delete(null)),
                new Call("versionId", () -> cases.findByKey(null, "k")),
                new Call("filter", () -> cases.stream(null, row -> {})),
                new Call("testCase", () -> cases.render(null, Map.of())),
                new Call("variables", () -> cases.render(stored, null)),
                new Call("variables", () -> cases.render(stored, Collections.singletonMap(null, "x"))),
                new Call("scores", () -> aggregation.aggregate(null)),
                new Call("scores", () -> aggregation.aggregate(listOfNull())),
                new Call("version", () -> Aggregation.of(null, Map.of())),
                new Call("version", () -> Aggregation.of(null, List.of())),
                new Call("cases", () -> Aggregation.of(stored(version), (List<TestCase>) null)),
                new Call("cases", () -> Aggregation.of(stored(version), NullNamesTest.<TestCase>listOfNull())),
                new Call("weights", () -> Aggregation.of(scoring, metric, null)),
                new Call("weights", () -> Aggregation.of(scoring, metric, Collections.singletonMap(null, 1.0))),
                new Call("weights", () -> Aggregation.of(scoring, metric, Collections.singletonMap("k", null))));
    }

    private static DefinitionVersion stored(NewDefinitionVersion given) {
        return new DefinitionVersion(
                ID,
                ID,
                SemVer.of(1, 0, 0),
                null,
                given.changes(),
                given.primaryMetric(),
                Json.EMPTY,
                given.scoring(),
                given.execution(),
                given.requirements(),
                null,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static <T> List<T> listOfNull() {
        return Arrays.asList((T) null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void a_null_is_named(Call call) {
        assertThatThrownBy(call.code()).isInstanceOf(NullPointerException.class).hasMessage(call.field());
    }
}
