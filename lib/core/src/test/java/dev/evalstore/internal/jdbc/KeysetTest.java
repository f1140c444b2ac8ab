package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysetTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Cursor forged(String text) {
        return new Cursor(
                Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** A cursor comes back from a browser, so it may hold anything. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "evaluations|0|00000000-0000-0000-0000-000000000000",
                "benchmarks|0",
                "benchmarks|x|00000000-0000-0000-0000-000000000000",
                "benchmarks|0|nonsense",
                "benchmarks|0|00000000-0000-0000-0000-000000000000|more",
                "benchmarks|92233720368547758070|00000000-0000-0000-0000-000000000000"
            })
    void a_forged_cursor_is_refused_before_the_database_is_asked(String text) {
        assertThatThrownBy(() -> database.db().benchmarks().list(BenchmarkFilter.ALL, 10, forged(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor");
    }

    @Test
    void a_cursor_at_the_end_of_time_is_an_empty_page_and_one_beyond_it_is_refused() {
        for (long micros : new long[] {-62_000_000_000_000_000L, 0, 250_000_000_000_000_000L}) {
            assertThat(after(micros).items()).isEmpty();
        }
        for (long micros :
                new long[] {Long.MIN_VALUE, -63_000_000_000_000_000L, 260_000_000_000_000_000L, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> after(micros))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cursor is not one of the list of benchmarks");
        }
    }

    private static Page<Benchmark> after(long micros) {
        return database.db()
                .benchmarks()
                .list(BenchmarkFilter.ALL, 10, forged("benchmarks|" + micros + "|" + new UUID(0, 0)));
    }

    @Test
    void a_cursor_is_short_and_not_empty() {
        assertThatThrownBy(() -> new Cursor("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Cursor("x".repeat(4_097))).isInstanceOf(IllegalArgumentException.class);
    }
}
