package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.keys;
import static dev.evalstore.state.StateSamples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values, versions, conditions and batches. */
interface EntriesContract extends StateContract {
    @ParameterizedTest
    @EnumSource
    default void a_value_that_was_put_reads_back_with_all_that_is_known_of_it(Kept kept) {
        StateBackend state = fresh(kept.options);
        byte[] value = {0, 1, -1, 127, -128};

        long version = state.put(b("k"), value, PutOptions.expiringAfter(HOUR).metadata(Json.of(Map.of("a", 1))));

        assertThat(state.get(b("k"))).contains(value);
        StateEntry entry = state.getEntry(b("k")).orElseThrow();
        assertThat(entry.key()).isEqualTo(b("k"));
        assertThat(entry.value()).isEqualTo(value);
        assertThat(entry.version()).isEqualTo(version);
        assertThat(entry.metadata().asMap()).isEqualTo(Map.of("a", 1));
        assertThat(entry.updatedAt()).isEqualTo(entry.createdAt());
        assertThat(Duration.between(entry.updatedAt(), entry.expiresAt())).isEqualTo(HOUR);
        assertThat(state.contains(b("k"))).isTrue();
        assertThat(state.get(b("other"))).isEmpty();
        assertThat(state.getEntry(b("other"))).isEmpty();
        assertThat(state.contains(b("other"))).isFalse();
    }

