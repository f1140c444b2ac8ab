package sample;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import java.util.Map;
import java.util.UUID;

/** A service's own code. */
final class Orders {
    private final Database db;

    Orders(Database db) {
        this.db = db;
    }

    /** What the job's payload holds. */
    record Order(UUID run, String model) {}

    Benchmark place(String model) {
        return db.inTransaction(tx -> {
            Benchmark run = tx.benchmarks().create(NewBenchmark.of("an order", "openai", model, "mmlu", 1));
            tx.jobs().create(NewJob.of("benchmark", Json.of(new Order(run.id(), model))));
            return run;
        });
    }

    static Object run(JobContext<Order> context) {
        return context.complete(tx -> {
            tx.benchmarks().start(context.payload().run());
            return Map.of("model", context.payload().model());
        });
    }

    /** The service's runner, in production and in tests. */
    static JobRunner.Builder handlers(JobRunner.Builder runner) {
        return runner.handle("benchmark", Order.class, Orders::run);
    }
}
