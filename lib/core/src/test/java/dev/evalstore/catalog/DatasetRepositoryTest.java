package dev.evalstore.catalog;

import static dev.evalstore.catalog.CatalogFixtures.notFound;
import static dev.evalstore.catalog.CatalogFixtures.refused;
import static dev.evalstore.catalog.CatalogFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.NewExperiment;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetRepositoryTest {
    private static final String SHA_256 = "0123456789abcdef".repeat(4);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final DatasetRepository datasets = database.db().catalog().datasets();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.experiments; delete from evalstore.datasets");
    }

    private static NewDataset full() {
        return NewDataset.of("mmlu", DatasetFormat.JSONL)
                .versionLabel("2.0.0")
                .source(NewDataset.Source.UNKNOWN
                        .domain("knowledge")
                        .uri("s3://bucket/mmlu.jsonl")
                        .checksum(SHA_256))
                .size(new NewDataset.Size(14_042L, 6_000_000_000L))
                .validationSplit(0.25)
                .metadata(Json.of(Map.of("license", "MIT")));
    }

    @Test
    void a_dataset_is_stored_as_it_is_given() {
        Dataset plain = datasets.create(NewDataset.of("mmlu", DatasetFormat.PARQUET));
        assertThat(plain.versionLabel()).isEqualTo("1.0.0");
        assertThat(plain.validationSplit()).isEqualTo(0.2);
        assertThat(plain.sampleCount()).isNull();

        Dataset full = datasets.create(full());
        assertThat(full.format()).isEqualTo(DatasetFormat.JSONL);
        assertThat(full.sampleCount()).isEqualTo(14_042);
        assertThat(full.sizeBytes()).isEqualTo(6_000_000_000L);
        assertThat(full.domain()).isEqualTo("knowledge");
        assertThat(full.uri()).isEqualTo("s3://bucket/mmlu.jsonl");
        assertThat(full.checksum()).isEqualTo(SHA_256);
        assertThat(full.validationSplit()).isEqualTo(0.25);
        assertThat(datasets.get(full.id())).isEqualTo(full);
        assertThat(datasets.findByName("mmlu", "2.0.0")).contains(full);
        assertThat(datasets.findByName("mmlu", "3.0.0")).isEmpty();
    }

    @Test
    void name_and_version_are_unique_together() {
        Dataset first = datasets.create(full());
        violates("datasets_name_version_label_unique", () -> datasets.create(full()));
        Dataset second = datasets.create(full().versionLabel("2.0.1"));
        violates(
                "datasets_name_version_label_unique",
                () -> datasets.update(second.id(), UpdateDataset.NOTHING.versionLabel("2.0.0")));
        assertThat(datasets.list(DatasetFilter.ALL.name("mmlu"), 10).items()).containsExactly(second, first);
    }

    @Test
    void each_condition_admits_its_own() {
        Dataset law = datasets.create(NewDataset.of("law", DatasetFormat.CSV)
                .source(NewDataset.Source.UNKNOWN.domain("law").checksum(SHA_256)));
        Dataset other = datasets.create(NewDataset.of("code", DatasetFormat.TEXT));
        List<DatasetFilter> filters = List.of(
                DatasetFilter.ALL.name("law"),
                DatasetFilter.ALL.format(DatasetFormat.CSV),
                DatasetFilter.ALL.domain("law"),
                DatasetFilter.ALL.checksum(SHA_256),
                DatasetFilter.ALL.created(null, other.createdAt()));
        for (DatasetFilter filter : filters) {
            assertThat(datasets.list(filter, 10).items()).containsExactly(law);
            assertThat(datasets.count(filter)).isOne();
        }
        assertThat(datasets.list(DatasetFilter.ALL, 10).items()).containsExactly(other, law);
    }

    @Test
    void an_update_changes_what_it_names() {
        Dataset created = datasets.create(full());
        assertThat(datasets.update(created.id(), UpdateDataset.NOTHING)).isEqualTo(created);
        Dataset changed = datasets.update(
                created.id(),
                UpdateDataset.NOTHING
                        .name("mmlu-pro")
                        .format(DatasetFormat.ARROW)
                        .sampleCount(Patch.set(7L))
                        .sizeBytes(Patch.clear())
                        .domain(Patch.clear())
                        .uri(Patch.clear())
                        .checksum(Patch.clear())
                        .validationSplit(1)
                        .metadata(Patch.clear()));
        assertThat(changed.name()).isEqualTo("mmlu-pro");
        assertThat(changed.versionLabel()).isEqualTo("2.0.0");
        assertThat(changed.sampleCount()).isEqualTo(7);
        assertThat(changed.checksum()).isNull();
        assertThat(changed.validationSplit()).isOne();
        notFound(() -> datasets.update(UUID.randomUUID(), UpdateDataset.NOTHING));
    }

    @Test
    void one_that_an_experiment_uses_stays() {
        Dataset used = datasets.create(full());
        database.db()
                .tracking()
                .experiments()
                .create(NewExperiment.of("tune", ExperimentKind.FINE_TUNING).dataset(used.id()));
        violates("experiments_dataset_fk", () -> datasets.delete(used.id()));
        Dataset unused = datasets.create(NewDataset.of("other", DatasetFormat.OTHER));
        assertThat(datasets.delete(unused.id())).isTrue();
        assertThat(datasets.delete(unused.id())).isFalse();
    }

    @Test
    void each_change_appends_one_event() {
        database.admin("alter table evalstore.domain_events disable trigger user; delete from evalstore.domain_events;"
                + " alter table evalstore.domain_events enable trigger user");
        Dataset dataset = datasets.create(full());
        datasets.update(dataset.id(), UpdateDataset.NOTHING.validationSplit(0.5));
        datasets.update(dataset.id(), UpdateDataset.NOTHING.validationSplit(0.5));
        datasets.delete(dataset.id());
        datasets.delete(dataset.id());
        assertThat(database.query("select event_type from evalstore.domain_events where aggregate_id = '" + dataset.id()
                        + "' order by position"))
                .containsExactly("dataset.created", "dataset.updated", "dataset.deleted");
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        refused("name", () -> NewDataset.of(" ", DatasetFormat.CSV));
        refused("name", () -> NewDataset.of("a".repeat(201), DatasetFormat.CSV));
        refused("versionLabel", () -> full().versionLabel("\0"));
        for (double split : new double[] {-0.1, 1.1, Double.NaN}) {
            refused("validationSplit", () -> full().validationSplit(split));
            refused("validationSplit", () -> UpdateDataset.NOTHING.validationSplit(split));
        }
        refused("sampleCount", () -> new NewDataset.Size(-1L, null));
        refused("sizeBytes", () -> UpdateDataset.NOTHING.sizeBytes(Patch.set(-1L)));
        refused("checksum", () -> NewDataset.Source.UNKNOWN.checksum(SHA_256.toUpperCase(Locale.ROOT)));
        refused("checksum", () -> DatasetFilter.ALL.checksum("abc"));
        refused("uri", () -> NewDataset.Source.UNKNOWN.uri("u".repeat(2_001)));
        refused("domain", () -> NewDataset.Source.UNKNOWN.domain(""));
        refused("metadata", () -> full().metadata(Json.parse("[1]")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "validation_split = 'NaN' | datasets_validation_split_range",
                "validation_split = 1.5 | datasets_validation_split_range",
                "sample_count = -1 | datasets_sample_count_range",
                "size_bytes = -1 | datasets_size_bytes_range",
                "checksum = 'abc' | datasets_checksum_format",
                "name = ' ' | datasets_name_length",
                "version_label = '' | datasets_version_label_length",
                "metadata = '[]' | datasets_metadata_object"
            })
    void the_schema_refuses_it_too(String assignment, String constraint) {
        Dataset dataset = datasets.create(full());
        assertThatThrownBy(() -> database.admin(
                        "update evalstore.datasets set " + assignment + " where id = '" + dataset.id() + "'"))
                .hasMessageContaining(constraint);
    }
}
