package dev.evalstore.kotlin

// The page lib/docs/kotlin.md shows parts of this file; KotlinPageTest compares them.
import dev.evalstore.Database
import dev.evalstore.Json
import dev.evalstore.Tx
import dev.evalstore.benchmark.Benchmark
import dev.evalstore.benchmark.NewBenchmark
import dev.evalstore.job.Job
import dev.evalstore.job.JobRunner
import dev.evalstore.job.NewJob
import java.util.UUID
import kotlin.jvm.optionals.getOrNull

data class Evaluate(val model: String, val samples: Int = 100, val seed: Long? = null)

fun enqueue(db: Database, model: String): Job = db.transaction { tx ->
    tx.benchmarks().create(NewBenchmark.of("$model on MMLU", "openai", model, "mmlu", 100))
    tx.jobs().create(NewJob.of("evaluate", Json.of(Evaluate(model))))
}

fun handlers(runner: JobRunner.Builder): JobRunner.Builder =
    runner.handle<Evaluate>("evaluate") { context -> "evaluated ${context.payload().model}" }

fun completes(runner: JobRunner.Builder): JobRunner.Builder =
    runner.handle<Evaluate>("store") { context ->
        val model = context.payload().model // the long work comes first: a transaction holds a connection
        context.completing { tx ->
            tx.benchmarks().create(NewBenchmark.of("$model on MMLU", "openai", model, "mmlu", 100)).id
        }
    }

fun optional(tx: Tx, id: UUID): Benchmark? = tx.benchmarks().find(id).getOrNull()
