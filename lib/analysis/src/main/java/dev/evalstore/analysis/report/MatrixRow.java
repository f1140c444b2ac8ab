package dev.evalstore.analysis.report;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.catalog.InferenceFramework;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.Criterion;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A result with the names of what it is of.
 *
 * @param price US dollars an hour for the machine; null where the catalogue no longer has it
 */
record MatrixRow(
        BenchmarkResult result,
        String model,
        String machine,
        String framework,
        @Nullable BigDecimal price) {
    private static final double TOKENS = 1_000_000;
    private static final double SECONDS = 3_600;

    static Object combination(BenchmarkResult result) {
        return new Combination(
                result.modelVersionId(),
                result.hardwareConfigId(),
                result.frameworkId(),
                result.workloadType(),
                result.batchSize(),
                result.sequenceLength());
    }

    String load() {
        return result.workloadType() + ", " + Shown.whole(result.batchSize()) + " × "
                + Shown.whole(result.sequenceLength());
    }

    /** Null where it was not measured or is not known. */
    @Nullable
    Double value(Criterion criterion) {
        if (criterion.equals(Criterion.COST)) {
            return cost();
        }
        if (criterion.equals(Criterion.ACCURACY)) {
            return result.accuracyScore();
        }
        return criterion.equals(Criterion.LATENCY) ? result.ttftP90Ms() : result.throughputTokensSec();
    }

    /** US dollars for a million tokens. */
    private @Nullable Double cost() {
        Double tokens = result.throughputTokensSec();
        BigDecimal hour = price;
        if (tokens == null || tokens <= 0 || hour == null) {
            return null;
        }
        double cost = hour.doubleValue() / (tokens * SECONDS) * TOKENS;
        // Of a throughput of next to nothing.
        return cost <= 1e300 ? Numbers.figure(cost) : null;
    }

    /** Names from the catalogue, each looked up once. What was removed is called by its id. Not thread-safe. */
    static final class Names {
        private final Repositories db;
        private final Map<UUID, String> models = new HashMap<>();
        private final Map<UUID, Optional<HardwareConfig>> machines = new HashMap<>();
        private final Map<UUID, String> frameworks = new HashMap<>();

        Names(Repositories db) {
            this.db = db;
        }

        MatrixRow row(BenchmarkResult result) {
            UUID hardware = result.hardwareConfigId();
            Optional<HardwareConfig> machine = machines.computeIfAbsent(
                    hardware, id -> db.catalog().hardware().find(id));
            return new MatrixRow(
                    result,
                    models.computeIfAbsent(result.modelVersionId(), this::model),
                    machine.map(Names::machine).orElse(hardware.toString()),
                    frameworks.computeIfAbsent(result.frameworkId(), this::framework),
                    machine.map(HardwareConfig::costPerHourUsd).orElse(null));
        }

        private String model(UUID id) {
            return db.catalog()
                    .modelVersions()
                    .find(id)
                    .map(version -> db.catalog()
                                    .models()
                                    .find(version.modelId())
                                    .map(model -> Directions.isolated(model.name()) + " ")
                                    .orElse("")
                            + Directions.isolated(version.versionLabel())
                            + (version.quantization() == Quantization.NONE ? "" : " " + version.quantization()))
                    .orElse(id.toString());
        }

        private static String machine(HardwareConfig machine) {
            String instance = machine.instanceType();
            return machine.gpuCount() + " × " + Directions.isolated(machine.gpuType()) + " ("
                    + Directions.isolated(instance == null ? machine.cloudProvider() : instance) + ")";
        }

        private String framework(UUID id) {
            return db.catalog()
                    .frameworks()
                    .find(id)
                    .map((InferenceFramework framework) ->
                            Directions.isolated(framework.name()) + " " + Directions.isolated(framework.version()))
                    .orElse(id.toString());
        }
    }
}
