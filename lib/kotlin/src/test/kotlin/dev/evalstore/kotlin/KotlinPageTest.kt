package dev.evalstore.kotlin

import java.nio.file.Path
import kotlin.io.path.readText
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

class KotlinPageTest {
    @Test
    fun the_code_on_the_page_is_code_that_is_compiled_and_run() {
        val page = Path.of("../docs/kotlin.md").readText()
        val compiled = Path.of("src/test/kotlin/dev/evalstore/kotlin/Service.kt").readText()
        val blocks = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(page).map { it.groupValues[1] }.toList()
        assertThat(blocks).isNotEmpty().allSatisfy { block ->
            block.trim().split("\n\n").forEach { assertThat(compiled).contains(it) }
        }
    }
}
