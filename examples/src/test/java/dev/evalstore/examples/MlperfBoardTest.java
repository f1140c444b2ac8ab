package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.testing.LocalServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MlperfBoardTest {
    private static final Path FILE = Path.of("src", "test", "resources", "mlperf", "few.csv");
    private static LocalServer server;

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void rows_become_results_once_and_the_board_answers_from_them() throws Exception {
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema("mlperf").build())) {
            db.migrate();
            List<MlperfRow> rows = MlperfRow.read(FILE);
            Printed printed = new Printed();
            new MlperfBoard(db, printed.stream()).store(rows);
            MlperfBoard again = new MlperfBoard(db, printed.stream());
            again.store(rows);
            again.print("llama-99", 500);
            again.print("nothing", 500);

            assertThat(printed.lines())
                    .contains(
                            "6 runs: 6 stored, 0 stored before; 4 with times to the first token; 3 model versions, 4 systems")
                    .contains(
                            "6 runs: 0 stored, 6 stored before; 4 with times to the first token; 3 model versions, 4 systems")
                    .contains("llama-99, server: 3 systems; the Pareto front")
                    .contains("       150.0 ms  Bolt L40Sx4_TRT")
                    .contains("       300.0 ms  Acme 8xH200_TRT")
                    .noneMatch(line -> line.endsWith("ms  Cell H100x8_TRT"))
                    .anyMatch(line -> line.startsWith("there is no run of nothing"));
            assertThat(front(printed.lines())).containsExactlyInAnyOrder("Acme 8xH200_TRT", "Bolt L40Sx4_TRT");

            List<BenchmarkResult> stored =
                    db.matrix().results().list(ResultFilter.ALL, 100, null).items();
            assertThat(stored)
                    .hasSize(6)
                    .allMatch(result -> result.benchmarkDate().equals(MlperfRow.ROUND));
            BenchmarkResult offline = db.matrix()
                    .results()
                    .list(ResultFilter.ALL.workload("offline"), 1, null)
                    .items()
                    .get(0);
            assertThat(offline.throughputTokensSec()).isEqualTo(40_000);
            assertThat(offline.ttftP90Ms()).isNull();
            BenchmarkResult single = db.matrix()
                    .results()
                    .list(ResultFilter.ALL.workload("singlestream"), 1, null)
                    .items()
                    .get(0);
            assertThat(single.rpsSustained()).isEqualTo(2);
            assertThat(db.catalog()
                            .hardware()
                            .list(HardwareFilter.ALL.gpuType("H200"), 10, null)
                            .items())
                    .extracting(HardwareConfig::gpuCount)
                    .containsExactly(8);
            db.revertTo(0);
        }
    }

    private static List<String> front(List<String> lines) {
        int from = lines.indexOf("llama-99, server: 3 systems; the Pareto front") + 1;
        int to = lines.subList(from, lines.size()).indexOf("") + from;
        return lines.subList(from, to).stream()
                .map(line -> line.replaceFirst(".*GPUs {2}", ""))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "1xMI300X_2xEPYC-9374F, MI300X, 1, vLLM",
        "8xMI300X_2xEPYC-TURIN, MI300X, 8, vLLM",
        "4xH100-SXM-80GB_vLLM_FP8-reference-cpu-pytorch-v2.3.1-default_config, H100, 4, vLLM",
        "ESC4000A_E12_4XH100_TRT, H100, 4, TensorRT-LLM",
        "DGX-H100_H100-SXM-80GBx32_TRT, H100, 32, TensorRT-LLM",
        "R760xa_H100NVL_PCIe_94GBx4_TRT, H100 NVL, 4, TensorRT-LLM",
        "SR675_V3_8xH100_NVL_TRT, H100 NVL, 8, TensorRT-LLM",
        "GH200-GraceHopper-Superchip_GH200-144GB_aarch64x1_TRT, GH200 144GB, 1, TensorRT-LLM",
        "SMC_H100_SXM_80GBX8_TRT, H100, 8, TensorRT-LLM",
        "XE9680_MI300X_192GBx8, MI300X, 8, vLLM",
        "Lenovo_8xH200_TRT, H200, 8, TensorRT-LLM",
        "H200-SXM-141GBx8_TRT_MaxQ, H200, 8, TensorRT-LLM",
        "GO_2xRTX4090-reference-cpu-pytorch-v2.2.1-default_config, RTX 4090, 2, unnamed",
        "L40S-RedHat-OpenShift, L40S, 1, unnamed",
        "1-node-2S-EMR-PyTorch, none, 0, PyTorch"
    })
    void a_systems_name_tells_its_accelerators(String name, String gpu, int count, String framework) {
        assertThat(MlperfSystem.of(name)).isEqualTo(new MlperfSystem(gpu, count, framework));
    }
}
