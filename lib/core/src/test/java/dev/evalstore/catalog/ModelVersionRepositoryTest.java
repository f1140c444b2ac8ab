package dev.evalstore.catalog;

import static dev.evalstore.catalog.CatalogFixtures.notFound;
import static dev.evalstore.catalog.CatalogFixtures.refused;
import static dev.evalstore.catalog.CatalogFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.catalog.NewModelVersion.Serving;
import dev.evalstore.catalog.NewModelVersion.TokenPrice;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelVersionRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ModelRepository models = database.db().catalog().models();
    private final ModelVersionRepository versions = database.db().catalog().modelVersions();

    @BeforeEach
    void empty() {
        database.admin(CatalogFixtures.EMPTY);
    }

    private UUID model(@Nullable Long parameters) {
        NewModel model = NewModel.of("m", ModelKind.OPEN);
        return models.create(parameters == null ? model : model.parameters(parameters))
                .id();
    }

    @ParameterizedTest(name = "{0} parameters as {1} need {3} GB")
    @CsvSource({
        "7000000000, FP16, , 16.8",
        "70000000000, INT4, , 42.0",
        "7000000000, FP32, , 33.6",
        "7000000000, GPTQ, , 4.2",
        "7000000000, GPTQ, 3, 3.15",
        "405000000000, FP8, , 486",
        "70000000, INT8, , 0.084"
    })
    void vram_is_parameters_times_bits_and_a_fifth(
            long parameters, Quantization quantization, @Nullable Integer bits, BigDecimal gb) {
        NewModelVersion version = NewModelVersion.of(model(parameters), quantization, ModelFormat.SAFETENSORS);
        ModelVersion created = versions.create(bits == null ? version : version.quantizationBits(bits));
        assertThat(created.vramRequirementGb()).isEqualByComparingTo(gb);
    }

    @Test
    void vram_is_empty_where_parameters_or_bits_are_not_known_and_as_given_where_given() {
        UUID unknown = model(null);
        assertThat(versions.create(NewModelVersion.of(unknown, Quantization.FP16, ModelFormat.GGUF))
                        .vramRequirementGb())
                .isNull();
        models.update(unknown, UpdateModel.NOTHING.parameters(Patch.set(7_000_000_000L)));
        ModelVersion api = versions.create(NewModelVersion.of(unknown, Quantization.NONE, ModelFormat.API));
        assertThat(api.quantizationBits()).isNull();
        assertThat(api.vramRequirementGb()).isNull();
        assertThat(versions.create(NewModelVersion.of(unknown, Quantization.INT8, ModelFormat.GGUF)
                                .serving(Serving.UNKNOWN.vramRequirementGb(new BigDecimal("9.5"))))
                        .vramRequirementGb())
                .isEqualByComparingTo("9.5");
    }

    @Test
    void a_created_version_reads_back_the_same() {
        ModelVersion created = versions.create(NewModelVersion.of(model(1L), Quantization.AWQ, ModelFormat.AWQ)
                .versionLabel("2.0.0")
                .serving(Serving.UNKNOWN
                        .artifactUri("s3://weights/m")
                        .apiEndpoint("https://example.org/v1")
                        .config(Json.of(Map.of("tp", 2))))
                .price(new TokenPrice(new BigDecimal("0.000000001"), new BigDecimal("0.06")))
                .status(VersionStatus.TRAINING));
        assertThat(versions.get(created.id())).isEqualTo(created);
        assertThat(versions.find(created.id())).contains(created);
        assertThat(created.artifactUri()).isEqualTo("s3://weights/m");
        assertThat(created.apiEndpoint()).isEqualTo("https://example.org/v1");
        assertThat(created.config().asMap()).isEqualTo(Map.of("tp", 2));
        assertThat(created.inputCostPer1k()).isEqualByComparingTo("0.000000001");
        assertThat(created.outputCostPer1k()).isEqualByComparingTo("0.06");
        assertThat(created.quantizationBits()).isEqualTo(4);
        assertThat(created.status()).isEqualTo(VersionStatus.TRAINING);
    }

    @Test
    void label_quantization_and_format_are_unique_within_a_model() {
        UUID model = model(1L);
        versions.create(NewModelVersion.of(model, Quantization.INT8, ModelFormat.GGUF));
        versions.create(NewModelVersion.of(model, Quantization.INT8, ModelFormat.SAFETENSORS));
        violates(
                "model_versions_unique",
                () -> versions.create(NewModelVersion.of(model, Quantization.INT8, ModelFormat.GGUF)));
        violates(
                "model_versions_model_fk",
                () -> versions.create(NewModelVersion.of(UUID.randomUUID(), Quantization.INT8, ModelFormat.GGUF)));
    }

    @Test
    void an_update_changes_what_it_names_and_can_clear_what_may_be_empty() {
        ModelVersion created = versions.create(NewModelVersion.of(model(1L), Quantization.INT8, ModelFormat.GGUF)
                .serving(Serving.UNKNOWN.artifactUri("a")));
        assertThat(versions.update(created.id(), UpdateModelVersion.NOTHING)).isEqualTo(created);
        ModelVersion changed = versions.update(
                created.id(),
                UpdateModelVersion.NOTHING
                        .artifactUri(Patch.clear())
                        .apiEndpoint(Patch.set("e"))
                        .config(Patch.set(Json.EMPTY))
                        .vramRequirementGb(Patch.set(BigDecimal.TEN))
                        .inputCostPer1k(Patch.set(BigDecimal.ONE))
                        .outputCostPer1k(Patch.clear())
                        .status(VersionStatus.RETIRED));
        assertThat(changed.artifactUri()).isNull();
        assertThat(changed.vramRequirementGb()).isEqualByComparingTo("10");
        assertThat(changed.status()).isEqualTo(VersionStatus.RETIRED);
        notFound(() -> versions.update(UUID.randomUUID(), UpdateModelVersion.NOTHING));
        notFound(() -> versions.get(UUID.randomUUID()));
        assertThat(versions.delete(created.id())).isTrue();
        assertThat(versions.delete(created.id())).isFalse();
    }

    @Test
    void every_filter_narrows_lists_and_counts() {
        UUID model = model(7_000_000_000L);
        UUID other = models.create(NewModel.of("other", ModelKind.COMMERCIAL)).id();
        ModelVersion fp16 = versions.create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS));
        ModelVersion int4 = versions.create(NewModelVersion.of(model, Quantization.INT4, ModelFormat.GGUF));
        ModelVersion api = versions.create(
                NewModelVersion.of(other, Quantization.NONE, ModelFormat.API).status(VersionStatus.DEPRECATED));

        ModelVersionFilter all = ModelVersionFilter.ALL;
        assertThat(versions.list(all, 10, null).items()).containsExactly(api, int4, fp16);
        assertThat(versions.list(all.model(model), 10, null).items()).containsExactly(int4, fp16);
        assertThat(versions.list(all.quantization(Quantization.FP16), 10, null).items())
                .containsExactly(fp16);
        assertThat(versions.list(all.format(ModelFormat.API), 10, null).items()).containsExactly(api);
        assertThat(versions.list(all.status(VersionStatus.ACTIVE), 10, null).items())
                .containsExactly(int4, fp16);
        assertThat(versions.list(all.maxVramGb(new BigDecimal("16.7")), 10, null)
                        .items())
                .containsExactly(int4);
        assertThat(versions.count(all.model(model))).isEqualTo(2);
        ModelVersionFilter small = all.model(model).maxVramGb(BigDecimal.TEN);
        assertThat(versions.list(small, 10).items()).containsExactly(int4);
        assertThat(versions.count(small.format(ModelFormat.SAFETENSORS))).isZero();
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        NewModelVersion good = NewModelVersion.of(UUID.randomUUID(), Quantization.INT8, ModelFormat.GGUF);
        refused("versionLabel", () -> good.versionLabel(""));
        refused("quantizationBits", () -> good.quantizationBits(0));
        refused("vramRequirementGb", () -> Serving.UNKNOWN.vramRequirementGb(new BigDecimal("-1")));
        refused("vramRequirementGb", () -> Serving.UNKNOWN.vramRequirementGb(new BigDecimal("1.2345")));
        refused("inputPer1k", () -> new TokenPrice(new BigDecimal("-1"), BigDecimal.ONE));
        refused("outputPer1k", () -> new TokenPrice(BigDecimal.ONE, new BigDecimal("1e10")));
        refused("artifactUri", () -> Serving.UNKNOWN.artifactUri(" "));
        refused("apiEndpoint", () -> Serving.UNKNOWN.apiEndpoint(" "));
        refused("maxVramGb", () -> ModelVersionFilter.ALL.maxVramGb(new BigDecimal("-1")));
    }
}
