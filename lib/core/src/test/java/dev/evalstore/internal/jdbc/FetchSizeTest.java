package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FetchSizeTest {
    private static int after(FetchSize size, long... characters) {
        for (long each : characters) {
            size.add(each);
        }
        return size.next();
    }

    @Test
    void short_rows_come_to_the_most_in_two_steps_and_stay_there() {
        FetchSize size = new FetchSize(1_000);
        assertThat(size.rows()).isEqualTo(15);
        assertThat(after(size, 500, 0, 500)).isEqualTo(120);
        assertThat(after(size, 500)).isEqualTo(960);
        assertThat(after(size, 500)).isEqualTo(1_000);
        assertThat(after(size)).isEqualTo(1_000);
    }

    @Test
    void the_longest_row_counts_and_the_next_fetch_forgets_it_step_by_step() {
        FetchSize size = new FetchSize(1_000);
        assertThat(after(size, 10, 1 << 17, 10)).isEqualTo(8);
        assertThat(after(size, 10, 10)).isEqualTo(64);
        assertThat(after(size, 1 << 20)).isEqualTo(1);
        assertThat(after(size, Long.MAX_VALUE)).isEqualTo(1);
        assertThat(after(size, 0)).isEqualTo(8);
    }

    @Test
    void pages_begin_greater_and_no_size_is_below_a_row() {
        assertThat(FetchSize.ofPages().rows()).isBetween(32, 125);
        assertThat(new FetchSize(1).rows()).isEqualTo(1);
        assertThat(after(new FetchSize(1), 5)).isEqualTo(1);
        assertThat(FetchSize.WITH_TEXTS).isBetween(256, 1_000);
    }
}
