package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The catalogue of {@link MatrixDrain}: a model, machines with the figures of their data sheets and list prices, frameworks. */
final class MatrixCatalog {
    /** Llama 3.1 8B; in bf16 it needs 19.3 GB. */
    private static final long PARAMETERS = 8_030_261_248L;

    /**
     * A machine.
     *
     * @param gigabytesPerSecond memory bandwidth of one GPU
     * @param teraflops dense bf16 or fp16 arithmetic of one GPU
     */
    private record Machine(
            String provider,
            String instance,
            String gpu,
            int count,
            int gb,
            String usdPerHour,
            int gigabytesPerSecond,
            int teraflops) {}

    private static final List<Machine> MACHINES = List.of(
            new Machine("aws", "g4dn.xlarge", "T4", 1, 16, "0.526", 320, 65),
            new Machine("aws", "g5.xlarge", "A10G", 1, 24, "1.006", 600, 70),
            new Machine("aws", "g5.12xlarge", "A10G", 4, 24, "5.672", 600, 70),
            new Machine("aws", "g6.xlarge", "L4", 1, 24, "0.8048", 300, 121),
            new Machine("aws", "g6e.xlarge", "L40S", 1, 48, "1.861", 864, 362),
            new Machine("aws", "p4d.24xlarge", "A100", 8, 40, "32.7726", 1_555, 312),
            new Machine("aws", "p4de.24xlarge", "A100 80GB", 8, 80, "40.9657", 2_039, 312),
            new Machine("gcp", "a2-highgpu-1g", "A100", 1, 40, "3.6735", 1_555, 312),
            new Machine("gcp", "a2-ultragpu-1g", "A100 80GB", 1, 80, "5.0688", 2_039, 312),
            new Machine("azure", "NC40ads H100 v5", "H100 NVL", 1, 94, "6.98", 3_938, 835));

    private MatrixCatalog() {}

    /** Stores it and gives the matrix over it; the T4 is too small. */
    static MatrixSpec store(Database db, List<Integer> batchSizes, List<Integer> sequenceLengths) {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("Llama-3.1-8B", ModelKind.OPEN)
                        .provider("meta")
                        .architecture("llama")
                        .parameters(PARAMETERS)
                        .tags("chat", "multilingual"))
                .id();
        UUID version = db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.BF16, ModelFormat.SAFETENSORS))
                .id();
        List<UUID> hardware = new ArrayList<>();
        for (Machine machine : MACHINES) {
            hardware.add(db.catalog()
                    .hardware()
                    .create(NewHardwareConfig.of(
                                    machine.provider(),
                                    machine.gpu(),
                                    machine.count(),
                                    BigDecimal.valueOf(machine.gb()),
                                    new BigDecimal(machine.usdPerHour()))
                            .instanceType(machine.instance())
                            .spot()
                            .specs(Json.of(Map.of(
                                    "gigabytes_per_second", machine.gigabytesPerSecond(),
                                    "teraflops", machine.teraflops()))))
                    .id());
        }
        List<UUID> frameworks = new ArrayList<>();
        for (String[] framework : new String[][] {{"vllm", "0.6.3"}, {"tensorrt-llm", "0.14.0"}, {"tgi", "2.3.1"}}) {
            frameworks.add(db.catalog()
                    .frameworks()
                    .create(NewInferenceFramework.of(framework[0], framework[1])
                            .supportsQuantization(true)
                            .supportsStreaming(true))
                    .id());
        }
        return MatrixSpec.of(
                version,
                hardware,
                frameworks,
                List.of("chatbot", "qa", "code", "creative", "summarization"),
                batchSizes,
                sequenceLengths);
    }

    /**
     * What a run would measure by the roofline: the first token waits for arithmetic, every further one for memory. Nothing is
     * measured here; half of either figure is reached, and the slow tail is a guess.
     */
    static NewBenchmarkResult measure(Json specs, int gpus, int batchSize, int sequenceLength) {
        Map<String, Object> figures = specs.asMap();
        double bytesPerSecond =
                ((Number) Objects.requireNonNull(figures.get("gigabytes_per_second"))).doubleValue() * 1e9 * gpus / 2;
        double flops = ((Number) Objects.requireNonNull(figures.get("teraflops"))).doubleValue() * 1e12 * gpus / 2;
        double firstToken = 2.0 * PARAMETERS * sequenceLength * batchSize / flops * 1_000;
        double eachToken = 2.0 * PARAMETERS / bytesPerSecond * 1_000 * (1 + batchSize / 64.0);
        double tokens = batchSize * 1_000 / eachToken;
        return NewBenchmarkResult.of(tail(firstToken), tail(eachToken), tokens, tokens / 256);
    }

    private static Percentiles tail(double millis) {
        return new Percentiles(millis, millis * 1.3, millis * 1.9);
    }
}
