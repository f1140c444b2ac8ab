package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CostRepositoryTest {
    private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");
    private static final BigDecimal DIME = new BigDecimal("0.1");
    private static final Comparator<CostTotal> ORDER = Comparator.comparing(
                    CostTotal::day, Comparator.nullsLast(Comparator.<LocalDate>reverseOrder()))
            .thenComparing(CostTotal::costUsd, Comparator.reverseOrder())
            .thenComparing(CostTotal::provider, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(CostTotal::model, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(
                    total -> Objects.toString(total.experimentId(), null),
                    Comparator.nullsLast(Comparator.naturalOrder()));

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final CostRepository costs = db.tracking().costs();

    @BeforeEach
    void empty() {
        database.admin("truncate evalstore.cost_entries");
    }

    @Test
    void an_appended_entry_reads_back_the_same() {
        UUID experiment = UUID.randomUUID();
        UUID evaluation = UUID.randomUUID();
        UUID job = UUID.randomUUID();
        CostEntry stored = costs.append(NewCostEntry.of("openai", "gpt-4", new BigDecimal("0.000000001"))
                .tokens(1_000, 20)
                .requestedAt(JUNE)
                .experiment(experiment)
                .evaluation(evaluation)
                .job(job)
                .metadata(Json.of(Map.of("n", 1))));

        assertThat(costs.list(CostFilter.ALL).items()).containsExactly(stored);
        assertThat(stored.provider()).isEqualTo("openai");
        assertThat(stored.model()).isEqualTo("gpt-4");
        assertThat(stored.inputTokens()).isEqualTo(1_000);
        assertThat(stored.outputTokens()).isEqualTo(20);
        assertThat(stored.costUsd()).isEqualTo("0.000000001");
        assertThat(stored.requestedAt()).isEqualTo(JUNE);
        assertThat(stored.experimentId()).isEqualTo(experiment);
        assertThat(stored.evaluationId()).isEqualTo(evaluation);
        assertThat(stored.jobId()).isEqualTo(job);
        assertThat(stored.metadata().asMap()).isEqualTo(Map.of("n", 1));
    }

    @Test
    void an_entry_without_a_time_is_of_the_servers_time() {
        CostEntry stored = costs.append(NewCostEntry.of("p", "m", DIME));
        assertThat(stored.requestedAt()).isEqualTo(stored.createdAt());
        costs.appendAll(List.of(NewCostEntry.of("p", "m", DIME), NewCostEntry.of("p", "m", DIME)));
        assertThat(costs.list(CostFilter.ALL).items())
                .hasSize(3)
                .allSatisfy(entry -> assertThat(entry.requestedAt()).isEqualTo(entry.createdAt()));
    }

    /** Money was a floating number once: 0.1 × 3 = 0.30000000000000004. */
    @Test
    void three_dimes_are_30_cents() {
        costs.appendAll(List.of(NewCostEntry.of("p", "m", DIME), NewCostEntry.of("p", "m", DIME)));
        costs.append(NewCostEntry.of("p", "m", DIME));
        CostTotal total = costs.total(CostFilter.ALL);
        assertThat(total.costUsd()).isEqualByComparingTo("0.3");
        assertThat(total.entries()).isEqualTo(3);
        assertThat(costs.totals(CostFilter.ALL, Set.of(CostDimension.MODEL), 10))
                .singleElement()
                .satisfies(of -> assertThat(of.costUsd()).isEqualByComparingTo("0.3"));
    }

    @Test
    void without_entries_the_total_is_zero() {
        assertThat(costs.total(CostFilter.ALL))
                .isEqualTo(new CostTotal(null, null, null, null, 0, 0, 0, BigDecimal.ZERO));
        assertThat(costs.totals(CostFilter.ALL, Set.of(CostDimension.DAY), 10)).isEmpty();
        assertThat(costs.appendAll(List.of())).isEmpty();
    }

    @Test
    void the_largest_amounts_add_up() {
        NewCostEntry largest = NewCostEntry.of("p", "m", new BigDecimal("999999999.999999999"))
                .tokens(1_000_000_000_000L, 1_000_000_000_000L);
        costs.appendAll(List.of(largest, largest, largest));
        assertThat(costs.total(CostFilter.ALL))
                .isEqualTo(new CostTotal(
                        null,
                        null,
                        null,
                        null,
                        3,
                        3_000_000_000_000L,
                        3_000_000_000_000L,
                        new BigDecimal("2999999999.999999997")));
    }

    /** Arrays below 10,000 rows, a binary copy from there on. */
    @Test
    void totals_equal_sums_however_entries_were_stored() {
        Random random = new Random(1);
        List<UUID> experiments = Stream.generate(UUID::randomUUID).limit(4).toList();
        List<NewCostEntry> few = entries(random, 900, experiments);
        List<NewCostEntry> many = entries(random, 10_000, experiments);
        assertThat(costs.appendAll(few)).hasSize(900).doesNotHaveDuplicates();
        List<UUID> ids = costs.appendAll(many);
        assertThat(ids).hasSize(10_000).doesNotHaveDuplicates();
        List<CostEntry> last = new ArrayList<>();
        costs.forEach(CostFilter.ALL, entry -> {
            if (entry.id().equals(ids.get(9_999))) {
                last.add(entry);
            }
        });
        NewCostEntry given = many.get(9_999);
        assertThat(last).singleElement().satisfies(entry -> {
            assertThat(entry.costUsd()).isEqualByComparingTo(given.costUsd());
            assertThat(entry.requestedAt()).isEqualTo(given.requestedAt());
            assertThat(entry.experimentId()).isEqualTo(given.cause().experimentId());
            assertThat(entry.inputTokens()).isEqualTo(given.inputTokens());
        });
        List<NewCostEntry> all = new ArrayList<>(few);
        all.addAll(many);

        UUID experiment = experiments.get(1);
        Instant mid = JUNE.plus(20, ChronoUnit.DAYS);
        same(all, entry -> true, CostFilter.ALL);
        same(
                all,
                entry -> entry.provider().equals("p1") && entry.model().equals("m0"),
                CostFilter.ALL.provider("p1").model("m0"));
        same(all, entry -> experiment.equals(entry.cause().experimentId()), CostFilter.ALL.experiment(experiment));
        same(
                all,
                entry -> !entry.requestedAt().isBefore(JUNE)
                        && entry.requestedAt().isBefore(mid),
                CostFilter.ALL.requested(JUNE, mid));
    }

    private void same(List<NewCostEntry> all, Predicate<NewCostEntry> admits, CostFilter filter) {
        List<NewCostEntry> admitted = all.stream().filter(admits).toList();
        assertThat(admitted).isNotEmpty();
        assertThat(costs.total(filter)).isEqualTo(sum(Set.of(), admitted));
        assertThat(costs.count(filter)).isEqualTo(admitted.size());
        for (Set<CostDimension> by : List.of(
                EnumSet.of(CostDimension.PROVIDER),
                EnumSet.of(CostDimension.MODEL),
                EnumSet.of(CostDimension.EXPERIMENT),
                EnumSet.of(CostDimension.DAY),
                EnumSet.of(CostDimension.PROVIDER, CostDimension.MODEL),
                EnumSet.allOf(CostDimension.class))) {
            List<CostTotal> expected =
                    admitted.stream()
                            .collect(Collectors.groupingBy(entry -> key(sum(by, List.of(entry)))))
                            .values()
                            .stream()
                            .map(group -> sum(by, group))
                            .sorted(ORDER)
                            .limit(1_000)
                            .toList();
            assertThat(costs.totals(filter, by, 1_000)).as(by.toString()).isEqualTo(expected);
        }
    }

    private static List<String> key(CostTotal of) {
        return Stream.of(of.provider(), of.model(), of.experimentId(), of.day())
                .map(String::valueOf)
                .toList();
    }

    private static CostTotal sum(Set<CostDimension> by, List<NewCostEntry> entries) {
        NewCostEntry first = entries.get(0);
        return new CostTotal(
                by.contains(CostDimension.PROVIDER) ? first.provider() : null,
                by.contains(CostDimension.MODEL) ? first.model() : null,
                by.contains(CostDimension.EXPERIMENT) ? first.cause().experimentId() : null,
                by.contains(CostDimension.DAY)
                        ? first.requestedAt().atOffset(ZoneOffset.UTC).toLocalDate()
                        : null,
                entries.size(),
                entries.stream().mapToLong(NewCostEntry::inputTokens).sum(),
                entries.stream().mapToLong(NewCostEntry::outputTokens).sum(),
                entries.stream()
                        .map(NewCostEntry::costUsd)
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .setScale(9));
    }

    /** Over May to July, at the ends of days in UTC too. */
    private static List<NewCostEntry> entries(Random random, int count, List<UUID> experiments) {
        List<NewCostEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant at = JUNE.plus(random.nextInt(90) - 30, ChronoUnit.DAYS)
                    .plus(random.nextInt(10) == 0 ? 86_399_999_999L : random.nextInt(86_400), ChronoUnit.MICROS);
            NewCostEntry entry = NewCostEntry.of(
                            "p" + random.nextInt(3),
                            "m" + random.nextInt(3),
                            BigDecimal.valueOf(random.nextInt(1_000_000_000), 9 - random.nextInt(3)))
                    .tokens(random.nextInt(5_000), random.nextInt(500))
                    .requestedAt(at);
            entries.add(random.nextInt(5) == 0 ? entry : entry.experiment(experiments.get(random.nextInt(4))));
        }
        return entries;
    }

    @Test
    void the_greatest_totals_are_first_and_the_limit_holds() {
        costs.append(NewCostEntry.of("p", "cheap", DIME));
        costs.append(NewCostEntry.of("p", "dear", BigDecimal.TEN));
        costs.append(NewCostEntry.of("p", "fair", BigDecimal.ONE));
        assertThat(costs.totals(CostFilter.ALL, Set.of(CostDimension.MODEL), 2))
                .extracting(CostTotal::model)
                .containsExactly("dear", "fair");
        refused("limit", () -> costs.totals(CostFilter.ALL, Set.of(CostDimension.MODEL), 0));
        refused("limit", () -> costs.totals(CostFilter.ALL, Set.of(CostDimension.MODEL), 1_001));
        refused("by", () -> costs.totals(CostFilter.ALL, Set.of(), 1));
    }

    @Test
    void entries_are_listed_latest_request_first_by_pages() {
        for (int i = 0; i < 5; i++) {
            costs.append(NewCostEntry.of("p", "m" + i, DIME).requestedAt(JUNE.minus(i / 2 * 40, ChronoUnit.DAYS)));
        }
        Page<CostEntry> first = costs.list(CostFilter.ALL, 3);
        assertThat(first.items()).extracting(CostEntry::model).containsExactly("m1", "m0", "m3");
        Page<CostEntry> second = costs.list(CostFilter.ALL, 3, first.next());
        assertThat(second.items()).extracting(CostEntry::model).containsExactly("m2", "m4");
        assertThat(second.next()).isNull();
    }

    @Test
    void filters_add_up() {
        UUID id = UUID.randomUUID();
        CostEntry of = costs.append(NewCostEntry.of("p", "m", DIME).evaluation(id));
        CostEntry by = costs.append(NewCostEntry.of("p", "m", DIME).job(id));
        costs.append(NewCostEntry.of("q", "n", DIME));
        assertThat(costs.list(CostFilter.ALL.evaluation(id)).items()).containsExactly(of);
        assertThat(costs.list(CostFilter.ALL.job(id)).items()).containsExactly(by);
        assertThat(costs.count(CostFilter.ALL.provider("p").model("m"))).isEqualTo(2);
        assertThat(costs.count(CostFilter.ALL.provider("p").model("n"))).isZero();
        assertThat(costs.count(CostFilter.ALL.requested(null, of.requestedAt())))
                .isZero();
        assertThat(costs.count(CostFilter.ALL.requested(of.requestedAt(), null)))
                .isEqualTo(3);
    }

    @Test
    void an_entry_of_any_month_has_its_partition() {
        costs.append(NewCostEntry.of("p", "m", DIME).requestedAt(Instant.parse("2001-02-28T23:59:59.999999Z")));
        costs.appendAll(List.of(
                NewCostEntry.of("p", "m", DIME).requestedAt(Instant.parse("2002-03-01T00:00:00Z")),
                NewCostEntry.of("p", "m", DIME).requestedAt(Instant.parse("2100-12-31T23:59:59Z"))));
        assertThat(database.query("select relname::text from pg_class where relname in"
                        + " ('cost_entries_2001_02', 'cost_entries_2002_03', 'cost_entries_2100_12')"))
                .hasSize(3);
        assertThat(costs.total(CostFilter.ALL.requested(null, Instant.parse("2001-03-01T00:00:00Z")))
                        .entries())
                .isEqualTo(1);
    }

    @Test
    void maintenance_drops_the_months_that_have_outlived_their_retention() {
        costs.append(NewCostEntry.of("p", "m", DIME).requestedAt(Instant.parse("2003-02-01T00:00:00Z")));
        CostEntry kept = costs.append(NewCostEntry.of("p", "m", DIME));
        assertThat(db.maintenance().runOnce().steps())
                .noneMatch(step -> step.name().equals("retention.cost_entries"));
        assertThat(costs.count(CostFilter.ALL)).isEqualTo(2);

        var report = db.maintenance(MaintenanceOptions.DEFAULT.costRetention(Duration.ofDays(7_300)))
                .runOnce();
        assertThat(report.failures()).isEmpty();
        assertThat(report.steps())
                .filteredOn(step -> step.name().equals("retention.cost_entries"))
                .singleElement()
                .satisfies(step -> assertThat(step.count()).isPositive());
        assertThat(costs.list(CostFilter.ALL).items()).containsExactly(kept);
        refused("costRetention", () -> MaintenanceOptions.DEFAULT.costRetention(Duration.ZERO));

        costs.append(NewCostEntry.of("p", "m", DIME).requestedAt(Instant.parse("2003-02-01T00:00:00Z")));
        assertThat(costs.cleanup(Duration.ofDays(7_300)).removed()).isEqualTo(1);
        assertThat(costs.list(CostFilter.ALL).items()).containsExactly(kept);
    }

    @Test
    void what_cannot_be_stored_is_refused_by_name() {
        NewCostEntry entry = NewCostEntry.of("p", "m", DIME);
        refused("provider", () -> NewCostEntry.of(" ", "m", DIME));
        refused("provider", () -> NewCostEntry.of("é".repeat(401), "m", DIME));
        refused("model", () -> NewCostEntry.of("p", "a\0", DIME));
        refused("costUsd", () -> NewCostEntry.of("p", "m", new BigDecimal("-0.1")));
        refused("costUsd", () -> NewCostEntry.of("p", "m", new BigDecimal("0.0000000001")));
        refused("costUsd", () -> NewCostEntry.of("p", "m", new BigDecimal("1000000000")));
        refused("inputTokens", () -> entry.tokens(-1, 0));
        refused("outputTokens", () -> entry.tokens(0, 1_000_000_000_001L));
        refused("requestedAt", () -> entry.requestedAt(Instant.parse("1999-12-31T23:59:59Z")));
        refused("requestedAt", () -> entry.requestedAt(Instant.parse("2101-01-01T00:00:00Z")));
        for (String rule :
                List.of("input_tokens = -1", "output_tokens = 1000000000001", "cost_usd = -1", "model = ' '")) {
            costs.append(entry);
            assertThatThrownBy(() -> database.admin("update evalstore.cost_entries set " + rule))
                    .hasMessageContaining("cost_entries_" + rule.substring(0, rule.indexOf(' ')));
        }
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
