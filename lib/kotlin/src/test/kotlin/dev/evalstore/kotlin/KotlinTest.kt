package dev.evalstore.kotlin

import dev.evalstore.ConstraintViolationException
import dev.evalstore.Database
import dev.evalstore.Json
import dev.evalstore.TxOptions
import dev.evalstore.benchmark.BenchmarkFilter
import dev.evalstore.benchmark.NewBenchmark
import dev.evalstore.job.JobStatus
import dev.evalstore.job.NewJob
import dev.evalstore.testing.Evalstore
import dev.evalstore.testing.JobTester
import java.io.IOException
import java.time.Duration
import java.util.UUID
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test

@Evalstore
class KotlinTest {
    data class Answer(val text: String, val tokens: Int?)

    data class Nested(val answers: List<Answer>, val labels: Map<String, Int> = mapOf("none" to 0))

    @JvmInline value class Model(val name: String)

    data class Typed(val model: Model)

    private val run = NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100)

    @Test
    fun a_transaction_infers_its_result_which_may_be_null_or_nothing(db: Database) {
        val id: UUID = db.transaction { tx -> tx.benchmarks().create(run).id }
        val none: String? = db.transaction { null }
        db.transaction { tx -> tx.benchmarks().create(run) }
        val count: Long = db.transaction(TxOptions.DEFAULT.asReadOnly()) { tx -> tx.benchmarks().count(BenchmarkFilter.ALL) }
        assertThat(db.transaction { tx -> optional(tx, id) }?.id).isEqualTo(id)
        assertThat(db.transaction { tx -> optional(tx, UUID.randomUUID()) }).isNull()
        assertThat(none).isNull()
        assertThat(count).isEqualTo(2)
    }

    @Test
    fun whatever_the_work_throws_rolls_back_and_comes_out_as_it_is(db: Database) {
        for (thrown in listOf(IOException("a"), IllegalStateException("b"), AssertionError("c"))) {
            assertThatThrownBy {
                    db.transaction { tx ->
                        tx.benchmarks().create(run)
                        throw thrown
                    }
                }
                .isSameAs(thrown)
        }
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isZero()
    }

    @Test
    fun a_nested_transaction_is_a_savepoint(db: Database) {
        db.transaction { tx ->
            tx.benchmarks().create(run)
            assertThatThrownBy {
                    tx.transaction { nested ->
                        nested.jobs().create(NewJob.of("evaluate", Json.EMPTY))
                        nested.connection().createStatement().use { it.execute("select 1 / 0") }
                    }
                }
                .hasMessageContaining("zero")
        }
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1)
        assertThat(db.jobs().list(dev.evalstore.job.JobFilter.ALL).items).isEmpty()
    }

    @Test
    fun a_data_class_is_a_payload_without_names_of_parameters_in_its_class_file(db: Database, jobs: JobTester) {
        val named = Evaluate::class.java.constructors.flatMap { it.parameters.toList() }.filter { it.isNamePresent }
        assertThat(named).isEmpty()
        val job = enqueue(db, "gpt-4")
        jobs.runDueSuccessfully { runner -> handlers(runner) }
        assertThat(db.jobs().get(job.id).result?.read<String>()).isEqualTo("evaluated gpt-4")
    }

    @Test
    fun defaults_nulls_lists_maps_and_value_classes_are_read() {
        assertThat(Json.parse("""{"model": "m"}""").read<Evaluate>()).isEqualTo(Evaluate("m", 100, null))
        assertThat(Json.parse("""{"model": "m", "seed": 7, "other": 1}""").read<Evaluate>()).isEqualTo(Evaluate("m", 100, 7))
        val nested = Nested(listOf(Answer("a", 3), Answer("b", null)))
        assertThat(Json.of(nested).read<Nested>()).isEqualTo(nested)
        assertThat(Json.of(nested).text()).contains("\"answers\":[{\"text\":\"a\",\"tokens\":3}")
        assertThat(Json.of(Typed(Model("m"))).read<Typed>()).isEqualTo(Typed(Model("m")))
        assertThat(Json.of(7).read<Int>()).isEqualTo(7)
        assertThat(Json.of(mapOf("of" to nested)).asMap()["of"]).isInstanceOf(Map::class.java)
    }

    @Test
    fun what_does_not_fit_is_refused_by_its_place_and_not_by_its_value() {
        assertThatThrownBy { Json.parse("""{"samples": 5, "secret": "hunter2"}""").read<Evaluate>() }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessageContaining("model")
            .hasMessageNotContaining("hunter2")
            .hasNoCause()
        assertThatThrownBy { Json.parse("""{"answers": [{"text": null}]}""").read<Nested>() }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessageContaining("answers[0].text")
        assertThatThrownBy { Json.parse("""{"model": "m", "samples": "hunter2"}""").read<Evaluate>() }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessageContaining("samples")
            .hasMessageNotContaining("hunter2")
        assertThatThrownBy { Json.of(listOf(1)).read<List<Int>>() }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessageContaining("type arguments")
    }

    @Test
    fun the_librarys_secrets_stay_out_of_what_is_written() {
        val config = dev.evalstore.DatabaseConfig.fromEnv(
            mapOf("DATABASE_URL" to "postgresql://u:hunter2@localhost/x"),
        )
        assertThat(Json.of(config).text()).contains("localhost").doesNotContain("hunter2")
    }

    @Test
    fun a_handler_returns_a_result_nothing_or_completes_with_its_own_rows(db: Database, jobs: JobTester) {
        val answer = db.jobs().create(NewJob.of("answer", Json.of(Evaluate("m", 3))))
        val nothing = db.jobs().create(NewJob.of("nothing", Json.of(Evaluate("m"))))
        val store = db.jobs().create(NewJob.of("store", Json.of(Evaluate("m"))))
        val bare = db.jobs().create(NewJob.of("bare", Json.of(Evaluate("m"))))
        jobs.runDueSuccessfully { runner ->
            completes(runner)
                .handle<Evaluate>("answer") { context -> Answer(context.payload().model, context.payload().samples) }
                .handle<Evaluate>("nothing") { context -> check(context.attempt() == 1) }
                .handle<Evaluate>("bare") { context -> context.completing { tx -> tx.benchmarks().create(run).let {} } }
        }
        assertThat(db.jobs().get(answer.id).result?.read<Answer>()).isEqualTo(Answer("m", 3))
        assertThat(db.jobs().get(nothing.id).status).isEqualTo(JobStatus.COMPLETED)
        assertThat(db.jobs().get(nothing.id).result).isNull()
        assertThat(db.jobs().get(bare.id).result).isNull()
        val created = db.jobs().get(store.id).result!!.read<UUID>()
        assertThat(db.benchmarks().get(created).name).isEqualTo("m on MMLU")
    }

    @Test
    fun a_payload_that_does_not_fit_fails_the_attempt(db: Database, jobs: JobTester) {
        val job = db.jobs().create(NewJob.of("evaluate", Json.EMPTY))
        jobs.runDue { runner -> handlers(runner) }
        assertThat(db.jobs().get(job.id).error).contains("model")
    }

    @Test
    fun a_lock_gives_the_works_result_or_null(db: Database) {
        val ttl = Duration.ofMinutes(1)
        val inner = db.locks().locking("a", "one", ttl, Duration.ZERO) {
            listOf(db.locks().locking("a", "two", ttl, Duration.ZERO) { "both" })
        }
        assertThat(inner).containsExactly(null)
    }

    @Test
    fun a_violated_constraint_is_the_librarys_exception_by_its_own_type(db: Database) {
        assertThatThrownBy { db.transaction { tx -> repeat(2) { tx.users().create(user()) } } }
            .isInstanceOf(ConstraintViolationException::class.java)
    }

    private fun user() = dev.evalstore.account.NewUser.of("a@example.org", "A")
}
