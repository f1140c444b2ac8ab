package dev.evalstore.examples;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.ModelVersion;
import dev.evalstore.catalog.ModelVersionFilter;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.matrix.Alternative;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.Measurement;
import dev.evalstore.matrix.ParetoFronts;
import dev.evalstore.matrix.Ranked;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.matrix.Sla;
import dev.evalstore.matrix.SlaMatch;
import dev.evalstore.matrix.Topsis;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Stores MLPerf Inference's language model runs as models, machines and results, and asks the store what to buy: which systems are
 * beaten by none (the Pareto front), which come closest to the ideal (TOPSIS), and which keep the first token within a limit.
 *
 * <p>A run that is stored already is left alone, so that the file can be imported again.
 */
public final class MlperfBoard {
    private static final Criterion GPUS = Criterion.cost("accelerators");
    private static final Map<Criterion, Double> WEIGHTS =
            Map.of(Criterion.THROUGHPUT, 0.4, Criterion.LATENCY, 0.3, GPUS, 0.3);

    /** The file does not say how many requests and tokens a system had under way at a time; MLPerf's rules bound them. */
    private static final int UNSTATED = 1;

    private final Database db;
    private final PrintStream out;
    private final Map<String, UUID> versions = new HashMap<>();
    private final Map<String, UUID> machines = new HashMap<>();
    private final Map<String, UUID> frameworks = new HashMap<>();

    MlperfBoard(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
    }

    /** Takes the file, and after it a model such as {@code llama2-70b-99} and a limit in milliseconds; ends with 2 without a file. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                args.length >= 1
                        && args.length <= 3
                        && Files.isRegularFile(Path.of(args[0]))
                        && (args.length < 3 || args[2].matches("(?=.*[1-9])[0-9]{1,9}(\\.[0-9]{1,3})?")),
                "MlperfBoard <csv> [<model> [<most milliseconds to the first token>]]");
        String model = args.length > 1 ? args[1] : "llama2-70b-99";
        double limit = args.length > 2 ? Double.parseDouble(args[2]) : 500;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            MlperfBoard board = new MlperfBoard(db, System.out);
            board.store(MlperfRow.read(Path.of(args[0]), skipped -> System.out.println("skipped " + skipped)));
            board.print(model, limit);
        }
    }

    /** Stores what is not stored yet, in one go. A row that the store refuses is named, and the others are stored. */
    void store(List<MlperfRow> rows) {
        readCatalogue();
        Set<Combination> known = new HashSet<>();
        each(ResultFilter.ALL.dates(MlperfRow.ROUND, MlperfRow.ROUND.plusDays(1)), result -> known.add(of(result)));
        List<Measurement> fresh = new ArrayList<>();
        int refused = 0;
        for (MlperfRow row : rows) {
            try {
                Combination of =
                        new Combination(version(row), machine(row), framework(row), row.scenario(), UNSTATED, UNSTATED);
                if (known.add(of)) {
                    fresh.add(new Measurement(of, row.result()));
                }
            } catch (TransientDatabaseException e) {
                // The database's fault, and not the row's.
                throw e;
            } catch (DatabaseException | IllegalArgumentException e) {
                refused++;
                out.println("skipped row " + row.number() + ": " + e.getMessage());
            }
        }
        db.matrix().results().recordAll(fresh);
        long online = rows.stream().filter(row -> row.result().ttftMs() != null).count();
        out.printf(
                Locale.ROOT,
                "%d runs: %d stored, %d stored before; %d with times to the first token; %d model versions, %d systems%n",
                rows.size(),
                fresh.size(),
                rows.size() - fresh.size() - refused,
                online,
                versions.size(),
                machines.size());
    }

    private void readCatalogue() {
        Cursor after = null;
        do {
            Page<ModelVersion> page = db.catalog().modelVersions().list(ModelVersionFilter.ALL, 1_000, after);
            for (ModelVersion version : page.items()) {
                versions.put(
                        db.catalog().models().get(version.modelId()).name() + "-" + version.versionLabel(),
                        version.id());
            }
            after = page.next();
        } while (after != null);
        do {
            Page<HardwareConfig> page = db.catalog().hardware().list(HardwareFilter.ALL, 1_000, after);
            page.items().forEach(one -> machines.put(one.cloudProvider() + "/" + one.instanceType(), one.id()));
            after = page.next();
        } while (after != null);
    }

