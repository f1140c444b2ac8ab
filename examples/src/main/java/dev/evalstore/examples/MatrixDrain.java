package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.matrix.ConfigFilter;
import dev.evalstore.matrix.ConfigProgress;
import dev.evalstore.matrix.ConfigStatus;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.PopulateResult;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.matrix.Sla;
import dev.evalstore.matrix.SlaMatch;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A new model version is to be benchmarked on every machine, framework and load: the matrix is populated, two processes of four
 * threads drain it, and a third, on spot instances so to speak, is killed every second. Each configuration ends with one result,
 * whoever died over it; and then the store says what runs the model within 300 ms to the first token, cheapest first.
 */
public final class MatrixDrain {
    private static final int THREADS = 4;
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(1);

    private final Database db;
    private final LocalServer server;
    private final String schema;
    private final PrintStream out;
    private final Progress shown;
    private int killed;
    private int recovered;

    MatrixDrain(LocalServer server, Database db, String schema, PrintStream out) {
        this.server = server;
        this.db = db;
        this.schema = schema;
        this.out = out;
        this.shown = Progress.on(out);
    }

    /** Takes no arguments; ends with 1 if a configuration did not end with exactly one result. */
    public static void main(String[] args) throws Exception {
        Usage.require(args.length == 0, "MatrixDrain, without arguments");
        boolean whole;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            whole = new MatrixDrain(server, db, "evalstore", System.out)
                    .run(List.of(1, 4, 16, 64), List.of(1024, 2048, 4096, 8192));
        }
        if (!whole) {
            System.exit(1);
        }
    }

    /** Populates, drains and checks; true if each configuration has exactly one result. */
    boolean run(List<Integer> batchSizes, List<Integer> sequenceLengths) throws Exception {
        MatrixSpec spec = MatrixCatalog.store(db, batchSizes, sequenceLengths);
        PopulateResult population = db.matrix().configs().populate(spec);
        out.printf(
                Locale.ROOT,
                "%,d configurations of Llama-3.1-8B; left out, since it needs more memory: %s%n",
                population.inserted(),
                population.tooSmall().stream()
                        .map(id -> db.catalog().hardware().get(id).instanceType())
                        .toList());
        drain(spec.modelVersionId());
        return check(population.inserted(), spec.modelVersionId());
    }

    private void drain(UUID version) throws InterruptedException {
        List<ChildJvm> steady = new ArrayList<>();
        ChildJvm victim = start();
        try {
            steady.add(start());
            steady.add(start());
            long nextKill = System.nanoTime() + BETWEEN_KILLS.toNanos();
            ConfigProgress progress = db.matrix().configs().progress(version, Duration.ofSeconds(10));
            while (progress.pending() + progress.running() > 0) {
                if (steady.stream().noneMatch(ChildJvm::isAlive)) {
                    throw new IllegalStateException("both steady processes have ended before the work has");
                }
                Thread.sleep(100);
                // Any process may do this; here it is the one that shows it.
                recovered += db.matrix().configs().requeueExpired(1_000);
                if (System.nanoTime() >= nextKill) {
                    victim.kill();
                    killed++;
                    victim = start();
                    nextKill = System.nanoTime() + BETWEEN_KILLS.toNanos();
                }
                progress = db.matrix().configs().progress(version, Duration.ofSeconds(10));
                show(progress);
            }
            shown.end();
            steady.forEach(ChildJvm::join);
        } finally {
            victim.close();
            steady.forEach(ChildJvm::close);
        }
    }

    private ChildJvm start() {
        return ChildJvm.start(MatrixWorker.class, List.of("-Xmx128m"), server.url(), schema, Integer.toString(THREADS));
    }

    private void show(ConfigProgress progress) {
        shown.show(
                progress.percent(),
                String.format(
                        Locale.ROOT,
                        "%5.1f %%  %,6d pending %4d running %,6d completed %5.0f/min  %3d killed  %4d leases recovered",
                        progress.percent(),
                        progress.pending(),
                        progress.running(),
                        progress.completed(),
                        progress.perMinute(),
                        killed,
                        recovered));
    }

    private boolean check(long expected, UUID version) {
        ConfigFilter all = ConfigFilter.ALL.modelVersion(version);
        long completed = db.matrix().configs().count(all.status(ConfigStatus.COMPLETED));
        long results = db.matrix().results().count(ResultFilter.ALL.modelVersion(version));
        out.printf(
                Locale.ROOT,
                "%,d configurations, %,d completed, %,d results; %d processes killed, %d leases recovered%n",
                expected,
                completed,
                results,
                killed,
                recovered);
        LocalDate from =
                db.matrix().results().listLatest(1).get(0).benchmarkDate().minusDays(7);
        out.println("first token within 300 ms (90th percentile), cheapest first:");
        List<SlaMatch> matches = db.matrix()
                .results()
                .listMeetingSla(
                        Sla.since(from)
                                .modelVersion(version)
                                .workload("chatbot")
                                .maxTtftP90Ms(300),
                        Sla.Order.CHEAPEST,
                        5);
        for (SlaMatch match : matches) {
            HardwareConfig machine = db.catalog().hardware().get(match.result().hardwareConfigId());
            out.printf(
                    Locale.ROOT,
                    "  %7.2f USD/h %8.2f USD/million tokens %7.1f ms  %s, %s, %d at a time, %d tokens%n",
                    match.costPerHourUsd(),
                    match.costPerMillionTokensUsd(),
                    match.result().ttftP90Ms(),
                    machine.instanceType(),
                    db.catalog().frameworks().get(match.result().frameworkId()).name(),
                    match.result().batchSize(),
                    match.result().sequenceLength());
        }
        return completed == expected && results == expected;
    }
}
