package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.NotFoundException;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ExperimentDifferencesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ExperimentRepository experiments = database.db().tracking().experiments();

    private UUID logged(LogBatch batch) {
        UUID id = experiments
                .create(NewExperiment.of("compared", ExperimentKind.EVALUATION))
                .id();
        experiments.log(id, batch);
        return id;
    }

    @Test
    void only_what_differs_is_there_in_the_order_asked_for() {
        LogBatch both = LogBatch.of().param("model", "gpt-4").metric("same", Double.NaN, 1, NOON);
        UUID a = logged(both.param("lr", 0.1)
                .param("kind", "1")
                .metric("accuracy", 0.5, 1, NOON)
                .metric("same", 1, 0, NOON));
        UUID b = logged(
                both.param("lr", 0.2).param("kind", 1).param("only", true).metric("accuracy", 0.75, 1, NOON));
        assertThat(experiments.compare(List.of(b, a, b)))
                .isEqualTo(new ExperimentDifferences(
                        List.of(b, a),
                        List.of(
                                new ExperimentDifferences.Param("kind", List.of(ParamValue.of(1), ParamValue.of("1"))),
                                new ExperimentDifferences.Param("lr", List.of(ParamValue.of(0.2), ParamValue.of(0.1))),
                                new ExperimentDifferences.Param("only", Arrays.asList(ParamValue.of(true), null))),
                        List.of(new ExperimentDifferences.Metric(
                                "accuracy",
                                List.of(
                                        new MetricSummary(0.75, 1, NOON, 0.75, 0.75, 1),
                                        new MetricSummary(0.5, 1, NOON, 0.5, 0.5, 1))))));
        ExperimentDifferences none = experiments.compare(
                List.of(a, logged(both.param("lr", 0.1).param("kind", "1").metric("accuracy", 0.5, 9, NOON))));
        assertThat(none.params()).isEmpty();
        assertThat(none.metrics()).isEmpty();
    }

    @Test
    void an_unknown_experiment_is_not_found_and_bad_numbers_of_them_are_refused() {
        UUID a = logged(LogBatch.of().param("p", 1));
        UUID gone = logged(LogBatch.of().param("p", 2));
        assertThat(experiments.compare(List.of(a, gone)).params()).hasSize(1);
        experiments.delete(gone);
        for (UUID missing : List.of(gone, UUID.randomUUID())) {
            assertThatThrownBy(() -> experiments.compare(List.of(a, missing)))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining(missing.toString());
        }
        List<UUID> many = Stream.generate(UUID::randomUUID).limit(101).toList();
        for (List<UUID> bad : List.of(List.<UUID>of(), List.of(a), List.of(a, a), many)) {
            assertThatThrownBy(() -> experiments.compare(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("ids ");
        }
    }

    @Test
    void random_experiments_differ_as_their_own_rows_say() {
        Random random = new Random(1);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            LogBatch batch = LogBatch.of();
            for (int name = 0; name < 8; name++) {
                if (random.nextInt(9) > 0) {
                    batch = batch.param("p" + name, random.nextInt(1 + name / 3));
                }
                if (random.nextInt(9) > 0) {
                    double value = name == 4 ? Double.NaN : random.nextInt(1 + name / 3);
                    batch = batch.metric("m" + name, value, 1, NOON);
                }
            }
            ids.add(logged(batch));
        }
        for (int i = 0; i < 30; i++) {
            List<UUID> some =
                    random.ints(4, 0, ids.size()).mapToObj(ids::get).distinct().toList();
            if (some.size() > 1) {
                ExperimentDifferences differences = experiments.compare(some);
                List<Map<String, ParamValue>> params =
                        some.stream().map(id -> experiments.get(id).params()).toList();
                List<Map<String, MetricSummary>> metrics =
                        some.stream().map(experiments::metrics).toList();
                assertThat(differences.params().stream().map(row -> Arrays.asList(row.name(), row.values())))
                        .isEqualTo(different(params));
                assertThat(differences.metrics().stream().map(row -> Arrays.asList(row.name(), row.values())))
                        .isEqualTo(different(metrics));
            }
        }
    }

    private static <V> List<List<Object>> different(List<Map<String, V>> rows) {
        TreeSet<String> names = new TreeSet<>();
        rows.forEach(row -> names.addAll(row.keySet()));
        List<List<Object>> different = new ArrayList<>();
        for (String name : names) {
            List<@Nullable V> values = new ArrayList<>();
            rows.forEach(row -> values.add(row.get(name)));
            if (values.stream().anyMatch(value -> !Objects.equals(value, values.get(0)))) {
                different.add(Arrays.asList(name, values));
            }
        }
        return different;
    }
}
