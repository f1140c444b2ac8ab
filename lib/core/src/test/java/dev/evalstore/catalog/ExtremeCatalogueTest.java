package dev.evalstore.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.catalog.NewModelVersion.Serving;
import dev.evalstore.catalog.NewModelVersion.TokenPrice;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values at their bounds, and what the catalogue computes from them. */
class ExtremeCatalogueTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final BigDecimal MOST_USD = new BigDecimal("999999999.999999999");
    private static final BigDecimal MOST_GB = new BigDecimal("999999999.999");

    private final Catalog catalog = database.db().catalog();

    @BeforeEach
    void empty() {
        database.admin(CatalogFixtures.EMPTY);
    }

    @Test
    void the_largest_machine_has_the_vram_of_all_its_gpus() {
        HardwareConfig largest = catalog.hardware()
                .create(NewHardwareConfig.of("aws", "H100", 100_000, new BigDecimal("10000"), MOST_USD));
        assertThat(largest.totalVramGb()).isEqualByComparingTo("1000000000");
        assertThat(catalog.hardware()
                        .list(HardwareFilter.ALL.minVramGb(MOST_GB), 10)
                        .items())
                .containsExactly(largest);
        assertThat(catalog.hardware().findBestFit(MOST_GB, MOST_USD)).contains(largest);
    }

    @Test
    void the_vram_of_the_largest_model_is_computed() {
        UUID model = catalog.models()
                .create(NewModel.of("largest", ModelKind.OPEN).parameters(Long.MAX_VALUE))
                .id();
        ModelVersion largest = catalog.modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP32, ModelFormat.SAFETENSORS)
                        .quantizationBits(64)
                        .price(new TokenPrice(MOST_USD, MOST_USD)));
        assertThat(largest.vramRequirementGb()).isEqualByComparingTo("88544371553.806");
        assertThat(catalog.models()
                        .list(ModelFilter.ALL.minParameters(Long.MAX_VALUE).maxParameters(Long.MAX_VALUE), 10)
                        .items())
                .hasSize(1);
        assertThat(catalog.modelVersions()
                        .list(ModelVersionFilter.ALL.maxVramGb(MOST_GB), 10)
                        .items())
                .isEmpty();
        ModelVersion given = catalog.modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS)
                        .serving(Serving.UNKNOWN.vramRequirementGb(MOST_GB)));
        assertThat(given.vramRequirementGb()).isEqualByComparingTo(MOST_GB);
    }

    @Test
    void the_greatest_price_and_the_greatest_priority_are_stored() {
        UUID model = catalog.models().create(NewModel.of("m", ModelKind.OPEN)).id();
        UUID useCase = catalog.useCases().create(NewUseCase.of("chatbot")).id();
        Suitability last = catalog.useCases()
                .setSuitability(
                        NewSuitability.of(model, useCase, Double.MIN_VALUE).priority(Integer.MAX_VALUE));
        assertThat(last.suitabilityScore()).isEqualTo(Double.MIN_VALUE);
        assertThat(last.priority()).isEqualTo(Integer.MAX_VALUE);
    }
}
