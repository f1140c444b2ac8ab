package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestCaseRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Comparator<TestCase> IN_ORDER =
            Comparator.comparing(TestCase::sortOrder).thenComparing(TestCase::caseKey);

    private final Database db = database.db();
    private final TestCaseRepository cases = db.exchange().testCases();
    private UUID definition;
    private UUID version;

    @BeforeEach
    void draft() {
        database.admin(ExchangeFixtures.EMPTY);
        definition = ExchangeFixtures.create(db, "mmlu").id();
        version = db.exchange()
                .definitions()
                .version(definition, "1.0.0")
                .orElseThrow()
                .id();
    }

    private List<TestCase> all() {
        List<TestCase> all = new ArrayList<>();
        cases.stream(TestCaseFilter.version(version), all::add);
        return all;
    }

    private void activate() {
        db.exchange().definitions().submitForReview(definition);
        db.exchange().definitions().activate(definition);
    }

    @Test
    void cases_are_stored_as_they_were_given_in_the_version_and_the_ids_are_in_order() {
        List<NewTestCase> given = Cases.random(new Random(13), 500);

        List<UUID> ids = cases.createAll(version, given);

        assertThat(ids).hasSize(500).doesNotHaveDuplicates();
        for (int i = 0; i < given.size(); i += 7) {
            TestCase stored = cases.get(ids.get(i));
            assertThat(Cases.given(stored)).isEqualTo(given.get(i));
            assertThat(stored.versionId()).isEqualTo(version);
            assertThat(stored.createdAt()).isEqualTo(stored.updatedAt());
        }
        assertThat(all()).extracting(Cases::given).containsExactlyInAnyOrderElementsOf(given);
        assertThat(cases.createAll(version, List.of())).isEmpty();
    }

    @Test
    void a_case_of_a_prompt_alone_has_the_documented_defaults() {
        TestCase stored = cases.create(version, NewTestCase.of("k", "n", "p"));

        assertThat(stored.weight()).isEqualTo(1);
        assertThat(stored.difficulty()).isEqualTo(Difficulty.MEDIUM);
        assertThat(stored.inputFormat()).isEqualTo("plain_text");
        assertThat(stored.sortOrder()).isZero();
        assertThat(stored.tags()).isEmpty();
        assertThat(stored.expectation()).isEqualTo(Expectation.NONE);
        assertThat(stored.fewShotExamples().text()).isEqualTo("[]");
        assertThat(stored.toString()).contains("caseKey=k").doesNotContain("plain_text");
        assertThat(cases.get(stored.id())).isEqualTo(stored);
    }

    @Test
    void expected_outputs_of_higher_priority_come_first_and_equals_in_the_order_given() {
        NewTestCase given = Cases.of("k")
                .accept(ExpectedOutput.of(MatchKind.EXACT, "low").priority(-1))
                .accept(ExpectedOutput.of(MatchKind.EXACT, "first"))
                .accept(ExpectedOutput.of(MatchKind.EXACT, "second"))
                .accept(ExpectedOutput.of(MatchKind.EXACT, "high").priority(2));

        assertThat(cases.create(version, given).expectation().outputs())
                .extracting(ExpectedOutput::outputText)
                .containsExactly("high", "first", "second", "low");
    }

    @Test
    void lists_go_by_sort_order_and_case_key_page_by_page() {
        List<NewTestCase> given = new ArrayList<>();
        for (int i = 0; i < 57; i++) {
            given.add(Cases.of(List.of("ä|", "b", "B", "|", "1|2", "🦖", "z").get(i % 7) + i)
                    .sortOrder(i % 3 - 1));
        }
        cases.createAll(version, given);
        List<TestCase> stored = all();
        assertThat(stored).hasSize(57).isSortedAccordingTo(IN_ORDER);
        assertThat(cases.list(TestCaseFilter.version(version)).items()).isEqualTo(stored);

        for (int size : List.of(1, 10, 57, 1_000)) {
            List<TestCase> paged = new ArrayList<>();
            Cursor after = null;
            do {
                Page<TestCase> page = cases.listByVersion(version, size, after);
                paged.addAll(page.items());
                after = page.next();
            } while (after != null);
            assertThat(paged).isEqualTo(stored);
        }
        List<TestCase> walked = new ArrayList<>();
        cases.forEach(TestCaseFilter.version(version), walked::add);
        assertThat(walked).isEqualTo(stored);
        assertThat(cases.listByVersion(UUID.randomUUID(), 10, null).items()).isEmpty();
    }

    /** Alone and in random combinations; seed 29. */
    @Test
    void filters_admit_what_an_oracle_in_memory_admits() {
        Random random = new Random(29);
        cases.createAll(version, Cases.random(random, 300));
        UUID other = ExchangeFixtures.create(db, "other").id();
        cases.createAll(
                db.exchange()
                        .definitions()
                        .version(other, "1.0.0")
                        .orElseThrow()
                        .id(),
                Cases.random(random, 50));
        List<TestCase> all = all();
        assertThat(all).hasSize(300);

        for (Difficulty difficulty : Difficulty.values()) {
            same(all, filter -> filter.difficulty(difficulty), row -> row.difficulty() == difficulty);
        }
        for (String tag : Cases.TAGS) {
            same(all, filter -> filter.tag(tag), row -> row.tags().contains(tag));
        }
        for (int round = 0; round < 30; round++) {
            Difficulty difficulty = Difficulty.values()[random.nextInt(4)];
            String tag = Cases.TAGS.get(random.nextInt(Cases.TAGS.size()));
            String second = Cases.TAGS.get(random.nextInt(Cases.TAGS.size()));
            boolean byDifficulty = random.nextBoolean();
            same(
                    all,
                    filter -> (byDifficulty ? filter.difficulty(difficulty) : filter)
                            .tag(tag)
                            .tag(second),
                    row -> (!byDifficulty || row.difficulty() == difficulty)
                            && row.tags().containsAll(List.of(tag, second)));
        }
        same(all, filter -> filter.tag("unknown' or true --"), row -> false);
    }

    private void same(List<TestCase> all, Function<TestCaseFilter, TestCaseFilter> filter, Predicate<TestCase> oracle) {
        TestCaseFilter admitted = filter.apply(TestCaseFilter.version(version));
        List<TestCase> expected = all.stream().filter(oracle).toList();
        assertThat(cases.list(admitted).items()).isEqualTo(expected);
        assertThat(cases.count(admitted)).isEqualTo(expected.size());
        List<TestCase> streamed = new ArrayList<>();
        cases.stream(admitted, streamed::add);
        assertThat(streamed).isEqualTo(expected);
    }

    @Test
    void a_case_is_found_by_its_exact_key_in_its_version() {
        TestCase stored = cases.create(version, Cases.of("a/B"));

        assertThat(cases.findByKey(version, "a/B")).contains(stored);
        assertThat(cases.findByKey(version, "a/b")).isEmpty();
        assertThat(cases.findByKey(UUID.randomUUID(), "a/B")).isEmpty();
        assertThat(cases.find(UUID.randomUUID())).isEmpty();
        notFound(() -> cases.get(UUID.randomUUID()));
    }

    @Test
    void a_key_is_unique_in_its_version_and_a_second_one_stores_nothing() {
        TestCase first = cases.create(version, Cases.of("k"));

        violates("test_cases_case_key_unique", () -> cases.create(version, Cases.of("k")));
        violates(
                "test_cases_case_key_unique",
                () -> cases.createAll(version, List.of(Cases.of("new"), Cases.of("k"), Cases.of("newer"))));
        TestCase other = cases.create(version, Cases.of("other"));
        violates("test_cases_case_key_unique", () -> cases.update(other.id(), UpdateTestCase.NOTHING.caseKey("k")));
        assertThat(all()).containsExactlyInAnyOrder(first, other);

        UUID second = ExchangeFixtures.create(db, "second").id();
        cases.create(
                db.exchange()
                        .definitions()
                        .version(second, "1.0.0")
                        .orElseThrow()
                        .id(),
                Cases.of("k"));
    }

    @Test
    void every_field_can_be_changed_and_the_others_stay() {
        TestCase before = cases.create(version, Cases.random(new Random(5), "k"));
        Json document = Json.of(Map.of("y", 1));

        TestCase after = cases.update(
                before.id(),
                UpdateTestCase.NOTHING
                        .caseKey("new key")
                        .name("new name")
                        .description(Patch.set("new description"))
                        .weight(0.25)
                        .difficulty(Difficulty.EXPERT)
                        .tags(List.of("new", "tags"))
                        .promptTemplate("new {{template}}")
                        .variables(document)
                        .systemPrompt(Patch.set("new system"))
                        .fewShotExamples(Json.parse("[1]"))
                        .inputFormat("markdown")
                        .inputConfig(Patch.set(document))
                        .referenceOutput(Patch.set("new reference"))
                        .outputSchema(Patch.set(document))
                        .evaluationMethod(document)
                        .sortOrder(99));

        NewTestCase expected = new NewTestCase(
                "new key",
                "new name",
                "new description",
                List.of("new", "tags"),
                new NewTestCase.Grade(0.25, Difficulty.EXPERT),
                99,
                new NewTestCase.Prompt(
                        "new {{template}}", document, "new system", Json.parse("[1]"), "markdown", document),
                new NewTestCase.Answer(before.expectation(), "new reference", document, document));
        assertThat(Cases.given(after)).isEqualTo(expected);
        assertThat(after.updatedAt()).isAfter(before.updatedAt());
        assertThat(cases.get(before.id())).isEqualTo(after);

        TestCase cleared = cases.update(
                before.id(),
                UpdateTestCase.NOTHING
                        .description(Patch.clear())
                        .systemPrompt(Patch.clear())
                        .inputConfig(Patch.clear())
                        .referenceOutput(Patch.clear())
                        .outputSchema(Patch.clear()));
        assertThat(cleared.description()).isNull();
        assertThat(cleared.systemPrompt()).isNull();
        assertThat(cleared.inputConfig()).isNull();
        assertThat(cleared.referenceOutput()).isNull();
        assertThat(cleared.outputSchema()).isNull();
        assertThat(cases.update(before.id(), UpdateTestCase.NOTHING)).isEqualTo(cleared);
        notFound(() -> cases.update(UUID.randomUUID(), UpdateTestCase.NOTHING.name("n")));
    }

    @Test
    void an_expectation_is_replaced_as_a_whole() {
        Random random = new Random(8);
        TestCase before = cases.create(version, Cases.random(random, "k"));
        TestCase other = cases.create(version, Cases.random(random, "other"));
        for (Expectation next : List.of(Cases.expectation(random), Expectation.NONE, Cases.expectation(random))) {
            TestCase after = cases.setExpectation(before.id(), next);
            assertThat(after.expectation()).isEqualTo(next);
            assertThat(after.updatedAt()).isAfter(before.updatedAt());
            assertThat(cases.get(before.id())).isEqualTo(after);
        }
        assertThat(cases.get(other.id())).isEqualTo(other);
        notFound(() -> cases.setExpectation(UUID.randomUUID(), Expectation.NONE));
    }

    @Test
    void a_deleted_case_is_gone_with_its_expectation() {
        TestCase deleted = cases.create(
                version,
                Cases.of("k")
                        .accept(ExpectedOutput.of(MatchKind.EXACT, "x"))
                        .constrain(OutputConstraint.of(ConstraintKind.JSON, Json.EMPTY)));
        TestCase kept = cases.create(version, Cases.of("other"));

        assertThat(cases.delete(deleted.id())).isTrue();
        assertThat(cases.delete(deleted.id())).isFalse();
        assertThat(all()).containsExactly(kept);
        assertThat(database.value("select (select count(*) from evalstore.expected_outputs)"
                        + " + (select count(*) from evalstore.output_constraints)"))
                .isEqualTo("0");
    }

    @Test
    void an_audit_entry_says_which_cases_of_the_version_were_meant() {
        TestCaseRepository acting =
                db.actingAs(ActingContext.of(Actor.SYSTEM)).exchange().testCases();
        List<NewTestCase> many = IntStream.range(0, 60)
                .mapToObj(i -> Cases.of("many-" + i).description("hidden " + i))
                .toList();

        UUID id = acting.create(version, Cases.of("one")).id();
        List<UUID> ids = acting.createAll(version, many);
        acting.update(id, UpdateTestCase.NOTHING.caseKey("renamed"));
        acting.update(id, UpdateTestCase.NOTHING);
        acting.setExpectation(id, Expectation.NONE);
        acting.delete(id);
        acting.delete(id);
        acting.createAll(version, List.of());

        List<AuditEntry> entries = new ArrayList<>(db.audit()
                .list(AuditFilter.ALL.entity("definition_version", version.toString()), 100)
                .items());
        Collections.reverse(entries);
        assertThat(entries)
                .extracting(AuditEntry::action)
                .containsExactly("create_cases", "create_cases", "update_case", "update_case", "delete_case");
        assertThat(entries)
                .extracting(entry -> entry.metadata().asMap())
                .containsExactly(
                        about(1, List.of(id), List.of("one")),
                        about(
                                60,
                                ids.subList(0, 50),
                                many.stream()
                                        .map(NewTestCase::caseKey)
                                        .limit(50)
                                        .toList()),
                        about(1, List.of(id), List.of("renamed")),
                        about(1, List.of(id), List.of("renamed")),
                        about(1, List.of(id), List.of("renamed")));
    }

    private static Map<String, Object> about(int cases, List<UUID> ids, List<String> keys) {
        return Map.of(
                "cases", cases, "caseIds", ids.stream().map(UUID::toString).toList(), "caseKeys", keys);
    }

    @Test
    void an_unknown_version_is_not_found_and_a_closed_one_refuses_every_change() {
        TestCase stored = cases.create(version, Cases.of("k"));
        notFound(() -> cases.create(UUID.randomUUID(), Cases.of("x")));
        notFound(() -> cases.createAll(UUID.randomUUID(), List.of(Cases.of("x"))));
        db.exchange().definitions().submitForReview(definition);
        assertThat(cases.update(stored.id(), UpdateTestCase.NOTHING.name("in review")))
                .isNotEqualTo(stored);
        TestCase last = cases.get(stored.id());
        db.exchange().definitions().activate(definition);

        refusedAsClosed(() -> cases.create(version, Cases.of("x")));
        refusedAsClosed(() -> cases.createAll(version, List.of(Cases.of("x"))));
        refusedAsClosed(() -> cases.update(stored.id(), UpdateTestCase.NOTHING.name("n")));
        refusedAsClosed(() -> cases.setExpectation(stored.id(), Expectation.NONE));
        refusedAsClosed(() -> cases.delete(stored.id()));

        assertThat(all()).containsExactly(last);
    }

    private void refusedAsClosed(Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(version.toString())
                .hasMessageContaining("closed");
    }

    /** The activation waits for the cases, and what it has published stays as it is. */
    @Test
    void a_change_comes_before_what_closes_the_version() throws Exception {
        db.exchange().definitions().submitForReview(definition);
        CompletableFuture<BenchmarkDefinition> activation = db.inTransaction(tx -> {
            tx.exchange().testCases().create(version, Cases.of("just in time"));
            CompletableFuture<BenchmarkDefinition> later = CompletableFuture.supplyAsync(
                    () -> db.exchange().definitions().activate(definition));
            database.awaitBlocked();
            assertThat(later).isNotDone();
            return later;
        });
        activation.get(1, TimeUnit.MINUTES);

        assertThat(all()).extracting(TestCase::caseKey).containsExactly("just in time");
        refusedAsClosed(() -> cases.create(version, Cases.of("too late")));
    }

    @Test
    void a_change_that_waits_for_what_closes_the_version_is_refused() throws Exception {
        TestCase stored = cases.create(version, Cases.of("k"));
        db.exchange().definitions().submitForReview(definition);
        CompletableFuture<TestCase> change = db.inTransaction(tx -> {
            tx.exchange().definitions().activate(definition);
            CompletableFuture<TestCase> later = CompletableFuture.supplyAsync(
                    () -> cases.update(stored.id(), UpdateTestCase.NOTHING.name("too late")));
            database.awaitBlocked();
            assertThat(later).isNotDone();
            return later;
        });

        assertThatThrownBy(() -> change.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(ConflictException.class);
        assertThat(all()).containsExactly(stored);
    }

    /** Of a case and its version, the version is locked first by all: otherwise two would wait for each other. */
    @Test
    void changes_of_the_cases_of_one_version_go_one_after_another() throws Exception {
        List<UUID> ids = cases.createAll(version, Cases.random(new Random(2), 8));
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Void>> changes = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            UUID id = ids.get(i);
            UUID next = ids.get((i + 1) % ids.size());
            changes.add(CompletableFuture.runAsync(() -> {
                await(go);
                db.useTransaction(tx -> {
                    tx.exchange().testCases().update(id, UpdateTestCase.NOTHING.name("first"));
                    tx.exchange().testCases().setExpectation(next, Expectation.NONE);
                });
            }));
        }
        go.countDown();
        for (CompletableFuture<Void> change : changes) {
            change.get(1, TimeUnit.MINUTES);
        }
        assertThat(all())
                .allMatch(row -> row.name().equals("first") && row.expectation().equals(Expectation.NONE));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /** No statement for each case, neither out nor in. */
    @Test
    void many_cases_take_as_many_statements_as_few() {
        ConcurrentLinkedQueue<String> names = new ConcurrentLinkedQueue<>();
        Database heard = Database.using(
                database.pool(), DatabaseOptions.DEFAULT.listener((name, time, failure) -> names.add(name)));
        TestCaseRepository heardCases = heard.exchange().testCases();
        heardCases.create(version, Cases.of("warm"));
        List<List<String>> creations = new ArrayList<>();
        for (int count : List.of(10, 1_000)) {
            List<NewTestCase> given = Cases.random(new Random(count), count).stream()
                    .map(row -> row.caseKey(count + " " + row.caseKey()))
                    .toList();
            names.clear();
            heardCases.createAll(version, given);
            creations.add(List.copyOf(names));
        }
        assertThat(creations.get(0)).isEqualTo(creations.get(1)).hasSizeLessThan(10);
        names.clear();
        assertThat(heardCases.list(TestCaseFilter.version(version)).items()).hasSize(1_000);
        assertThat(names).containsExactly("test_cases.list");
        names.clear();
        heardCases.stream(TestCaseFilter.version(version), row -> {});
        assertThat(names).filteredOn(name -> name.startsWith("test_cases.")).containsExactly("test_cases.stream");
        assertThat(names).noneMatch(name -> name.matches("(expected_outputs|output_constraints).*"));
    }

    @Test
    void the_cases_of_the_parent_are_taken_over_and_are_the_new_versions_own() {
        List<NewTestCase> given = Cases.random(new Random(77), 200);
        cases.createAll(version, given);
        List<TestCase> before = all();

        UUID next = db.exchange()
                .definitions()
                .publish(definition, Bump.MINOR, ExchangeFixtures.version().copyCases())
                .id();

        List<TestCase> copies = new ArrayList<>();
        cases.stream(TestCaseFilter.version(next), copies::add);
        assertThat(copies)
                .extracting(Cases::given)
                .isEqualTo(before.stream().map(Cases::given).toList());
        assertThat(copies)
                .extracting(TestCase::id)
                .doesNotContainAnyElementsOf(before.stream().map(TestCase::id).toList());
        cases.delete(copies.get(0).id());
        cases.setExpectation(copies.get(1).id(), Expectation.NONE);
        assertThat(all()).isEqualTo(before);
    }

    @Test
    void a_prompt_is_made_of_a_stored_case() {
        TestCase stored = cases.create(
                version,
                NewTestCase.of("k", "n", "{{question}} Answer in {{language}}, {{n}} words.")
                        .variables(Json.parse("{\"language\": \"English\", \"n\": 10, \"question\": null}")));

        assertThat(cases.render(stored, Map.of("question", "Why?"))).isEqualTo("Why? Answer in English, 10 words.");
        assertThatThrownBy(() -> cases.render(stored, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("question");
        assertThatThrownBy(() -> cases.render(stored, Map.of("question", "Why?", "answer", "42")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("answer");
    }
}
