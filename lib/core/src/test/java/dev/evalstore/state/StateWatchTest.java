package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.follow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateWatchTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private static final StateOptions WATCHED = StateOptions.PLAIN.watched(true);

    private final Database db = database.db();

    private static List<String> keys(StateChanges changes) {
        return changes.changes().stream().map(c -> new String(c.key())).toList();
    }

    @Test
    void a_change_that_is_committed_late_is_not_lost() {
        StateBackend state = db.state("late", WATCHED);
        Cursor[] token = {state.watch(b(""), null, 10).next()};
        db.useTransaction(tx -> {
            tx.state("late", WATCHED).put(b("late"), b("v"));
            state.put(b("early"), b("v"));
            // The early change has the higher number; given now, the late one would be behind the token for good.
            for (int i = 0; i < 20; i++) {
                StateChanges none = state.watch(b(""), token[0], 10);
                assertThat(none.changes()).isEmpty();
                token[0] = none.next();
            }
        });
        StateChanges both = follow(state, b(""), token[0], 10);
        assertThat(keys(both)).containsExactly("late", "early");
        assertThat(state.watch(b(""), both.next(), 10).changes()).isEmpty();
    }

    /** A listener begins while a change is under way whose number is below those that were dropped already. */
    @Test
    void a_change_that_is_committed_late_is_not_lost_where_later_ones_were_compacted() {
        StateBackend state = db.state("floor", WATCHED);
        assertThat(state.contains(b("late"))).isFalse();
        Cursor[] token = new Cursor[1];
        db.useTransaction(tx -> {
            tx.state("floor", WATCHED).put(b("late"), b("v"));
            state.put(b("early"), b("v"));
            compact(state);
            StateChanges none = state.watch(b(""), null, 10);
            assertThat(none.changes()).isEmpty();
            token[0] = none.next();
        });
        assertThat(keys(follow(state, b(""), token[0], 10))).containsExactly("late");
        assertThat(keys(follow(state, b(""), null, 10))).containsExactly("late");
    }

    @Test
    void a_listener_that_waits_for_its_first_change_is_told_when_that_is_compacted() {
        StateBackend state = db.state("beginning", WATCHED);
        state.put(b("a"), b("v"));
        compact(state);
        db.useTransaction(tx -> {
            tx.state("beginning", WATCHED).put(b("late"), b("v"));
            Cursor token = state.watch(b(""), null, 10).next();
            state.put(b("missed"), b("v"));
            compact(state);
            assertThatThrownBy(() -> state.watch(b(""), token, 10)).isInstanceOf(ChangesCompactedException.class);
        });
    }

    private static void compact(StateBackend state) {
        await().until(() -> state.cleanupChanges(Duration.ofMillis(1)).removed() == 1);
    }

    @Test
    void an_open_transaction_that_changed_nothing_watched_holds_nobody_up() {
        StateBackend state = db.state("free", WATCHED);
        Cursor from = state.watch(b(""), null, 10).next();
        db.useTransaction(tx -> {
            tx.state("unwatched", StateOptions.PLAIN).put(b("k"), b("v"));
            assertThat(tx.state("free", WATCHED).compareAndSet(b("absent"), 1, b("v")))
                    .isEmpty();
            state.put(b("a"), b("v"));
            assertThat(keys(state.watch(b(""), from, 10))).containsExactly("a");
        });
    }

    @Test
    void an_open_change_holds_up_only_what_comes_after_it() {
        StateBackend state = db.state("after", WATCHED);
        state.put(b("before"), b("v"));
        db.useTransaction(tx -> {
            tx.state("other feed", WATCHED).put(b("k"), b("v"));
            state.put(b("after"), b("v"));
            StateChanges settled = state.watch(b(""), null, 10);
            assertThat(keys(settled)).containsExactly("before");
            assertThat(state.watch(b(""), settled.next(), 10).changes()).isEmpty();
        });
        assertThat(keys(state.watch(b(""), null, 10))).containsExactly("before", "after");
    }

    @Test
    void what_was_rolled_back_to_a_savepoint_holds_nobody_up() {
        StateBackend state = db.state("savepoint", WATCHED);
        Cursor from = state.watch(b(""), null, 10).next();
        db.useTransaction(tx -> {
            assertThatThrownBy(() -> tx.useTransaction(inner -> {
                        inner.state("savepoint", WATCHED).put(b("gone"), b("v"));
                        throw new IllegalStateException("undo");
                    }))
                    .hasMessage("undo");
            state.put(b("a"), b("v"));
            assertThat(keys(state.watch(b(""), from, 10))).containsExactly("a");
            tx.state("savepoint", WATCHED).put(b("b"), b("v"));
            state.put(b("c"), b("v"));
        });
        assertThat(keys(state.watch(b(""), from, 10))).containsExactly("a", "b", "c");
    }

    @Test
    void what_was_rolled_back_is_not_given() {
        StateBackend state = db.state("undone", WATCHED);
        state.put(b("a"), b("v"));
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.state("undone", WATCHED).put(b("gone"), b("v"));
                    throw new IllegalStateException("undo");
                }))
                .hasMessage("undo");
        state.put(b("b"), b("v"));
        assertThat(keys(follow(state, b(""), null, 10))).containsExactly("a", "b");
    }

    @Test
    void changes_of_a_key_stand_in_their_order_also_when_the_older_transaction_came_second() {
        StateBackend state = db.state("order", WATCHED);
        state.put(b("k"), b("at first"));
        long[] versions = new long[2];
        db.useTransaction(tx -> {
            tx.state("order", WATCHED).put(b("other"), b("v"));
            versions[0] = state.put(b("k"), b("by the younger transaction"));
            versions[1] = tx.state("order", WATCHED).put(b("k"), b("by the older one"));
        });
        assertThat(follow(state, b("k"), null, 10).changes().stream().map(StateChange::version))
                .endsWith(versions[0], versions[1]);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void nothing_is_lost_and_nothing_given_twice_under_many_writers(long seed) throws Exception {
        StateBackend state = db.state("many-" + seed, StateOptions.DEFAULT.watched(true));
        String name = state.namespace();
        ConcurrentLinkedQueue<Long> committed = new ConcurrentLinkedQueue<>();
        List<StateChange> given = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(6);
        Threads.together(7, thread -> () -> {
            Random random = new Random(seed * 100 + thread);
            if (thread == 6) {
                Cursor token = null;
                boolean last;
                StateChanges page;
                do {
                    last = done.getCount() == 0;
                    Cursor from = token == null ? null : new Cursor(token.value());
                    page = last ? follow(state, b(""), from, 7) : state.watch(b(""), from, 7);
                    token = page.next();
                    given.addAll(page.changes());
                } while (!last || !page.changes().isEmpty());
                return true;
            }
            for (int i = 0; i < 60; i++) {
                List<Long> mine = new ArrayList<>();
                boolean keep = random.nextInt(5) > 0;
                int puts = 1 + random.nextInt(4);
                int first = random.nextInt(10);
                try {
                    db.useTransaction(tx -> {
                        for (int p = 0; p < puts; p++) {
                            mine.add(tx.state(name, StateOptions.DEFAULT.watched(true))
                                    .put(b("k%02d".formatted(first + p)), b("v")));
                        }
                        if (!keep) {
                            throw new IllegalStateException("undo");
                        }
                    });
                    committed.addAll(mine);
                } catch (IllegalStateException e) {
                    assertThat(keep).isFalse();
                }
            }
            done.countDown();
            return true;
        });
        assertThat(given.stream().map(StateChange::version)).containsExactlyInAnyOrderElementsOf(committed);
        Map<String, Long> last = new HashMap<>();
        for (StateChange change : given) {
            Long before = last.put(new String(change.key()), change.version());
            assertThat(before == null || before < change.version()).isTrue();
        }
    }
}
