package dev.evalstore.matrix;

import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.Cleanup;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.catalog.ModelFilter;
import dev.evalstore.catalog.ModelVersionFilter;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResultRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final LocalDate DAY = LocalDate.of(2026, 5, 17);

    private final ResultRepository results = database.db().matrix().results();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    @Test
    void a_recorded_result_reads_back_the_same() {
        Combination of = fixture.combination();
        BenchmarkResult stored = results.record(
                of,
                result(250, 1_234.5)
                        .benchmarkDate(DAY)
                        .accuracyScore(0.81)
                        .resourceUsage(new ResourceUsage(93.0, 17.5))
                        .detailedMetrics(Json.of(Map.of("runs", 3))));

        assertThat(results.get(stored.id())).isEqualTo(stored);
        assertThat(results.find(stored.id())).contains(stored);
        assertThat(stored.benchmarkDate()).isEqualTo(DAY);
        assertThat(stored.modelVersionId()).isEqualTo(of.modelVersionId());
        assertThat(stored.ttftP50Ms()).isEqualTo(125);
        assertThat(stored.ttftP90Ms()).isEqualTo(250);
        assertThat(stored.ttftP99Ms()).isEqualTo(500);
        assertThat(stored.tpotP99Ms()).isEqualTo(30);
        assertThat(stored.throughputTokensSec()).isEqualTo(1_234.5);
        assertThat(stored.rpsSustained()).isEqualTo(5);
        assertThat(stored.memoryUsedGb()).isEqualTo(17.5);
        assertThat(stored.configId()).isNull();
        assertThat(results.find(UUID.randomUUID())).isEmpty();
        assertThatThrownBy(() -> results.get(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_result_without_a_date_is_of_the_servers_day_in_utc() {
        BenchmarkResult stored = results.record(fixture.combination(), result(1, 1));
        assertThat(stored.benchmarkDate())
                .isEqualTo(stored.createdAt().atOffset(ZoneOffset.UTC).toLocalDate());
    }

    @Test
    void what_was_not_measured_stays_empty() {
        BenchmarkResult offline =
                results.record(fixture.combination(), NewBenchmarkResult.of(null, null, 3_062.72, null));
        assertThat(offline.ttftP90Ms()).isNull();
        assertThat(offline.tpotP50Ms()).isNull();
        assertThat(offline.rpsSustained()).isNull();
        assertThat(offline.throughputTokensSec()).isEqualTo(3_062.72);
    }

    @Test
    void results_of_any_day_of_the_last_five_and_the_next_ten_years_can_be_stored() {
        Combination of = fixture.combination();
        List<Measurement> rows = new ArrayList<>();
        LocalDate end = LocalDate.now(ZoneOffset.UTC).plusYears(10);
        for (LocalDate day = end.minusYears(15); !day.isAfter(end); day = day.plusDays(1)) {
            rows.add(new Measurement(of, result(100, 10).benchmarkDate(day)));
        }
        List<UUID> ids = results.recordAll(rows);
        assertThat(results.count(ResultFilter.ALL)).isEqualTo(rows.size()).isGreaterThan(5_470);
        for (int i = 0; i < rows.size(); i += 400) {
            assertThat(results.get(ids.get(i)).benchmarkDate())
                    .isEqualTo(rows.get(i).result().benchmarkDate());
        }
        results.record(of, result(100, 10).benchmarkDate(LocalDate.of(2000, 1, 1)));
        results.record(of, result(100, 10).benchmarkDate(LocalDate.of(2100, 12, 31)));
    }

    @Test
    void a_load_of_ten_thousand_is_stored_whole_also_with_and_without_dates() {
        Combination of = fixture.combination();
        List<Measurement> rows = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            NewBenchmarkResult result = i % 7 == 0 ? NewBenchmarkResult.of(null, null, i + 0.5, null) : result(i, i);
            rows.add(new Measurement(of, i % 10 == 0 ? result : result.benchmarkDate(DAY.plusDays(i % 100))));
        }
        List<UUID> ids = results.recordAll(rows);
        assertThat(results.count(ResultFilter.ALL)).isEqualTo(10_000);
        assertThat(results.count(ResultFilter.ALL.dates(DAY, DAY.plusDays(100))))
                .isEqualTo(9_000);
        BenchmarkResult some = results.get(ids.get(123));
        assertThat(some.benchmarkDate()).isEqualTo(DAY.plusDays(23));
        assertThat(some.ttftP90Ms()).isEqualTo(123);
        assertThat(results.get(ids.get(70)).throughputTokensSec()).isEqualTo(70.5);
        assertThat(results.get(ids.get(70)).ttftP50Ms()).isNull();
        assertThat(results.recordAll(List.of())).isEmpty();
    }

    @Test
    void what_the_catalogue_does_not_have_is_refused_and_nothing_of_the_list_is_stored() {
        Combination good = fixture.combination();
        Combination noModel =
                new Combination(UUID.randomUUID(), good.hardwareConfigId(), good.frameworkId(), "x", 1, 1);
        Combination noMachine =
                new Combination(good.modelVersionId(), UUID.randomUUID(), good.frameworkId(), "x", 1, 1);
        Combination noFramework =
                new Combination(good.modelVersionId(), good.hardwareConfigId(), UUID.randomUUID(), "x", 1, 1);

        refused("model_version_id", () -> results.record(noModel, result(1, 1)));
        refused("hardware_config_id", () -> results.record(noMachine, result(1, 1)));
        refused("framework_id", () -> results.record(noFramework, result(1, 1)));
        for (int size : new int[] {10, 10_000}) {
            List<Measurement> rows = new ArrayList<>();
            for (int i = 1; i < size; i++) {
                rows.add(new Measurement(good, result(1, 1)));
            }
            rows.add(new Measurement(noFramework, result(1, 1)));
            refused("framework_id", () -> results.recordAll(rows));
        }
        assertThat(results.count(ResultFilter.ALL)).isZero();
    }

    private static void refused(String column, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ConstraintViolationException.class, e -> {
            assertThat(e.kind()).isEqualTo(ConstraintViolationException.Kind.NOT_NULL);
            assertThat(e.constraint()).isEqualTo(column);
        });
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        UUID id = UUID.randomUUID();
        bad("workloadType", () -> new Combination(id, id, id, " ", 1, 1));
        bad("batchSize", () -> new Combination(id, id, id, "x", 0, 1));
        bad("sequenceLength", () -> new Combination(id, id, id, "x", 1, 0));
        bad("p50", () -> new Percentiles(2, 1, 3));
        bad("p50", () -> new Percentiles(1, 2, Double.NaN));
        bad("p50", () -> new Percentiles(1, 2, Double.POSITIVE_INFINITY));
        bad("p50", () -> new Percentiles(-1, 2, 3));
        bad("throughputTokensSec", () -> NewBenchmarkResult.of(null, null, -1.0, null));
        bad("rpsSustained", () -> NewBenchmarkResult.of(null, null, null, Double.NaN));
        bad("must be given", () -> NewBenchmarkResult.of(null, null, null, null));
        bad("accuracyScore", () -> result(1, 1).accuracyScore(Double.NEGATIVE_INFINITY));
        bad("gpuUtilizationPct", () -> new ResourceUsage(100.1, null));
        bad("memoryUsedGb", () -> new ResourceUsage(null, -1.0));
        bad("benchmarkDate", () -> result(1, 1).benchmarkDate(LocalDate.of(1999, 12, 31)));
        bad("benchmarkDate", () -> result(1, 1).benchmarkDate(LocalDate.of(2101, 1, 1)));
        bad("limit", () -> results.listLatest(0));
        bad("limit", () -> results.listBest(ResultMetric.TTFT_P90_MS, ResultFilter.ALL, 1_001));
        bad("limit", () -> results.listMeetingSla(Sla.since(DAY), Sla.Order.CHEAPEST, 0));
        bad("gpuUtilizationPct", () -> new ResourceUsage(-0.1, null));
        bad("gpuUtilizationPct", () -> new ResourceUsage(Double.NaN, null));
        bad("workload", () -> ResultFilter.ALL.workload(" "));
        bad("workload", () -> Sla.since(DAY).workload(""));
        bad("maxTtftP90Ms", () -> Sla.since(DAY).maxTtftP90Ms(Double.NaN));
        bad("maxTpotP90Ms", () -> Sla.since(DAY).maxTpotP90Ms(Double.POSITIVE_INFINITY));
        bad("minThroughputTokensSec", () -> Sla.since(DAY).minThroughputTokensSec(Double.NaN));
        bad("minRpsSustained", () -> Sla.since(DAY).minRpsSustained(Double.NaN));
        bad("minAccuracyScore", () -> Sla.since(DAY).minAccuracyScore(Double.NaN));
        bad("maxCostPerHourUsd", () -> Sla.since(DAY).maxCostPerHourUsd(new BigDecimal("-1")));
        bad("limit", () -> results.listDailyStats(id, DAY, DAY, 0));
    }

    /** Null once meant "any"; a condition that is given must not turn into none, or into one that nothing meets. */
    @Test
    void a_condition_without_a_value_is_refused() {
        ResultFilter all = ResultFilter.ALL;
        UUID none = null;
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> all.modelVersion(none),
                () -> all.hardware(none),
                () -> all.framework(none),
                () -> all.workload(null),
                () -> Sla.since(null),
                () -> Sla.since(DAY).modelVersion(none),
                () -> Sla.since(DAY).maxCostPerHourUsd(null))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
        }
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    @Test
    void lists_come_latest_first_and_pages_meet_each_result_once() {
        Combination of = fixture.combination();
        List<Measurement> rows = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            rows.add(new Measurement(of, result(i, i).benchmarkDate(DAY.minusDays(i / 20))));
        }
        List<UUID> ids = results.recordAll(rows);
        List<UUID> seen = new ArrayList<>();
        LocalDate last = LocalDate.MAX;
        Cursor next = null;
        do {
            Page<BenchmarkResult> page = results.list(ResultFilter.ALL, 33, next);
            for (BenchmarkResult result : page.items()) {
                assertThat(result.benchmarkDate()).isBeforeOrEqualTo(last);
                last = result.benchmarkDate();
                seen.add(result.id());
            }
            next = page.next();
        } while (next != null);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(results.listLatest(3)).extracting(BenchmarkResult::id).containsExactlyElementsOf(seen.subList(0, 3));
        assertThat(results.listByDate(DAY.minusDays(2), DAY, 100, null).items())
                .hasSize(40)
                .allMatch(r -> r.benchmarkDate().isBefore(DAY));
    }

    @Test
    void every_filter_narrows() {
        Combination a = fixture.combination();
        Combination b = fixture.combination();
        results.record(a, result(1, 1).benchmarkDate(DAY));
        results.record(b, result(2, 2).benchmarkDate(DAY.plusDays(1)));
        ResultFilter all = ResultFilter.ALL;
        for (ResultFilter onlyA : List.of(
                all.modelVersion(a.modelVersionId()),
                all.hardware(a.hardwareConfigId()),
                all.framework(a.frameworkId()),
                all.dates(null, DAY.plusDays(1)),
                all.dates(DAY, DAY.plusDays(1)).workload("chatbot"))) {
            assertThat(results.list(onlyA, 10, null).items())
                    .extracting(BenchmarkResult::ttftP90Ms)
                    .containsExactly(1.0);
        }
        assertThat(results.count(all.workload("code"))).isZero();
        assertThat(results.count(all.dates(null, null))).isEqualTo(2);
        assertThat(results.count(all.modelVersion(a.modelVersionId()).modelVersion(b.modelVersionId())))
                .isZero();
        assertThat(results.count(all))
                .as("conditions are added to a new filter")
                .isEqualTo(2);
    }

    @Test
    void a_walk_meets_every_result_that_the_filter_admits_in_the_order_of_the_list() {
        Combination of = fixture.combination();
        List<Measurement> rows = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            rows.add(new Measurement(of, result(i, i).benchmarkDate(DAY.minusDays(i % 3))));
        }
        results.recordAll(rows);
        List<LocalDate> days = new ArrayList<>();
        results.forEach(ResultFilter.ALL.dates(DAY.minusDays(1), null), result -> days.add(result.benchmarkDate()));
        assertThat(days).hasSize(1_000).isSortedAccordingTo(Comparator.reverseOrder());
        days.clear();
        results.forEach(ResultFilter.ALL, result -> days.add(result.benchmarkDate()));
        assertThat(days).hasSize(1_500).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void a_cursor_of_another_list_is_refused() {
        Combination of = fixture.combination();
        results.recordAll(List.of(new Measurement(of, result(1, 1)), new Measurement(of, result(1, 1))));
        Cursor own = results.list(ResultFilter.ALL, 1, null).next();
        assertThat(results.list(ResultFilter.ALL, 1, own).items()).hasSize(1);
        bad("cursor", () -> database.db().catalog().models().list(ModelFilter.ALL, 1, own));
        bad("cursor", () -> results.list(ResultFilter.ALL, 1, new Cursor("bm8")));
    }

    @Test
    void a_service_level_is_met_by_the_newest_result_of_each_combination() {
        UUID version = fixture.version();
        UUID framework = fixture.framework();
        UUID cheap = fixture.machine("24", "1");
        UUID middle = fixture.machine("40", "3");
        UUID dear = fixture.machine("80", "9");
        Combination onCheap = new Combination(version, cheap, framework, "chatbot", 1, 1024);
        Combination onMiddle = new Combination(version, middle, framework, "chatbot", 1, 1024);
        Combination onDear = new Combination(version, dear, framework, "chatbot", 1, 1024);
        results.record(onCheap, result(100, 100).benchmarkDate(DAY.minusDays(40)));
        results.record(onCheap, result(900, 100).benchmarkDate(DAY));
        results.record(onMiddle, result(900, 100).benchmarkDate(DAY.minusDays(1)));
        results.record(onMiddle, result(290, 1_000).benchmarkDate(DAY));
        results.record(onDear, result(50, 5_000).benchmarkDate(DAY));
        results.record(onDear, NewBenchmarkResult.of(null, null, 9_999.0, null).benchmarkDate(DAY.minusDays(2)));

        Sla sla = Sla.since(DAY.minusDays(60)).modelVersion(version).maxTtftP90Ms(300);
        List<SlaMatch> cheapest = results.listMeetingSla(sla, Sla.Order.CHEAPEST, 10);
        assertThat(cheapest).extracting(m -> m.result().hardwareConfigId()).containsExactly(middle, dear);
        assertThat(cheapest.get(0).costPerHourUsd()).isEqualByComparingTo("3");
        // 3 USD an hour / (1,000 tokens/s x 3,600 s) x 1,000,000
        assertThat(cheapest.get(0).costPerMillionTokensUsd().doubleValue()).isCloseTo(0.8333, within(0.0001));
        assertThat(results.listMeetingSla(sla, Sla.Order.FASTEST, 10))
                .extracting(m -> m.result().hardwareConfigId())
                .containsExactly(dear, middle);
        assertThat(results.listMeetingSla(sla, Sla.Order.CHEAPEST, 1)).hasSize(1);
        assertThat(results.listMeetingSla(sla.minThroughputTokensSec(2_000), Sla.Order.CHEAPEST, 10))
                .hasSize(1);
        assertThat(results.listMeetingSla(sla.maxCostPerHourUsd(new BigDecimal("3")), Sla.Order.CHEAPEST, 10))
                .hasSize(1);
        assertThat(results.listMeetingSla(sla.maxTpotP90Ms(19), Sla.Order.CHEAPEST, 10))
                .isEmpty();
        assertThat(results.listMeetingSla(sla.minRpsSustained(6), Sla.Order.CHEAPEST, 10))
                .isEmpty();
        assertThat(results.listMeetingSla(sla.minAccuracyScore(0.1), Sla.Order.CHEAPEST, 10))
                .isEmpty();
        assertThat(results.listMeetingSla(sla.workload("code"), Sla.Order.CHEAPEST, 10))
                .isEmpty();
        assertThat(results.listMeetingSla(sla.modelVersion(UUID.randomUUID()), Sla.Order.CHEAPEST, 10))
                .isEmpty();
        // Of two limits on one figure the stricter one counts.
        assertThat(results.listMeetingSla(sla.maxTtftP90Ms(60).maxTtftP90Ms(1_000), Sla.Order.CHEAPEST, 10))
                .extracting(m -> m.result().hardwareConfigId())
                .containsExactly(dear);
    }

    @Test
    void a_service_level_query_reads_its_months_alone_and_by_index() {
        Combination of = fixture.combination();
        List<Measurement> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            rows.add(new Measurement(of, result(100, 10).benchmarkDate(DAY.minusDays(i % 300))));
        }
        results.recordAll(rows);
        database.admin("insert into evalstore.benchmark_results (benchmark_date, model_version_id, hardware_config_id,"
                + " framework_id, workload_type, batch_size, sequence_length, throughput_tokens_sec)"
                + " select date '2026-05-01' + i % 17, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x', 1, 1, 1"
                + " from generate_series(1, 5000) i; analyze evalstore.benchmark_results");
        Sql sql = ResultReads.meeting(
                Sla.since(LocalDate.of(2026, 5, 1))
                        .modelVersion(of.modelVersionId())
                        .maxTtftP90Ms(300),
                Sla.Order.CHEAPEST,
                10);
        String text = sql.text();
        for (Object arg : sql.args()) {
            text = text.replaceFirst("\\?", arg instanceof Number ? arg.toString() : "'" + arg + "'");
        }
        String plan = String.join("\n", database.query("explain " + text));
        assertThat(plan)
                .contains("benchmark_results_2026_05")
                .containsPattern("Index.*Scan on benchmark_results_2026_05_model_version_id")
                .doesNotContain("benchmark_results_2026_04")
                .doesNotContain("Seq Scan on benchmark_results_2026_05");
    }

    @Test
    void the_best_by_a_figure_come_first_and_those_without_it_not_at_all() {
        Combination of = fixture.combination();
        results.record(of, result(300, 10).benchmarkDate(DAY));
        results.record(of, result(100, 30).benchmarkDate(DAY));
        results.record(of, result(200, 20).benchmarkDate(DAY).resourceUsage(new ResourceUsage(null, 3.0)));
        results.record(of, NewBenchmarkResult.of(null, null, 40.0, null).benchmarkDate(DAY));
        assertThat(results.listBest(ResultMetric.TTFT_P90_MS, ResultFilter.ALL, 2))
                .extracting(BenchmarkResult::ttftP90Ms)
                .containsExactly(100.0, 200.0);
        assertThat(results.listBest(ResultMetric.THROUGHPUT_TOKENS_SEC, ResultFilter.ALL, 10))
                .extracting(BenchmarkResult::throughputTokensSec)
                .containsExactly(40.0, 30.0, 20.0, 10.0);
        assertThat(results.listBest(ResultMetric.MEMORY_USED_GB, ResultFilter.ALL, 10))
                .hasSize(1);
        for (ResultMetric metric : ResultMetric.values()) {
            assertThat(results.listBest(metric, ResultFilter.ALL.workload("none"), 10))
                    .isEmpty();
        }
    }

    @Test
    void a_summary_is_over_what_was_measured() {
        Combination of = fixture.combination();
        results.record(of, result(100, 10));
        results.record(of, result(200, 20));
        results.record(of, result(600, 30));
        results.record(of, NewBenchmarkResult.of(null, null, 40.0, null));
        ResultSummary summary = results.summary(ResultFilter.ALL.modelVersion(of.modelVersionId()));
        assertThat(summary.count()).isEqualTo(4);
        assertThat(summary.ttftP90Ms()).isEqualTo(new ResultSummary.Spread(3, 300.0, 100.0, 600.0, 200.0));
        assertThat(summary.throughputTokensSec()).isEqualTo(new ResultSummary.Spread(4, 25.0, 10.0, 40.0, 25.0));
        assertThat(summary.accuracyScore()).isEqualTo(new ResultSummary.Spread(0, null, null, null, null));
        assertThat(results.summary(ResultFilter.ALL.workload("none")).count()).isZero();
    }

    /** Derived tables without uniqueness doubled their rows with each refresh. */
    @Test
    void a_day_is_summed_up_once_however_often_and_by_however_many() throws Exception {
        Combination a = fixture.combination();
        Combination b = fixture.combination();
        results.record(a, result(100, 10).benchmarkDate(DAY));
        results.record(a, result(300, 30).benchmarkDate(DAY));
        results.record(b, result(50, 5).benchmarkDate(DAY).accuracyScore(0.5));
        results.record(b, result(50, 5).benchmarkDate(DAY.plusDays(1)));

        Threads.together(8, i -> () -> results.refreshDailyStats(DAY));
        assertThat(database.value("select count(*) from evalstore.daily_model_stats"))
                .isEqualTo("2");
        DailyModelStats of = results.listDailyStats(a.modelVersionId(), DAY, DAY.plusDays(1), 10)
                .get(0);
        assertThat(of.resultCount()).isEqualTo(2);
        assertThat(of.avgTtftP90Ms()).isEqualTo(200);
        assertThat(of.maxThroughputTokensSec()).isEqualTo(30);
        assertThat(of.avgAccuracyScore()).isNull();

        results.record(a, result(200, 50).benchmarkDate(DAY));
        assertThat(results.refreshDailyStats(DAY)).hasSize(2);
        assertThat(results.listDailyStats(a.modelVersionId(), DAY, DAY.plusDays(1), 10))
                .singleElement()
                .satisfies(s -> assertThat(s.resultCount()).isEqualTo(3));
        assertThat(results.refreshDailyStats(DAY.plusDays(9))).isEmpty();
    }

    @Test
    void the_day_that_is_summed_up_last_reads_what_was_stored_before_it() throws Exception {
        Combination of = fixture.combination();
        int writers = 6;
        Threads.together(writers, i -> () -> {
            for (int n = 0; n < 10; n++) {
                results.record(of, result(100, 10).benchmarkDate(DAY));
                results.refreshDailyStats(DAY);
            }
            return true;
        });
        assertThat(results.listDailyStats(of.modelVersionId(), DAY, DAY.plusDays(1), 1)
                        .get(0)
                        .resultCount())
                .isEqualTo(writers * 10L);
    }

    @Test
    void retention_drops_whole_months_and_what_is_summed_up_stays() {
        Combination of = fixture.combination();
        for (int month = 1; month <= 4; month++) {
            results.record(of, result(1, 1).benchmarkDate(LocalDate.of(2019, month, 28)));
        }
        results.refreshDailyStats(LocalDate.of(2019, 1, 28));
        Duration sinceMarch = Duration.between(Instant.parse("2019-03-15T00:00:00Z"), Instant.now());
        Cleanup dropped = results.cleanup(sinceMarch);
        assertThat(dropped.removed()).isGreaterThanOrEqualTo(2);
        assertThat(dropped.more()).isFalse();
        assertThat(results.listByDate(LocalDate.of(2019, 1, 1), LocalDate.of(2020, 1, 1), 10, null)
                        .items())
                .extracting(r -> r.benchmarkDate().getMonthValue())
                .containsExactly(4, 3);
        assertThat(results.listDailyStats(of.modelVersionId(), LocalDate.of(2019, 1, 1), LocalDate.of(2020, 1, 1), 10))
                .hasSize(1);
        results.record(of, result(1, 1).benchmarkDate(LocalDate.of(2019, 1, 28)));
    }

    @Test
    void results_stay_when_the_catalogue_forgets_what_was_measured() {
        Combination of = fixture.combination();
        BenchmarkResult stored = results.record(of, result(1, 1));
        UUID model =
                database.db().catalog().modelVersions().get(of.modelVersionId()).modelId();
        assertThat(database.db().catalog().models().delete(model)).isTrue();
        assertThat(results.get(stored.id())).isEqualTo(stored);
        assertThat(database.db().catalog().modelVersions().count(ModelVersionFilter.ALL.model(model)))
                .isZero();
    }
}
