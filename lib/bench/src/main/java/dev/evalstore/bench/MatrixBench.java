package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.matrix.ClaimedConfig;
import dev.evalstore.matrix.ConfigCompletion;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import dev.evalstore.matrix.Sla;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * {@code matrix}: populating 9,000 configurations; a claim of 100 at 9,000 pending and at {@code large} (1,000,000) pending beside as
 * many that are finished; draining 9,000 with 8 threads in batches of 100; and a service-level query over {@code results} (1,000,000)
 * results. {@code only} names one of populate, claim, drain and sla. Every side starts on vacuumed tables.
 */
final class MatrixBench {
    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final int SMALL = 9_000;
    private static final int BATCH = 100;
    private static final int THREADS = 8;
    private static final NewBenchmarkResult RESULT =
            NewBenchmarkResult.of(new Percentiles(100, 100, 100), new Percentiles(100, 100, 100), 100.0, 100.0);

    private final Lab lab;
    private final Recorder recorder;
    private final Database db;
    private MatrixSpec spec;

    private MatrixBench(Lab lab) {
        this.lab = lab;
        this.recorder = new Recorder(lab.pool());
        this.db = lab.db();
        this.spec = catalogue(db);
    }

    static void run(Lab lab) throws Exception {
        MatrixBench bench = new MatrixBench(lab);
        String only = lab.settings().text("only");
        if (only == null || only.equals("populate")) {
            bench.populate();
        }
        if (only == null || only.equals("claim")) {
            bench.claim(lab.settings().number("large", 1_000_000));
        }
        if (only == null || only.equals("drain")) {
            bench.drain();
        }
        if (only == null || only.equals("sla")) {
            bench.sla(lab.settings().number("results", 1_000_000));
        }
    }

