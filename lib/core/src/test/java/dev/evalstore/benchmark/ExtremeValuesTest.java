package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The least and the greatest values that are stored, and what is computed from them. */
class ExtremeValuesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.evaluations; delete from evalstore.benchmarks");
    }

    private UUID run(int total) {
        return db.benchmarks()
                .create(NewBenchmark.of("a", "p", "m", "d", total))
                .id();
    }

    private EvaluationSummary.Distribution scores(double... scores) {
        UUID run = run(0);
        for (double score : scores) {
            db.evaluations().create(Answers.plain("m").benchmark(run).score(score));
        }
        return db.evaluations().summary(run).score();
    }

    @Test
    void scores_of_any_size_are_summed_up() {
        EvaluationSummary.Distribution one = scores(1e160);
        assertThat(one.mean()).isEqualTo(1e160);
        assertThat(one.stddev()).isNull();
        EvaluationSummary.Distribution two = scores(1e160, 3e160);
        assertThat(two.mean()).isEqualTo(2e160);
        assertThat(two.stddev()).isCloseTo(Math.sqrt(2) * 1e160, within(1e146));
        EvaluationSummary.Distribution widest = scores(-1e300, 1e300, 1e300);
        assertThat(widest.mean()).isCloseTo(1e300 / 3, within(1e286));
        assertThat(widest.stddev()).isCloseTo(1e300 * Math.sqrt(4.0 / 3), within(1e286));
        assertThat(widest.p50()).isEqualTo(1e300);
        EvaluationSummary.Distribution tiny = scores(Double.MIN_VALUE, 3e-300, 1e-300);
        assertThat(tiny.min()).isEqualTo(Double.MIN_VALUE);
        assertThat(tiny.stddev()).isCloseTo(Math.sqrt(7.0 / 3) * 1e-300, within(1e-307));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.1e300, -1.1e300, 1.7e308, -Double.MAX_VALUE})
    void a_score_beyond_what_can_be_summed_up_is_refused_by_name(double score) {
        assertThatThrownBy(() -> Answers.plain("m").score(score))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("score");
        UUID id = db.evaluations().create(Answers.plain("m")).id();
        assertThatThrownBy(() -> database.admin(
                        "update evalstore.evaluations set score = " + score + " where id = '" + id + "'"))
                .hasMessageContaining("evaluations_score_range");
    }

    /** Floating sums of equals differ in their last bit by how many there are. */
    @Test
    void the_mean_of_equals_is_what_they_are() {
        EvaluationSummary.Distribution three = scores(0.1, 0.1, 0.1);
        EvaluationSummary.Distribution six = scores(0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
        assertThat(three.mean()).isEqualTo(0.1);
        assertThat(six.mean()).isEqualTo(0.1);
        assertThat(three.stddev()).isZero();
        assertThat(six.stddev()).isZero();
        assertThat(scores(0.1, 0.7).mean())
                .isEqualTo(scores(0.7, 0.1, 0.1, 0.7, 0.7, 0.1).mean());
        double odd = 0.1 + 0.2;
        assertThat(scores(odd).mean()).isEqualTo(odd);
    }

    @Test
    void the_greatest_counts_and_costs_are_summed_up() {
        UUID run = run(0);
        BigDecimal most = new BigDecimal("999999999.999999999");
        NewEvaluation greatest = Answers.plain("m")
                .benchmark(run)
                .latencyMs(Integer.MAX_VALUE)
                .usage(Integer.MAX_VALUE, Integer.MAX_VALUE, most);
        db.evaluations().createAll(List.of(greatest, greatest, greatest.latencyMs(0)));
        EvaluationSummary summary = db.evaluations().summary(run);
        assertThat(summary.inputTokens()).isEqualTo(3L * Integer.MAX_VALUE);
        assertThat(summary.outputTokens()).isEqualTo(3L * Integer.MAX_VALUE);
        assertThat(summary.costUsd()).isEqualByComparingTo(most.multiply(BigDecimal.valueOf(3)));
        assertThat(summary.latencyMs().max()).isEqualTo(Integer.MAX_VALUE);
        assertThat(summary.latencyMs().stddev()).isPositive();
    }

    @Test
    void counters_end_at_the_greatest_int_and_say_which_one() {
        UUID unknownTotal = run(0);
        db.benchmarks().start(unknownTotal);
        db.benchmarks().recordProgress(unknownTotal, Integer.MAX_VALUE, Integer.MAX_VALUE);
        refusedBy("benchmarks_completed_iterations_range", () -> db.benchmarks().recordProgress(unknownTotal, 1, 0));
        refusedBy("benchmarks_failed_iterations_range", () -> db.benchmarks().recordProgress(unknownTotal, 0, 1));
        refusedBy(
                "benchmarks_completed_iterations_range",
                () -> db.benchmarks().recordProgress(unknownTotal, Integer.MAX_VALUE, 0));
        assertThat(db.benchmarks().get(unknownTotal).completedIterations()).isEqualTo(Integer.MAX_VALUE);
        assertThat(db.benchmarks().get(unknownTotal).failedIterations()).isEqualTo(Integer.MAX_VALUE);

        UUID known = run(Integer.MAX_VALUE);
        db.benchmarks().start(known);
        db.benchmarks().recordProgress(known, Integer.MAX_VALUE - 1, 1);
        refusedBy("benchmarks_iterations_within_total", () -> db.benchmarks().recordProgress(known, 1, 0));
    }

    private static void refusedBy(String constraint, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo(constraint));
    }
}
