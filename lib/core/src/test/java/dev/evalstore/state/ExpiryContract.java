package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.MINUTE;
import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What has expired is absent, and may be swept. */
interface ExpiryContract extends StateContract {
    @ParameterizedTest
    @EnumSource
    default void an_expired_entry_is_absent_to_every_method(Kept kept) {
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
    default void a_put_over_an_expired_entry_is_a_fresh_put_that_the_sweeper_leaves_alone(Kept kept) {
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

        assertThat(state.cleanupExpired()).isEqualTo(Cleanup.NOTHING);
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
    default void the_sweeper_removes_what_has_expired_and_nothing_else(Kept kept) {
        StateBackend state = fresh(kept.options);
        for (int i = 0; i < 50; i++) {
            state.put(b("short" + i), b("v"), PutOptions.expiringAfter(MINUTE));
            state.put(b("long" + i), b("v"), PutOptions.expiringAfter(HOUR));
            state.put(b("ever" + i), b("v"));
        }
        assertThat(state.cleanupExpired()).isEqualTo(Cleanup.NOTHING);
        advance(state, MINUTE);
        assertThat(state.cleanupExpired().removed()).isEqualTo(50);
        assertThat(state.cleanupExpired()).isEqualTo(Cleanup.NOTHING);
        assertThat(state.count()).isEqualTo(100);
        assertThat(state.tableStats().expired()).isZero();
    }

    @Test
    default void an_expiry_can_be_given_changed_and_taken_away_without_a_new_version() {
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
}