    private UUID version(MlperfRow row) {
        return versions.computeIfAbsent(row.model() + "-" + row.target(), key -> {
            UUID model = db.catalog()
                    .models()
                    .findByName(row.model())
                    .orElseGet(() -> db.catalog().models().create(NewModel.of(row.model(), ModelKind.OPEN)))
                    .id();
            return db.catalog()
                    .modelVersions()
                    .create(NewModelVersion.of(model, Quantization.NONE, ModelFormat.SAFETENSORS)
                            .versionLabel(row.target()))
                    .id();
        });
    }

    private UUID machine(MlperfRow row) {
        return machines.computeIfAbsent(
                row.submitter() + "/" + row.system(),
                key -> db.catalog()
                        .hardware()
                        .create(MlperfSystem.of(row.system()).hardware(row.submitter(), row.system()))
                        .id());
    }

    private UUID framework(MlperfRow row) {
        String version = "MLPerf 4.1";
        return frameworks.computeIfAbsent(
                MlperfSystem.of(row.system()).framework(),
                name -> db.catalog()
                        .frameworks()
                        .findByName(name, version)
                        .orElseGet(() -> db.catalog().frameworks().create(NewInferenceFramework.of(name, version)))
                        .id());
    }

    /** The three answers for one model under online load. */
    void print(String model, double limitMillis) {
        UUID version = versions.get(model);
        if (version == null) {
            out.println("there is no run of " + model + "; there are " + versions.keySet());
            return;
        }
        List<Alternative<String>> systems = new ArrayList<>();
        each(ResultFilter.ALL.modelVersion(version).workload("server"), result -> {
            HardwareConfig machine = db.catalog().hardware().get(result.hardwareConfigId());
            if (result.ttftP90Ms() != null && result.throughputTokensSec() != null) {
                systems.add(new Alternative<>(
                        machine.cloudProvider() + " " + machine.instanceType(),
                        Map.of(
                                Criterion.THROUGHPUT,
                                result.throughputTokensSec(),
                                Criterion.LATENCY,
                                result.ttftP90Ms(),
                                GPUS,
                                (double) machine.gpuCount())));
            }
        });
        out.printf("%n%s, server: %d systems; the Pareto front%n", model, systems.size());
        ParetoFronts.rank(systems, WEIGHTS.keySet()).stream()
                .filter(one -> one.position() == 1)
                .forEach(one -> line(one, ""));
        out.printf(
                "%n%s, server: closest to the ideal (TOPSIS; tokens/s 0.4, first token 0.3, accelerators 0.3)%n",
                model);
        Topsis.rank(systems, WEIGHTS).stream()
                .limit(10)
                .forEach(one -> line(one, "%2d  %.3f ".formatted(one.position(), one.score())));
        List<SlaMatch> matches = db.matrix()
                .results()
                .listMeetingSla(
                        Sla.since(MlperfRow.ROUND)
                                .modelVersion(version)
                                .workload("server")
                                .maxTtftP90Ms(limitMillis),
                        Sla.Order.FASTEST,
                        1_000);
        out.printf(Locale.ROOT, "%n%s, server: first token within %.0f ms (90th percentile)%n", model, limitMillis);
        for (SlaMatch match : matches) {
            HardwareConfig machine = db.catalog().hardware().get(match.result().hardwareConfigId());
            out.printf(
                    Locale.ROOT,
                    "    %8.1f ms  %s %s%n",
                    match.result().ttftP90Ms(),
                    machine.cloudProvider(),
                    machine.instanceType());
        }
    }

    private void line(Ranked<String> one, String before) {
        Map<Criterion, Double> values = one.alternative().values();
        double gpus = Objects.requireNonNull(values.get(GPUS));
        out.printf(
                Locale.ROOT,
                "    %s%9.1f tokens/s %8.1f ms %3.0f %-4s  %s%n",
                before,
                values.get(Criterion.THROUGHPUT),
                values.get(Criterion.LATENCY),
                gpus,
                gpus == 1 ? "GPU" : "GPUs",
                one.alternative().key());
    }

    private void each(ResultFilter filter, java.util.function.Consumer<BenchmarkResult> use) {
        Cursor after = null;
        do {
            Page<BenchmarkResult> page = db.matrix().results().list(filter, 1_000, after);
            page.items().forEach(use);
            after = page.next();
        } while (after != null);
    }

    private static Combination of(BenchmarkResult result) {
        return new Combination(
                result.modelVersionId(),
                result.hardwareConfigId(),
                result.frameworkId(),
                result.workloadType(),
                result.batchSize(),
                result.sequenceLength());
    }
}