    /** 15 machines x 3 frameworks x 5 workloads x 10 batch sizes x 4 lengths: 9,000. */
    private static MatrixSpec catalogue(Database db) {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("model " + Ids.next(), ModelKind.OPEN).parameters(7_000_000_000L))
                .id();
        UUID version = db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
        List<UUID> machines = IntStream.rangeClosed(1, 15)
                .mapToObj(i -> db.catalog()
                        .hardware()
                        .create(NewHardwareConfig.of("aws", "gpu", 1, BigDecimal.valueOf(80), BigDecimal.valueOf(i)))
                        .id())
                .toList();
        List<UUID> frameworks = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> db.catalog()
                        .frameworks()
                        .create(NewInferenceFramework.of("framework", "" + Ids.next()))
                        .id())
                .toList();
        return MatrixSpec.of(
                version,
                machines,
                frameworks,
                List.of("chatbot", "qa", "code", "creative", "summarization"),
                List.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
                List.of(1024, 2048, 4096, 8192));
    }

    private void empty() throws SQLException {
        lab.execute("truncate evalstore.benchmark_configs, evalstore.config_ready, evalstore.config_leases,"
                + " evalstore.config_lanes, evalstore.benchmark_results");
    }

    private void populate() throws Exception {
        empty();
        Database.using(recorder.pool()).matrix().configs().populate(spec);
        Recorder.Recorded raw = recorder.last("benchmark_configs.populate");
        lab.execute("truncate evalstore.benchmark_configs, evalstore.config_ready");
        recorder.explain("benchmark_configs.populate").forEach(lab.report()::progress);
        lab.report().progress("matrix.populate, ms");
        Map<String, Double> millis = new Rounds(lab)
                .side(
                        "evalstore",
                        () -> timedPopulation(
                                () -> db.matrix().configs().populate(spec).inserted()))
                .side("raw", () -> timedPopulation(() -> populateByHand(raw)))
                .medians();
        lab.report().values("matrix.populate", millis, "ms", Map.of("configs", SMALL, "rounds", lab.rounds()));
        lab.report().ratio("matrix.populate", millis, "evalstore", "raw");
        Map<String, Double> again = new Rounds(lab)
                .side(
                        "evalstore",
                        () -> timed(() -> db.matrix().configs().populate(spec).existing(), SMALL))
                .medians();
        lab.report().values("matrix.populate_again", again, "ms", Map.of("configs", SMALL, "rounds", lab.rounds()));
    }

    private double timedPopulation(Callable<Long> population) throws Exception {
        empty();
        lab.execute("checkpoint");
        return timed(population, SMALL);
    }

    private static double timed(Callable<Long> call, long expected) throws Exception {
        long start = System.nanoTime();
        long got = call.call();
        double millis = (System.nanoTime() - start) / 1e6;
        if (got != expected) {
            throw new IllegalStateException(got + " instead of " + expected);
        }
        return millis;
    }

    private long populateByHand(Recorder.Recorded raw) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(raw.sql())) {
            raw.bind(statement, 0);
            statement.execute();
            statement.getMoreResults();
            try (ResultSet made = statement.getResultSet()) {
                made.next();
                return made.getLong(1);
            }
        }
    }

    /** Each size in a schema of its own, so that one does not warm or bloat the other. */
    private void claim(int large) throws Exception {
        List<String> schemas = List.of("matrix_small", "matrix_large");
        for (String schema : schemas) {
            lab.execute("drop schema if exists " + schema + " cascade");
            lab.db().withSchema(schema).migrate();
        }
        lab.report().progress("making 2 x " + large + " configurations");
        fill("matrix_small", SMALL, 0);
        fill("matrix_large", large, large);
        Recorder recording = new Recorder(lab.pool());
        Worker probe = Database.using(recording.pool())
                .withSchema("matrix_large")
                .workers()
                .register(NewWorker.of("probe"));
        Database.using(recording.pool())
                .withSchema("matrix_large")
                .matrix()
                .configs()
                .claim(probe, ConfigScope.ALL, BATCH, LEASE);
        recording.explain("configs.claim").forEach(lab.report()::progress);
        lab.db().withSchema("matrix_large").matrix().configs().releaseHeldBy(probe);

        lab.report().progress("matrix.claim of " + BATCH + ", ms");
        Map<String, Double> millis = new Rounds(lab)
                .side(Integer.toString(SMALL), () -> claims("matrix_small"))
                .side(Integer.toString(large), () -> claims("matrix_large"))
                .medians();
        lab.report().values("matrix.claim", millis, "ms", Map.of("limit", BATCH, "claims", 50, "rounds", lab.rounds()));
        lab.report().ratio("matrix.claim", millis, Integer.toString(large), Integer.toString(SMALL));
        for (String schema : schemas) {
            lab.execute("drop schema " + schema + " cascade");
        }
    }

    private void fill(String schema, int pending, int finished) throws SQLException {
        Database in = lab.db().withSchema(schema);
        MatrixSpec small = catalogue(in);
        String insert =
                "insert into " + schema + ".benchmark_configs (model_version_id, hardware_config_id, framework_id,"
                        + " workload_type, batch_size, sequence_length, priority_rank, outcome, attempt, result_id, result_date,"
                        + " completed_at) select '" + small.modelVersionId() + "', '"
                        + small.hardwareConfigIds().get(0) + "', '"
                        + small.frameworkIds().get(0) + "', ";
        // The foreign keys hold by construction; to check them two million times would be the longest part of this.
        lab.execute("set session_replication_role = replica; insert into " + schema
                + ".config_lanes (model_version_id) values ('"
                + small.modelVersionId() + "'); "
                + insert + "'done', i, 1024, 100, 'completed', 1, gen_random_uuid(), current_date, now()"
                + " from generate_series(1, " + finished + ") i; "
                + insert + "'chatbot', i, 1024, 100 + i % 600, null, 0, null, null, null from generate_series(1, "
                + pending + ") i; "
                + "insert into " + schema + ".config_ready (lane, rank, seq, timeout_seconds, attempt)"
                + " select n.lane, c.priority_rank, c.seq, 3600, 0 from " + schema + ".benchmark_configs c, "
                + schema + ".config_lanes n where c.outcome is null; set session_replication_role = origin");
        vacuum(schema);
    }

    private void vacuum(String schema) throws SQLException {
        lab.execute(
                "vacuum analyze " + schema + ".benchmark_configs",
                "vacuum analyze " + schema + ".config_ready",
                "vacuum analyze " + schema + ".config_leases");
    }

    private double claims(String schema) throws SQLException {
        Database in = lab.db().withSchema(schema);
        Worker worker = in.workers().register(NewWorker.of("claimer"));
        long nanos = 0;
        for (int i = -2; i < 50; i++) {
            long start = System.nanoTime();
            int claimed = in.matrix()
                    .configs()
                    .claim(worker, ConfigScope.ALL, BATCH, LEASE)
                    .size();
            nanos += i < 0 ? 0 : System.nanoTime() - start;
            if (claimed != BATCH) {
                throw new IllegalStateException("claimed " + claimed);
            }
        }
        in.matrix().configs().releaseHeldBy(worker);
        vacuum(schema);
        return nanos / 50e6;
    }

    private void drain() throws Exception {
        lab.report().progress("matrix.drain, configurations a second");
        refill();
        Database recording = Database.using(recorder.pool());
        Worker probe = db.workers().register(NewWorker.of("probe"));
        List<ClaimedConfig> some = recording.matrix().configs().claim(probe, ConfigScope.ALL, 1, LEASE);
        recording
                .matrix()
                .configs()
                .completeAll(List.of(new ConfigCompletion(some.get(0).lease(), RESULT)));
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> drained(this::drainer))
                .side("raw", () -> drained(this::handDrainer))
                .medians();
        lab.report()
                .values(
                        "matrix.drain",
                        rates,
                        "configs/s",
                        Map.of("configs", SMALL, "threads", THREADS, "batch", BATCH, "rounds", lab.rounds()));
        lab.report().ratio("matrix.drain", rates, "evalstore", "raw");
    }

    private void refill() throws SQLException {
        empty();
        db.matrix().configs().populate(spec);
        lab.execute(
                "vacuum analyze evalstore.benchmark_configs",
                "vacuum analyze evalstore.config_ready",
                "vacuum analyze evalstore.config_leases",
                "checkpoint");
    }

    private double drained(Callable<Callable<Integer>> drainer) throws Exception {
        refill();
        List<Callable<Integer>> drainers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            drainers.add(drainer.call());
        }
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            long start = System.nanoTime();
            int sum = 0;
            for (Future<Integer> one : executor.invokeAll(drainers)) {
                sum += one.get();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (sum != SMALL) {
                throw new IllegalStateException("drained " + sum);
            }
            return sum / seconds;
        } finally {
            executor.shutdownNow();
        }
    }

    private Callable<Integer> drainer() {
        Worker worker = db.workers().register(NewWorker.of("drainer"));
        return () -> {
            int done = 0;
            while (true) {
                List<ClaimedConfig> claimed = db.matrix().configs().claim(worker, ConfigScope.ALL, BATCH, LEASE);
                if (claimed.isEmpty()) {
                    return done;
                }
                done += claimed.size()
                        - db.matrix()
                                .configs()
                                .completeAll(claimed.stream()
                                        .map(one -> new ConfigCompletion(one.lease(), RESULT))
                                        .toList())
                                .size();
            }
        };
    }

    private Callable<Integer> handDrainer() throws SQLException {
        Worker worker = db.workers().register(NewWorker.of("drainer"));
        MatrixHand hand = new MatrixHand(lab.pool(), recorder, worker, lane());
        return () -> {
            int done = 0;
            while (true) {
                List<MatrixHand.Claimed> claimed = hand.claim(BATCH);
                if (claimed.isEmpty()) {
                    return done;
                }
                done += hand.complete(claimed);
            }
        };
    }

    private int lane() throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select lane from evalstore.config_lanes")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** A year of results of fifty model versions; what one of them has done in the last two months is asked. */
    private void sla(int results) throws Exception {
        lab.report().progress("making " + results + " results");
        empty();
        LocalDate end = LocalDate.now(java.time.ZoneOffset.UTC);
        for (LocalDate month = end.minusYears(1); !month.isAfter(end); month = month.plusMonths(1)) {
            lab.execute("select evalstore.create_partition('benchmark_results', date '" + month + "')");
        }
        lab.execute(
                "insert into evalstore.benchmark_results (benchmark_date, model_version_id, hardware_config_id, framework_id,"
                        + " workload_type, batch_size, sequence_length, ttft_p50_ms, ttft_p90_ms, ttft_p99_ms,"
                        + " throughput_tokens_sec)"
                        + " select date '" + end
                        + "' - (i % 360), v.ids[1 + i % 50], h.ids[1 + i % 15], f.ids[1 + i % 3],"
                        + " (array['chatbot', 'qa', 'code', 'creative'])[1 + i % 4], 1 << (i % 7), 1024, x, x * 1.5, x * 2, x * 10"
                        + " from (select i, 50 + random() * 1000 as x from generate_series(1, " + results + ") i) g,"
                        + " (select array_agg(id) as ids from (select case n when 1 then '" + spec.modelVersionId()
                        + "'::uuid else gen_random_uuid() end as id from generate_series(1, 50) n order by n) q) v,"
                        + " (select array_agg(id) as ids from (select id from evalstore.hardware_configs limit 15) q) h,"
                        + " (select array_agg(id) as ids from (select id from evalstore.inference_frameworks limit 3) q) f",
                "vacuum analyze evalstore.benchmark_results");
        Sla sla =
                Sla.since(end.minusDays(60)).modelVersion(spec.modelVersionId()).maxTtftP90Ms(300);
        Database recording = Database.using(recorder.pool());
        int found = recording
                .matrix()
                .results()
                .listMeetingSla(sla, Sla.Order.CHEAPEST, 20)
                .size();
        recorder.explain("benchmark_results.list_meeting_sla").forEach(lab.report()::progress);
        lab.report().progress(found + " found; results.meeting, us");
        Map<String, Double> micros = new Calls(lab, lab.settings().number("queries", 200))
                .side("evalstore", () -> db.matrix().results().listMeetingSla(sla, Sla.Order.CHEAPEST, 20))
                .medianMicros();
        lab.report().values("matrix.sla", micros, "us", Map.of("results", results, "days", 60));
    }
}
