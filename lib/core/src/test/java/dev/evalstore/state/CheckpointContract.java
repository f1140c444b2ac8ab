package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.MINUTE;
import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.keys;
import static dev.evalstore.state.StateSamples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.state.StateDifference.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Checkpoints, restores and differences. */
interface CheckpointContract extends StateContract {
    @Test
    default void a_checkpoint_holds_what_was_there_whatever_happens_after() {
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
    default void a_restore_brings_back_value_metadata_and_expiry_and_versions_go_on_rising() {
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
    default void a_restore_leaves_every_other_checkpoint_valid_forwards_and_back() {
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
    default void nothing_that_has_expired_comes_back() {
        StateBackend state = fresh();
        state.put(b("swept"), b("1"), PutOptions.expiringAfter(MINUTE));
        state.put(b("unswept"), b("1"), PutOptions.expiringAfter(MINUTE));
        state.put(b("changed"), b("1"), PutOptions.expiringAfter(MINUTE));
        state.put(b("lives"), b("1"), PutOptions.expiringAfter(HOUR));
        Checkpoint checkpoint = state.createCheckpoint();
        state.put(b("changed"), b("2"));
        state.put(b("lives"), b("2"));
        advance(state, MINUTE);
        assertThat(state.cleanupExpired().removed()).isEqualTo(2);

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
    default void an_unknown_checkpoint_is_not_found_and_the_state_is_left_alone() {
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
    default void a_plain_namespace_has_no_checkpoints_and_an_unwatched_one_no_feed() {
        StateBackend state = fresh(StateOptions.PLAIN);
        state.put(b("k"), b("v"));
        assertThatThrownBy(state::createCheckpoint).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> state.restoreCheckpoint(UUID.randomUUID())).isInstanceOf(IllegalStateException.class);
        assertThat(state.listCheckpoints()).isEmpty();
        assertThat(state.deleteCheckpoint(UUID.randomUUID())).isFalse();
        assertThat(state.cleanupHistory()).isEqualTo(Cleanup.NOTHING);
        assertThatThrownBy(() -> state.watch(b(""), null, 10)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> state.cleanupChanges(HOUR)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    default void deleted_checkpoints_take_their_history_with_them_and_nothing_of_the_others() {
        StateBackend state = fresh();
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            state.put(b("k"), b("" + i));
            ids.add(state.createCheckpoint().id());
        }
        state.put(b("k"), b("now"));
        assertThat(state.cleanupCheckpoints(10, null).removed()).isZero();
        assertThat(state.cleanupCheckpoints(0, HOUR).removed()).isZero();
        assertThat(state.deleteCheckpoint(ids.get(1))).isTrue();
        assertThat(state.cleanupCheckpoints(3, null).removed()).isEqualTo(2);
        state.cleanupHistory();
        assertThat(state.cleanupHistory()).isEqualTo(Cleanup.NOTHING);
        for (int i : new int[] {3, 4, 5}) {
            assertThat(state.readAt(ids.get(i), b("k")).orElseThrow().value()).isEqualTo(b("" + i));
        }
        assertThat(state.deleteCheckpoint(ids.get(5))).isTrue();
        state.cleanupHistory();
        state.put(b("k"), b("later"));
        state.restoreCheckpoint(ids.get(4));
        assertThat(text(state, "k")).isEqualTo("4");
        assertThat(state.cleanupCheckpoints(0, null).removed()).isEqualTo(2);
        state.cleanupHistory();
        assertThat(state.listCheckpoints()).isEmpty();
        assertThat(text(state, "k")).isEqualTo("4");
    }

    @Test
    default void a_difference_names_the_keys_that_differ_in_either_direction() {
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

    @Test
    default void a_difference_compares_metadata_by_what_it_says_and_not_by_how_it_is_written() {
        StateBackend state = fresh();
        List<String> before = List.of(
                "{\"a\": 1, \"b\": [1, 2]}",
                "[1e400]",
                "{\"a\": 1, \"a\": 2}",
                "\"\\u0061\"",
                "[0.1]",
                "[1, 2]",
                "{\"a\": null}",
                "1",
                "[9007199254740993]");
        List<String> after = List.of(
                "{\"b\":[1.0,2e0],\"a\":10e-1}",
                "[ 10e399 ]",
                "{\"a\": 2.00}",
                "\"a\"",
                "[0.10000000000000001]",
                "[2, 1]",
                "{}",
                "[1]",
                "[9007199254740992]");
        for (int i = 0; i < before.size(); i++) {
            state.put(b("k" + i), b("v"), PutOptions.NONE.metadata(Json.parse(before.get(i))));
        }
        UUID then = state.createCheckpoint().id();
        for (int i = 0; i < after.size(); i++) {
            state.put(b("k" + i), b("v"), PutOptions.NONE.metadata(Json.parse(after.get(i))));
        }
        assertThat(state.diff(then, null, 100, null))
                .extracting(difference -> new String(difference.key(), StandardCharsets.UTF_8))
                .containsExactly("k4", "k5", "k6", "k7", "k8");
    }
}
