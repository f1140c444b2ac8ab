package dev.evalstore.reliability;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.User;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.job.NewJob;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import dev.evalstore.state.PostgresStateBackend;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Makes beginnings, without a proxy in between. Names are the same in every run. */
record Lab(Database db, Connection admin) {
    static final Json SOME = Json.of(Map.of("a", 1));
    static final byte[] KEY = bytes("key");
    static final byte[] VALUE = bytes("value");

    /** A worker and what it has claimed. */
    record Busy(Worker worker, Lease lease) {}

    /** A worker and the configuration that it has claimed. */
    record Measuring(Worker worker, Lease lease) {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void sql(String text) {
        try (var statement = admin.createStatement()) {
            statement.execute(text);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static NewBenchmark newRun() {
        return NewBenchmark.of("a", "p", "m", "d", 10);
    }

    UUID run() {
        return db.benchmarks().create(newRun()).id();
    }

    UUID started() {
        Benchmark run = db.benchmarks().start(run());
        sql(
                "update evalstore.benchmarks set updated_at = now() - interval '1 day', started_at = now() - interval '1 day'");
        return run.id();
    }

    static List<NewEvaluation> answers(int count) {
        return Collections.nCopies(count, NewEvaluation.of("p", "m", "in", "out"));
    }

    UUID model() {
        return db.catalog()
                .models()
                .create(NewModel.of("model", ModelKind.OPEN).parameters(7_000_000_000L))
                .id();
    }

    UUID version() {
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model(), Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    static NewHardwareConfig newMachine() {
        return NewHardwareConfig.of("aws", "gpu", 1, new BigDecimal("80"), new BigDecimal("2"));
    }

    UUID machine() {
        return db.catalog().hardware().create(newMachine()).id();
    }

    UUID framework() {
        return db.catalog()
                .frameworks()
                .create(NewInferenceFramework.of("vllm", "1"))
                .id();
    }

    UUID useCase() {
        return db.catalog().useCases().create(NewUseCase.of("chatbot")).id();
    }

    Combination combination() {
        return new Combination(version(), machine(), framework(), "chatbot", 1, 1024);
    }

    static NewBenchmarkResult result() {
        return NewBenchmarkResult.of(new Percentiles(10, 20, 30), new Percentiles(10, 20, 30), 100.0, 5.0)
                .accuracyScore(0.5);
    }

    MatrixSpec matrix(int frameworks) {
        UUID version = version();
        UUID machine = machine();
        List<UUID> all = java.util.stream.IntStream.range(0, frameworks)
                .mapToObj(i -> db.catalog()
                        .frameworks()
                        .create(NewInferenceFramework.of("vllm", "1." + i))
                        .id())
                .toList();
        return MatrixSpec.of(version, List.of(machine), all, List.of("chatbot"), List.of(1), List.of(1024));
    }

    /** So many configurations that are ready. */
    UUID populated(int count) {
        MatrixSpec spec = matrix(count);
        db.matrix().configs().populate(spec);
        return spec.modelVersionId();
    }

    Measuring measuring() {
        populated(1);
        Worker worker = worker();
        return new Measuring(
                worker,
                db.matrix()
                        .configs()
                        .claim(worker, ConfigScope.ALL, 1, Duration.ofHours(4))
                        .get(0)
                        .lease());
    }

    UUID failedConfig() {
        UUID version = populated(1);
        sql("update evalstore.benchmark_configs set max_attempts = 1");
        Worker worker = worker();
        db.matrix()
                .configs()
                .claim(worker, ConfigScope.ALL, 1, Duration.ofHours(1))
                .forEach(claimed -> db.matrix().configs().fail(claimed.lease(), "no"));
        return version;
    }

    Worker worker() {
        Worker worker = db.workers().register(NewWorker.of("w"));
        sql("update evalstore.workers set last_heartbeat_at = now() - interval '1 day', time_to_live_seconds = 200000");
        return worker;
    }

    static NewJob newJob() {
        return NewJob.of("t", SOME);
    }

    UUID job() {
        return db.jobs().create(newJob()).id();
    }

    Worker ready(int jobs) {
        db.jobs().createAll(Collections.nCopies(jobs, newJob()));
        return worker();
    }

    Busy busy() {
        Worker worker = ready(1);
        return new Busy(worker, db.jobs().claim(worker, 1).get(0).lease());
    }

    /** A job that has failed for good. */
    UUID failedJob() {
        Busy busy = busy();
        db.jobs()
                .failAll(
                        List.of(dev.evalstore.job.Failure.of(busy.lease(), "no").permanently()));
        return busy.lease().id();
    }

    static NewUser newUser() {
        return NewUser.of("a@example.org", "anna").password("a password of hers");
    }

    User user() {
        return db.users().create(newUser());
    }

    IssuedApiKey key() {
        return db.apiKeys().create(NewApiKey.of(user().id(), "k", "read"));
    }

    PostgresStateBackend entry() {
        PostgresStateBackend state = db.state();
        state.put(KEY, bytes("before"));
        return state;
    }

    /** A checkpoint that an entry was changed after. */
    UUID checkpoint() {
        PostgresStateBackend state = entry();
        UUID id = state.createCheckpoint().id();
        state.put(KEY, bytes("later"));
        return id;
    }
}
