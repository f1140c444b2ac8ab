package dev.evalstore.bench.soak;

import java.sql.SQLException;

/** Whether the evaluations are there, and those of a run all together. */
final class EvaluationCheck {
    private EvaluationCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        violations.compare(
                "an evaluation",
                evidence.outcomesUnless("delete", Stage.EVALUATIONS, "create", "createAll"),
                evidence.texts("select input from evalstore.evaluations where benchmark_id is null"));
        violations.compare(
                "a run",
                evidence.outcomes(Stage.EVALUATIONS, "run", "copy"),
                evidence.texts("select name from evalstore.benchmarks"));
        violations.each("a run has not each of its evaluations once", evidence.texts("""
                select b.name || ' has ' || count(e.id) || ' of ' || b.total_iterations from evalstore.benchmarks b
                left join evalstore.evaluations e on e.benchmark_id = b.id group by b.id
                having count(e.id) <> b.total_iterations or count(distinct e.input) <> b.total_iterations"""));
    }
}
