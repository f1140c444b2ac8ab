package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
            List<MlperfRow> rows = read(FILE);
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

    private static List<MlperfRow> read(Path file) throws IOException {
        return MlperfRow.read(file, skipped -> {
            throw new AssertionError(skipped);
        });
    }

    /** Written by a spreadsheet, by hand, by Python: the other rows are read. */
    @Test
    void a_row_that_cannot_be_read_is_named_and_the_others_are_stored(@TempDir Path folder) throws Exception {
        List<String> few = Files.readAllLines(FILE);
        String good = few.get(1);
        Path file = Files.write(
                folder.resolve("odd.csv"),
                List.of(
                        '\ufeff' + few.get(0),
                        good,
                        good.replace(",30000,", ",N/A,"),
                        good.replace(",30000,", ",\"1,234.5\","),
                        good.replace(",30000,", ",NaN,"),
                        good.replace(",30000,", ",Infinity,"),
                        good.replace(",30000,", ",0x1p3,"),
                        good.replace("200000000", "999999999999"),
                        good.replace(",30000,", ","),
                        good.replace("8xH200_TRT", "8xH200_TRT\0"),
                        good.replace("Acme", ""),
                        good.replace("8xH200", "99999999999xH200"),
                        good.replace("8xH200", "1xH100"),
                        "\"" + good));
        List<String> skipped = new ArrayList<>();
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema("mlperf_odd").build())) {
            db.migrate();
            Printed printed = new Printed();
            MlperfBoard board = new MlperfBoard(db, printed.stream());
            board.store(MlperfRow.read(file, skipped::add));
            board.print("llama-99", 500);

            String column = "Completed tokens per second is ";
            assertThat(skipped)
                    .contains("odd.csv, row 2: " + column + "\"N/A\", which is no number")
                    .contains("odd.csv, row 3: " + column + "\"1,234.5\", which is no number")
                    .contains("odd.csv, row 4: " + column + "\"NaN\", which is no number")
                    .contains("odd.csv, row 5: " + column + "\"Infinity\", which is no number")
                    .contains("odd.csv, row 6: " + column + "\"0x1p3\", which is no number")
                    .anyMatch(line -> line.matches("odd.csv, row 7: .*rising order"))
                    .contains("odd.csv, row 8: it has 16 fields, and the header 17")
                    .anyMatch(line -> line.startsWith("odd.csv, row 13"));
            assertThat(printed.lines())
                    .anyMatch(line -> line.startsWith("skipped row 9: "))
                    .anyMatch(line -> line.startsWith("skipped row 10: "))
                    .anyMatch(line -> line.startsWith("6 runs: 3 stored, 0 stored before; ")
                            || line.startsWith("5 runs: 3 stored"))
                    .anyMatch(line -> line.contains("  1 GPU   Acme 1xH100_TRT"))
                    .anyMatch(line -> line.contains("  8 GPUs  Acme 8xH200_TRT"))
                    .noneMatch(line -> line.contains(" 1 GPUs"));
            db.revertTo(0);
        }
    }

    @Test
    void a_file_without_a_column_is_refused_by_its_name(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("other.csv"), List.of("division,submitter", "closed,Acme"));
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other.csv has no column system, model");
        assertThat(read(Files.write(folder.resolve("empty.csv"), List.of()))).isEmpty();
    }

    private static List<String> front(List<String> lines) {
        int from = lines.indexOf("llama-99, server: 3 systems; the Pareto front") + 1;
        int to = lines.subList(from, lines.size()).indexOf("") + from;
        return lines.subList(from, to).stream()
                .map(line -> line.replaceFirst(".*GPUs? +", ""))
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
