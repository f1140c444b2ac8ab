package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Figures of one experiment read what hangs on it, and not what hangs on a thousand others; costs of a month read that month. */
class FigurePlansTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Jdbc jdbc;
    private static UUID experiment;

    @BeforeAll
    static void fill() {
        jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        experiment = new RatedAnswers(database).experiment();
        database.admin("""
                insert into evalstore.experiments (project, name, kind)
                select project, 'e', kind from evalstore.experiments, generate_series(1, 999);
                insert into evalstore.evaluations (provider, model, input, output, score, experiment_id)
                select 'p', 'm', repeat('i', 200), 'o', 1, x.id from evalstore.experiments x, generate_series(1, 10);
                insert into evalstore.evaluation_feedback (evaluation_id, rating)
                select id, 3 from evalstore.evaluations;
                select evalstore.create_partition('cost_entries', make_date(2025, m, 1)) from generate_series(4, 6) m;
                insert into evalstore.cost_entries (provider, model, cost_usd, experiment_id, requested_at)
                select 'p', 'm', 1, x.id, timestamptz '2025-04-01 00:00:00+00' + interval '1 h' * n
                from evalstore.experiments x, generate_series(0, 2183, 200) n;
                analyze evalstore.experiments, evalstore.evaluations, evalstore.evaluation_feedback, evalstore.cost_entries""");
    }

    private static List<String> plan(Sql sql) {
        return jdbc.list(Sql.of("/* figures.explain */ explain (costs off)").and(sql), row -> row.text("QUERY PLAN"));
    }

    private static void assertLookedUp(Sql sql) {
        assertThat(plan(sql))
                .noneMatch(line ->
                        line.matches(".*Seq Scan on (evaluations|evaluation_feedback|cost_entries_2025_0[456])\\b.*"))
                .anyMatch(line -> line.contains("Index"));
    }

    @Test
    void a_summary_looks_up_what_hangs_on_its_experiment() {
        assertLookedUp(Sql.of(Summaries.SUMMARY, experiment));
        ExperimentSummary summary = database.db().tracking().summary(experiment);
        assertThat(summary.evaluations().count()).isEqualTo(10);
        assertThat(summary.feedback()).isEqualTo(10);
        assertThat(summary.costs().entries()).isEqualTo(11);
    }

    @Test
    void feedback_on_an_experiment_is_looked_up() {
        assertLookedUp(Sql.of(FeedbackReads.STATS)
                .and(FeedbackFilter.ALL.experiment(experiment))
                .and(FeedbackReads.NEWEST));
        assertThat(database.db()
                        .tracking()
                        .feedback()
                        .stats(FeedbackFilter.ALL.experiment(experiment))
                        .count())
                .isEqualTo(10);
    }

    @Test
    void answers_that_are_paired_are_looked_up() {
        List<UUID> units = List.of(experiment, UUID.randomUUID());
        assertLookedUp(PairReads.ofExperiments(units, ItemMetric.SCORE, Pairing.ITEM));
        assertLookedUp(PairReads.ofModelVersions(
                units, ItemMetric.metric("f1"), Pairing.ITEM_AND_REPEAT, EvaluationFilter.ALL));
    }

    @Test
    void the_costs_of_an_experiment_are_looked_up() {
        assertLookedUp(Sql.of(CostReads.TOTAL).and(CostFilter.ALL.experiment(experiment)));
    }

    @Test
    void the_costs_of_a_month_are_read_in_that_month_alone() {
        CostFilter may =
                CostFilter.ALL.requested(Instant.parse("2025-05-01T00:00:00Z"), Instant.parse("2025-06-01T00:00:00Z"));
        assertThat(plan(Sql.of(CostReads.TOTAL).and(may)))
                .anyMatch(line -> line.contains("cost_entries_2025_05"))
                .noneMatch(line -> line.matches(".*cost_entries_20(?!25_05).*"));
    }
}
