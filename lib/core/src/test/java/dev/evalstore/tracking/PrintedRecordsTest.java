package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.catalog.Dataset;
import dev.evalstore.catalog.DatasetFormat;
import dev.evalstore.catalog.NewDataset;
import dev.evalstore.job.Usage;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A record that is stored prints no more than the one that it was made from: a host's log has both. */
class PrintedRecordsTest {
    private static final String SECRET = "secret-41";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Tracking tracking = database.db().tracking();

    @Test
    void an_experiment_prints_no_text_and_no_value() {
        ExperimentRepository experiments = tracking.experiments();
        Json json = Json.of(Map.of(SECRET, SECRET));
        UUID id = experiments
                .create(NewExperiment.of(SECRET, ExperimentKind.EVALUATION)
                        .project(SECRET)
                        .description(SECRET)
                        .notes(SECRET)
                        .config(json)
                        .param(SECRET, SECRET)
                        .tag(SECRET, SECRET))
                .id();
        experiments.start(id);
        Experiment completed = experiments.complete(id, json, LogBatch.of(), Usage.NONE);
        assertThat(completed.toString())
                .doesNotContain(SECRET)
                .contains("Experiment[id=" + id, "status=COMPLETED", "1 params");
        experiments.start(other());
        assertThat(experiments.fail(other, SECRET).toString()).doesNotContain(SECRET);
        ExperimentQuery query = ExperimentQuery.where("params.`" + SECRET + "` = '" + SECRET + "'")
                .select("name", "notes", "params.`" + SECRET + "`", "tags.`" + SECRET + "`");
        assertThat(experiments.search(query).items().get(0).toString())
                .doesNotContain(SECRET)
                .contains(id.toString());
        assertThat(experiments.compare(List.of(id, other)).toString()).doesNotContain("text=");
    }

    private UUID other;

    private UUID other() {
        other = tracking.experiments()
                .create(NewExperiment.of("b", ExperimentKind.EVALUATION))
                .id();
        return other;
    }

    @Test
    void a_dataset_prints_no_place_which_may_be_a_signed_link() {
        NewDataset given = NewDataset.of("mmlu-" + UUID.randomUUID(), DatasetFormat.values()[0])
                .source(NewDataset.Source.UNKNOWN.uri("https://example.org/?signature=" + SECRET));
        Dataset stored = database.db().catalog().datasets().create(given);
        assertThat(given.toString()).doesNotContain(SECRET).contains("mmlu");
        assertThat(stored.toString())
                .doesNotContain(SECRET)
                .contains("mmlu", stored.id().toString());
    }

    @Test
    void a_cost_entry_prints_no_metadata() {
        CostEntry entry = tracking.costs()
                .append(NewCostEntry.of("p", "m", BigDecimal.ONE).metadata(Json.of(Map.of("key", SECRET))));
        assertThat(entry.toString()).doesNotContain(SECRET);
    }
}
