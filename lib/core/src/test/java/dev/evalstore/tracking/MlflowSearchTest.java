package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.catalog.DatasetFormat;
import dev.evalstore.catalog.NewDataset;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Facts;
import dev.evalstore.search.Facts.ParamFact;
import dev.evalstore.search.MlflowCorpus;
import dev.evalstore.search.MlflowCorpus.Case;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What MLflow's filters and orders find in the database is what its documentation says that they find. */
class MlflowSearchTest {
    private static final String PROJECT = "search-run-guide";
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Run 0 last, for what ties is found newest first. */
    @BeforeAll
    static void store() {
        database.admin("insert into evalstore.users (id, username, email, password_hash) values ('" + MlflowCorpus.USER
                + "', 'monkey', 'monkey@example.com', 'x')");
        List<Facts> runs = MlflowCorpus.runs();
        Map<String, UUID> datasets = new HashMap<>();
        for (int i = runs.size() - 1; i >= 0; i--) {
            store(i, runs.get(i), datasets);
        }
        // The same under another project, which no search may see.
        ExperimentRepository experiments = database.db().tracking().experiments();
        experiments.create(NewExperiment.of("alpha", ExperimentKind.EVALUATION)
                .project("another")
                .param("batch_size", "2")
                .tag("environment", "notebook"));
    }

    private static void store(int run, Facts facts, Map<String, UUID> datasets) {
        ExperimentRepository experiments = database.db().tracking().experiments();
        NewExperiment experiment = NewExperiment.of(text(facts, Attribute.NAME), ExperimentKind.EVALUATION)
                .project(PROJECT)
                .tags(facts.tags());
        for (Map.Entry<String, ParamFact> param : facts.params().entrySet()) {
            ParamFact value = param.getValue();
            experiment = experiment.param(
                    param.getKey(),
                    new ParamValue(value.number() == null ? ParamKind.STRING : ParamKind.NUMBER, value.text()));
        }
        String name = text(facts, Attribute.DATASET_NAME);
        String checksum = text(facts, Attribute.DATASET_CHECKSUM);
        UUID dataset = datasets.computeIfAbsent(
                name + checksum,
                key -> database.db()
                        .catalog()
                        .datasets()
                        .create(NewDataset.of(name, DatasetFormat.OTHER).versionLabel("v" + run))
                        .id());
        UUID id = experiments.create(experiment.dataset(dataset)).id();
        LogBatch batch = LogBatch.of();
        for (Map.Entry<String, Double> metric : facts.metrics().entrySet()) {
            batch = batch.metric(metric.getKey(), metric.getValue(), 1, AT);
        }
        experiments.log(id, batch);
        database.admin("update evalstore.experiments set id = '" + MlflowCorpus.id(run) + "', status = '"
                + text(facts, Attribute.STATUS) + "', started_at = " + literal(facts, Attribute.STARTED_AT)
                + ", completed_at = " + literal(facts, Attribute.COMPLETED_AT) + ", created_by = "
                + literal(facts, Attribute.CREATED_BY) + " where id = '" + id
                + "'; update evalstore.datasets set checksum = "
                + literal(facts, Attribute.DATASET_CHECKSUM) + " where id = '" + dataset + "'");
    }

    private static String text(Facts facts, Attribute attribute) {
        Object value = facts.attributes().get(attribute);
        return value == null ? "" : value.toString();
    }

    private static String literal(Facts facts, Attribute attribute) {
        String text = text(facts, attribute);
        return text.isEmpty() ? "null" : "'" + text + "'";
    }

    static Stream<Case> filters() {
        return Stream.concat(MlflowCorpus.accepted().stream(), MlflowCorpus.acceptedHere().stream());
    }

    @ParameterizedTest
    @MethodSource("filters")
    void a_filter_finds_what_the_documentation_says(Case filter) {
        assertThat(found(ExperimentQuery.where(filter.filter()).project(PROJECT)))
                .containsExactly(filter.runs());
    }

    static List<Case> orders() {
        return MlflowCorpus.orders();
    }

    @ParameterizedTest
    @MethodSource("orders")
    void an_order_is_what_the_documentation_says(Case order) {
        ExperimentQuery query = ExperimentQuery.where("").project(PROJECT).orderBy(order.filter());
        assertThat(found(query)).containsExactly(order.runs());
        assertThat(paged(query.limit(3))).containsExactly(order.runs());
    }

    /** What the runs have comes back, by MLflow's names. */
    @ParameterizedTest
    @ValueSource(
            strings = {"params.model, metrics.`f1 score`", "`Run name`, run_id", "tags.mlflow.user, datasets.digest"})
    void a_selection_is_read(String fields) {
        ExperimentQuery query =
                ExperimentQuery.where("metrics.accuracy = 0.1").project(PROJECT).select(fields);
        List<ExperimentRow> rows =
                database.db().tracking().experiments().search(query).items();
        assertThat(rows).hasSize(1);
        ExperimentRow row = rows.get(0);
        assertThat(row.id()).isEqualTo(MlflowCorpus.id(1));
        if (fields.startsWith("params")) {
            assertThat(row.param("model")).isEqualTo("GPT-3");
            assertThat(row.metric("f1 score")).isEqualTo(0.1);
            assertThat(row.attributes()).isEmpty();
            assertThat(row.params()).hasSize(1);
            assertThat(row.tags()).isEmpty();
        } else if (fields.startsWith("tags")) {
            assertThat(row.tag("mlflow.user")).isEqualTo("john@mlflow.com");
            assertThat(row.text(Attribute.DATASET_CHECKSUM)).isEqualTo(MlflowCorpus.DIGEST_1);
        } else {
            assertThat(row.name()).isEqualTo("beta");
            assertThat(row.metrics()).isEmpty();
        }
    }

    private static int[] found(ExperimentQuery query) {
        Page<ExperimentRow> page = database.db().tracking().experiments().search(query);
        assertThat(page.next()).isNull();
        return numbers(page.items());
    }

    private static int[] paged(ExperimentQuery query) {
        List<ExperimentRow> rows = new ArrayList<>();
        Cursor after = null;
        do {
            Page<ExperimentRow> page = database.db().tracking().experiments().search(query.after(after));
            rows.addAll(page.items());
            after = page.next();
        } while (after != null);
        return numbers(rows);
    }

    private static int[] numbers(List<ExperimentRow> rows) {
        List<UUID> ids =
                Stream.iterate(0, i -> i + 1).limit(10).map(MlflowCorpus::id).toList();
        return rows.stream().mapToInt(row -> ids.indexOf(row.id())).toArray();
    }
}
