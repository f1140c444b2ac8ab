package dev.evalstore.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.version.Unit;
import dev.evalstore.version.UnitVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedTierTest {
    private static final UnitVersion FIRST = new UnitVersion("0000000000000001", Instant.EPOCH);
    private static final UnitVersion SECOND = new UnitVersion("0000000000000002", Instant.EPOCH);

    /** Fails when asked to. */
    private static final class Fake implements SharedCache {
        final Map<String, byte[]> values = new HashMap<>();
        int calls;
        Runnable meanwhile = () -> {};

        @Nullable
        Throwable failure;

        @Override
        public byte @Nullable [] get(String key) {
            called();
            return values.get(key);
        }

        @Override
        public void put(String key, byte[] value, Duration timeToLive) {
            called();
            assertThat(timeToLive).isEqualTo(Duration.ofHours(1));
            values.put(key, value);
        }

        private void called() {
            calls++;
            Runnable first = meanwhile;
            meanwhile = () -> {};
            first.run();
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
        }

        @Override
        public void close() {}
    }

    private final AtomicLong clock = new AtomicLong(5);
    private final Counters counters = new Counters();
    private final Fake fake = new Fake();
    private final SharedTier tier =
            new SharedTier(fake, "evalstore", CacheOptions.DEFAULT.shared(), counters, clock::get);
    private final Read<String, String> read =
            Read.one(CachedKind.MODEL, new Unit("u"), 1, String.class, from -> Optional.empty());

    @Test
    void a_value_is_found_under_its_version_alone() {
        tier.put(read, FIRST, "a");
        assertThat(tier.find(read, FIRST)).contains("a");
        assertThat(tier.find(read, SECOND)).isEmpty();
        assertThat(fake.values.keySet()).containsExactly("evalstore:" + Codec.FORMAT + ":evalstore:u:0000000000000001");
    }

    @Test
    void a_failure_is_a_miss_and_the_cache_is_left_alone_for_longer_and_longer() {
        tier.put(read, FIRST, "a");
        for (Throwable failure : new Throwable[] {new RuntimeException("away"), new StackOverflowError()}) {
            fake.failure = failure;
            int before = fake.calls;
            assertThat(tier.find(read, FIRST)).isEmpty();
            assertThat(tier.isUsed()).isFalse();
            tier.put(read, FIRST, "b");
            assertThat(tier.find(read, FIRST)).isEmpty();
            assertThat(fake.calls).isEqualTo(before + 1);
            clock.addAndGet(Duration.ofMillis(250).toNanos());
            assertThat(tier.find(read, FIRST)).isEmpty();
            assertThat(fake.calls).isEqualTo(before + 2);
            clock.addAndGet(Duration.ofMillis(499).toNanos());
            assertThat(tier.isUsed()).isFalse();
            clock.addAndGet(Duration.ofSeconds(30).toNanos());
            fake.failure = null;
            assertThat(tier.find(read, FIRST)).contains("a");
            assertThat(tier.isUsed()).isTrue();
        }
        assertThat(counters.sharedErrors.sum()).isEqualTo(4);
    }

    @Test
    void bytes_that_are_none_of_ours_are_a_miss() {
        String key = "evalstore:" + Codec.FORMAT + ":evalstore:u:0000000000000001";
        for (byte[] wrong :
                new byte[][] {{}, {0}, {1}, {1, 2, 3}, {2, '"', 'a', '"'}, {0, '{'}, {0, 'n', 'u', 'l', 'l'}}) {
            fake.values.put(key, wrong);
            assertThat(tier.find(read, FIRST)).isEmpty();
        }
        assertThat(counters.sharedErrors.sum()).isEqualTo(7);
        fake.values.put(key, Codec.write("a"));
        assertThat(tier.find(read, FIRST)).contains("a");
    }

    /** A list with a null in it, and a record without its fields. */
    @Test
    void values_of_another_shape_are_a_miss() {
        Read<List<String>, String[]> list =
                Read.list(CachedKind.MODEL, new Unit("u"), String[].class, new String[0], from -> List.of());
        String key = "evalstore:" + Codec.FORMAT + ":evalstore:u:0000000000000001";
        fake.values.put(key, Codec.write(new String[] {null}));
        assertThat(tier.find(list, FIRST)).isEmpty();
        fake.values.put(key, Codec.write(Map.of("other", 1)));
        assertThat(tier.find(list, FIRST)).isEmpty();
        assertThat(counters.sharedErrors.sum()).isEqualTo(2);
        fake.values.put(key, Codec.write(new String[] {"a"}));
        assertThat(tier.find(list, FIRST)).contains(List.of("a"));
    }

    @Test
    void many_failures_at_once_are_one() {
        fake.failure = new RuntimeException("away");
        fake.meanwhile = () -> IntStream.range(0, 20)
                .forEach(i -> assertThat(tier.find(read, FIRST)).isEmpty());
        assertThat(tier.find(read, FIRST)).isEmpty();
        clock.addAndGet(Duration.ofMillis(250).toNanos());
        assertThat(tier.isUsed()).isTrue();
        fake.meanwhile = () -> assertThat(tier.find(read, FIRST)).isEmpty();
        assertThat(tier.find(read, FIRST)).isEmpty();
        clock.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(tier.isUsed()).isTrue();
    }
}
