package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The test cases of versions. Lists are of one version, by sort order and then by case key, lower first, and have each
 * case with its expectation.
 *
 * <p>A case changes only while its version is open: while the definition is a draft or under review, and no submission
 * refers to the version. Every change locks the version, so that it comes before or after what closes the version. A
 * change of a closed version throws {@link ConflictException}, and nothing is stored. Audit entries are the version's;
 * their metadata names the first 50 cases, by {@code caseIds} and {@code caseKeys}, and {@code cases} is their number.
 *
 * <p>Two methods read every case that a filter admits. {@link #forEach} walks the list page by page, and may meet cases
 * that are written meanwhile. {@link #stream} reads one snapshot, and holds one connection until the end.
 */
public final class TestCaseRepository extends TableRows<TestCase, TestCaseFilter> {
    static final Table<TestCase> TABLE = Table.of("test case", "test_cases", """
                    id, version_id, case_key, name, description, weight, difficulty, tags, prompt_template, variables,
                    system_prompt, few_shot_examples, input_format, input_config, reference_output, output_schema,
                    evaluation_method, sort_order,
                    jsonb_build_object(
                        'outputs', array(
                            select jsonb_build_object('outputText', o.output_text, 'kind', upper(o.kind),
                                'matchConfig', o.match_config, 'priority', o.priority, 'description', o.description)
                            from evalstore.expected_outputs o where o.case_id = test_cases.id
                            order by o.priority desc, o.position),
                        'constraints', array(
                            select jsonb_build_object('kind', upper(o.kind), 'config', o.config,
                                'required', o.required, 'severity', upper(o.severity), 'description', o.description)
                            from evalstore.output_constraints o where o.case_id = test_cases.id
                            order by o.position)) as expectation,
                    created_at, updated_at""", TestCaseRepository::map)
            .order(Keyset.leastFirst("test_cases", "sort_order", "case_key", TestCase::sortOrder, TestCase::caseKey));

    /** What is done to cases is audited as done to their version. */
    private static final Table<DefinitionVersion> VERSIONS = DefinitionVersionRows.TABLE;

    private static final String PLACE = """
            /* test_cases.place */ select version_id, case_key from evalstore.test_cases where id = ?""";

    private static final String TOUCH = """
            /* test_cases.set_expectation */ update evalstore.test_cases set updated_at = statement_timestamp()
            where id = ?""";

    /** So many cases an audit entry names. */
    private static final int MAX_NAMED = 50;

    TestCaseRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The case of the version with exactly this key; empty when there is none. */
    public Optional<TestCase> findByKey(UUID versionId, String caseKey) {
        Check.text("caseKey", caseKey);
        Sql byKey = TABLE.select("find_by_key")
                .and("and version_id = ? and case_key = ?", Objects.requireNonNull(versionId, "versionId"), caseKey);
        return jdbc.find(byKey, TABLE.mapper());
    }

    /** A page of the version's cases, in order; see {@link Rows#list(Object, int, Cursor)}. */
    public Page<TestCase> listByVersion(UUID versionId, int limit, @Nullable Cursor after) {
        return list(TestCaseFilter.version(versionId), limit, after);
    }

    /**
     * Hands every case that the filter admits to the consumer, in order, all from one snapshot. At most a thousand are
     * in memory at a time. An exception of the consumer ends the reading and is thrown on.
     */
    public void stream(TestCaseFilter filter, Consumer<? super TestCase> consumer) {
        Sql all = TABLE.select("stream")
                .and(Objects.requireNonNull(filter, "filter"))
                .and("order by sort_order, case_key");
        jdbc.forEach(all, TABLE.mapper(), consumer);
    }

    /**
     * The prompt of a case: its template with a value in place of each {@code {{name}}}. A name has letters, digits
     * and underscores, does not begin with a digit, and has at most 64 characters; spaces around it do not count.
     * Whatever else is in the template stays as it is, other braces too. Asks no database.
     *
     * <p>The value is the given one, or else the default in the case's {@link TestCase#variables}. A text is inserted
     * as it is, and any other value as JSON by the library's own mapping. A value is not filled in turn, whatever
     * braces it has.
     *
     * @param variables values for variables that the template or the case's variables name
     * @return at most 10,000,000 characters
     * @throws IllegalArgumentException if a variable is given that neither the template nor the case's variables have,
     *     one of the template has neither a value nor a default, or a value cannot be written as JSON, as NaN cannot. The
     *     message names the variable, and never a value
     */
    public String render(TestCase testCase, Map<String, ?> variables) {
        Objects.requireNonNull(testCase, "testCase");
        return PromptTemplate.render(testCase.promptTemplate(), testCase.variables(), variables);
    }

    /**
     * Stores a case in a version, and returns it as stored.
     *
     * @throws NotFoundException if no version has the id
     * @throws ConflictException if the version is closed
     * @throws ConstraintViolationException if the version has a case with the key ({@code test_cases_case_key_unique})
     */
    public TestCase create(UUID versionId, NewTestCase testCase) {
        List<NewTestCase> one = List.of(Objects.requireNonNull(testCase, "testCase"));
        return inOpen(
                jdbc,
                versionId,
                tx -> VERSIONS.act(
                        tx,
                        "create_cases",
                        versionId,
                        on -> TABLE.get(
                                on, TestCaseWrites.insert(on, versionId, one).get(0)),
                        TestCaseRepository::about));
    }

    /**
     * Stores all cases in a version or none, in one transaction of few statements.
     *
     * @param cases at most 100,000
     * @return their ids, in the order given; empty for an empty list, which asks no database, so that neither an unknown
     *     nor a closed version is noticed
     * @throws IllegalArgumentException if two cases have the same key
     * @throws NotFoundException if no version has the id
     * @throws ConflictException if the version is closed
     * @throws ConstraintViolationException if the version has a case with one of the keys
     *     ({@code test_cases_case_key_unique})
     */
    public List<UUID> createAll(UUID versionId, List<NewTestCase> cases) {
        List<NewTestCase> rows = CaseRules.cases(cases);
        if (rows.isEmpty()) {
            return List.of();
        }
        return inOpen(
                jdbc,
                versionId,
                tx -> VERSIONS.act(
                        tx,
                        "create_cases",
                        versionId,
                        on -> TestCaseWrites.insert(on, versionId, rows),
                        ids -> about(
                                ids, rows.stream().map(NewTestCase::caseKey).toList())));
    }

    /**
     * Changes the given fields and returns the changed case.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the version is closed
     * @throws ConstraintViolationException if another case of the version has the new key
     *     ({@code test_cases_case_key_unique})
     */
    public TestCase update(UUID id, UpdateTestCase change) {
        Objects.requireNonNull(change, "change");
        return change.isNothing()
                ? inOpenOf(id, (tx, version) -> TABLE.get(tx, id))
                : changeCase(id, tx -> TABLE.update(tx, id, change));
    }

    /**
     * Replaces the expected outputs and the constraints of a case, and returns the changed case.
     *
     * @throws IllegalArgumentException if the expectation breaks a rule of {@link NewTestCase.Answer}
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the version is closed
     */
    public TestCase setExpectation(UUID id, Expectation expectation) {
        CaseRules.expectation(expectation);
        return changeCase(id, tx -> {
            if (tx.update(Sql.of(TOUCH, id)) == 0) {
                throw TABLE.notFound(id);
            }
            TestCaseWrites.replaceExpectation(tx, id, expectation);
            return TABLE.get(tx, id);
        });
    }

    /**
     * Deletes the case with its expectation; false when none has the id.
     *
     * @throws ConflictException if the version is closed
     */
    public boolean delete(UUID id) {
        return jdbc.atomically(tx -> placeOf(tx, id)
                .map(place -> inOpen(
                        tx,
                        place.version(),
                        on -> placeOf(on, id)
                                .map(locked -> VERSIONS.act(
                                        on,
                                        "delete_case",
                                        locked.version(),
                                        last -> TABLE.delete(last, id),
                                        deleted -> about(List.of(id), List.of(locked.caseKey()))))
                                .orElse(false)))
                .orElse(false));
    }

    private TestCase changeCase(UUID id, Function<Jdbc, TestCase> work) {
        return inOpenOf(id, (tx, version) -> VERSIONS.act(tx, "update_case", version, work, TestCaseRepository::about));
    }

    private <R> R inOpenOf(UUID id, BiFunction<Jdbc, UUID, R> work) {
        return jdbc.atomically(tx -> {
            UUID version = placeOf(tx, id).orElseThrow(() -> TABLE.notFound(id)).version();
            return inOpen(tx, version, on -> work.apply(on, version));
        });
    }

    /** In one transaction, in which the version is locked and open. */
    private static <R> R inOpen(Jdbc jdbc, UUID version, Function<Jdbc, R> work) {
        Objects.requireNonNull(version, "versionId");
        return jdbc.atomically(tx -> {
            DefinitionVersions.requireOpen(tx, version);
            return work.apply(tx);
        });
    }

    private static Json about(TestCase testCase) {
        return about(List.of(testCase.id()), List.of(testCase.caseKey()));
    }

    /** What an audit entry says of the cases: how many they are, and which the first of them. None of their texts. */
    private static Json about(List<UUID> ids, List<String> caseKeys) {
        int named = Math.min(ids.size(), MAX_NAMED);
        return Json.of(
                Map.of("cases", ids.size(), "caseIds", ids.subList(0, named), "caseKeys", caseKeys.subList(0, named)),
                JsonMapping.builtIn());
    }

    private static Optional<Place> placeOf(Jdbc jdbc, UUID id) {
        Objects.requireNonNull(id, "id");
        return jdbc.find(Sql.of(PLACE, id), row -> new Place(row.uuid("version_id"), row.text("case_key")));
    }

    /** A case's version never changes; its key does, until the version is locked. */
    private record Place(UUID version, String caseKey) {}

    private static TestCase map(Row row) throws SQLException {
        return new TestCase(
                row.uuid("id"),
                row.uuid("version_id"),
                row.text("case_key"),
                row.text("name"),
                row.textOrNull("description"),
                row.real("weight"),
                row.enumValue("difficulty", Difficulty.class),
                row.texts("tags"),
                row.text("prompt_template"),
                row.json("variables"),
                row.textOrNull("system_prompt"),
                row.json("few_shot_examples"),
                row.text("input_format"),
                row.jsonOrNull("input_config"),
                row.textOrNull("reference_output"),
                row.jsonOrNull("output_schema"),
                row.json("evaluation_method"),
                row.integer("sort_order"),
                row.json("expectation").as(Expectation.class, JsonMapping.builtIn()),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
