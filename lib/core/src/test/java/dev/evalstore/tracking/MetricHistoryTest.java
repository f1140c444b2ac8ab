package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricHistoryTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ExperimentRepository experiments = database.db().tracking().experiments();
    private final UUID id = experiments
            .create(NewExperiment.of("measured", ExperimentKind.FINE_TUNING))
            .id();

    private List<MetricPoint> history(StepRange range) {
        List<MetricPoint> points = new ArrayList<>();
        experiments.history(id, "loss", range, points::add);
        return points;
    }

    private List<MetricPoint> log(List<MetricPoint> points) {
        experiments.log(id, LogBatch.of().metric("loss", points).metric("other", 1, 1, NOON));
        MetricOracle oracle = new MetricOracle();
        points.forEach(point -> oracle.log("loss", point));
        return oracle.points("loss");
    }

    /** With steps that are skipped, repeated and out of order. */
    private static List<MetricPoint> random(Random random, int count, long steps) {
        List<MetricPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double value = random.nextInt(50) == 0 ? Double.NaN : Math.round(random.nextGaussian() * 20) / 4.0 + 0.125;
            points.add(MetricPoint.of(
                    value, (long) (random.nextDouble() * steps) - 50, NOON.plusMillis(random.nextInt(3))));
        }
        return points;
    }

    @Test
    void points_come_by_step_then_time_then_value_within_the_range() {
        List<MetricPoint> all = log(random(new Random(1), 5_000, 3_000));
        assertThat(history(StepRange.ALL)).isEqualTo(all);
        assertThat(history(StepRange.ALL.from(100).to(200)))
                .isNotEmpty()
                .isEqualTo(all.stream()
                        .filter(point -> point.step() >= 100 && point.step() <= 200)
                        .toList());
        assertThat(history(StepRange.ALL.from(all.get(4_000).step())))
                .isEqualTo(all.stream()
                        .filter(point -> point.step() >= all.get(4_000).step())
                        .toList());
        assertThat(history(StepRange.ALL.from(1_000_000))).isEmpty();
    }

    @Test
    void the_consumer_may_end_the_reading() {
        log(random(new Random(2), 3_000, 3_000));
        List<MetricPoint> read = new ArrayList<>();
        assertThatThrownBy(() -> experiments.history(id, "loss", StepRange.ALL, point -> {
                    read.add(point);
                    if (read.size() == 7) {
                        throw new IllegalStateException("enough");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("enough");
        assertThat(read).hasSize(7);
    }

    @Test
    void what_is_unknown_has_no_history_and_bad_input_is_refused_by_name() {
        log(List.of(MetricPoint.of(1, 1, NOON)));
        experiments.history(
                id, "unknown", StepRange.ALL, point -> assertThat(point).isNull());
        experiments.history(
                UUID.randomUUID(),
                "loss",
                StepRange.ALL,
                point -> assertThat(point).isNull());
        assertThat(experiments.history(id, "unknown", 10)).isEmpty();
        assertThat(experiments.history(UUID.randomUUID(), "loss", 10)).isEmpty();
        assertThat(experiments.metrics(UUID.randomUUID())).isEmpty();
        for (int bad : new int[] {Integer.MIN_VALUE, 0, 3, 10_001}) {
            assertThatThrownBy(() -> experiments.history(id, "loss", bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("maxPoints ");
        }
        assertThatThrownBy(() -> experiments.history(id, "", 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("name ");
        assertThatThrownBy(() -> StepRange.ALL.to(1).from(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("from ");
    }

    @Test
    void a_short_history_is_not_reduced() {
        List<MetricPoint> all = log(random(new Random(3), 200, 100));
        assertThat(experiments.history(id, "loss", all.size())).isEqualTo(all);
        assertThat(experiments.history(id, "loss", 10_000)).isEqualTo(all);
        assertThat(experiments.history(id, "loss", all.size() - 1)).hasSizeLessThan(all.size());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void a_reduced_history_has_the_four_points_of_each_part(long seed) {
        Random random = new Random(seed);
        List<MetricPoint> all = log(random(random, 4_000, 1 + random.nextInt(20_000)));
        for (int max : new int[] {4, 5, 7, 64, 320, 1_000}) {
            List<MetricPoint> reduced = experiments.history(id, "loss", max);
            assertThat(reduced).hasSizeLessThanOrEqualTo(max).isEqualTo(reduced(all, max / 4));
        }
    }

    /** What M4 keeps, counted out. */
    private static List<MetricPoint> reduced(List<MetricPoint> all, int parts) {
        BigDecimal first = BigDecimal.valueOf(all.get(0).step());
        BigDecimal span = BigDecimal.valueOf(all.get(all.size() - 1).step()).subtract(first);
        Set<MetricPoint> kept = new HashSet<>();
        int from = 0;
        for (int part = 1; part <= parts; part++) {
            long end = first.add(span.multiply(BigDecimal.valueOf(part))
                            .divide(BigDecimal.valueOf(parts), MathContext.DECIMAL128))
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
            int to = from;
            while (to < all.size() && (part == parts || all.get(to).step() < end)) {
                to++;
            }
            List<MetricPoint> bucket = all.subList(from, to);
            if (!bucket.isEmpty()) {
                kept.add(bucket.get(0));
                kept.add(bucket.get(bucket.size() - 1));
                Comparator<MetricPoint> byValue = Comparator.comparingDouble(MetricPoint::value);
                kept.add(bucket.stream().min(byValue).orElseThrow());
                // Of equal values the first: a later one does not take its place.
                bucket.stream()
                        .filter(point -> !Double.isNaN(point.value()))
                        .reduce((a, b) -> b.value() > a.value() ? b : a)
                        .ifPresent(kept::add);
            }
            from = to;
        }
        return all.stream().filter(kept::contains).toList();
    }

    @Test
    void a_peak_of_one_step_is_kept() {
        List<MetricPoint> points = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            points.add(MetricPoint.of(
                    i == 12_345 ? 1e9 : i == 777 ? Double.NEGATIVE_INFINITY : Math.sin(i), i, NOON.plusSeconds(i)));
        }
        log(points);
        assertThat(experiments.history(id, "loss", 320))
                .hasSizeBetween(300, 320)
                .contains(points.get(0), points.get(777), points.get(12_345), points.get(19_999));
    }

    @Test
    void points_of_one_step_are_reduced_by_their_times() {
        List<MetricPoint> points = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            // Through the night in which clocks are set, by any zone of the session.
            points.add(MetricPoint.of(
                    (i * 7_919) % 8_000,
                    5,
                    Instant.parse("2026-03-07T00:00:00Z").plus(Duration.ofMinutes(i))));
        }
        log(points);
        List<MetricPoint> reduced = experiments.history(id, "loss", 40);
        assertThat(reduced)
                .hasSizeBetween(36, 40)
                .isSubsetOf(points)
                .isSortedAccordingTo(Comparator.comparing(MetricPoint::at))
                .contains(points.get(0), points.get(7_999));
        for (int part = 0; part < 10; part++) {
            assertThat(reduced)
                    .contains(points.subList(part * 800 + 10, part * 800 + 790).stream()
                            .max(Comparator.comparingDouble(MetricPoint::value))
                            .filter(most -> most.value() > 7_990)
                            .orElse(points.get(0)));
        }
    }

    @Test
    void the_ends_of_all_steps_and_times_are_reduced_too() {
        List<MetricPoint> points = new ArrayList<>();
        Instant[] times = {Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59.999999Z")};
        for (int i = 0; i < 10; i++) {
            points.add(MetricPoint.of(i, Long.MIN_VALUE + i, times[i % 2]));
            points.add(MetricPoint.of(-i, Long.MAX_VALUE - i, times[i % 2]));
            points.add(MetricPoint.of(Double.NaN, i, times[i % 2]));
        }
        List<MetricPoint> all = log(points);
        for (int max : new int[] {4, 8, 29}) {
            assertThat(experiments.history(id, "loss", max))
                    .hasSizeLessThanOrEqualTo(max)
                    .contains(all.get(0), all.get(29));
        }
        UUID other = experiments
                .create(NewExperiment.of("one step", ExperimentKind.EVALUATION))
                .id();
        List<MetricPoint> ends = List.of(
                MetricPoint.of(1, 0, times[0]),
                MetricPoint.of(2, 0, NOON),
                MetricPoint.of(3, 0, NOON.plusSeconds(1)),
                MetricPoint.of(2, 0, NOON.plusSeconds(2)),
                MetricPoint.of(1, 0, times[1]));
        experiments.log(other, LogBatch.of().metric("loss", ends));
        assertThat(experiments.history(other, "loss", 4)).containsExactly(ends.get(0), ends.get(2), ends.get(4));
    }

    @Test
    void both_read_the_index_alone_and_sort_nothing_large() {
        List<MetricPoint> points = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            points.add(MetricPoint.of(Math.sin(i), i, NOON.plusSeconds(i)));
        }
        log(points);
        // While any other session has an older snapshot, as autovacuum may, no page becomes all visible.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            database.admin("vacuum analyze evalstore.metric_points");
            return database.value("select relallvisible = relpages from pg_class"
                            + " where oid = 'evalstore.metric_points'::regclass")
                    .equals("t");
        });
        for (String plan : List.of(
                plan(MetricReads.HISTORY, id, "loss", 1L, 9L), plan(MetricReads.REDUCED, 320, "loss", id, 80))) {
            assertThat(plan)
                    .contains("Index Only Scan using metric_points_pkey")
                    .doesNotContain("Seq Scan on metric_points");
        }
        assertThat(plan(MetricReads.HISTORY, id, "loss", 1L, 9L)).doesNotContain("Sort");
    }

    private static String plan(String sql, Object... args) {
        String text = sql;
        for (Object arg : args) {
            text = text.replaceFirst("\\?", arg instanceof Number ? arg.toString() : "'" + arg + "'");
        }
        return String.join("\n", database.query("explain (costs off) " + text));
    }
}
