package dev.evalstore.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.search.MlflowCorpus.Case;
import dev.evalstore.search.MlflowCorpus.Refusal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What MLflow's filters mean here, in memory. That the database says the same is another test. */
class MlflowFiltersTest {
    private static final List<Facts> RUNS = MlflowCorpus.runs();

    static Stream<Case> filters() {
        return Stream.concat(MlflowCorpus.accepted().stream(), MlflowCorpus.acceptedHere().stream());
    }

    @ParameterizedTest
    @MethodSource("filters")
    void finds_what_the_documentation_says(Case filter) {
        Condition condition = Condition.parse(filter.filter());
        assertThat(found(condition, List.of())).containsExactly(filter.runs());
        assertThat(found(Condition.parse(condition.toString()), List.of()))
                .as("%s", condition)
                .containsExactly(filter.runs());
    }

    static List<Refusal> refusals() {
        return MlflowCorpus.refused();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses_what_the_documentation_says(Refusal refusal) {
        assertThatThrownBy(() -> Condition.parse(refusal.filter()))
                .isInstanceOfSatisfying(
                        SearchSyntaxException.class,
                        e -> assertThat(e.position()).as(e.getMessage()).isEqualTo(refusal.position()));
    }

    static List<Case> orders() {
        return MlflowCorpus.orders();
    }

    @ParameterizedTest
    @MethodSource("orders")
    void sorts_as_the_documentation_says(Case order) {
        assertThat(found(Condition.EVERYTHING, Order.parse(order.filter()))).containsExactly(order.runs());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m.acc",
                "acc",
                "attri.x",
                "`metrics.A",
                "`metrics.A`",
                "attribute.start",
                "attribute.experiment_id",
                "metrics.A != 1",
                "attribute.run_id ACS",
                "attribute.run_id decs",
                "",
                "name, ",
                "name desc desc"
            })
    void refuses_orders_as_the_documentation_says(String order) {
        assertThatThrownBy(() -> Order.parse(order)).isInstanceOf(SearchSyntaxException.class);
    }

    @Test
    void what_has_no_column_is_refused_with_the_reason() {
        assertThatThrownBy(() -> Condition.parse("attributes.artifact_uri = 'x'"))
                .hasMessageContaining("experiments have no artifact_uri");
        assertThatThrownBy(() -> Condition.parse("attributes.lifecycle_stage = 'x'"))
                .hasMessageContaining("ask for archived_at");
        assertThatThrownBy(() -> Condition.parse("datasets.context = 'x'"))
                .hasMessageContaining("datasets of experiments have no context");
    }

    private static int[] found(Condition condition, List<Order> orders) {
        return SearchOracle.search(RUNS, condition, orders, Comparator.comparing(Facts::id), Instant.EPOCH).stream()
                .mapToInt(RUNS::indexOf)
                .toArray();
    }
}
