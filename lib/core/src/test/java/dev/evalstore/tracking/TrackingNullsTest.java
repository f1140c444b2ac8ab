package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.job.Usage;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Clause;
import dev.evalstore.search.Condition;
import dev.evalstore.search.Field;
import dev.evalstore.search.Literal;
import dev.evalstore.search.Operator;
import dev.evalstore.search.Order;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A null that is no value is refused by the argument's name, and not by the line of the library that met it. */
@SuppressWarnings("NullAway")
class TrackingNullsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Tracking tracking = database.db().tracking();
    private final UUID id = UUID.randomUUID();
    private final Map<ThrowingCallable, String> calls = new LinkedHashMap<>();

    @Test
    void nulls_are_named_by_what_stores_and_reads() {
        ExperimentRepository experiments = tracking.experiments();
        calls.put(() -> experiments.create(null), "experiment");
        calls.put(() -> experiments.find(null), "id");
        calls.put(() -> experiments.findByName(null, "a"), "project");
        calls.put(() -> experiments.findByName("a", null), "name");
        calls.put(() -> experiments.update(null, UpdateExperiment.NOTHING), "id");
        calls.put(() -> experiments.update(id, null), "change");
        calls.put(() -> experiments.start(null), "id");
        calls.put(() -> experiments.complete(null, null, LogBatch.of(), Usage.NONE), "id");
        calls.put(() -> experiments.complete(id, null, null, Usage.NONE), "metrics");
        calls.put(() -> experiments.complete(id, null, LogBatch.of(), null), "usage");
        calls.put(() -> experiments.fail(id, null), "error");
        calls.put(() -> experiments.cancel(null), "id");
        calls.put(() -> experiments.archive(null), "id");
        calls.put(() -> experiments.restore(null), "id");
        calls.put(() -> experiments.archiveOld(null), "age");
        calls.put(() -> experiments.delete(null), "id");
        calls.put(() -> experiments.log(null, LogBatch.of()), "id");
        calls.put(() -> experiments.log(id, null), "batch");
        calls.put(() -> experiments.metrics(null), "id");
        calls.put(() -> experiments.history(null, "m", StepRange.ALL, point -> {}), "id");
        calls.put(() -> experiments.history(id, null, StepRange.ALL, point -> {}), "name");
        calls.put(() -> experiments.history(id, "m", null, point -> {}), "range");
        calls.put(() -> experiments.history(id, "m", StepRange.ALL, null), "consumer");
        calls.put(() -> experiments.history(null, "m", 10), "id");
        calls.put(() -> experiments.compare(null), "ids");
        calls.put(() -> experiments.compare(Arrays.asList(id, null)), "ids");
        calls.put(() -> experiments.search(null), "query");
        calls.put(() -> experiments.explain(null), "query");
        FeedbackRepository feedback = tracking.feedback();
        calls.put(() -> feedback.give(null), "feedback");
        calls.put(() -> feedback.change(null, UpdateFeedback.NOTHING), "id");
        calls.put(() -> feedback.change(id, null), "change");
        calls.put(() -> feedback.withdraw(null), "id");
        calls.put(() -> feedback.findByUser(id, null), "userId");
        calls.put(() -> feedback.stats(null), "filter");
        CostRepository costs = tracking.costs();
        calls.put(() -> costs.append(null), "entry");
        calls.put(() -> costs.appendAll(null), "entries");
        calls.put(() -> costs.total(null), "filter");
        calls.put(() -> costs.totals(CostFilter.ALL, null, 10), "by");
        calls.put(() -> costs.cleanup(null), "retention");
        ComparisonRepository comparisons = tracking.comparisons();
        calls.put(() -> comparisons.create(null), "comparison");
        calls.put(() -> comparisons.delete(null), "id");
        calls.put(() -> comparisons.pairExperiments(null, ItemMetric.SCORE, Pairing.ITEM), "experiments");
        calls.put(() -> comparisons.pairExperiments(List.of(id, UUID.randomUUID()), null, Pairing.ITEM), "metric");
        calls.put(() -> comparisons.pairExperiments(List.of(id, UUID.randomUUID()), ItemMetric.SCORE, null), "pairing");
        calls.put(() -> tracking.analytics(null), "filter");
        calls.put(() -> tracking.summary(null), "experiment");
        areNamed();
    }

    @Test
    void nulls_are_named_by_what_is_stored() {
        calls.put(() -> LogBatch.of().metric(null, 1, 1, Instant.EPOCH), "name");
        calls.put(() -> LogBatch.of().metric("m", 1, 1, null), "at");
        calls.put(() -> LogBatch.of().metric("m", null), "points");
        calls.put(() -> LogBatch.of().param("p", (ParamValue) null), "value");
        calls.put(() -> LogBatch.of().param("p", (String) null), "value");
        calls.put(() -> LogBatch.of().tag(null), "tags");
        calls.put(() -> LogBatch.of().tag("t", null), "tags");
        calls.put(() -> ParamValue.of((BigDecimal) null), "value");
        calls.put(() -> new ParamValue(null, "x"), "kind");
        calls.put(() -> new ParamValue(ParamKind.STRING, null), "text");
        calls.put(() -> NewExperiment.of("a", null), "kind");
        calls.put(() -> NewExperiment.of("a", ExperimentKind.EVALUATION).params(null), "params");
        calls.put(() -> NewFeedback.of(null), "evaluationId");
        areNamed();
    }

    @Test
    void nulls_are_named_by_the_search() {
        Literal text = new Literal.Text("a");
        Field name = Attribute.NAME;
        calls.put(() -> Condition.parse(null), "text");
        calls.put(() -> Order.parse(null), "text");
        calls.put(() -> Field.parse(null), "text");
        calls.put(() -> new Condition.All(null), "conditions");
        calls.put(() -> new Condition.Not(null), "condition");
        calls.put(() -> new Clause.Compare(null, Operator.EQUAL, text), "field");
        calls.put(() -> new Clause.Compare(name, null, text), "operator");
        calls.put(() -> new Clause.Compare(name, Operator.EQUAL, null), "literal");
        calls.put(() -> new Clause.Between(name, null, text, false), "literal");
        calls.put(() -> new Clause.In(name, null, false), "literals");
        calls.put(() -> new Clause.Like(name, null, false, false), "value");
        calls.put(() -> new Literal.Number(null), "value");
        calls.put(() -> ExperimentQuery.where(null), "text");
        calls.put(() -> ExperimentQuery.matching(null), "condition");
        calls.put(() -> ExperimentQuery.ALL.project(null), "project");
        calls.put(() -> ExperimentQuery.ALL.orderBy((String[]) null), "orderBy");
        calls.put(() -> ExperimentQuery.ALL.orderBy((List<Order>) null), "orderBy");
        calls.put(() -> ExperimentQuery.ALL.select((List<Field>) null), "select");
        areNamed();
    }

    private void areNamed() {
        calls.forEach((call, name) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name));
    }
}
