package dev.evalstore.kotlin

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.writeText
import org.assertj.core.api.Assertions.assertThat
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What the library says about null is an error to Kotlin's compiler, not a warning. */
class NullabilityTest {
    private val source =
        """
        import dev.evalstore.*
        import dev.evalstore.job.*
        fun lines(db: Database, job: Job, text: String?) {
            job.error.length                                    // error
            job.error?.length
            job.status.name
            val id: java.util.UUID? = null
            db.jobs().get(id)                                   // error
            db.jobs().find(job.id)
            NewJob.of(text, Json.EMPTY)                         // error
            job.result.text()                                   // error
            job.queue.length
            db.inTransaction<Job?, Exception> { null }          // error
        }
        """
            .trimIndent()

    @Test
    fun a_null_is_refused_where_the_library_refuses_it(@TempDir folder: Path) {
        val file = folder.resolve("Nulls.kt").apply { writeText(source) }
        val said = ByteArrayOutputStream()
        K2JVMCompiler()
            .exec(
                PrintStream(said),
                "-no-stdlib", "-no-reflect", "-cp", System.getProperty("java.class.path"),
                "-d", folder.resolve("classes").toString(), file.toString(),
            )
        val refused = Regex("Nulls\\.kt:(\\d+):\\d+: error:").findAll(said.toString()).map { it.groupValues[1].toInt() }.toSet()
        val expected = source.lines().mapIndexedNotNull { i, line -> (i + 1).takeIf { "// error" in line } }.toSet()
        assertThat(refused).describedAs(said.toString()).isEqualTo(expected)
    }
}
