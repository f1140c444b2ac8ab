package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

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
public final class TestCaseRepository extends TestCaseReads {
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
        super(jdbc);
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
}
