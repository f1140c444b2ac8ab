package dev.evalstore.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.state.StateDifference.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every state backend does, in every kind of namespace. */
abstract class StateBackendContract {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The four kinds of namespace. */
    enum Kept {
        PLAIN(StateOptions.PLAIN),
        CHECKPOINTED(StateOptions.DEFAULT),
        WATCHED(StateOptions.PLAIN.watched(true)),
        BOTH(StateOptions.DEFAULT.watched(true));

        final StateOptions options;

        Kept(StateOptions options) {
            this.options = options;
        }
    }

    /** A namespace; the same name gives the same one. */
    abstract StateBackend open(String name, StateOptions options);

    /** Lets time pass for what is stored in the namespace. */
    abstract void advance(StateBackend state, Duration time);

    private StateBackend fresh(StateOptions options) {
        return open("contract-" + NEXT.incrementAndGet(), options);
    }

    private StateBackend fresh() {
        return fresh(StateOptions.DEFAULT);
    }

    static byte[] b(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] b(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static List<String> texts(List<byte[]> keys) {
        return keys.stream().map(key -> new String(key, StandardCharsets.UTF_8)).toList();
    }

    private static List<String> keys(List<StateEntry> entries) {
        return texts(entries.stream().map(StateEntry::key).toList());
    }

    private static String text(StateBackend state, String key) {
        return state.get(b(key)).map(v -> new String(v, StandardCharsets.UTF_8)).orElse("absent");
    }

    @ParameterizedTest
    @EnumSource
    void a_value_that_was_put_reads_back_with_all_that_is_known_of_it(Kept kept) {
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
    void namespaces_do_not_see_each_other() {
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
    void versions_rise_with_every_put_and_never_come_back(Kept kept) {
        StateBackend state = fresh(kept.options);
        long first = state.put(b("k"), b("1"));
        long second = state.put(b("k"), b("1"));
        state.delete(b("k"));
        long third = state.put(b("k"), b("1"));

        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    void a_plain_put_clears_expiry_and_metadata_and_one_that_keeps_does_not() {
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
    void an_expired_entry_is_absent_to_every_method(Kept kept) {
        StateBackend state = fresh(kept.options);
        Json tag = Json.of(Map.of("tag", "x"));
        long version =
                state.put(b("k"), b("v"), PutOptions.expiringAfter(MINUTE).metadata(tag));
        advance(state, MINUTE);

        assertThat(state.get(b("k"))).isEmpty();
        assertThat(state.getEntry(b("k"))).isEmpty();
        assertThat(state.getAll(List.of(b("k")))).isEmpty();
        assertThat(state.contains(b("k"))).isFalse();
        assertThat(state.count()).isZero();
        assertThat(state.listKeys(b(""), 10, null)).isEmpty();
        assertThat(state.entries(b(""), 10, null)).isEmpty();
        assertThat(state.queryByMetadata(tag, 10, null)).isEmpty();
        assertThat(state.delete(b("k"))).isFalse();
        assertThat(state.compareAndDelete(b("k"), version)).isFalse();
        assertThat(state.deleteAll(List.of(b("k")))).isZero();
        assertThat(state.compareAndSet(b("k"), version, b("w"))).isEmpty();
        assertThat(state.touch(b("k"))).isFalse();
        assertThat(state.expire(b("k"), HOUR)).isFalse();
        assertThat(state.persist(b("k"))).isFalse();
        assertThatThrownBy(() -> state.put(b("k"), b("w"), PutOptions.NONE.ifVersion(version)))
                .isInstanceOf(ConflictException.class);
        assertThat(state.tableStats().entries()).isZero();
        assertThat(state.tableStats().expired()).isEqualTo(1);
        assertThat(state.clear()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_put_over_an_expired_entry_is_a_fresh_put_that_the_sweeper_leaves_alone(Kept kept) {
        StateBackend state = fresh(kept.options);
        for (String key : List.of("plain", "absent", "keeping", "batch", "cas", "number")) {
            state.put(b(key), b("old"), PutOptions.expiringAfter(MINUTE).metadata(Json.of(Map.of("a", 1))));
        }
        StateEntry old = state.getEntry(b("plain")).orElseThrow();
        advance(state, MINUTE.multipliedBy(3));

        state.put(b("plain"), b("new"));
        state.put(b("absent"), b("new"), PutOptions.NONE.ifAbsent());
        state.put(b("keeping"), b("new"), PutOptions.NONE.keepingTtl());
        state.putAll(List.of(NewStateEntry.of(b("batch"), b("new"))));
        assertThat(state.compareAndSet(b("cas"), 0, b("new"))).isPresent();
        assertThat(state.increment(b("number"), 5)).isEqualTo(5);

        assertThat(state.cleanupExpired()).isZero();
        assertThat(state.count()).isEqualTo(6);
        state.forEach(b(""), entry -> {
            assertThat(entry.expiresAt())
                    .as(new String(entry.key(), StandardCharsets.UTF_8))
                    .isNull();
            assertThat(entry.metadata()).isNull();
            assertThat(entry.createdAt()).isAfter(old.createdAt());
        });
    }

    @ParameterizedTest
    @EnumSource
    void the_sweeper_removes_what_has_expired_and_nothing_else(Kept kept) {
        StateBackend state = fresh(kept.options);
        for (int i = 0; i < 50; i++) {
            state.put(b("short" + i), b("v"), PutOptions.expiringAfter(MINUTE));
            state.put(b("long" + i), b("v"), PutOptions.expiringAfter(HOUR));
            state.put(b("ever" + i), b("v"));
        }
        assertThat(state.cleanupExpired()).isZero();
        advance(state, MINUTE);
        assertThat(state.cleanupExpired()).isEqualTo(50);
        assertThat(state.cleanupExpired()).isZero();
        assertThat(state.count()).isEqualTo(100);
        assertThat(state.tableStats().expired()).isZero();
    }

    @Test
    void an_expiry_can_be_given_changed_and_taken_away_without_a_new_version() {
        StateBackend state = fresh();
        long version = state.put(b("k"), b("v"), PutOptions.NONE.metadata(Json.of(Map.of("a", 1))));

        assertThat(state.expire(b("k"), MINUTE)).isTrue();
        assertThat(state.expire(b("k"), HOUR)).isTrue();
        advance(state, MINUTE.multipliedBy(2));
        StateEntry entry = state.getEntry(b("k")).orElseThrow();
        assertThat(Duration.between(entry.updatedAt(), entry.expiresAt())).isEqualTo(HOUR);
        assertThat(state.touch(b("k"))).isTrue();
        StateEntry touched = state.getEntry(b("k")).orElseThrow();
        assertThat(touched.updatedAt()).isAfter(entry.updatedAt());
        assertThat(touched.expiresAt()).isEqualTo(entry.expiresAt());
        assertThat(state.persist(b("k"))).isTrue();
        advance(state, HOUR.multipliedBy(2));
        StateEntry forever = state.getEntry(b("k")).orElseThrow();
        assertThat(forever.expiresAt()).isNull();
        assertThat(forever.version()).isEqualTo(version);
        assertThat(forever.metadata().asMap()).isEqualTo(Map.of("a", 1));
        assertThat(state.touch(b("none"))).isFalse();
        assertThat(state.expire(b("none"), HOUR)).isFalse();
        assertThat(state.persist(b("none"))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void a_condition_that_does_not_hold_is_a_conflict_and_changes_nothing(Kept kept) {
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
    void compare_and_set_gives_the_new_version_or_nothing(Kept kept) {
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
    void increment_adds_to_eight_bytes_and_refuses_everything_else(Kept kept) {
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
    void a_batch_puts_all_and_the_last_of_a_repeated_key_wins(Kept kept) {
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
    void a_batch_of_tens_of_thousands_is_stored_whole(Kept kept) {
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

    @Test
    void every_byte_is_a_key_and_keys_stand_in_unsigned_order() {
        StateBackend state = fresh();
        for (int i = 255; i >= 0; i--) {
            state.put(b(i), b(i));
            state.put(b(i, 0), b(i));
        }
        state.put(b(), b(1, 2, 3));
        List<byte[]> keys = state.listKeys(b(), 1_000, null);
        assertThat(keys).hasSize(513);
        assertThat(keys.get(0)).isEmpty();
        for (int i = 0; i < 256; i++) {
            assertThat(keys.get(1 + 2 * i)).isEqualTo(b(i));
            assertThat(keys.get(2 + 2 * i)).isEqualTo(b(i, 0));
            assertThat(state.get(b(i))).contains(b(i));
        }
        assertThat(state.get(b())).contains(b(1, 2, 3));
    }

    @Test
    void a_prefix_bounds_the_keys_also_where_it_ends_in_0xff_or_is_nothing_else() {
        StateBackend state = fresh();
        List<byte[]> keys = List.of(
                b(),
                b(0),
                b(1),
                b(1, 255),
                b(1, 255, 0),
                b(1, 255, 255),
                b(2),
                b(254, 255),
                b(255),
                b(255, 255),
                b(255, 255, 7));
        keys.forEach(key -> state.put(key, b(1)));

        assertThat(state.listKeys(b(), 100, null)).containsExactlyElementsOf(keys);
        assertThat(state.listKeys(b(1, 255), 100, null)).containsExactly(b(1, 255), b(1, 255, 0), b(1, 255, 255));
        assertThat(state.listKeys(b(1), 100, null)).containsExactly(b(1), b(1, 255), b(1, 255, 0), b(1, 255, 255));
        assertThat(state.listKeys(b(255), 100, null)).containsExactly(b(255), b(255, 255), b(255, 255, 7));
        assertThat(state.listKeys(b(255, 255), 100, null)).containsExactly(b(255, 255), b(255, 255, 7));
        assertThat(state.listKeys(b(3), 100, null)).isEmpty();
        assertThat(state.count(b(1, 255))).isEqualTo(3);
        assertThat(state.count(b(255))).isEqualTo(3);
        assertThat(state.count(b())).isEqualTo(keys.size());
    }

    @Test
    void pages_follow_each_other_and_may_begin_anywhere() {
        StateBackend state = fresh();
        for (int i = 0; i < 25; i++) {
            state.put(b("a%02d".formatted(i)), b("v" + i));
        }
        state.put(b("b"), b("v"));
        List<byte[]> first = state.listKeys(b("a"), 10, null);
        List<byte[]> second = state.listKeys(b("a"), 10, first.get(9));
        List<byte[]> third = state.listKeys(b("a"), 10, second.get(9));
        assertThat(texts(first)).hasSize(10).startsWith("a00").endsWith("a09");
        assertThat(texts(second)).hasSize(10).startsWith("a10").endsWith("a19");
        assertThat(texts(third)).hasSize(5).endsWith("a24");
        assertThat(keys(state.entries(b("a"), 2, b("a22")))).containsExactly("a23", "a24");
        assertThat(texts(state.listKeys(b("a"), 2, b("A")))).containsExactly("a00", "a01");
        assertThat(state.listKeys(b("a"), 2, b("z"))).isEmpty();
        List<String> all = new ArrayList<>();
        state.forEach(b("a"), entry -> all.add(new String(entry.key(), StandardCharsets.UTF_8)));
        assertThat(all).hasSize(25);
        assertThatThrownBy(() -> state.listKeys(b(""), 0, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> state.entries(b(""), 1_001, null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_page_of_large_values_ends_early_and_never_empty() {
        StateBackend state = fresh();
        byte[] large = new byte[5 << 20];
        Arrays.fill(large, (byte) 7);
        for (int i = 0; i < 4; i++) {
            state.put(b("k" + i), large);
        }
        assertThat(keys(state.entries(b(""), 100, null))).containsExactly("k0", "k1");
        assertThat(keys(state.entries(b(""), 100, b("k1")))).containsExactly("k2", "k3");
        assertThat(state.entries(b(""), 100, b("k3"))).isEmpty();
    }

    @Test
    void metadata_is_found_by_what_it_contains() {
        StateBackend state = fresh();
        state.put(
                b("a"),
                b("1"),
                PutOptions.NONE.metadata(Json.parse("{\"lang\":\"de\",\"tags\":[\"x\",\"y\"],\"n\":1.0}")));
        state.put(
                b("b"),
                b("1"),
                PutOptions.NONE.metadata(Json.parse("{\"lang\":\"de\",\"deep\":{\"x\":1,\"y\":null}}")));
        state.put(b("c"), b("1"), PutOptions.NONE.metadata(Json.parse("{\"lang\":\"fr\"}")));
        state.put(b("d"), b("1"));

        assertThat(keys(state.queryByMetadata(Json.parse("{\"lang\":\"de\"}"), 10, null)))
                .containsExactly("a", "b");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"lang\":\"de\"}"), 10, b("a"))))
                .containsExactly("b");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"tags\":[\"y\"]}"), 10, null)))
                .containsExactly("a");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"n\":1}"), 10, null)))
                .containsExactly("a");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"deep\":{\"y\":null}}"), 10, null)))
                .containsExactly("b");
        assertThat(keys(state.queryByMetadata(Json.parse("{}"), 10, null))).containsExactly("a", "b", "c");
        assertThat(state.queryByMetadata(Json.parse("{\"lang\":[\"de\"]}"), 10, null))
                .isEmpty();
    }

    @Test
    void what_is_too_long_or_makes_no_sense_is_refused_by_name() {
        StateBackend state = fresh(StateOptions.DEFAULT.maxKeyBytes(4).maxValueBytes(8));
        state.put(b("four"), b("eightbyt"));
        assertThatThrownBy(() -> state.put(b("fives"), b("v")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key has 5 bytes");
        assertThatThrownBy(() -> state.get(b("fives"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> state.put(b("k"), b("ninebytes")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value has 9 bytes");
        assertThatThrownBy(() -> state.putAll(List.of(NewStateEntry.of(b("k"), b("ninebytes")))))
                .isInstanceOf(IllegalArgumentException.class);
        for (Duration ttl :
                List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofDays(40_000))) {
            assertThatThrownBy(() -> PutOptions.expiringAfter(ttl))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ttl");
            assertThatThrownBy(() -> state.expire(b("k"), ttl)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> NewStateEntry.of(b("k"), b("v")).ttl(ttl))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> PutOptions.expiringAfter(HOUR).keepingTtl())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PutOptions.NONE.ifAbsent().ifVersion(1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(state.count()).isEqualTo(1);
    }

    @Test
    void the_caller_may_go_on_using_its_arrays() {
        StateBackend state = fresh();
        byte[] key = b("k");
        byte[] value = b("v");
        state.put(key, value);
        value[0] = 'x';
        byte[] read = state.get(key).orElseThrow();
        read[0] = 'y';
        assertThat(text(state, "k")).isEqualTo("v");
    }

    @Test
    void stats_count_what_was_done() {
        StateBackend state = fresh();
        state.put(b("ab"), b("123"));
        state.putAll(List.of(NewStateEntry.of(b("c"), b("1")), NewStateEntry.of(b("d"), b("1"))));
        state.get(b("ab"));
        state.get(b("zz"));
        state.delete(b("c"));
        state.delete(b("c"));
        StateStats stats = state.stats();
        assertThat(stats.gets()).isEqualTo(2);
        assertThat(stats.puts()).isEqualTo(3);
        assertThat(stats.deletes()).isEqualTo(1);
        assertThat(stats.bytesRead()).isEqualTo(5);
        assertThat(stats.bytesWritten()).isEqualTo(9);
        assertThat(stats.retries()).isZero();
        assertThat(stats.reads()).isEqualTo(2);
        assertThat(stats.writes()).isEqualTo(4);
        assertThat(stats.readTime()).isPositive();
        assertThat(stats.slowestWrite()).isPositive().isLessThanOrEqualTo(stats.writeTime());
        assertThat(stats.meanWrite()).isLessThanOrEqualTo(stats.slowestWrite());
        assertThat(state.healthCheck().healthy()).isTrue();
        assertThat(state.tableStats().entries()).isEqualTo(2);
    }

    @Test
    void a_checkpoint_holds_what_was_there_whatever_happens_after() {
        StateBackend state = fresh();
        state.put(b("kept"), b("1"));
        state.put(b("changed"), b("1"), PutOptions.NONE.metadata(Json.of(Map.of("a", 1))));
        state.put(b("deleted"), b("1"));
        state.put(b("expiring"), b("1"), PutOptions.expiringAfter(HOUR));
        Checkpoint first = state.createCheckpoint("first", Json.of(Map.of("offset", 17)));
        state.put(b("changed"), b("2"));
        state.delete(b("deleted"));
        state.put(b("added"), b("2"));
        state.persist(b("expiring"));
        Checkpoint second = state.createCheckpoint();
        state.clear();

        assertThat(first.label()).isEqualTo("first");
        assertThat(first.metadata().asMap()).isEqualTo(Map.of("offset", 17));
        assertThat(state.listCheckpoints().stream().map(Checkpoint::id)).containsExactly(second.id(), first.id());
        assertThat(keys(state.entriesAt(first.id(), b(""), 10, null)))
                .containsExactly("changed", "deleted", "expiring", "kept");
        assertThat(keys(state.entriesAt(second.id(), b(""), 10, null)))
                .containsExactly("added", "changed", "expiring", "kept");
        assertThat(keys(state.entriesAt(second.id(), b(""), 2, b("added")))).containsExactly("changed", "expiring");
        StateEntry then = state.readAt(first.id(), b("changed")).orElseThrow();
        assertThat(then.value()).isEqualTo(b("1"));
        assertThat(then.metadata().asMap()).isEqualTo(Map.of("a", 1));
        assertThat(state.readAt(first.id(), b("expiring")).orElseThrow().expiresAt())
                .isNotNull();
        assertThat(state.readAt(second.id(), b("expiring")).orElseThrow().expiresAt())
                .isNull();
        assertThat(state.readAt(first.id(), b("added"))).isEmpty();
        assertThat(state.count()).isZero();

        assertThat(first.entries()).isNull();
        Checkpoint measured = state.measureCheckpoint(first.id());
        assertThat(measured.entries()).isEqualTo(4);
        assertThat(measured.bytes()).isEqualTo("changed1deleted1expiring1kept1".length());
        assertThat(state.listCheckpoints()).contains(measured);
    }

    @Test
    void a_restore_brings_back_value_metadata_and_expiry_and_versions_go_on_rising() {
        StateBackend state = fresh();
        state.put(b("a"), b("1"), PutOptions.expiringAfter(HOUR).metadata(Json.of(Map.of("x", 1))));
        state.put(b("b"), b("1"));
        long untouched = state.put(b("c"), b("1"));
        StateEntry before = state.getEntry(b("a")).orElseThrow();
        Checkpoint checkpoint = state.createCheckpoint();
        state.put(b("a"), b("2"));
        state.delete(b("b"));
        long last = state.put(b("new"), b("2"));

        assertThat(state.restoreCheckpoint(checkpoint.id())).isEqualTo(3);

        assertThat(keys(state.entries(b(""), 10, null))).containsExactly("a", "b", "c");
        StateEntry restored = state.getEntry(b("a")).orElseThrow();
        assertThat(restored.value()).isEqualTo(b("1"));
        assertThat(restored.metadata()).isEqualTo(before.metadata());
        assertThat(restored.expiresAt()).isEqualTo(before.expiresAt());
        assertThat(restored.createdAt()).isEqualTo(before.createdAt());
        assertThat(restored.version()).isGreaterThan(last);
        assertThat(state.getEntry(b("c")).orElseThrow().version()).isEqualTo(untouched);
        assertThat(state.readAt(checkpoint.id(), b("a")).orElseThrow().version())
                .isEqualTo(before.version());
    }

    @Test
    void a_restore_leaves_every_other_checkpoint_valid_forwards_and_back() {
        StateBackend state = fresh();
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            state.put(b("k"), b("" + i));
            state.put(b("only" + i), b("v"));
            state.delete(b("only" + (i - 1)));
            ids.add(state.createCheckpoint("c" + i, null).id());
        }
        for (int i : new int[] {1, 4, 0, 3, 2, 2, 4}) {
            state.restoreCheckpoint(ids.get(i));
            assertThat(text(state, "k")).isEqualTo("" + i);
            assertThat(keys(state.entries(b(""), 10, null))).containsExactly("k", "only" + i);
            for (int j = 0; j < 5; j++) {
                assertThat(state.readAt(ids.get(j), b("k")).orElseThrow().value())
                        .isEqualTo(b("" + j));
                assertThat(keys(state.entriesAt(ids.get(j), b(""), 10, null))).containsExactly("k", "only" + j);
            }
        }
    }

    @Test
    void nothing_that_has_expired_comes_back() {
        StateBackend state = fresh();
        state.put(b("swept"), b("1"), PutOptions.expiringAfter(MINUTE));
        state.put(b("unswept"), b("1"), PutOptions.expiringAfter(MINUTE));
        state.put(b("changed"), b("1"), PutOptions.expiringAfter(MINUTE));
        state.put(b("lives"), b("1"), PutOptions.expiringAfter(HOUR));
        Checkpoint checkpoint = state.createCheckpoint();
        state.put(b("changed"), b("2"));
        state.put(b("lives"), b("2"));
        advance(state, MINUTE);
        assertThat(state.cleanupExpired()).isEqualTo(2);

        assertThat(keys(state.entriesAt(checkpoint.id(), b(""), 10, null))).containsExactly("lives");
        assertThat(state.readAt(checkpoint.id(), b("changed"))).isEmpty();
        state.restoreCheckpoint(checkpoint.id());
        assertThat(keys(state.entries(b(""), 10, null))).containsExactly("lives");
        assertThat(text(state, "lives")).isEqualTo("1");
        advance(state, HOUR);
        assertThat(state.count()).isZero();
        assertThat(state.restoreCheckpoint(checkpoint.id())).isZero();
        assertThat(state.count()).isZero();
    }

    @Test
    void an_unknown_checkpoint_is_not_found_and_the_state_is_left_alone() {
        StateBackend state = fresh();
        state.put(b("k"), b("v"));
        UUID known = state.createCheckpoint().id();
        UUID unknown = UUID.randomUUID();
        UUID elsewhere = fresh().createCheckpoint().id();
        for (UUID id : List.of(unknown, elsewhere)) {
            List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> verbs = List.of(
                    () -> state.restoreCheckpoint(id),
                    () -> state.measureCheckpoint(id),
                    () -> state.readAt(id, b("k")),
                    () -> state.entriesAt(id, b(""), 10, null),
                    () -> state.diff(id, null, 10, null),
                    () -> state.diff(known, id, 10, null),
                    () -> state.export(id, new ByteArrayOutputStream()));
            for (var verb : verbs) {
                assertThatThrownBy(verb).isInstanceOf(NotFoundException.class).hasMessageContaining(id.toString());
            }
            assertThat(state.deleteCheckpoint(id)).isFalse();
        }
        assertThat(text(state, "k")).isEqualTo("v");
        assertThat(state.deleteCheckpoint(known)).isTrue();
        assertThatThrownBy(() -> state.restoreCheckpoint(known)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_plain_namespace_has_no_checkpoints_and_an_unwatched_one_no_feed() {
        StateBackend state = fresh(StateOptions.PLAIN);
        state.put(b("k"), b("v"));
        assertThatThrownBy(state::createCheckpoint).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> state.restoreCheckpoint(UUID.randomUUID())).isInstanceOf(IllegalStateException.class);
        assertThat(state.listCheckpoints()).isEmpty();
        assertThat(state.deleteCheckpoint(UUID.randomUUID())).isFalse();
        assertThat(state.cleanupHistory()).isZero();
        assertThatThrownBy(() -> state.watch(b(""), null, 10)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> state.compactChanges(HOUR)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void deleted_checkpoints_take_their_history_with_them_and_nothing_of_the_others() {
        StateBackend state = fresh();
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            state.put(b("k"), b("" + i));
            ids.add(state.createCheckpoint().id());
        }
        state.put(b("k"), b("now"));
        assertThat(state.retainCheckpoints(10, null)).isZero();
        assertThat(state.retainCheckpoints(0, HOUR)).isZero();
        assertThat(state.deleteCheckpoint(ids.get(1))).isTrue();
        assertThat(state.retainCheckpoints(3, null)).isEqualTo(2);
        state.cleanupHistory();
        assertThat(state.cleanupHistory()).isZero();
        for (int i : new int[] {3, 4, 5}) {
            assertThat(state.readAt(ids.get(i), b("k")).orElseThrow().value()).isEqualTo(b("" + i));
        }
        assertThat(state.deleteCheckpoint(ids.get(5))).isTrue();
        state.cleanupHistory();
        state.put(b("k"), b("later"));
        state.restoreCheckpoint(ids.get(4));
        assertThat(text(state, "k")).isEqualTo("4");
        assertThat(state.retainCheckpoints(0, null)).isEqualTo(2);
        state.cleanupHistory();
        assertThat(state.listCheckpoints()).isEmpty();
        assertThat(text(state, "k")).isEqualTo("4");
    }

    @Test
    void a_difference_names_the_keys_that_differ_in_either_direction() {
        StateBackend state = fresh();
        for (String key : List.of("same", "changed", "removed", "rewritten", "expiry")) {
            state.put(b(key), b("1"));
        }
        UUID a = state.createCheckpoint().id();
        state.put(b("changed"), b("2"));
        state.delete(b("removed"));
        state.put(b("added"), b("2"));
        state.put(b("rewritten"), b("1"));
        state.expire(b("expiry"), HOUR);
        UUID b = state.createCheckpoint().id();
        state.put(b("later"), b("3"));

        assertThat(state.diff(a, b, 10, null))
                .containsExactly(
                        new StateDifference(b("added"), Kind.ADDED),
                        new StateDifference(b("changed"), Kind.CHANGED),
                        new StateDifference(b("expiry"), Kind.CHANGED),
                        new StateDifference(b("removed"), Kind.REMOVED));
        assertThat(state.diff(b, a, 10, null))
                .containsExactly(
                        new StateDifference(b("added"), Kind.REMOVED),
                        new StateDifference(b("changed"), Kind.CHANGED),
                        new StateDifference(b("expiry"), Kind.CHANGED),
                        new StateDifference(b("removed"), Kind.ADDED));
        assertThat(state.diff(b, null, 10, null)).containsExactly(new StateDifference(b("later"), Kind.ADDED));
        assertThat(state.diff(a, null, 2, b("changed")))
                .containsExactly(
                        new StateDifference(b("expiry"), Kind.CHANGED), new StateDifference(b("later"), Kind.ADDED));
        assertThat(state.diff(a, a, 10, null)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"WATCHED", "BOTH"})
    void the_feed_gives_every_change_once_and_in_order_from_any_token(Kept kept) {
        StateBackend state = fresh(kept.options);
        StateChanges empty = state.watch(b(""), null, 10);
        assertThat(empty.changes()).isEmpty();

        long first = state.put(b("a"), b("1"));
        state.putAll(List.of(NewStateEntry.of(b("c"), b("1")), NewStateEntry.of(b("b"), b("1"))));
        long second = state.put(b("a"), b("2"));
        state.touch(b("a"));
        state.expire(b("b"), MINUTE);
        state.delete(b("c"));
        state.delete(b("c"));
        advance(state, MINUTE);
        state.cleanupExpired();
        assertThat(state.compareAndSet(b("a"), first, b("3"))).isEmpty();

        List<StateChange> all = new ArrayList<>();
        Cursor token = empty.next();
        for (StateChanges page = follow(state, b(""), token, 2);
                !page.changes().isEmpty();
                page = follow(state, b(""), page.next(), 2)) {
            assertThat(page.changes()).hasSizeLessThanOrEqualTo(2);
            all.addAll(page.changes());
        }
        assertThat(all.stream().map(c -> c.kind() + " " + new String(c.key(), StandardCharsets.UTF_8)))
                .containsExactly("PUT a", "PUT b", "PUT c", "PUT a", "DELETE c", "EXPIRE b");
        assertThat(all.get(0).version()).isEqualTo(first);
        assertThat(all.get(3).version()).isEqualTo(second);
        assertThat(follow(state, b("a"), null, 10).changes()).hasSize(2);
        assertThat(follow(state, b("x"), null, 10).changes()).isEmpty();
        assertThatThrownBy(() -> state.watch(b(""), new Cursor("nonsense"), 10))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A change is given once what is older has ended; another class's transactions may run beside this one. */
    static StateChanges follow(StateBackend state, byte[] prefix, Cursor from, int limit) {
        StateChanges page = state.watch(prefix, from, limit);
        for (int i = 0; i < 200 && page.changes().isEmpty(); i++) {
            page = state.watch(prefix, page.next(), limit);
        }
        return page;
    }

    @Test
    void a_restore_is_in_the_feed() {
        StateBackend state = fresh(StateOptions.DEFAULT.watched(true));
        state.put(b("a"), b("1"));
        UUID checkpoint = state.createCheckpoint().id();
        state.put(b("a"), b("2"));
        state.put(b("b"), b("2"));
        Cursor token = follow(state, b(""), null, 10).next();
        state.restoreCheckpoint(checkpoint);
        assertThat(follow(state, b(""), token, 10).changes().stream()
                        .map(c -> c.kind() + " " + new String(c.key(), StandardCharsets.UTF_8)))
                .containsExactly("DELETE b", "PUT a");
    }

    @Test
    void a_token_from_before_a_compaction_is_refused_and_a_later_one_goes_on() {
        StateBackend state = fresh(StateOptions.PLAIN.watched(true));
        state.put(b("a"), b("1"));
        Cursor early = follow(state, b(""), null, 1).next();
        state.put(b("b"), b("1"));
        state.put(b("c"), b("1"));
        Cursor late = follow(state, b(""), early, 10).next();
        assertThat(state.compactChanges(HOUR)).isZero();
        advance(state, HOUR.multipliedBy(2));
        assertThat(state.compactChanges(HOUR)).isEqualTo(3);
        state.put(b("d"), b("1"));

        assertThatThrownBy(() -> state.watch(b(""), early, 10)).isInstanceOf(ChangesCompactedException.class);
        assertThat(follow(state, b(""), late, 10).changes()).hasSize(1);
        assertThat(follow(state, b(""), null, 10).changes()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void an_export_comes_back_whole_and_without_what_has_expired(Kept kept) throws IOException {
        StateBackend state = fresh(kept.options);
        for (int i = 0; i < 2_500; i++) {
            state.put(b("k%04d".formatted(i)), b("v" + i));
        }
        state.put(b(""), b(""), PutOptions.NONE.metadata(Json.of(Map.of("a", "ü"))));
        state.put(b("long"), b("v"), PutOptions.expiringAfter(HOUR));
        state.put(b("short"), b("v"), PutOptions.expiringAfter(MINUTE));
        state.put(b("past"), b("v"), PutOptions.expiringAfter(MINUTE));
        StateEntry expiring = state.getEntry(b("long")).orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(state.export(null, out)).isEqualTo(2_504);

        StateBackend other = kept == Kept.PLAIN ? fresh(kept.options) : state;
        other.clear();
        other.put(b("stays"), b("v"));
        other.put(b("k0000"), b("overwritten"));
        assertThat(other.importFrom(new ByteArrayInputStream(out.toByteArray())))
                .isEqualTo(2_504);
        assertThat(other.count()).isEqualTo(2_505);
        assertThat(text(other, "k0000")).isEqualTo("v0");
        assertThat(text(other, "k2499")).isEqualTo("v2499");
        assertThat(other.getEntry(b("")).orElseThrow().metadata().asMap()).isEqualTo(Map.of("a", "ü"));
        assertThat(other.getEntry(b("long")).orElseThrow().expiresAt()).isEqualTo(expiring.expiresAt());
    }

    @Test
    void an_export_of_a_checkpoint_holds_the_checkpoint() throws IOException {
        StateBackend state = fresh();
        state.put(b("a"), b("1"));
        state.put(b("b"), b("1"));
        UUID checkpoint = state.createCheckpoint().id();
        state.put(b("a"), b("2"));
        state.delete(b("b"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(state.export(checkpoint, out)).isEqualTo(2);
        StateBackend other = fresh();
        other.importFrom(new ByteArrayInputStream(out.toByteArray()));
        assertThat(text(other, "a")).isEqualTo("1");
        assertThat(text(other, "b")).isEqualTo("1");
    }

    @Test
    void an_export_that_is_cut_or_damaged_changes_nothing() throws IOException {
        StateBackend state = fresh();
        for (int i = 0; i < 1_500; i++) {
            state.put(b("k" + i), b("v" + i));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        state.export(null, out);
        byte[] whole = out.toByteArray();
        state.clear();

        List<byte[]> bad = new ArrayList<>();
        for (int length : new int[] {0, 5, 8, 9, whole.length / 2, whole.length - 49, whole.length - 1}) {
            bad.add(Arrays.copyOf(whole, length));
        }
        byte[] flipped = whole.clone();
        flipped[whole.length - 100] ^= 1;
        bad.add(flipped);
        byte[] miscounted = whole.clone();
        miscounted[whole.length - 41] ^= 1;
        bad.add(miscounted);
        bad.add(Arrays.copyOf(whole, whole.length + 1));
        for (byte[] damaged : bad) {
            assertThatThrownBy(() -> state.importFrom(new ByteArrayInputStream(damaged)))
                    .isInstanceOf(IOException.class);
            assertThat(state.count()).isZero();
        }
        assertThat(state.importFrom(new ByteArrayInputStream(whole))).isEqualTo(1_500);
    }
}
