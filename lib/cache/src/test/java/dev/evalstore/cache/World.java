package dev.evalstore.cache;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.StatementListener;
import dev.evalstore.catalog.Model;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.ModelVersion;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import dev.evalstore.testing.LocalServer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A server with something of each kind that is cached, and how many statements this process has sent. */
final class World implements AutoCloseable {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final AtomicInteger NAMED = new AtomicInteger();

    final LocalServer server = LocalServer.start();
    final Map<String, AtomicLong> statements = new ConcurrentHashMap<>();
    final Database db = open(new StatementListener() {
        @Override
        public void ended(String name, Duration time, @Nullable Throwable failure) {
            statements.computeIfAbsent(name, x -> new AtomicLong()).incrementAndGet();
        }
    });

    /** Another process, so to say: this one hears of its writes by polls alone. */
    final Database other = open(null);

    World() {
        db.migrate();
    }

    private Database open(@Nullable StatementListener listener) {
        return Database.open(DatabaseConfig.builder(server.url())
                .poolSize(20)
                .listener(listener)
                .build());
    }

    @Override
    public void close() {
        other.close();
        db.close();
        server.close();
    }

    long count(String statement) {
        AtomicLong count = statements.get(statement);
        return count == null ? 0 : count.get();
    }

    static Model model(Database db) {
        return db.catalog()
                .models()
                .create(NewModel.of("model " + NAMED.incrementAndGet() + UUID.randomUUID(), ModelKind.OPEN)
                        .parameters(1L));
    }

    static ModelVersion version(Database db, UUID model) {
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS));
    }

    static Combination combination(Database db) {
        UUID machine = db.catalog()
                .hardware()
                .create(NewHardwareConfig.of("aws", "gpu", 1, new BigDecimal("80"), new BigDecimal("2")))
                .id();
        UUID framework = db.catalog()
                .frameworks()
                .create(NewInferenceFramework.of("vllm", "1." + NAMED.incrementAndGet()))
                .id();
        return new Combination(version(db, model(db).id()).id(), machine, framework, "chatbot", 1, 1024);
    }

    static BenchmarkResult result(Database db, Combination of, double throughput) {
        return db.matrix()
                .results()
                .record(
                        of,
                        NewBenchmarkResult.of(new Percentiles(10, 20, 30), new Percentiles(10, 20, 30), throughput, 5.0)
                                .accuracyScore(0.5));
    }

    static void rank(Database db, Duration validFor) {
        db.matrix()
                .rankings()
                .rankTopsis("chatbot", Map.of(Criterion.THROUGHPUT, 1.0), LocalDate.of(2020, 1, 1), validFor);
    }

    static void useCase(Database db) {
        db.catalog().useCases().create(NewUseCase.of("use " + NAMED.incrementAndGet()));
    }

    static DefinitionVersion definition(Database db) {
        String slug = "cached-" + NAMED.incrementAndGet() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        UUID id = db.exchange()
                .definitions()
                .create(
                        NewBenchmarkDefinition.of(
                                slug, slug, "Is read much.", DefinitionCategory.ACCURACY, "Apache-2.0"),
                        "1.0.0",
                        newVersion())
                .id();
        db.exchange().definitions().submitForReview(id);
        db.exchange().definitions().activate(id);
        return db.exchange().definitions().latest(id).orElseThrow();
    }

    static NewDefinitionVersion newVersion() {
        return NewDefinitionVersion.of(
                        "A version without cases.",
                        PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"))
                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0));
    }

    static Submission submit(Database db, DefinitionVersion version, String model, double score) {
        return db.exchange()
                .submissions()
                .submit(NewSubmission.of(
                                version,
                                SubmittedModel.of("acme", model),
                                NewSubmission.Submitter.named("somebody"),
                                new NewSubmission.Run("run-" + NAMED.incrementAndGet(), AT, AT.plusSeconds(60)),
                                score)
                        .metrics(List.of(SubmissionMetric.of("accuracy", score))))
                .submission();
    }
}