    @Test
    default void namespaces_do_not_see_each_other() {
        StateBackend one = fresh();
        StateBackend other = fresh();
        one.put(b("k"), b("one"));
        other.put(b("k"), b("other"));

        assertThat(text(one, "k")).isEqualTo("one");
        other.clear();
        assertThat(text(one, "k")).isEqualTo("one");
        assertThat(one.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    default void versions_rise_with_every_put_and_never_come_back(Kept kept) {
        StateBackend state = fresh(kept.options);
        long first = state.put(b("k"), b("1"));
        long second = state.put(b("k"), b("1"));
        state.delete(b("k"));
        long third = state.put(b("k"), b("1"));

        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    default void a_plain_put_clears_expiry_and_metadata_and_one_that_keeps_does_not() {
        StateBackend state = fresh();
        PutOptions both = PutOptions.expiringAfter(HOUR).metadata(Json.of(Map.of("a", 1)));
        state.put(b("k"), b("1"), both);
        StateEntry before = state.getEntry(b("k")).orElseThrow();

        state.put(b("k"), b("2"), PutOptions.NONE.keepingTtl());
        StateEntry kept = state.getEntry(b("k")).orElseThrow();
        assertThat(kept.expiresAt()).isEqualTo(before.expiresAt());
        assertThat(kept.metadata()).isEqualTo(before.metadata());
        assertThat(kept.createdAt()).isEqualTo(before.createdAt());

        state.put(b("k"), b("2"), PutOptions.NONE.keepingTtl().metadata(Json.of(Map.of("b", 2))));
        assertThat(state.getEntry(b("k")).orElseThrow().metadata().asMap()).isEqualTo(Map.of("b", 2));

        state.put(b("k"), b("3"));
        StateEntry cleared = state.getEntry(b("k")).orElseThrow();
        assertThat(cleared.expiresAt()).isNull();
        assertThat(cleared.metadata()).isNull();
        assertThat(cleared.createdAt()).isEqualTo(before.createdAt());
        advance(state, HOUR.multipliedBy(2));
        assertThat(text(state, "k")).isEqualTo("3");
    }

    @ParameterizedTest
    @EnumSource
    default void a_condition_that_does_not_hold_is_a_conflict_and_changes_nothing(Kept kept) {
        StateBackend state = fresh(kept.options);
        assertThatThrownBy(() -> state.put(b("k"), b("v"), PutOptions.NONE.ifVersion(7)))
                .isInstanceOf(ConflictException.class);
        assertThat(state.contains(b("k"))).isFalse();

        long first = state.put(b("k"), b("v"), PutOptions.NONE.ifAbsent());
        assertThatThrownBy(() -> state.put(b("k"), b("w"), PutOptions.NONE.ifAbsent()))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> state.put(b("k"), b("w"), PutOptions.NONE.ifVersion(0)))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> state.put(b("k"), b("w"), PutOptions.NONE.ifVersion(first + 1)))
                .isInstanceOf(ConflictException.class);
        StateEntry entry = state.getEntry(b("k")).orElseThrow();
        assertThat(entry.version()).isEqualTo(first);
        assertThat(entry.value()).isEqualTo(b("v"));

        long second = state.put(b("k"), b("w"), PutOptions.expiringAfter(HOUR).ifVersion(first));
        StateEntry replaced = state.getEntry(b("k")).orElseThrow();
        assertThat(replaced.version()).isEqualTo(second).isGreaterThan(first);
        assertThat(replaced.expiresAt()).isNotNull();
        state.put(b("k"), b("x"), PutOptions.NONE.ifVersion(second).keepingTtl());
        assertThat(state.getEntry(b("k")).orElseThrow().expiresAt()).isEqualTo(replaced.expiresAt());
        assertThat(text(state, "k")).isEqualTo("x");
        assertThat(state.put(b("z"), b("v"), PutOptions.NONE.ifVersion(0))).isGreaterThan(second);
    }

    @ParameterizedTest
    @EnumSource
    default void compare_and_set_gives_the_new_version_or_nothing(Kept kept) {
        StateBackend state = fresh(kept.options);
        long first = state.compareAndSet(b("k"), 0, b("1")).orElseThrow();
        assertThat(state.compareAndSet(b("k"), 0, b("2"))).isEmpty();
        OptionalLong second = state.compareAndSet(b("k"), first, b("2"));
        assertThat(second.orElseThrow()).isGreaterThan(first);
        assertThat(state.compareAndSet(b("k"), first, b("3"))).isEmpty();
        assertThat(text(state, "k")).isEqualTo("2");
        assertThat(state.compareAndDelete(b("k"), first)).isFalse();
        assertThat(state.compareAndDelete(b("k"), second.orElseThrow())).isTrue();
        assertThat(state.compareAndSet(b("k"), second.orElseThrow(), b("3"))).isEmpty();
        assertThat(state.contains(b("k"))).isFalse();

        state.put(b("t"), b("1"), PutOptions.expiringAfter(HOUR).metadata(Json.of(Map.of("a", 1))));
        StateEntry before = state.getEntry(b("t")).orElseThrow();
        state.compareAndSet(b("t"), before.version(), b("2"));
        StateEntry after = state.getEntry(b("t")).orElseThrow();
        assertThat(after.expiresAt()).isEqualTo(before.expiresAt());
        assertThat(after.metadata()).isEqualTo(before.metadata());
    }

    @ParameterizedTest
    @EnumSource
    default void increment_adds_to_eight_bytes_and_refuses_everything_else(Kept kept) {
        StateBackend state = fresh(kept.options);
        assertThat(state.increment(b("n"), 5)).isEqualTo(5);
        assertThat(state.increment(b("n"), -7)).isEqualTo(-2);
        assertThat(state.get(b("n")).orElseThrow()).isEqualTo(b(255, 255, 255, 255, 255, 255, 255, 254));
        state.expire(b("n"), HOUR);
        assertThat(state.increment(b("n"), Long.MIN_VALUE + 2)).isEqualTo(Long.MIN_VALUE);
        assertThat(state.getEntry(b("n")).orElseThrow().expiresAt()).isNotNull();
        assertThatThrownBy(() -> state.increment(b("n"), -1)).isInstanceOf(ConflictException.class);
        assertThat(state.increment(b("n"), 0)).isEqualTo(Long.MIN_VALUE);
        state.put(b("text"), b("seven b"));
        assertThatThrownBy(() -> state.increment(b("text"), 1)).isInstanceOf(ConflictException.class);
        assertThat(text(state, "text")).isEqualTo("seven b");
    }

    @ParameterizedTest
    @EnumSource
    default void a_batch_puts_all_and_the_last_of_a_repeated_key_wins(Kept kept) {
        StateBackend state = fresh(kept.options);
        state.putAll(List.of());
        state.put(b("b"), b("old"), PutOptions.expiringAfter(HOUR));
        state.putAll(List.of(
                NewStateEntry.of(b("c"), b("1")),
                NewStateEntry.of(b("b"), b("1")),
                NewStateEntry.of(b("a"), b("1")).ttl(HOUR),
                NewStateEntry.of(b("c"), b("2")).metadata(Json.of(Map.of("x", 1)))));

        assertThat(keys(state.entries(b(""), 10, null))).containsExactly("a", "b", "c");
        assertThat(text(state, "c")).isEqualTo("2");
        assertThat(state.getEntry(b("a")).orElseThrow().expiresAt()).isNotNull();
        assertThat(state.getEntry(b("b")).orElseThrow().expiresAt()).isNull();
        assertThat(state.getEntry(b("c")).orElseThrow().metadata().asMap()).isEqualTo(Map.of("x", 1));

        assertThat(keys(state.getAll(List.of(b("c"), b("zz"), b("a"), b("c"))))).containsExactly("c", "a");
        assertThat(state.getAll(List.of())).isEmpty();
        assertThat(state.deleteAll(List.of(b("a"), b("zz"), b("c"), b("a")))).isEqualTo(2);
        assertThat(state.deleteAll(List.of())).isZero();
        assertThat(keys(state.entries(b(""), 10, null))).containsExactly("b");
    }

    @ParameterizedTest
    @EnumSource
    default void a_batch_of_tens_of_thousands_is_stored_whole(Kept kept) {
        StateBackend state = fresh(kept.options);
        List<NewStateEntry> batch = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 25_000; i++) {
            keys.add(b("k%05d".formatted(i)));
            batch.add(NewStateEntry.of(keys.get(i), b(i & 255, i >> 8)));
        }
        state.putAll(batch);
        assertThat(state.count()).isEqualTo(25_000);
        assertThat(state.getAll(keys)).hasSize(25_000);
        assertThat(state.get(b("k24999"))).contains(b(24_999 & 255, 24_999 >> 8));
        assertThat(state.deleteAll(keys.subList(0, 24_000))).isEqualTo(24_000);
        assertThat(state.clear()).isEqualTo(1_000);
        assertThat(state.count()).isZero();
    }
}
