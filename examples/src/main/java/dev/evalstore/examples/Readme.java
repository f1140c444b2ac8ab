package dev.evalstore.examples;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Maintenance;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.CreatedJob;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.Schedule;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** The README's pieces of code, each between two comments that name it; a test holds the two against each other. */
final class Readme {
    private Readme() {}

    /** Wants {@code DATABASE_URL}. */
    public static void main(String[] args) {
        // begin: first screen
        try (var db = Database.open(DatabaseConfig.fromEnv())) {
            db.migrate();
            Job job = db.inTransaction(tx -> {
                Benchmark run =
                        tx.benchmarks().create(NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100));
                return tx.jobs()
                        .create(NewJob.of("benchmark", Json.of(Map.of("run", run.id())))
                                .priority(10));
            });
            System.out.println(job.status()); // PENDING: any worker may claim it, and the run is stored if the job is
        }
        // end
    }

    static void lists(Database db, UUID id) {
        // begin: lists
        var running = BenchmarkFilter.ALL.provider("openai").status(BenchmarkStatus.RUNNING);
        Cursor next = null;
        do {
            Page<Benchmark> page = db.benchmarks().list(running, 100, next);
            page.items().forEach(run -> System.out.println(run.name()));
            next = page.next();
        } while (next != null);
        db.benchmarks().update(id, UpdateBenchmark.NOTHING.withName("renamed").withDescription(Patch.clear()));
        // end
    }

    /** What a job is to score. */
    record Answer(UUID run, String text) {}

    static void worked(Database db) {
        // begin: runner
        try (JobRunner runner = JobRunner.on(db)
                .worker("w-1")
                .tags("gpu")
                .concurrency(16)
                .handle("score", Answer.class, context -> {
                    Answer answer = context.payload();
                    context.complete(tx -> tx.evaluations()
                            .create(NewEvaluation.of("openai", "gpt-4", "2 + 2", answer.text())
                                    .benchmark(answer.run()))
                            .id());
                    return null;
                })
                .start()) {
            System.out.println(runner.running());
        }
        // end
    }

    static CreatedJob limited(Database db) {
        // begin: limits
        JobRepository jobs = db.jobs();
        NewJob nightly = NewJob.of("benchmark", Json.EMPTY).fairKey("openai").uniqueKey("nightly");
        jobs.limits().set(JobLimit.fairKey("openai").maxRunning(8).rate(500, Duration.ofMinutes(1)));
        jobs.schedules().set(Schedule.cron("nightly", "0 2 * * *", nightly).in(ZoneId.of("Europe/Berlin")));
        CreatedJob now = jobs.createUnique(nightly); // the one that is there already, or a new one
        System.out.println(jobs.whyNotRunning(now.job().id()).reason()); // such as NO_WORKER, PAUSED, RATE
        // end
        return now;
    }

    static void byHand(Database db) {
        // begin: by hand
        Worker worker = db.workers().register(NewWorker.of("w-2")); // and beat: workers().heartbeat(…)
        for (ClaimedJob claimed : db.jobs().claim(worker, 10)) {
            try {
                db.jobs().complete(claimed.lease(), Json.of(Map.of("score", 0.9)));
            } catch (LeaseLostException e) {
                System.out.println("another worker's by now: nothing was stored");
            }
        }
        // end
    }

    static long kept(Database db, byte[] key, byte[] counter) {
        // begin: state
        StateBackend windows = db.state("windows", StateOptions.DEFAULT);
        windows.put(key, counter, PutOptions.expiringAfter(Duration.ofHours(1)));
        Checkpoint before = windows.createCheckpoint(); // as quick for a million entries as for one
        long version = windows.getEntry(key).orElseThrow().version();
        boolean first = windows.compareAndSet(key, version, new byte[] {1}).isPresent();
        long changed = windows.restoreCheckpoint(before.id());
        // end
        return first ? changed : -1;
    }

    static Benchmark retried(Database db, NewBenchmark newRun) {
        // begin: retry
        TxOptions careful = TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).retry(Retry.times(5));
        Benchmark run = db.inTransaction(careful, tx -> tx.benchmarks().create(newRun));
        // end
        return run;
    }

    static void joined(DataSource dataSource, NewBenchmark newRun) throws SQLException {
        // begin: join
        Database db = Database.using(dataSource);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Benchmark run = db.join(connection).benchmarks().create(newRun);
            try (PreparedStatement own = connection.prepareStatement("insert into orders (run) values (?)")) {
                own.setObject(1, run.id());
                own.executeUpdate();
            }
            connection.commit(); // both rows, or neither
        }
        // end
    }

    static void maintained(Database db, Runnable service) {
        // begin: maintenance
        MaintenanceOptions keep = MaintenanceOptions.DEFAULT.jobRetention(Duration.ofDays(30));
        Maintenance.Schedule upkeep = db.maintenance(keep).start(Duration.ofHours(1));
        service.run(); // in every process: one of them does it, the others pass
        upkeep.close(); // waits for a run that is under way
        // end
    }

    static String errors(Database db, NewEvaluation evaluation) {
        // begin: errors
        try {
            db.evaluations().create(evaluation);
        } catch (ConstraintViolationException e) {
            return e.kind() + " " + e.constraint(); // FOREIGN_KEY evaluations_benchmark_fk: no such run
        } catch (TransientDatabaseException e) {
            return e.outcomeUnknown() ? "look before repeating" : "nothing was stored; try again";
        }
        // end
        return "stored";
    }
}
