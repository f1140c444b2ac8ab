package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.create;
import static dev.evalstore.exchange.ExchangeFixtures.definition;
import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.user;
import static dev.evalstore.exchange.ExchangeFixtures.version;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.exchange.DefinitionVersion.Changes;
import dev.evalstore.exchange.DefinitionVersion.Requirements;
import dev.evalstore.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionVersionTest {
    private static final int SORTED = Integer.getInteger("exchange.versions", 2_000);
    private static final int PUBLISHED = 50;

    private static final String NOTES = "Run every model again.";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final DefinitionRepository definitions = db.exchange().definitions();
    private UUID definition;

    @BeforeEach
    void draft() {
        database.admin(ExchangeFixtures.EMPTY);
        definition = create(db, "mmlu").id();
    }

    private DefinitionVersion publish(String number) {
        return definitions.publish(definition, number, version());
    }

    private DefinitionVersion first() {
        return definitions.version(definition, "1.0.0").orElseThrow();
    }

    private static List<String> numbers(List<DefinitionVersion> versions) {
        return versions.stream().map(v -> v.semver().toString()).toList();
    }

    private static NewDefinitionVersion full(UUID author) {
        return version()
                .changes(Changes.breaking("Everything is new. 🦖", NOTES))
                .secondaryMetrics(Json.of(List.of("latency")))
                .scoring(Scoring.percentile(99.5)
                        .normalization(Normalization.Z_SCORE, Json.of(Map.of("mean", 0.5, "stddev", 0.1)))
                        .minimumTestCases(0)
                        .confidenceLevel(0.99))
                .execution(Execution.DEFAULT
                        .timeoutPerTest(Duration.ofMillis(1))
                        .maxRetries(10)
                        .retryDelay(Duration.ofMillis(1_500))
                        .maxConcurrent(100)
                        .rateLimitPerMinute(1_000_000))
                .requirements(Requirements.NONE
                        .modelParameters(Json.of(Map.of("temperature", 0)))
                        .environmentRequirements(Json.of(Map.of("gpu", 1)))
                        .datasetReferences(Json.of(List.of("mmlu"))))
                .subcategories(List.of(
                        Subcategory.of("b", DefinitionCategory.SAFETY).description("All of b."),
                        Subcategory.of("B", DefinitionCategory.SAFETY),
                        Subcategory.of("c", DefinitionCategory.ACCURACY)))
                .createdBy(author);
    }

    @Test
    void a_published_version_reads_back_as_it_was_given() {
        UUID author = user(db, "ada");
        NewDefinitionVersion given = full(author);

        DefinitionVersion stored = definitions.publish(definition, "2.0.0-rc.1+build.7", given);

        assertThat(definitions.getVersion(stored.id())).isEqualTo(stored);
        assertThat(definitions.version(definition, "2.0.0-rc.1")).contains(stored);
        assertThat(definitions.version(definition, "2.0.0-rc.1+other")).contains(stored);
        assertThat(definitions.version(definition, "2.0.0")).isEmpty();
        assertThat(definitions.version(UUID.randomUUID(), "2.0.0-rc.1")).isEmpty();
        assertThat(stored.definitionId()).isEqualTo(definition);
        assertThat(stored.semver()).isEqualTo(SemVer.parse("2.0.0-rc.1+build.7"));
        assertThat(stored.parentVersionId()).isEqualTo(first().id());
        assertThat(stored.changes()).isEqualTo(given.changes());
        assertThat(stored.primaryMetric()).isEqualTo(given.primaryMetric());
        assertThat(stored.secondaryMetrics()).isEqualTo(given.secondaryMetrics());
        assertThat(stored.scoring().aggregation()).isEqualTo(AggregationMethod.PERCENTILE);
        assertThat(stored.scoring().aggregationConfig().asMap()).isEqualTo(Map.of("percentile", 99.5));
        assertThat(stored.scoring().normalization()).isEqualTo(Normalization.Z_SCORE);
        assertThat(stored.scoring().normalizationConfig().asMap()).isEqualTo(Map.of("mean", 0.5, "stddev", 0.1));
        assertThat(stored.scoring().minimumTestCases()).isZero();
        assertThat(stored.scoring().confidenceLevel()).isEqualTo(0.99);
        assertThat(stored.execution()).isEqualTo(given.execution());
        assertThat(stored.requirements().modelParameters().asMap()).isEqualTo(Map.of("temperature", 0));
        assertThat(stored.requirements().environmentRequirements().asMap()).isEqualTo(Map.of("gpu", 1));
        assertThat(stored.requirements().datasetReferences().text()).isEqualTo("[\"mmlu\"]");
        assertThat(stored.createdBy()).isEqualTo(author);
        assertThat(definitions.subcategories(stored.id()))
                .extracting(Subcategory::name)
                .containsExactly("c", "B", "b");
        assertThat(definitions.subcategories(stored.id()).get(2))
                .isEqualTo(given.content().subcategories().get(0));
    }

    @Test
    void a_first_version_has_the_documented_defaults() {
        DefinitionVersion first = first();

        assertThat(first.parentVersionId()).isNull();
        assertThat(first.changes().breaking()).isFalse();
        assertThat(first.primaryMetric().higherIsBetter()).isTrue();
        assertThat(first.scoring()).isEqualTo(Scoring.of(AggregationMethod.MEAN));
        assertThat(first.scoring().minimumTestCases()).isEqualTo(1);
        assertThat(first.scoring().confidenceLevel()).isEqualTo(0.95);
        assertThat(first.execution()).isEqualTo(Execution.DEFAULT);
        assertThat(first.requirements()).isEqualTo(Requirements.NONE);
        assertThat(first.createdBy()).isNull();
        assertThat(definitions.subcategories(first.id())).isEmpty();
        refused(
                "copyCases()",
                () -> definitions.create(definition("other"), "1.0.0", version().copyCases()));
        refused(
                "parent()",
                () -> definitions.create(definition("other"), "1.0.0", version().parent(first.id())));
        assertThat(definitions.findBySlug("other")).isEmpty();
    }

    @Test
    void a_bump_counts_from_the_latest_release_whenever_it_was_published() {
        publish("3.0.0-rc.1");
        publish("2.1.7");
        publish("1.9.9");

        assertThat(definitions.publish(definition, Bump.PATCH, version()).semver())
                .hasToString("2.1.8");
        assertThat(definitions.publish(definition, Bump.MINOR, version()).semver())
                .hasToString("2.2.0");
        assertThat(definitions.publish(definition, Bump.MAJOR, version()).semver())
                .hasToString("3.0.0");
        assertThat(definitions.publish(definition, Bump.PATCH, version()).semver())
                .hasToString("3.0.1");
    }

    @Test
    void a_bump_without_a_release_counts_from_nothing() {
        UUID other = definitions
                .create(definition("other"), "1.0.0-alpha", version())
                .id();

        assertThat(definitions.latest(other)).isEmpty();
        assertThat(definitions.publish(other, Bump.MINOR, version()).semver()).hasToString("0.1.0");
        assertThat(definitions.publish(other, Bump.MAJOR, version()).semver()).hasToString("1.0.0");
    }

    @Test
    void a_bump_beyond_the_greatest_number_is_refused_by_name() {
        publish("2147483647.0.0");

        refused("major", () -> definitions.publish(definition, Bump.MAJOR, version()));
        assertThat(definitions.publish(definition, Bump.PATCH, version()).semver())
                .hasToString("2147483647.0.1");
    }

    @Test
    void the_latest_version_is_the_highest_and_not_the_newest() {
        publish("2.0.0");
        publish("2.0.1-beta.2");
        publish("2.0.1-beta.11");
        publish("1.10.0");
        publish("1.9.0");

        assertThat(definitions.latest(definition).orElseThrow().semver()).hasToString("2.0.0");
        assertThat(definitions.latest(definition, false).orElseThrow().semver()).hasToString("2.0.0");
        assertThat(definitions.latest(definition, true).orElseThrow().semver()).hasToString("2.0.1-beta.11");
        assertThat(definitions.latest(UUID.randomUUID())).isEmpty();
        assertThat(numbers(definitions.history(definition, 10, null).items()))
                .containsExactly("2.0.1-beta.11", "2.0.1-beta.2", "2.0.0", "1.10.0", "1.9.0", "1.0.0");
    }

    /** What a prerelease number has above it, the plan does not read. */
    @Test
    void the_latest_release_is_found_by_an_index_below_many_prereleases() {
        database.admin("insert into evalstore.definition_versions (definition_id, semver_major, semver_minor,"
                + " semver_patch, semver_prerelease, precedence, changelog, primary_metric_name,"
                + " primary_metric_description, primary_metric_kind, aggregation, timeout_per_test_ms, max_retries,"
                + " retry_delay_ms, max_concurrent) select '" + definition + "', 2, 0, 0, 'rc.' || n,"
                + " '0000000002 0000000000 0000000000 1rc 0' || lpad(length(n::text)::text, 2, '0') || n,"
                + " 'The next candidate.', 'm', 'd', 'k', 'mean', 1, 0, 0, 1 from generate_series(1, 1000) n;"
                + " analyze evalstore.definition_versions");

        assertThat(definitions.latest(definition).orElseThrow().semver()).hasToString("1.0.0");
        assertThat(definitions.latest(definition, true).orElseThrow().semver()).hasToString("2.0.0-rc.1000");
        String latest = "explain (costs off) select id from evalstore.definition_versions where definition_id = '"
                + definition + "' %s order by precedence desc limit 1";
        assertThat(String.join("\n", database.query(latest.formatted("and semver_prerelease is null"))))
                .contains("idx_definition_versions_definition_id_precedence_releases")
                .doesNotContain("Sort");
        assertThat(String.join("\n", database.query(latest.formatted(""))))
                .contains("idx_definition_versions_definition_id_precedence ")
                .doesNotContain("Sort");
    }

    @Test
    void the_database_sorts_versions_as_the_value_does_seed_7() throws SQLException {
        Random random = new Random(7);
        List<SemVer> all = new ArrayList<>(List.of(SemVer.of(1, 0, 0)));
        NavigableSet<SemVer> different = new TreeSet<>(all);
        while (all.size() < SORTED) {
            SemVer next = random.nextBoolean()
                    ? SemVerTest.random(random)
                    : SemVerTest.near(random, all.get(random.nextInt(all.size())));
            if (different.add(next)) {
                all.add(next);
            }
        }
        for (SemVer number : all.subList(1, PUBLISHED)) {
            assertThat(publish(number.toString()).semver()).isEqualTo(number);
        }
        store(all.subList(PUBLISHED, SORTED));
        List<DefinitionVersion> paged = new ArrayList<>();
        Cursor after = null;
        do {
            Page<DefinitionVersion> page = definitions.history(definition, 370, after);
            paged.addAll(page.items());
            after = page.next();
        } while (after != null);

        List<SemVer> sorted = List.copyOf(different.descendingSet());
        assertThat(paged).extracting(DefinitionVersion::semver).isEqualTo(sorted);
        assertThat(definitions.latest(definition, true).orElseThrow().semver()).isEqualTo(sorted.get(0));
        assertThat(database.query("select format('%s.%s.%s', semver_major, semver_minor, semver_patch)"
                        + " || coalesce('-' || semver_prerelease, '') || coalesce('+' || semver_build, '')"
                        + " from evalstore.definition_versions order by precedence desc"))
                .isEqualTo(sorted.stream().map(SemVer::toString).toList());
    }

    /** As {@link #publish} would, in one statement. */
    private void store(List<SemVer> numbers) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement("insert into evalstore.definition_versions"
                        + " (definition_id, semver_major, semver_minor, semver_patch, semver_prerelease, semver_build,"
                        + " precedence, changelog, primary_metric_name, primary_metric_description,"
                        + " primary_metric_kind, aggregation, timeout_per_test_ms, max_retries, retry_delay_ms,"
                        + " max_concurrent)"
                        + " select ?, u.major, u.minor, u.patch, u.prerelease, u.build, u.precedence, 'What is new.',"
                        + " 'm', 'd', 'k', 'mean', 1, 0, 0, 1 from unnest(?::int[], ?::int[], ?::int[], ?::text[],"
                        + " ?::text[], ?::text[]) u (major, minor, patch, prerelease, build, precedence)")) {
            insert.setObject(1, definition);
            array(insert, 2, "int4", numbers, SemVer::major);
            array(insert, 3, "int4", numbers, SemVer::minor);
            array(insert, 4, "int4", numbers, SemVer::patch);
            array(insert, 5, "text", numbers, SemVer::prerelease);
            array(insert, 6, "text", numbers, SemVer::build);
            array(insert, 7, "text", numbers, SemVer::precedence);
            assertThat(insert.executeUpdate()).isEqualTo(numbers.size());
        }
    }

    private static void array(
            PreparedStatement insert, int at, String type, List<SemVer> numbers, Function<SemVer, Object> part)
            throws SQLException {
        insert.setArray(
                at,
                insert.getConnection()
                        .createArrayOf(type, numbers.stream().map(part).toArray()));
    }

    @Test
    void a_cursor_that_is_none_of_the_history_is_refused() {
        publish("2.0.0");
        // Of this list, and no precedence.
        Cursor forged = new Cursor(Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("definition_versions|\0".getBytes(StandardCharsets.US_ASCII)));

        refused("cursor", () -> definitions.history(definition, 1, forged));
        refused("limit", () -> definitions.history(definition, 0, null));
        refused("limit", () -> definitions.history(definition, 1_001, null));
        Page<DefinitionVersion> page = definitions.history(definition, 1, null);
        assertThat(numbers(page.items())).containsExactly("2.0.0");
        assertThat(numbers(definitions.history(definition, 1, page.next()).items()))
                .containsExactly("1.0.0");
    }

    /** A version key with a null in it is a key too. */
    @ParameterizedTest
    @CsvSource({"2.0.0, 2.0.0", "2.0.0, 2.0.0+build", "2.0.0-rc.1, 2.0.0-rc.1+b", "1.0.0, 1.0.0"})
    void a_number_is_taken_once_whatever_the_build_metadata(String number, String again) {
        if (!number.equals("1.0.0")) {
            publish(number);
        }
        violates("definition_versions_number_unique", () -> publish(again));
        assertThat(numbers(definitions.history(definition, 10, null).items())).hasSize(number.equals("1.0.0") ? 1 : 2);
        assertThat(definitions
                        .publish(create(db, "other").id(), "2.0.0", version())
                        .semver())
                .hasToString("2.0.0");
    }

    @Test
    void a_version_follows_the_one_directly_below_it() {
        DefinitionVersion two = publish("2.0.0");
        DefinitionVersion patch = publish("1.0.1");
        DefinitionVersion candidate = publish("2.1.0-rc.1");

        assertThat(two.parentVersionId()).isEqualTo(first().id());
        assertThat(patch.parentVersionId()).isEqualTo(first().id());
        assertThat(candidate.parentVersionId()).isEqualTo(two.id());
        assertThat(definitions.publish(definition, Bump.MINOR, version()).parentVersionId())
                .isEqualTo(candidate.id());
        assertThat(publish("0.9.0").parentVersionId()).isNull();
        assertThat(definitions
                        .publish(definition, "3.0.0", version().parent(patch.id()))
                        .parentVersionId())
                .isEqualTo(patch.id());
    }

    @Test
    void a_parent_is_of_the_same_definition() {
        UUID stranger =
                definitions.latest(create(db, "other").id()).orElseThrow().id();

        violates(
                "definition_versions_parent_fk",
                () -> definitions.publish(definition, Bump.MAJOR, version().parent(stranger)));
        violates(
                "definition_versions_parent_fk",
                () -> definitions.publish(definition, Bump.MAJOR, version().parent(UUID.randomUUID())));
        assertThat(numbers(definitions.history(definition, 10, null).items())).containsExactly("1.0.0");
    }

    @Test
    void test_cases_come_with_the_version_or_from_its_parent() {
        NewDefinitionVersion next = version().cases(List.of(Cases.of("a"), Cases.of("b")));
        DefinitionVersion two = definitions.publish(definition, "2.0.0", next);
        DefinitionVersion three = definitions.publish(
                definition, Bump.MAJOR, version().copyCases().cases(List.of(Cases.of("c"))));

        assertThat(keys(two)).containsExactly("a", "b");
        assertThat(keys(three)).containsExactly("a", "b", "c");
        violates(
                "test_cases_case_key_unique",
                () -> definitions.publish(
                        definition, "4.0.0", version().copyCases().cases(List.of(Cases.of("a")))));
        refused(
                "copyCases()",
                () -> definitions.publish(definition, "0.1.0", version().copyCases()));
        refused("caseKey", () -> version().cases(List.of(Cases.of("a"), Cases.of("a"))));
        assertThat(numbers(definitions.history(definition, 10, null).items()))
                .containsExactly("3.0.0", "2.0.0", "1.0.0");
    }

    private List<String> keys(DefinitionVersion version) {
        return db.exchange().testCases().listByVersion(version.id(), 100, null).items().stream()
                .map(TestCase::caseKey)
                .toList();
    }

    @Test
    void an_open_version_can_be_changed_in_every_field_and_the_others_stay() {
        UUID id = first().id();
        NewDefinitionVersion other = full(user(db, "ada"));
        PrimaryMetric metric =
                new PrimaryMetric("tokens", "Tokens a second.", "throughput", "1/s", false, -1e300, 1e300);

        changed(id, UpdateDefinitionVersion.NOTHING.changes(other.changes()));
        changed(id, UpdateDefinitionVersion.NOTHING.primaryMetric(metric));
        changed(id, UpdateDefinitionVersion.NOTHING.secondaryMetrics(other.secondaryMetrics()));
        changed(id, UpdateDefinitionVersion.NOTHING.scoring(other.scoring()));
        changed(id, UpdateDefinitionVersion.NOTHING.execution(other.execution()));
        changed(id, UpdateDefinitionVersion.NOTHING.requirements(other.requirements()));
        definitions.submitForReview(definition);
        definitions.setSubcategories(id, other.content().subcategories());
        definitions.setSubcategories(id, other.content().subcategories().subList(0, 1));

        DefinitionVersion stored = first();
        assertThat(stored.changes()).isEqualTo(other.changes());
        assertThat(stored.primaryMetric()).isEqualTo(metric);
        assertThat(stored.secondaryMetrics()).isEqualTo(other.secondaryMetrics());
        assertThat(stored.scoring().aggregation()).isEqualTo(AggregationMethod.PERCENTILE);
        assertThat(stored.execution()).isEqualTo(other.execution());
        assertThat(stored.requirements().datasetReferences())
                .isEqualTo(other.requirements().datasetReferences());
        assertThat(stored.semver()).hasToString("1.0.0");
        assertThat(definitions.subcategories(id))
                .isEqualTo(other.content().subcategories().subList(0, 1));
        definitions.setSubcategories(id, List.of());
        assertThat(definitions.subcategories(id)).isEmpty();
        assertThat(definitions.updateVersion(id, UpdateDefinitionVersion.NOTHING))
                .isEqualTo(stored);
    }

    /** One change changes one part of the row, the time apart. */
    private void changed(UUID id, UpdateDefinitionVersion change) {
        DefinitionVersion before = definitions.getVersion(id);
        DefinitionVersion after = definitions.updateVersion(id, change);
        assertThat(definitions.getVersion(id)).isEqualTo(after);
        long different = IntStream.range(0, DefinitionVersion.class.getRecordComponents().length)
                .filter(i -> !component(before, i).equals(component(after, i)))
                .count();
        assertThat(different).isEqualTo(2);
    }

    private static String component(DefinitionVersion version, int at) {
        try {
            return String.valueOf(Json.of(Collections.singletonList(DefinitionVersion.class
                            .getRecordComponents()[at]
                            .getAccessor()
                            .invoke(version)))
                    .text());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_version_of_an_active_definition_changes_no_more() {
        UUID id = first().id();
        definitions.submitForReview(definition);
        definitions.returnToDraft(definition, "Not ready yet.");
        definitions.updateVersion(id, UpdateDefinitionVersion.NOTHING.secondaryMetrics(Json.of(List.of(1))));
        definitions.submitForReview(definition);
        definitions.activate(definition);
        DefinitionVersion active = first();
        DefinitionVersion published = definitions.publish(definition, Bump.MINOR, version());

        for (UUID closed : List.of(id, published.id())) {
            conflict("active", () -> definitions.updateVersion(closed, UpdateDefinitionVersion.NOTHING));
            conflict("active", () -> definitions.setSubcategories(closed, List.of()));
        }
        definitions.deprecate(definition, "There is a better one.");
        conflict("deprecated", () -> definitions.updateVersion(id, UpdateDefinitionVersion.NOTHING));
        definitions.archive(definition);
        conflict("archived", () -> definitions.setSubcategories(id, List.of()));
        conflict("archived", () -> definitions.publish(definition, Bump.PATCH, version()));
        assertThat(first()).isEqualTo(active);
    }

    @Test
    void what_is_not_there_or_deleted_is_not_found() {
        UUID id = first().id();
        UUID unknown = UUID.randomUUID();

        notFound(() -> definitions.publish(unknown, Bump.PATCH, version()));
        notFound(() -> definitions.publish(unknown, "2.0.0", version()));
        notFound(() -> definitions.updateVersion(unknown, UpdateDefinitionVersion.NOTHING));
        notFound(() -> definitions.setSubcategories(unknown, List.of()));
        notFound(() -> definitions.getVersion(unknown));
        assertThat(definitions.subcategories(unknown)).isEmpty();
        assertThat(definitions.history(unknown, 10, null).items()).isEmpty();
        definitions.softDelete(definition);
        notFound(() -> definitions.publish(definition, Bump.PATCH, version()));
        notFound(() -> definitions.updateVersion(id, UpdateDefinitionVersion.NOTHING));
        notFound(() -> definitions.setSubcategories(id, List.of()));
        assertThat(definitions.getVersion(id).id()).isEqualTo(id);
        assertThat(definitions.latest(definition)).isPresent();
    }

    private static void conflict(String said, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ConflictException.class).hasMessageContaining(said);
    }

    @Test
    void every_write_of_a_person_is_audited() {
        DefinitionRepository acting = db.actingAs(Actor.SYSTEM).exchange().definitions();
        DefinitionVersion created = acting.publish(
                definition, Bump.MINOR, version().subcategories(List.of(Subcategory.of("a", DefinitionCategory.COST))));
        acting.updateVersion(created.id(), UpdateDefinitionVersion.NOTHING.secondaryMetrics(Json.of(List.of(1))));
        acting.setSubcategories(created.id(), List.of());

        assertThat(db.audit()
                        .list(
                                AuditFilter.ALL.entity(
                                        "definition_version", created.id().toString()),
                                10)
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("set_subcategories", "update", "create");
    }

    @Test
    void bad_input_is_refused_by_the_name_of_its_field() {
        refused(
                "changelog",
                () -> NewDefinitionVersion.of("too short", version().primaryMetric()));
        refused("changelog", () -> Changes.of("x".repeat(10_001)));
        refused("changelog", () -> Changes.of(" ".repeat(20)));
        refused("changelog", () -> Changes.of("a NUL is \0 not text"));
        refused("migrationNotes", () -> version().breaking("nineteen characters"));
        refused("migrationNotes", () -> new Changes("It breaks something.", true, null));
        refused("migrationNotes", () -> new Changes("It breaks nothing.", false, " "));
        refused("migrationNotes", () -> version().breaking("x".repeat(20_001)));
        refused("primaryMetric name", () -> PrimaryMetric.of(" ", "d", "k"));
        refused("primaryMetric name", () -> PrimaryMetric.of("x".repeat(201), "d", "k"));
        refused("primaryMetric description", () -> PrimaryMetric.of("n", "x".repeat(2_001), "k"));
        refused("primaryMetric kind", () -> PrimaryMetric.of("n", "d", "x".repeat(101)));
        refused("primaryMetric unit", () -> version().primaryMetric().unit("x".repeat(101)));
        refused("rangeMin", () -> version().primaryMetric().range(1, 1));
        refused("rangeMin", () -> version().primaryMetric().range(Double.NaN, 1));
        refused("rangeMax", () -> version().primaryMetric().range(0, Double.POSITIVE_INFINITY));
        refused("aggregationConfig", () -> Scoring.of(AggregationMethod.PERCENTILE));
        for (double percentile : new double[] {100.1, -1, Double.NaN, Double.NEGATIVE_INFINITY, 1e301}) {
            refused("percentile must be from 0 to 100", () -> Scoring.percentile(percentile));
        }
        refused("aggregationConfig", () -> Scoring.percentile(5).aggregationConfig(Json.of(Map.of("percentile", 101))));
        refused("aggregationConfig", () -> Scoring.percentile(5).aggregationConfig(Json.of(Map.of("percentile", "5"))));
        refused("aggregationConfig", () -> Scoring.of(AggregationMethod.MEAN).aggregationConfig(Json.parse("[]")));
        refused("normalizationConfig", () -> scale(Normalization.MIN_MAX, Map.of("min", 0)));
        refused("normalizationConfig", () -> scale(Normalization.MIN_MAX, Map.of("min", 1, "max", 1)));
        refused("normalizationConfig", () -> scale(Normalization.Z_SCORE, Map.of("mean", 1, "stddev", 0)));
        refused("normalizationConfig", () -> scale(Normalization.Z_SCORE, Map.of("stddev", 1)));
        refused("minimumTestCases", () -> Scoring.of(AggregationMethod.MEAN).minimumTestCases(-1));
        for (double level : new double[] {0.49, 0.991, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("confidenceLevel", () -> Scoring.of(AggregationMethod.MEAN).confidenceLevel(level));
        }
        for (Duration time : List.of(
                Duration.ZERO,
                Duration.ofNanos(1_500_000),
                Duration.ofMinutes(10).plusMillis(1))) {
            refused("timeoutPerTest", () -> Execution.DEFAULT.timeoutPerTest(time));
        }
        refused("retryDelay", () -> Execution.DEFAULT.retryDelay(Duration.ofMillis(-1)));
        refused("maxRetries", () -> Execution.DEFAULT.maxRetries(11));
        refused("maxConcurrent", () -> Execution.DEFAULT.maxConcurrent(0));
        refused("maxConcurrent", () -> Execution.DEFAULT.maxConcurrent(101));
        refused("rateLimitPerMinute", () -> Execution.DEFAULT.rateLimitPerMinute(0));
        refused("name", () -> Subcategory.of("", DefinitionCategory.COST));
        refused(
                "description",
                () -> Subcategory.of("a", DefinitionCategory.COST).description(" "));
        Subcategory twice = Subcategory.of("a", DefinitionCategory.COST);
        refused("subcategories", () -> version().subcategories(List.of(twice, twice.description("other"))));
        refused("subcategories", () -> definitions.setSubcategories(first().id(), List.of(twice, twice)));
        refused("version", () -> definitions.publish(definition, "2.0", version()));
        refused("version", () -> definitions.version(definition, "latest"));
        refused("prerelease", () -> definitions.publish(definition, "2.0.0-" + "1".repeat(51), version()));
        assertThat(numbers(definitions.history(definition, 10, null).items())).containsExactly("1.0.0");
    }

    private static Scoring scale(Normalization normalization, Map<String, Object> config) {
        return Scoring.of(AggregationMethod.MEAN).normalization(normalization, Json.of(config));
    }

    @Test
    void what_is_just_allowed_is_stored() {
        NewDefinitionVersion widest = NewDefinitionVersion.of(
                        "🦖".repeat(10_000),
                        new PrimaryMetric(
                                "🦖".repeat(200),
                                "🦖".repeat(2_000),
                                "🦖".repeat(100),
                                "🦖".repeat(100),
                                false,
                                null,
                                0.0))
                .breaking("🦖".repeat(20))
                .scoring(scale(Normalization.MIN_MAX, Map.of("min", -1e300, "max", 1e300))
                        .minimumTestCases(Integer.MAX_VALUE)
                        .confidenceLevel(0.5))
                .execution(new Execution(Duration.ofMinutes(10), 0, Duration.ofMinutes(10), 1, 1))
                .subcategories(IntStream.range(0, 1_000)
                        .mapToObj(i -> new Subcategory(
                                "🦖".repeat(196) + (1_000 + i),
                                DefinitionCategory.COST,
                                "🦖".repeat(i == 0 ? 2_000 : 1)))
                        .toList());

        DefinitionVersion stored =
                definitions.publish(definition, "2147483647.2147483647.2147483647-" + "9".repeat(50), widest);

        assertThat(stored.execution()).isEqualTo(widest.execution());
        assertThat(stored.changes()).isEqualTo(widest.changes());
        assertThat(stored.primaryMetric()).isEqualTo(widest.primaryMetric());
        assertThat(definitions.subcategories(stored.id()))
                .isEqualTo(widest.content().subcategories());
    }

    /** For writers in other languages. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "semver_major = -1, precedence = concat('00000000-1', substr(precedence, 11)) | definition_versions_semver_range",
                "semver_prerelease = 'a..b', precedence = concat(left(precedence, 33), '1x') | definition_versions_semver_prerelease_format",
                "semver_prerelease = '01', precedence = concat(left(precedence, 33), '1x') | definition_versions_semver_prerelease_format",
                "semver_prerelease = repeat('1', 51), precedence = concat(left(precedence, 33), '1x') | definition_versions_semver_prerelease_format",
                "semver_build = '+' | definition_versions_semver_build_format",
                "semver_major = 2 | definition_versions_precedence_of_number",
                "semver_prerelease = 'rc.1' | definition_versions_precedence_of_number",
                "parent_version_id = id | definition_versions_parent_is_another",
                "changelog = 'short' | definition_versions_changelog_length",
                "migration_notes = '' | definition_versions_migration_notes_length",
                "breaking = true | definition_versions_breaking_with_notes",
                "breaking = true, migration_notes = 'short' | definition_versions_breaking_with_notes",
                "primary_metric_name = ' ' | definition_versions_primary_metric_name_length",
                "primary_metric_description = '' | definition_versions_primary_metric_description_length",
                "primary_metric_kind = '' | definition_versions_primary_metric_kind_length",
                "primary_metric_unit = '' | definition_versions_primary_metric_unit_length",
                "primary_metric_range_min = 1, primary_metric_range_max = 1 | definition_versions_primary_metric_range",
                "primary_metric_range_max = 'NaN' | definition_versions_primary_metric_range",
                "primary_metric_range_min = '-Infinity' | definition_versions_primary_metric_range",
                "aggregation = 'mode' | definition_versions_aggregation_valid",
                "aggregation = 'percentile' | definition_versions_aggregation_config_fits",
                "aggregation_config = '[]' | definition_versions_aggregation_config_fits",
                "normalization = 'log' | definition_versions_normalization_valid",
                "normalization = 'min_max', normalization_config = jsonb_build_object('min', 2, 'max', 1) | definition_versions_normalization_config_fits",
                "normalization = 'z_score', normalization_config = jsonb_build_object('mean', 0, 'stddev', 0) | definition_versions_normalization_config_fits",
                "aggregation = 'percentile', aggregation_config = jsonb_build_object('percentile', 101) | definition_versions_aggregation_config_fits",
                "normalization = 'min_max' | definition_versions_normalization_config_fits",
                "minimum_test_cases = -1 | definition_versions_minimum_test_cases_range",
                "confidence_level = 'NaN' | definition_versions_confidence_level_range",
                "timeout_per_test_ms = 0 | definition_versions_timeout_per_test_ms_range",
                "max_retries = 11 | definition_versions_max_retries_range",
                "retry_delay_ms = -1 | definition_versions_retry_delay_ms_range",
                "max_concurrent = 101 | definition_versions_max_concurrent_range",
                "rate_limit_per_minute = 0 | definition_versions_rate_limit_per_minute_range",
                "definition_id = gen_random_uuid() | definition_versions_definition_fk",
                "created_by = gen_random_uuid() | definition_versions_created_by_fk"
            })
    void a_rule_is_a_constraint_of_this_name_too(String assignment, String constraint) {
        assertThatThrownBy(() -> database.admin("update evalstore.definition_versions set " + assignment))
                .hasStackTraceContaining("\"" + constraint + "\"");
    }

    @Test
    void a_definition_with_versions_and_a_version_with_a_parent_are_not_deleted_by_accident() {
        DefinitionVersion two = publish("2.0.0");

        assertThatThrownBy(() -> database.admin("delete from evalstore.benchmark_definitions"))
                .hasStackTraceContaining("definition_versions_definition_fk");
        database.admin("delete from evalstore.definition_versions where id = '" + first().id() + "'");
        DefinitionVersion orphan = definitions.getVersion(two.id());
        assertThat(orphan.parentVersionId()).isNull();
        assertThat(orphan.definitionId()).isEqualTo(definition);
    }
}
