package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.MINUTE;
import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.follow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The feed of changes. */
interface FeedContract extends StateContract {
    @ParameterizedTest
    @EnumSource(names = {"WATCHED", "BOTH"})
    default void the_feed_gives_every_change_once_and_in_order_from_any_token(Kept kept) {
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

    @Test
    default void a_restore_is_in_the_feed() {
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

    /** A mirror would keep for ever what it is not told of. */
    @Test
    default void a_restore_feeds_the_expiry_of_what_it_removes_unswept() {
        StateBackend state = fresh(StateOptions.DEFAULT.watched(true));
        state.put(b("back"), b("1"));
        state.put(b("past"), b("1"), PutOptions.expiringAfter(MINUTE));
        UUID checkpoint = state.createCheckpoint().id();
        long expired = state.put(b("expired"), b("2"), PutOptions.expiringAfter(MINUTE));
        state.put(b("back"), b("2"), PutOptions.expiringAfter(MINUTE));
        state.put(b("past"), b("2"), PutOptions.expiringAfter(MINUTE));
        state.put(b("live"), b("2"));
        Cursor token = follow(state, b(""), null, 10).next();
        advance(state, MINUTE);

        assertThat(state.restoreCheckpoint(checkpoint)).isEqualTo(2);
        assertThat(state.cleanupExpired()).isEqualTo(Cleanup.NOTHING);

        List<StateChange> changes = follow(state, b(""), token, 10).changes();
        assertThat(changes.stream().map(c -> c.kind() + " " + new String(c.key(), StandardCharsets.UTF_8)))
                .containsExactlyInAnyOrder("EXPIRE expired", "EXPIRE past", "DELETE live", "PUT back")
                .endsWith("PUT back");
        assertThat(changes)
                .filteredOn(c -> c.kind() == StateChange.Kind.EXPIRE && c.key()[0] == 'e')
                .extracting(StateChange::version)
                .containsExactly(expired);
    }

    @Test
    default void a_token_from_before_a_compaction_is_refused_and_a_later_one_goes_on() {
        StateBackend state = fresh(StateOptions.PLAIN.watched(true));
        state.put(b("a"), b("1"));
        Cursor early = follow(state, b(""), null, 1).next();
        state.put(b("b"), b("1"));
        state.put(b("c"), b("1"));
        Cursor late = follow(state, b(""), early, 10).next();
        assertThat(state.cleanupChanges(HOUR)).isEqualTo(Cleanup.NOTHING);
        advance(state, HOUR.multipliedBy(2));
        assertThat(state.cleanupChanges(HOUR).removed()).isEqualTo(3);
        state.put(b("d"), b("1"));

        assertThatThrownBy(() -> state.watch(b(""), early, 10)).isInstanceOf(ChangesCompactedException.class);
        assertThat(follow(state, b(""), late, 10).changes()).hasSize(1);
        assertThat(follow(state, b(""), null, 10).changes()).hasSize(1);
    }
}
