package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the matrix kept its word. */
final class MatrixCheck {
    private static final String CONFIGS = """
            with places as (
                select seq from evalstore.config_ready union all select seq from evalstore.config_scheduled
                union all select seq from evalstore.config_leases
                union all select seq from evalstore.benchmark_configs where outcome is not null),
            placed as (select seq, count(*) as places from places group by seq),
            stored as (
                select config_id, count(*) as results, min(id::text)::uuid as result from evalstore.benchmark_results
                group by config_id),
            c as (
                select c.id, c.outcome, c.attempt, c.result_id, coalesce(p.places, 0) as places,
                    coalesce(s.results, 0) as results, s.result
                from evalstore.benchmark_configs c
                left join placed p on p.seq = c.seq left join stored s on s.config_id = c.id)
            select id::text from c where""";

    private static final Map<String, String> RULES = Map.of(
            "a configuration is not in exactly one place",
            "places <> 1",
            "a configuration has not ended",
            "outcome is null",
            "a configuration has failed without a reason",
            "outcome = 'failed'",
            "a configuration has not exactly one result",
            "results <> 1",
            "a configuration's result is not the one that it names",
            "result_id is distinct from result",
            "a configuration ended without an attempt",
            "attempt < 1");

    private MatrixCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        for (Map.Entry<String, String> rule : RULES.entrySet()) {
            violations.each(rule.getKey(), evidence.texts(CONFIGS + " " + rule.getValue()));
        }
        violations.each("a result has no configuration", evidence.texts("""
                select id::text from evalstore.benchmark_results r
                where not exists (select from evalstore.benchmark_configs c where c.id = r.config_id)"""));
        violations.compare(
                "a result",
                results(evidence),
                evidence.texts(
                        "select config_id || ':' || (detailed_metrics ->> 'token') from evalstore.benchmark_results"));
        populated(evidence, violations);
    }

    /** A batch that was answered tells of each lease in it whether it was lost. */
    private static Map<String, Status> results(Evidence evidence) {
        Map<String, Status> results = new HashMap<>(evidence.outcomes(Stage.MATRIX, "complete"));
        evidence.outcomes(Stage.MATRIX, "completeAll").forEach(results::put);
        for (Journals.Line line : evidence.journals().of(Stage.MATRIX, "completeAll")) {
            if (line.status() == Status.OK && !line.detail().isEmpty()) {
                Arrays.stream(line.detail().split(",")).forEach(lost -> results.put(lost, Status.LOST));
            }
        }
        // Whoever was told that an attempt failed, or that its lease was lost, has no result of it.
        evidence.outcomes(Stage.MATRIX, "fail").forEach((name, status) -> {
            if (status == Status.OK) {
                results.put(name, Status.REFUSED);
            }
        });
        return results;
    }

    /** A round is whole or not there. */
    private static void populated(Evidence evidence, Violations violations) throws SQLException {
        violations.each(
                "a round of configurations is not whole",
                evidence.texts("select sequence_length || ' has ' || count(*) from evalstore.benchmark_configs"
                        + " group by sequence_length having count(*) <> " + Stage.ROUND));
        List<String> there = evidence.texts("select distinct sequence_length::text from evalstore.benchmark_configs");
        violations.each(
                "a round of configurations was acknowledged and is not there",
                evidence.journals().of(Stage.MATRIX, "populate").stream()
                        .filter(line -> line.status() == Status.OK && !there.contains(line.detail()))
                        .map(Journals.Line::detail)
                        .toList());
    }
}
