package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.Page;
import dev.evalstore.TxOptions;
import dev.evalstore.exchange.StatisticsWorld.Sub;
import dev.evalstore.exchange.StatisticsWorld.Version;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsRepositoryTest {
    private static final PrimaryMetric ACCURACY =
            PrimaryMetric.of("accuracy", "Right answers.", "accuracy").range(0, 1);
    private static final ModelSubject MODEL = ModelSubject.of("acme", "m");

    /** Sums of doubles in another order differ in their last digits. */
    private static final RecursiveComparisonConfiguration NEARLY = RecursiveComparisonConfiguration.builder()
            .withEqualsForType(StatisticsRepositoryTest::isNear, Double.class)
            .withIgnoredFields("computedAt")
            .build();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final StatisticsRepository statistics = database.db().exchange().statistics();
    private final StatisticsWorld world = new StatisticsWorld(database);

    @BeforeEach
    void empty() {
        database.admin(StatisticsWorld.EMPTY);
    }

    /**
     * Live, after each refresh by itself, and after maintenance. Submissions have several cases, metrics and boards, so that a
     * join of them would count each several times.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2})
    void every_figure_is_as_counted_by_hand(int seed) {
        world.fill(new Random(seed), 250);
        compare();
        world.versions.forEach(version -> statistics.refreshDefinition(version.definitionId()));
        world.users.forEach(statistics::refreshUser);
        subjects().forEach(statistics::refreshModel);
        assertThat(database.value("select count(*) from evalstore.statistics_marks"))
                .isEqualTo("0");
        compare();
        database.admin("delete from evalstore.definition_statistics; delete from evalstore.user_statistics;"
                + " delete from evalstore.model_statistics");
        assertThat(statistics.refresh().removed()).isPositive();
        compare();
        assertThat(database.value("select count(*) from evalstore.definition_statistics where submissions > 0"))
                .isEqualTo("5");
    }

    private void compare() {
        StatisticsOracle oracle = new StatisticsOracle(world);
        for (Version version : world.versions) {
            assertThat(statistics.ofDefinition(version.definitionId()))
                    .usingRecursiveComparison(NEARLY)
                    .isEqualTo(oracle.ofDefinition(version.definitionId()));
        }
        for (UUID user : world.users) {
            assertThat(statistics.ofUser(user)).usingRecursiveComparison(NEARLY).isEqualTo(oracle.ofUser(user));
        }
        for (ModelSubject model : subjects()) {
            assertThat(statistics.ofModel(model))
                    .usingRecursiveFieldByFieldElementComparator(NEARLY)
                    .containsExactlyInAnyOrderElementsOf(oracle.ofModel(model));
        }
    }

    private Set<ModelSubject> subjects() {
        return world.subs.stream().map(Sub::subject).collect(Collectors.toSet());
    }

    @Test
    void a_summary_of_scores_is_as_other_programs_compute_it() throws IOException {
        Map<String, Object> expected;
        try (InputStream file =
                Objects.requireNonNull(getClass().getResourceAsStream("/exchange/score_summary.json"))) {
            expected = Json.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                    .asMap();
        }
        Version version = world.version("oracle", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        List<?> scores = (List<?>) expected.get("scores");
        String key = MODEL.key().toString();
        StringBuilder values = new StringBuilder();
        for (Object score : scores) {
            values.append(values.isEmpty() ? "" : ", ")
                    .append("(")
                    .append(score)
                    .append("::float8)");
        }
        database.admin("insert into evalstore.submissions (definition_id, version_id, model_provider, model_name,"
                + " subject_provider, subject_name, subject_version, subject_key, submitter_label, aggregate_score,"
                + " board_score, reported_score, execution_id, content_hash, started_at, completed_at) select '"
                + version.definitionId() + "', '" + version.id() + "', 'acme', 'm', 'acme', 'm', '', '" + key
                + "', 'somebody', score, -score, score, gen_random_uuid()::text, repeat('0', 64), now(), now() from (values "
                + values + ") v (score)");
        ScoreSummary summary = statistics.ofDefinition(version.definitionId()).scores();
        assertThat(summary.count()).isEqualTo(scores.size());
        assertThat(summary.mean()).isCloseTo(number(expected, "mean"), within(1e-14));
        assertThat(Objects.requireNonNull(summary.stddev()) / Math.sqrt(scores.size()))
                .isCloseTo(number(expected, "stderr"), within(1e-15));
        assertThat(summary.median()).isCloseTo(number(expected, "median"), within(1e-15));
        assertThat(summary.p75()).isCloseTo(number(expected, "p75"), within(1e-15));
        assertThat(summary.p95()).isCloseTo(number(expected, "p95"), within(1e-15));
        assertThat(statistics.ofModel(MODEL))
                .extracting(ModelStatistics::scores)
                .containsExactly(summary);
    }

    private static boolean isNear(@Nullable Double a, @Nullable Double b) {
        return a == null || b == null
                ? a == null && b == null
                : Math.abs(a - b) <= 1e-12 * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }

    private static double number(Map<String, Object> of, String name) {
        return ((Number) Objects.requireNonNull(of.get(name))).doubleValue();
    }

    @Test
    void lower_is_better_makes_the_least_score_the_top_and_the_best_rank() {
        UUID user = world.user();
        Version version = world.version(
                "latency",
                DefinitionCategory.PERFORMANCE,
                PrimaryMetric.of("p99", "Slow answers.", "latency")
                        .higherIsBetter(false)
                        .range(0, 100),
                0,
                false);
        Sub fast = world.submit(version, MODEL, user, 10, "platform_verified");
        world.submit(version, ModelSubject.of("bolt", "m"), null, 90, "audited");
        assertThat(statistics.ofDefinition(version.definitionId()).topVerifiedId())
                .isEqualTo(fast.id());
        assertThat(statistics.ofUser(user).bestRank()).isEqualTo(1);
        assertThat(statistics.ofUser(user).bestVerifiedRank()).isEqualTo(1);
        assertThat(statistics.ofUser(user).meanScore()).isEqualTo(0.9);
        assertThat(statistics.ofModel(MODEL))
                .extracting(ModelStatistics::bestRank)
                .containsExactly(1L);
    }

    @Test
    void what_nobody_submitted_to_has_figures_of_nothing() {
        Version version = world.version("empty", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        ScoreSummary none = new ScoreSummary(0, null, null, null, null, null, null, null);
        for (UUID id : List.of(version.definitionId(), UUID.randomUUID())) {
            for (DefinitionStatistics found : List.of(statistics.ofDefinition(id), statistics.refreshDefinition(id))) {
                assertThat(found)
                        .isEqualTo(new DefinitionStatistics(
                                id, 0, 0, 0, 0, null, none, null, null, null, null, found.computedAt()));
            }
        }
        for (UUID id : List.of(world.user(), UUID.randomUUID())) {
            for (UserStatistics found : List.of(statistics.ofUser(id), statistics.refreshUser(id))) {
                assertThat(found)
                        .isEqualTo(new UserStatistics(id, 0, 0, 0, null, null, null, 0, 0, 0, found.computedAt()));
            }
        }
        assertThat(statistics.ofModel(MODEL)).isEmpty();
        assertThat(statistics.refreshModel(MODEL)).isEmpty();
        assertThat(statistics.ofModels(DefinitionCategory.COST, 10, null).items())
                .isEmpty();
        assertThat(statistics.refresh()).isEqualTo(Cleanup.NOTHING);
    }

    @Test
    void figures_are_computed_of_the_least_and_the_greatest_numbers() {
        UUID user = world.user();
        Version wide = world.version("wide", DefinitionCategory.ACCURACY, ACCURACY.range(-1e300, 1e300), 1, false);
        Version narrow = world.version(
                "narrow",
                DefinitionCategory.ACCURACY,
                ACCURACY.range(0.1234567890123456, 0.1234567890123457),
                0,
                false);
        for (double score : new double[] {-1e300, 1e300, 1e-300, Double.MIN_VALUE, 1e300}) {
            world.submit(new Sub(
                    UUID.randomUUID(),
                    wide,
                    MODEL,
                    user,
                    score,
                    "unverified",
                    true,
                    world.subs.size(),
                    List.of(new java.math.BigDecimal("0.000000001"))));
        }
        world.submit(narrow, MODEL, user, 1e300, "unverified");
        ScoreSummary scores = statistics.refreshDefinition(wide.definitionId()).scores();
        assertThat(scores.max()).isEqualTo(1e300);
        assertThat(scores.mean()).isCloseTo(2e299, within(1e285));
        assertThat(scores.stddev()).isCloseTo(8.366600265340756e299, within(1e285));
        assertThat(statistics.refreshUser(user).meanScore()).isBetween(0.0, 1.0);
        assertThat(statistics.refreshModel(MODEL))
                .extracting(ModelStatistics::scorePerDollar)
                .containsExactlyInAnyOrder(1e300, null);
    }

    @Test
    void the_longest_names_have_statistics_and_pages() {
        String longest = "\ud801\udc28".repeat(200);
        PrimaryMetric metric = new PrimaryMetric(
                longest, "Something.", longest.substring(200), longest.substring(200), true, null, null);
        Version version = world.version("long", DefinitionCategory.PERFORMANCE, metric, 0, false);
        for (String end : List.of("a", "b", "c")) {
            ModelSubject subject = new ModelSubject(longest, longest, longest.substring(2) + end);
            Sub sub = world.submit(version, MODEL, null, 0.5, "unverified");
            database.admin("update evalstore.submissions set subject_provider = '" + longest + "', subject_name = '"
                    + longest + "', subject_version = '" + subject.version() + "', subject_key = '" + subject.key()
                    + "' where id = '" + sub.id() + "'");
            assertThat(statistics.refreshModel(subject))
                    .extracting(ModelStatistics::subject)
                    .containsExactly(subject);
        }
        Page<ModelStatistics> first = statistics.ofModels(DefinitionCategory.PERFORMANCE, 2, null);
        assertThat(statistics
                        .ofModels(DefinitionCategory.PERFORMANCE, 2, first.next())
                        .items())
                .hasSize(1);
    }

    @Test
    void what_is_hidden_deleted_or_revoked_is_not_counted_from_its_commit_on() {
        UUID user = world.user();
        UUID other = world.user();
        Version version = world.version("marks", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        Version apart = world.version("apart", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        ModelSubject second = ModelSubject.of("bolt", "n");
        Sub hidden = world.submit(version, MODEL, user, 0.9, "audited");
        Sub deleted = world.submit(version, MODEL, user, 0.8, "platform_verified");
        Sub revoked = world.submit(version, MODEL, user, 0.7, "audited");
        world.submit(apart, second, other, 0.5, "unverified");
        assertThat(statistics.refresh()).isEqualTo(new Cleanup(6, false));
        Instant apartAt = statistics.ofDefinition(apart.definitionId()).computedAt();

        SubmissionStanding.changeVisibility(world.jdbc, hidden.id(), SubmissionVisibility.UNLISTED);
        expect(version, user, 2, 2, deleted);
        SubmissionStanding.softDelete(world.jdbc, deleted.id());
        expect(version, user, 1, 1, revoked);
        SubmissionStanding.revoke(world.jdbc, revoked.id(), "The evidence was forged.");
        expect(version, user, 1, 0, null);
        assertThat(stored(version)).isEqualTo("3");
        assertThat(statistics.ofDefinition(apart.definitionId()).computedAt()).isEqualTo(apartAt);

        assertThat(statistics.refreshDefinition(version.definitionId()).submissions())
                .isEqualTo(1);
        assertThat(stored(version)).isEqualTo("1");
        Instant at = statistics.ofDefinition(version.definitionId()).computedAt();
        assertThat(statistics.ofDefinition(version.definitionId()).computedAt()).isEqualTo(at);
        expect(version, user, 1, 0, null);
        // Marks of the user and the model are for their own refreshes.
        assertThat(database.query("select distinct kind from evalstore.statistics_marks order by 1"))
                .containsExactly("model", "user");
    }

    private void expect(Version version, UUID user, long submissions, long verified, @Nullable Sub top) {
        DefinitionStatistics ofDefinition = statistics.ofDefinition(version.definitionId());
        assertThat(ofDefinition.submissions()).isEqualTo(submissions);
        assertThat(ofDefinition.topVerifiedId()).isEqualTo(top == null ? null : top.id());
        assertThat(statistics.ofUser(user).submissions()).isEqualTo(submissions);
        assertThat(statistics.ofUser(user).verified()).isEqualTo(verified);
        assertThat(statistics.ofModel(MODEL))
                .extracting(one -> one.scores().count())
                .containsExactly(submissions);
        assertThat(statistics.ofModels(DefinitionCategory.ACCURACY, 10, null).items())
                .filteredOn(one -> one.subject().equals(MODEL))
                .extracting(one -> one.scores().count())
                .containsExactly(submissions);
    }

    private static String stored(Version version) {
        return database.value("select submissions from evalstore.definition_statistics where definition_id = '"
                + version.definitionId() + "'");
    }

    @Test
    void the_submissions_of_a_deleted_definition_count_for_nobody() {
        UUID user = world.user();
        Version version = world.version("gone", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        Version kept = world.version("kept", DefinitionCategory.COST, ACCURACY, 0, false);
        world.submit(version, MODEL, user, 0.9, "audited");
        world.submit(kept, MODEL, user, 0.3, "unverified");
        statistics.refresh();
        database.db().exchange().definitions().softDelete(version.definitionId());
        assertThat(statistics.ofDefinition(version.definitionId()).submissions())
                .isZero();
        assertThat(statistics.ofUser(user).submissions()).isEqualTo(1);
        assertThat(statistics.ofModel(MODEL))
                .extracting(ModelStatistics::category)
                .containsExactly(DefinitionCategory.COST);
        assertThat(statistics.ofModels(DefinitionCategory.ACCURACY, 10, null).items())
                .isEmpty();
        statistics.refresh();
        assertThat(database.value("select count(*) from evalstore.model_statistics"))
                .isEqualTo("1");
        assertThat(database.value("select count(*) from evalstore.statistics_marks"))
                .isEqualTo("0");
    }

    @Test
    void a_mark_that_a_refresh_did_not_see_outlives_it_and_neither_waits() {
        Version version = world.version("race", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        Sub first = world.submit(version, MODEL, null, 0.9, "unverified");
        Sub second = world.submit(version, MODEL, null, 0.8, "unverified");
        world.db.inTransaction(tx -> {
            assertThat(tx.exchange()
                            .statistics()
                            .refreshDefinition(version.definitionId())
                            .submissions())
                    .isEqualTo(2);
            // While that is not committed, and its snapshot is taken.
            SubmissionStanding.softDelete(world.jdbc, first.id());
            return true;
        });
        assertThat(stored(version)).isEqualTo("2");
        assertThat(statistics.ofDefinition(version.definitionId()).submissions())
                .isEqualTo(1);

        world.jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            SubmissionStanding.softDelete(tx, second.id());
            assertThat(statistics.refreshDefinition(version.definitionId()).submissions())
                    .isEqualTo(1);
            return true;
        });
        assertThat(stored(version)).isEqualTo("1");
        assertThat(statistics.ofDefinition(version.definitionId()).submissions())
                .isZero();
        assertThat(statistics.refreshDefinition(version.definitionId()).submissions())
                .isZero();
    }

    @Test
    void a_refresh_in_an_older_snapshot_is_refused() {
        assertThatThrownBy(() -> world.db.inTransaction(
                        TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ),
                        tx -> tx.exchange().statistics().refreshUser(UUID.randomUUID())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed");
    }

    @Test
    void maintenance_counts_what_was_submitted_shown_and_verified_since() {
        UUID user = world.user();
        Version version = world.version("due", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        Sub first = world.submit(version, MODEL, user, 0.9, "unverified");
        Sub second = world.submit(version, MODEL, user, 0.8, "unverified");
        maintain();
        assertThat(stored(version)).isEqualTo("2");
        SubmissionStanding.changeVisibility(world.jdbc, second.id(), SubmissionVisibility.PRIVATE);
        maintain();
        assertThat(stored(version)).isEqualTo("1");
        SubmissionStanding.changeVisibility(world.jdbc, second.id(), SubmissionVisibility.PUBLIC);
        world.jdbc.inTransaction(
                TxOptions.DEFAULT,
                (tx, connection) -> SubmissionStanding.raise(tx, first.id(), VerificationLevel.PLATFORM_VERIFIED));
        // Neither makes what is stored wrong: it only lacks something.
        assertThat(statistics.ofDefinition(version.definitionId()).submissions())
                .isEqualTo(1);
        maintain();
        assertThat(stored(version)).isEqualTo("2");
        assertThat(statistics.ofDefinition(version.definitionId()).topVerifiedId())
                .isEqualTo(first.id());
        assertThat(statistics.ofUser(user).verified()).isEqualTo(1);
        database.admin("update evalstore.submissions set created_at = now() where id = '" + first.id() + "'");
        database.admin("delete from evalstore.user_statistics");
        maintain();
        assertThat(database.value("select submissions from evalstore.user_statistics"))
                .isEqualTo("2");
    }

    @Test
    void maintenance_refreshes_nothing_that_is_new_enough_and_everything_that_is_a_day_old() {
        Version version = world.version("old", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        Version other = world.version("new", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        world.submit(version, MODEL, null, 0.9, "unverified");
        world.submit(other, ModelSubject.of("bolt", "n"), null, 0.9, "unverified");
        assertThat(statistics.refresh()).isEqualTo(new Cleanup(4, false));
        assertThat(statistics.refresh()).isEqualTo(Cleanup.NOTHING);
        database.admin("update evalstore.definition_statistics set computed_at = now() - interval '25 hours'"
                + " where definition_id = '" + version.definitionId() + "'");
        assertThat(statistics.refresh()).isEqualTo(new Cleanup(1, false));
        assertThat(statistics.refresh()).isEqualTo(Cleanup.NOTHING);
    }

    @Test
    void a_refresh_after_which_nothing_happened_refreshes_nothing_however_new_the_submissions_are() {
        Version version = world.version("fresh", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        UUID submission = world.submit(version, MODEL, null, 0.9, "unverified").id();
        database.admin("update evalstore.submissions set created_at = now() where id = '" + submission + "'");
        assertThat(statistics.refresh()).isEqualTo(new Cleanup(2, false));
        assertThat(statistics.refresh()).isEqualTo(Cleanup.NOTHING);
    }

    @Test
    void a_submission_whose_transaction_was_open_during_a_refresh_is_found_by_the_next() throws Exception {
        Version version = world.version("late", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        UUID first = world.submit(version, MODEL, null, 0.9, "unverified").id();
        try (Connection open = database.connection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("update evalstore.submissions set created_at = now() where id = '" + first + "'");
            statistics.refresh();
            open.commit();
        }
        assertThat(statistics.refresh()).isEqualTo(new Cleanup(2, false));
        assertThat(statistics.refresh()).isEqualTo(Cleanup.NOTHING);
    }

    @Test
    void what_another_transaction_refreshes_is_passed_over_and_refreshed_next_time() throws Exception {
        Version version = world.version("held", DefinitionCategory.ACCURACY, ACCURACY, 0, false);
        world.submit(version, MODEL, null, 0.9, "unverified");
        try (Connection open = database.connection()) {
            open.setAutoCommit(false);
            world.db.join(open).exchange().statistics().refreshDefinition(version.definitionId());
            assertThat(statistics.refresh()).isEqualTo(new Cleanup(1, false));
            open.rollback();
        }
        assertThat(statistics.refresh().removed()).isPositive();
        assertThat(statistics.ofDefinition(version.definitionId()).submissions())
                .isEqualTo(1);
        assertThat(statistics.refresh()).isEqualTo(Cleanup.NOTHING);
    }

    private void maintain() {
        MaintenanceReport report =
                world.db.maintenance(MaintenanceOptions.DEFAULT).runOnce();
        assertThat(report.failures()).isEmpty();
        assertThat(report.steps())
                .filteredOn(step -> step.name().equals("statistics.due"))
                .singleElement()
                .satisfies(step -> assertThat(step.count()).isPositive());
    }

    @Test
    void the_models_of_a_category_are_paged_each_once() {
        world.fill(new Random(7), 120);
        statistics.refresh();
        SubmissionStanding.softDelete(world.jdbc, world.counted().get(0).id());
        List<ModelStatistics> paged = new ArrayList<>();
        Cursor after = null;
        do {
            Page<ModelStatistics> page = statistics.ofModels(DefinitionCategory.PERFORMANCE, 3, after);
            paged.addAll(page.items());
            after = page.next();
        } while (after != null);
        List<ModelStatistics> expected = new ArrayList<>();
        subjects()
                .forEach(model -> statistics.ofModel(model).stream()
                        .filter(one -> one.category() == DefinitionCategory.PERFORMANCE)
                        .forEach(expected::add));
        assertThat(paged).usingRecursiveFieldByFieldElementComparator(NEARLY).hasSameElementsAs(expected);
        assertThat(new HashSet<>(paged)).hasSameSizeAs(paged);
        Cursor foreign = Objects.requireNonNull(database.db()
                .exchange()
                .definitions()
                .list(DefinitionFilter.ALL, 1)
                .next());
        assertThatThrownBy(() -> statistics.ofModels(DefinitionCategory.COST, 1, foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor");
        ExchangeFixtures.refused("limit", () -> statistics.ofModels(DefinitionCategory.COST, 0, null));
    }
}
