package dev.evalstore.matrix;

import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RankingRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final LocalDate DAY = LocalDate.of(2026, 5, 17);
    private static final LocalDate FROM = DAY.minusDays(30);
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final Map<Criterion, Double> WEIGHTS =
            Map.of(Criterion.THROUGHPUT, 0.4, Criterion.LATENCY, 0.4, Criterion.COST, 0.2);

    private final RankingRepository rankings = database.db().matrix().rankings();
    private final ResultRepository results = database.db().matrix().results();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    private UUID measured(double ttft, double throughput, String usd) {
        Combination of =
                new Combination(fixture.version(), fixture.machine("24", usd), fixture.framework(), "chatbot", 1, 1024);
        results.record(of, result(ttft, throughput).benchmarkDate(DAY));
        return of.modelVersionId();
    }

    @Test
    void model_versions_are_ranked_by_the_newest_result_of_each_combination() {
        UUID slow = measured(900, 100, "4");
        UUID fast = measured(100, 1_000, "4");
        Combination again =
                new Combination(fixture.version(), fixture.machine("24", "8"), fixture.framework(), "chatbot", 1, 1024);
        results.record(again, result(1, 100_000).benchmarkDate(DAY.minusDays(1)));
        results.record(again, result(500, 500).benchmarkDate(DAY));
        results.record(
                new Combination(slow, again.hardwareConfigId(), again.frameworkId(), "code", 1, 1),
                result(1, 1_000_000).benchmarkDate(DAY));

        List<ModelRanking> ranked = rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
        assertThat(ranked).extracting(ModelRanking::modelVersionId).containsExactly(fast, again.modelVersionId(), slow);
        assertThat(ranked).extracting(ModelRanking::rankPosition).containsExactly(1, 2, 3);
        assertThat(ranked.get(0).compositeScore()).isEqualTo(1);
        Map<String, Object> breakdown = ranked.get(0).scoreBreakdown().asMap();
        assertThat(breakdown).containsOnlyKeys("throughput", "latency", "cost");
        // 4 USD an hour / (1,000 tokens/s x 3,600 s) x 1,000,000
        assertThat(((Number) breakdown.get("cost")).doubleValue()).isCloseTo(1.1111, within(0.0001));
        assertThat(rankings.list("chatbot", RankingMethod.TOPSIS)).isEqualTo(ranked);
        assertThat(rankings.list("chatbot", RankingMethod.PARETO)).isEmpty();
        assertThat(rankings.rankTopsis("chatbot", WEIGHTS, DAY.plusDays(1), AN_HOUR))
                .isEmpty();
        assertThat(rankings.list("chatbot", RankingMethod.TOPSIS)).isEmpty();
    }

    @Test
    void rankings_of_all_sets_are_listed_page_by_page_while_they_are_valid() {
        UUID a = measured(900, 100, "0.01");
        UUID b = measured(100, 1_000, "4");
        List<ModelRanking> topsis = rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
        List<ModelRanking> fronts = rankings.rankPareto("chatbot", Set.of(Criterion.LATENCY), FROM, AN_HOUR);
        RankingFilter all = RankingFilter.ALL;
        assertThat(rankings.count(all)).isEqualTo(4);
        assertThat(rankings.list(all.method(RankingMethod.TOPSIS)).items()).containsExactlyInAnyOrderElementsOf(topsis);
        assertThat(rankings.list(all.modelVersion(a)).items())
                .extracting(ModelRanking::method)
                .containsExactly(RankingMethod.PARETO, RankingMethod.TOPSIS);
        assertThat(rankings.list(all.category("code")).items()).isEmpty();
        Set<UUID> walked = new HashSet<>();
        Page<ModelRanking> page = rankings.list(all, 3);
        page.items().forEach(one -> walked.add(one.id()));
        rankings.list(all, 3, page.next()).items().forEach(one -> walked.add(one.id()));
        Set<UUID> met = new HashSet<>();
        rankings.forEach(all, one -> met.add(one.id()));
        assertThat(met).hasSize(4).isEqualTo(walked);
        assertThat(fronts).extracting(ModelRanking::modelVersionId).contains(a, b);
        database.admin("update evalstore.model_rankings set calculated_at = calculated_at - interval '1 day',"
                + " expires_at = statement_timestamp()");
        assertThat(rankings.list(all).items()).isEmpty();
        assertThat(rankings.count(all)).isZero();
    }

    @Test
    void fronts_are_stored_beside_the_other_method() {
        UUID cheap = measured(900, 100, "0.01");
        UUID fast = measured(100, 1_000, "4");
        UUID neither = measured(901, 99, "4");
        rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
        List<ModelRanking> fronts = rankings.rankPareto(
                "chatbot", Set.of(Criterion.THROUGHPUT, Criterion.LATENCY, Criterion.COST), FROM, AN_HOUR);
        assertThat(fronts.subList(0, 2))
                .extracting(ModelRanking::modelVersionId)
                .containsExactlyInAnyOrder(cheap, fast);
        assertThat(fronts.get(2).modelVersionId()).isEqualTo(neither);
        assertThat(fronts).extracting(ModelRanking::rankPosition).containsExactly(1, 1, 2);
        assertThat(rankings.list("chatbot", RankingMethod.PARETO)).containsExactlyInAnyOrderElementsOf(fronts);
        assertThat(rankings.list("chatbot", RankingMethod.TOPSIS)).hasSize(3);
    }

    @Test
    void a_version_without_a_value_is_left_out_where_that_value_counts() {
        UUID measured = measured(100, 100, "1");
        Combination offline = fixture.combination();
        results.record(offline, NewBenchmarkResult.of(null, null, 500.0, null).benchmarkDate(DAY));
        assertThat(rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR))
                .extracting(ModelRanking::modelVersionId)
                .containsExactly(measured);
        assertThat(rankings.rankTopsis(
                        "chatbot", Map.of(Criterion.THROUGHPUT, 1.0, Criterion.LATENCY, 0.0), FROM, AN_HOUR))
                .extracting(ModelRanking::modelVersionId)
                .containsExactly(offline.modelVersionId(), measured);
    }

    @Test
    void a_version_whose_machine_was_removed_has_no_cost_instead_of_the_greatest() {
        UUID measured = measured(100, 100, "1");
        Combination gone =
                new Combination(fixture.version(), fixture.machine("24", "1"), fixture.framework(), "chatbot", 1, 1024);
        results.record(gone, result(1, 1_000).benchmarkDate(DAY));
        database.db().catalog().hardware().delete(gone.hardwareConfigId());
        assertThat(rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR))
                .extracting(ModelRanking::modelVersionId)
                .containsExactly(measured);
        assertThat(rankings.rankTopsis("chatbot", Map.of(Criterion.LATENCY, 1.0), FROM, AN_HOUR))
                .extracting(ModelRanking::modelVersionId)
                .containsExactly(gone.modelVersionId(), measured);
    }

    @Test
    void the_weights_of_the_use_case_serve_as_default() {
        measured(100, 100, "1");
        database.db()
                .catalog()
                .useCases()
                .create(NewUseCase.of("chatbot").defaultWeights(Json.of(Map.of("latency", 1))));
        assertThat(rankings.rankTopsis("chatbot", FROM, AN_HOUR)).hasSize(1);
        assertThatThrownBy(() -> rankings.rankTopsis("code", FROM, AN_HOUR)).isInstanceOf(NotFoundException.class);
        database.db().catalog().useCases().create(NewUseCase.of("code").defaultWeights(Json.of(Map.of("charm", 1))));
        bad("defaultWeights", () -> rankings.rankTopsis("code", FROM, AN_HOUR));
        database.db().catalog().useCases().create(NewUseCase.of("qa"));
        bad("weights", () -> rankings.rankTopsis("qa", FROM, AN_HOUR));
    }

    @Test
    void an_expired_set_is_not_listed_and_is_cleaned_up() {
        measured(100, 100, "1");
        rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
        database.admin("update evalstore.model_rankings set calculated_at = now() - interval '2 h',"
                + " expires_at = now() - interval '1 h'");
        assertThat(rankings.list("chatbot", RankingMethod.TOPSIS)).isEmpty();
        assertThat(rankings.cleanup()).isEqualTo(new Cleanup(1, false));
        rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
        assertThat(rankings.cleanup()).isEqualTo(Cleanup.NOTHING);
        assertThat(rankings.list("chatbot", RankingMethod.TOPSIS)).hasSize(1);
    }

    @Test
    void a_clean_up_removes_a_hundred_thousand_rows_at_most_and_says_that_there_are_more() {
        UUID version = fixture.version();
        database.admin("insert into evalstore.model_rankings (generation, use_case_category, method, model_version_id,"
                + " composite_score, rank_position, score_breakdown, calculated_at, expires_at)"
                + " select 1, 'category ' || i, 'topsis', '" + version + "', 1, 1, '{}', now() - interval '2 h',"
                + " now() - case when i > 100500 then interval '-1 h' else interval '1 h' end"
                + " from generate_series(1, 100501) i");
        assertThat(rankings.cleanup()).isEqualTo(new Cleanup(100_000, true));
        assertThat(rankings.cleanup()).isEqualTo(new Cleanup(500, false));
        assertThat(rankings.list("category 100501", RankingMethod.TOPSIS)).hasSize(1);
    }

    @Test
    void a_clean_up_passes_over_rows_that_another_transaction_holds() throws Exception {
        UUID version = fixture.version();
        database.admin("insert into evalstore.model_rankings (generation, use_case_category, method, model_version_id,"
                + " composite_score, rank_position, score_breakdown, calculated_at, expires_at)"
                + " select 1, 'category ' || i, 'topsis', '" + version + "', 1, 1, '{}', now() - interval '2 h',"
                + " now() - interval '1 h' from generate_series(1, 3) i");
        try (Connection other = database.connection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select 1 from evalstore.model_rankings where use_case_category = 'category 2' for update");
            assertThat(rankings.cleanup()).isEqualTo(new Cleanup(2, false));
            other.rollback();
        }
        assertThat(rankings.cleanup()).isEqualTo(new Cleanup(1, false));
    }

    /** Derived tables without uniqueness doubled their rows with each refresh. */
    @Test
    void a_reader_sees_one_whole_set_however_many_replace_it() throws Exception {
        for (int i = 0; i < 5; i++) {
            measured(100 + i, 100 + i, "1");
        }
        rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
        AtomicBoolean done = new AtomicBoolean();
        Threads.together(5, i -> () -> {
            if (i == 0) {
                while (!done.get()) {
                    List<ModelRanking> seen = rankings.list("chatbot", RankingMethod.TOPSIS);
                    assertThat(seen).hasSize(5);
                    assertThat(seen.stream().map(ModelRanking::generation).distinct())
                            .hasSize(1);
                }
            } else {
                for (int n = 0; n < 25; n++) {
                    rankings.rankTopsis("chatbot", WEIGHTS, FROM, AN_HOUR);
                }
                done.set(true);
            }
            return true;
        });
        assertThat(new HashSet<>(database.query("select model_version_id from evalstore.model_rankings")))
                .hasSize(5);
        assertThat(database.value("select count(*) from evalstore.model_rankings"))
                .isEqualTo("5");
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        bad("weights", () -> rankings.rankTopsis("chatbot", Map.of(Criterion.COST, 0.5), FROM, AN_HOUR));
        bad("criteria", () -> rankings.rankTopsis("chatbot", Map.of(Criterion.cost("x"), 1.0), FROM, AN_HOUR));
        bad("criteria", () -> rankings.rankPareto("chatbot", Set.of(), FROM, AN_HOUR));
        bad("category", () -> rankings.rankTopsis(" ", WEIGHTS, FROM, AN_HOUR));
        bad("category", () -> rankings.rankTopsis(" ", FROM, AN_HOUR));
        bad("validFor", () -> rankings.rankTopsis("chatbot", WEIGHTS, FROM, Duration.ZERO));
        bad("category", () -> rankings.list("", RankingMethod.TOPSIS));
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
