package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages of evaluations in each order. That they are sorted right is proved with the filters. */
class EvaluationOrderTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static EvaluationWorld world;

    private final EvaluationRepository answers = database.db().evaluations();

    @BeforeAll
    static void fill() {
        world = new EvaluationWorld(database, 34);
        world.add(60);
    }

    @ParameterizedTest
    @EnumSource
    void whoever_walks_on_meets_each_row_once_while_others_are_stored(EvaluationOrder order) {
        List<UUID> before = answers.list(EvaluationFilter.ALL, order, 1_000, null).items().stream()
                .map(Evaluation::id)
                .toList();
        List<UUID> seen = new ArrayList<>();
        Cursor next = null;
        do {
            Page<Evaluation> page = answers.list(EvaluationFilter.ALL, order, 12, next);
            page.items().forEach(row -> seen.add(row.id()));
            next = page.next();
            world.add(2);
        } while (next != null);
        assertThat(seen).doesNotHaveDuplicates();
        seen.retainAll(before);
        assertThat(seen).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_has_the_order_of_the_pages_and_ends_after_its_maximum(EvaluationOrder order) {
        EvaluationFilter scored = EvaluationFilter.ALL.score(0.0, null);
        List<Evaluation> paged = answers.list(scored, order, 1_000, null).items();
        assertThat(paged).hasSizeGreaterThan(20);
        assertThat(streamed(scored, order, Long.MAX_VALUE)).isEqualTo(paged);
        assertThat(streamed(scored, order, 12)).isEqualTo(paged.subList(0, 12));
        assertThat(streamed(EvaluationFilter.ALL, order, 1_000))
                .isEqualTo(
                        answers.list(EvaluationFilter.ALL, order, 1_000, null).items());
        assertThat(streamed(scored, order, 0)).isEmpty();
        assertThatThrownBy(() -> streamed(scored, order, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maximum");
    }

    private List<Evaluation> streamed(EvaluationFilter filter, EvaluationOrder order, long maximum) {
        List<Evaluation> rows = new ArrayList<>();
        answers.stream(filter, order, maximum, rows::add);
        return rows;
    }

    @Test
    void a_page_that_ends_where_values_end_has_a_next_one() {
        UUID experiment = world.experiments.get(0).id();
        EvaluationFilter mine = EvaluationFilter.ALL.experiment(experiment).item("seam");
        for (int i = 0; i < 4; i++) {
            NewEvaluation row =
                    NewEvaluation.of("p", "m", "i", "o").experiment(experiment).item("seam", i);
            answers.create(i < 2 ? row.score(i) : row);
        }
        Page<Evaluation> valued = answers.list(mine, EvaluationOrder.HIGHEST_SCORE, 2, null);
        assertThat(valued.items()).extracting(Evaluation::score).containsExactly(1.0, 0.0);
        Page<Evaluation> one = answers.list(mine, EvaluationOrder.HIGHEST_SCORE, 1, valued.next());
        assertThat(one.items()).extracting(Evaluation::repeat).containsExactly(3);
        Page<Evaluation> last = answers.list(mine, EvaluationOrder.HIGHEST_SCORE, 1, one.next());
        assertThat(last.items()).extracting(Evaluation::repeat).containsExactly(2);
        assertThat(last.next()).isNull();
    }

    @Test
    void a_cursor_belongs_to_its_order_alone() {
        for (EvaluationOrder order : EvaluationOrder.values()) {
            Cursor cursor = answers.list(EvaluationFilter.ALL, order, 1, null).next();
            for (EvaluationOrder other : EvaluationOrder.values()) {
                if (other != order) {
                    assertThatThrownBy(() -> answers.list(EvaluationFilter.ALL, other, 1, cursor))
                            .as("%s by %s", order, other)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("cursor");
                }
            }
        }
    }

    @Test
    void a_cursor_that_somebody_made_up_is_refused() {
        String id = UUID.randomUUID().toString();
        for (String key : List.of(
                "score.desc|NaN|" + id,
                "score.desc|1e301|" + id,
                "score.desc|x|" + id,
                "score.desc|1.0|x",
                "score.desc|1.0",
                "latency_ms.asc|99999999999|" + id,
                "cost_usd.desc|-1|" + id,
                "cost_usd.desc|1E+999999999|" + id)) {
            Cursor cursor = new Cursor(
                    Base64.getUrlEncoder().encodeToString(("evaluations." + key).getBytes(StandardCharsets.UTF_8)));
            EvaluationOrder order = key.startsWith("score")
                    ? EvaluationOrder.HIGHEST_SCORE
                    : key.startsWith("cost") ? EvaluationOrder.DEAREST : EvaluationOrder.FASTEST;
            assertThatThrownBy(() -> answers.list(EvaluationFilter.ALL, order, 1, cursor))
                    .as(key)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cursor");
        }
    }
}
