package dev.evalstore.matrix;

import dev.evalstore.Database;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A small catalogue for the matrix's tests: a 7B model in fp16 (16.8 GB), machines and frameworks. */
final class MatrixFixture {
    private static final String EMPTY = "delete from evalstore.benchmark_results; delete from evalstore.model_rankings;"
            + " delete from evalstore.daily_model_stats; delete from evalstore.config_ready;"
            + " delete from evalstore.benchmark_configs; delete from evalstore.models;"
            + " delete from evalstore.hardware_configs; delete from evalstore.inference_frameworks;"
            + " delete from evalstore.use_cases";

    private final Database db;
    private int made;

    MatrixFixture(TestDatabase database) {
        this.db = database.db();
    }

    static void empty(TestDatabase database) {
        database.admin(EMPTY);
    }

    UUID version() {
        UUID model = db.models()
                .create(NewModel.of("model-" + made++, ModelKind.OPEN).parameters(7_000_000_000L))
                .id();
        return db.modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    UUID machine(String gb, String usd) {
        return db.hardware()
                .create(NewHardwareConfig.of("aws", "gpu-" + made++, 1, new BigDecimal(gb), new BigDecimal(usd)))
                .id();
    }

    List<UUID> machines(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> machine("80", "" + (i + 1)))
                .toList();
    }

    UUID framework() {
        return db.frameworks()
                .create(NewInferenceFramework.of("vllm", "0." + made++))
                .id();
    }

    List<UUID> frameworks(int count) {
        return IntStream.range(0, count).mapToObj(i -> framework()).toList();
    }

    Combination combination() {
        return new Combination(version(), machine("24", "1"), framework(), "chatbot", 1, 1024);
    }

    static NewBenchmarkResult result(double ttftP90, double throughput) {
        return NewBenchmarkResult.of(
                new Percentiles(ttftP90 / 2, ttftP90, ttftP90 * 2), new Percentiles(10, 20, 30), throughput, 5.0);
    }
}
