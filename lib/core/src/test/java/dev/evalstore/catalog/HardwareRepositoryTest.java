package dev.evalstore.catalog;

import static dev.evalstore.catalog.CatalogFixtures.notFound;
import static dev.evalstore.catalog.CatalogFixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HardwareRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final HardwareRepository hardware = database.db().catalog().hardware();

    @BeforeEach
    void empty() {
        database.admin(CatalogFixtures.EMPTY);
    }

    private static NewHardwareConfig machine(String provider, String gpu, int count, String gb, String usd) {
        return NewHardwareConfig.of(provider, gpu, count, new BigDecimal(gb), new BigDecimal(usd));
    }

    @Test
    void a_created_machine_has_the_vram_of_all_its_gpus() {
        HardwareConfig created = hardware.create(machine("aws", "H100", 8, "80", "98.32")
                .instanceType("p5.48xlarge")
                .spot()
                .specs(Json.EMPTY));
        assertThat(created.totalVramGb()).isEqualByComparingTo("640");
        assertThat(created.spotAvailable()).isTrue();
        assertThat(created.costPerHourUsd()).isEqualByComparingTo("98.32");
        assertThat(hardware.get(created.id())).isEqualTo(created);
        assertThat(hardware.find(created.id())).contains(created);
    }

    @Test
    void an_update_changes_what_it_names() {
        HardwareConfig created =
                hardware.create(machine("aws", "H100", 8, "80", "98.32").instanceType("x"));
        assertThat(hardware.update(created.id(), UpdateHardwareConfig.NOTHING)).isEqualTo(created);
        HardwareConfig changed = hardware.update(
                created.id(),
                UpdateHardwareConfig.NOTHING
                        .costPerHourUsd(new BigDecimal("55.04"))
                        .instanceType(Patch.clear())
                        .spotAvailable(true)
                        .specs(Patch.set(Json.EMPTY)));
        assertThat(changed.costPerHourUsd()).isEqualByComparingTo("55.04");
        assertThat(changed.instanceType()).isNull();
        assertThat(changed.spotAvailable()).isTrue();
        notFound(() -> hardware.update(UUID.randomUUID(), UpdateHardwareConfig.NOTHING));
        notFound(() -> hardware.get(UUID.randomUUID()));
        assertThat(hardware.delete(created.id())).isTrue();
        assertThat(hardware.delete(created.id())).isFalse();
    }

    @Test
    void the_cheapest_that_fits_comes_first_and_spot_before_it_on_request() {
        hardware.create(machine("aws", "T4", 1, "16", "0.526"));
        hardware.create(machine("aws", "L4", 1, "24", "0.805"));
        hardware.create(machine("gcp", "A100", 1, "40", "3.67").spot());
        hardware.create(machine("gcp", "A100", 2, "40", "7.35").spot());
        hardware.create(machine("aws", "A10G", 4, "24", "5.672"));

        HardwareFilter fits = HardwareFilter.ALL.minVramGb(new BigDecimal("16.8"));
        assertThat(names(hardware.listCheapest(fits, false, 10)))
                .containsExactly("1 x L4", "1 x A100", "4 x A10G", "2 x A100");
        assertThat(names(hardware.listCheapest(fits, true, 10)))
                .containsExactly("1 x A100", "2 x A100", "1 x L4", "4 x A10G");
        assertThat(names(hardware.listCheapest(fits.cloudProvider("gcp"), false, 1)))
                .containsExactly("1 x A100");
        assertThat(hardware.findBestFit(new BigDecimal("60"), new BigDecimal("100")))
                .hasValueSatisfying(best -> assertThat(best.gpuType()).isEqualTo("A100"));
        assertThat(hardware.findBestFit(new BigDecimal("60"), new BigDecimal("6")))
                .hasValueSatisfying(best -> assertThat(best.gpuType()).isEqualTo("A10G"));
        assertThat(hardware.findBestFit(new BigDecimal("60"), new BigDecimal("5.671")))
                .isEmpty();
    }

    @Test
    void every_filter_narrows_lists_and_counts() {
        HardwareConfig a = hardware.create(machine("aws", "T4", 1, "16", "0.526"));
        HardwareConfig b = hardware.create(machine("gcp", "L4", 2, "24", "2.0").spot());
        HardwareFilter all = HardwareFilter.ALL;
        assertThat(hardware.list(all, 10, null).items()).containsExactly(b, a);
        assertThat(hardware.list(all.cloudProvider("aws"), 10, null).items()).containsExactly(a);
        assertThat(hardware.list(all.gpuType("L4"), 10, null).items()).containsExactly(b);
        assertThat(hardware.list(all.spotAvailable(false), 10, null).items()).containsExactly(a);
        assertThat(hardware.list(all.minVramGb(new BigDecimal("17")), 10, null).items())
                .containsExactly(b);
        assertThat(hardware.list(all.maxCostPerHourUsd(BigDecimal.ONE), 10, null)
                        .items())
                .containsExactly(a);
        assertThat(hardware.count(all.gpuType("T4"))).isEqualTo(1);
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        refused("gpuType", () -> machine("aws", "", 1, "16", "1"));
        refused("cloudProvider", () -> machine(" ", "T4", 1, "16", "1"));
        refused("gpuCount", () -> machine("aws", "T4", -1, "16", "1"));
        refused("vramPerGpuGb", () -> machine("aws", "T4", 1, "-1", "1"));
        refused("vramPerGpuGb", () -> machine("aws", "T4", 1, "10000.001", "1"));
        refused("costPerHourUsd", () -> machine("aws", "T4", 1, "16", "-1"));
        refused("instanceType", () -> machine("aws", "T4", 1, "16", "1").instanceType(""));
        refused("vramGb", () -> hardware.findBestFit(new BigDecimal("-1"), BigDecimal.ONE));
        refused("maxCostPerHourUsd", () -> hardware.findBestFit(BigDecimal.ONE, new BigDecimal("-1")));
        refused("limit", () -> hardware.listCheapest(HardwareFilter.ALL, false, 0));
    }

    private static List<String> names(List<HardwareConfig> machines) {
        return machines.stream().map(m -> m.gpuCount() + " x " + m.gpuType()).toList();
    }
}
