package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.follow;
import static dev.evalstore.state.StateSamples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.state.StateContract.Kept;
import dev.evalstore.testkit.ReplacedStore;
import dev.evalstore.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Namespaces of a store that was replaced under two living {@code Database}s. */
class ReplacedStateTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Database other;

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        ReplacedStore.empty(database);
    }

    @BeforeAll
    static void another() {
        other = Database.open(database.config().build());
    }

    @AfterAll
    static void close() {
        other.close();
    }

    /** In the new store the number that {@code x} had belongs to {@code theirs}. */
    private StateBackend replaced(Kept kept) {
        StateBackend x = db.state("x", kept.options);
        x.put(b("k"), b("of x, before"));
        assertThat(text(db.state("x", kept.options), "k")).isEqualTo("of x, before");
        ReplacedStore.empty(database);
        theirs(kept).put(b("k"), b("theirs"), PutOptions.NONE.metadata(Json.of(Map.of("a", 1))));
        return x;
    }

    private static StateBackend theirs(Kept kept) {
        return other.state("theirs", kept.options);
    }

    @ParameterizedTest
    @EnumSource
    void a_store_that_was_reverted_and_migrated_gives_each_namespace_its_own(Kept kept) {
        StateBackend x = db.state("x", kept.options);
        x.put(b("k"), b("of x, before"));
        ReplacedStore.revertAndMigrate(database);
        theirs(kept).put(b("k"), b("theirs"));

        assertThat(x.get(b("k"))).isEmpty();
        x.put(b("k"), b("mine"));
        assertThat(text(theirs(kept), "k")).isEqualTo("theirs");
        assertThat(text(other.state("x", kept.options), "k")).isEqualTo("mine");
    }

    @Test
    void a_store_that_was_dropped_and_migrated_takes_writes_at_once() {
        StateBackend x = db.state("x", StateOptions.DEFAULT);
        x.put(b("k"), b("before"));
        ReplacedStore.dropAndMigrate(database);

        x.put(b("k"), b("after"));
        assertThat(text(other.state("x", StateOptions.DEFAULT), "k")).isEqualTo("after");
    }

    @ParameterizedTest
    @EnumSource
    void no_read_gives_what_another_namespace_has(Kept kept) throws IOException {
        for (StateBackend x : List.of(replaced(kept), db.state("x", kept.options))) {
            assertThat(x.get(b("k"))).isEmpty();
            assertThat(x.getEntry(b("k"))).isEmpty();
            assertThat(x.getAll(List.of(b("k")))).isEmpty();
            assertThat(x.contains(b("k"))).isFalse();
            assertThat(x.count()).isZero();
            assertThat(x.count(b("k"))).isZero();
            assertThat(x.listKeys(b(""), 10, null)).isEmpty();
            assertThat(x.entries(b(""), 10, null)).isEmpty();
            assertThat(x.queryByMetadata(Json.of(Map.of("a", 1)), 10, null)).isEmpty();
            assertThat(x.export(null, new ByteArrayOutputStream())).isZero();
            assertThat(x.tableStats().entries()).isZero();
        }
    }

    /** Each read as the first use of the remembered namespace. */
    @ParameterizedTest
    @EnumSource
    void the_first_read_of_any_kind_gives_nothing_of_another_namespace(Kept kept) throws IOException {
        assertThat(replaced(kept).get(b("k"))).isEmpty();
        assertThat(replaced(kept).getEntry(b("k"))).isEmpty();
        assertThat(replaced(kept).getAll(List.of(b("k")))).isEmpty();
        assertThat(replaced(kept).contains(b("k"))).isFalse();
        assertThat(replaced(kept).count()).isZero();
        assertThat(replaced(kept).listKeys(b(""), 10, null)).isEmpty();
        assertThat(replaced(kept).entries(b("k"), 10, null)).isEmpty();
        assertThat(replaced(kept).queryByMetadata(Json.of(Map.of("a", 1)), 10, null))
                .isEmpty();
        assertThat(replaced(kept).export(null, new ByteArrayOutputStream())).isZero();
        assertThat(replaced(kept).tableStats().entries()).isZero();
        StateBackend x = replaced(kept);
        Optional<byte[]> inside =
                db.inTransaction(tx -> tx.state("x", kept.options).get(b("k")));
        assertThat(inside).isEmpty();
        assertThat(x.get(b("k"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void no_write_changes_what_another_namespace_has(Kept kept) throws IOException {
        StateBackend source = new MemoryStateBackend();
        source.put(b("k"), b("imported"));
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        source.export(null, export);
        List<Write> writes = List.of(
                x -> x.put(b("k"), b("mine")),
                x -> x.put(b("k"), b("mine"), PutOptions.expiringAfter(HOUR)),
                x -> x.put(b("k"), b("mine"), PutOptions.NONE.keepingTtl()),
                x -> x.put(b("k"), b("mine"), PutOptions.NONE.ifAbsent()),
                x -> assertThat(x.compareAndSet(b("k"), 0, b("mine"))).isPresent(),
                x -> x.increment(b("k"), 5),
                x -> x.putAll(List.of(NewStateEntry.of(b("k"), b("mine")))),
                x -> x.putAll(List.of(NewStateEntry.of(b("k"), b("mine")).ttl(HOUR))),
                x -> x.importFrom(new ByteArrayInputStream(export.toByteArray())));
        for (int i = 0; i < writes.size(); i++) {
            StateBackend x = replaced(kept);
            writes.get(i).to(x);
            assertThat(x.count()).as("write %d", i).isEqualTo(1);
            assertThat(text(theirs(kept), "k")).as("write %d", i).isEqualTo("theirs");
            assertThat(other.state("x", kept.options).contains(b("k")))
                    .as("write %d", i)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_removal_and_no_condition_meets_what_another_namespace_has(Kept kept) throws IOException {
        List<Write> writes = List.of(
                x -> assertThat(x.delete(b("k"))).isFalse(),
                x -> assertThat(x.deleteAll(List.of(b("k")))).isZero(),
                x -> assertThat(x.clear()).isZero(),
                x -> assertThat(x.touch(b("k"))).isFalse(),
                x -> assertThat(x.expire(b("k"), HOUR)).isFalse(),
                x -> assertThat(x.persist(b("k"))).isFalse(),
                x -> {
                    long version = theirs(kept).getEntry(b("k")).orElseThrow().version();
                    assertThat(x.compareAndSet(b("k"), version, b("mine"))).isEmpty();
                    assertThat(x.compareAndDelete(b("k"), version)).isFalse();
                },
                x -> {
                    long version = theirs(kept).getEntry(b("k")).orElseThrow().version();
                    assertThatThrownBy(() -> x.put(b("k"), b("mine"), PutOptions.NONE.ifVersion(version)))
                            .isInstanceOf(ConflictException.class);
                },
                x -> {
                    other.state("theirs", kept.options).expire(b("k"), Duration.ofNanos(1_000));
                    assertThat(x.cleanupExpired().removed()).isZero();
                    other.state("theirs", kept.options).put(b("k"), b("theirs"));
                });
        for (int i = 0; i < writes.size(); i++) {
            StateBackend x = replaced(kept);
            writes.get(i).to(x);
            assertThat(text(theirs(kept), "k")).as("write %d", i).isEqualTo("theirs");
            StateEntry entry = theirs(kept).getEntry(b("k")).orElseThrow();
            assertThat(entry.expiresAt()).as("write %d", i).isNull();
        }
    }

    /** A write of the namespace's own. */
    private interface Write {
        void to(StateBackend state) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(names = {"CHECKPOINTED", "BOTH"})
    void checkpoints_are_the_namespaces_own(Kept kept) throws IOException {
        StateBackend x = db.state("x", kept.options);
        x.put(b("k"), b("1"));
        UUID before = x.createCheckpoint().id();
        ReplacedStore.revertAndMigrate(database);
        StateBackend theirs = theirs(kept);
        theirs.put(b("k"), b("theirs"));
        UUID checkpoint = theirs.createCheckpoint().id();
        theirs.put(b("k"), b("theirs later"));

        assertThat(x.listCheckpoints()).isEmpty();
        for (StateBackend again : List.of(x, db.state("x", kept.options))) {
            for (UUID id : List.of(before, checkpoint)) {
                assertThat(again.deleteCheckpoint(id)).isFalse();
                assertThatThrownBy(() -> again.restoreCheckpoint(id)).isInstanceOf(NotFoundException.class);
                assertThatThrownBy(() -> again.readAt(id, b("k"))).isInstanceOf(NotFoundException.class);
            }
            assertThat(again.cleanupCheckpoints(0, null).removed()).isZero();
        }
        assertThat(theirs.listCheckpoints()).hasSize(1);
        assertThat(x.healthCheck().checkpoints()).isZero();
        UUID mine = x.createCheckpoint("mine", null).id();
        assertThat(x.listCheckpoints()).extracting(Checkpoint::id).containsExactly(mine);
        assertThat(theirs.restoreCheckpoint(checkpoint)).isEqualTo(1);
    }

    @Test
    void the_first_checkpoint_call_of_any_kind_meets_none_of_another_namespace() {
        List<Write> calls = List.of(
                x -> assertThat(x.cleanupCheckpoints(0, null).removed()).isZero(),
                x -> assertThat(x.deleteCheckpoint(theirs(Kept.CHECKPOINTED)
                                .listCheckpoints()
                                .get(0)
                                .id()))
                        .isFalse(),
                x -> assertThatThrownBy(() -> x.restoreCheckpoint(theirs(Kept.CHECKPOINTED)
                                .listCheckpoints()
                                .get(0)
                                .id()))
                        .isInstanceOf(NotFoundException.class),
                x -> assertThatThrownBy(() -> x.measureCheckpoint(theirs(Kept.CHECKPOINTED)
                                .listCheckpoints()
                                .get(0)
                                .id()))
                        .isInstanceOf(NotFoundException.class),
                x -> assertThatThrownBy(() -> x.entriesAt(
                                theirs(Kept.CHECKPOINTED)
                                        .listCheckpoints()
                                        .get(0)
                                        .id(),
                                b(""),
                                10,
                                null))
                        .isInstanceOf(NotFoundException.class),
                x -> assertThatThrownBy(() -> x.diff(
                                theirs(Kept.CHECKPOINTED)
                                        .listCheckpoints()
                                        .get(0)
                                        .id(),
                                null,
                                10,
                                null))
                        .isInstanceOf(NotFoundException.class),
                x -> assertThat(x.cleanupHistory().removed()).isZero(),
                x -> x.createCheckpoint());
        for (Write call : calls) {
            StateBackend x = replaced(Kept.CHECKPOINTED);
            theirs(Kept.CHECKPOINTED).createCheckpoint();
            theirs(Kept.CHECKPOINTED).put(b("k"), b("later"));
            try {
                call.to(x);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(theirs(Kept.CHECKPOINTED).listCheckpoints()).hasSize(1);
            assertThat(theirs(Kept.CHECKPOINTED)
                            .restoreCheckpoint(theirs(Kept.CHECKPOINTED)
                                    .listCheckpoints()
                                    .get(0)
                                    .id()))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_write_in_a_transaction_goes_to_its_own_namespace(Kept kept) {
        replaced(kept);
        db.useTransaction(tx -> tx.state("x", kept.options).put(b("k"), b("mine")));

        assertThat(text(theirs(kept), "k")).isEqualTo("theirs");
        assertThat(text(other.state("x", kept.options), "k")).isEqualTo("mine");
    }

    @Test
    void a_namespace_that_the_new_store_keeps_otherwise_is_refused() {
        StateBackend x = db.state("x", StateOptions.PLAIN);
        x.put(b("k"), b("1"));
        ReplacedStore.revertAndMigrate(database);
        other.state("x", StateOptions.DEFAULT).put(b("k"), b("theirs"));

        assertThatThrownBy(() -> x.put(b("k"), b("2"))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> x.get(b("k"))).isInstanceOf(ConflictException.class);
        assertThat(text(other.state("x", StateOptions.DEFAULT), "k")).isEqualTo("theirs");
    }

    @ParameterizedTest
    @EnumSource
    void a_backup_that_is_put_back_brings_each_namespace_its_own(Kept kept) {
        db.state("kept", kept.options).put(b("k"), b("kept"));
        String backup = ReplacedStore.backup(database);
        StateBackend x = db.state("x-" + kept, kept.options);
        long version = x.put(b("k"), b("of x"));
        ReplacedStore.restore(database, backup);
        theirs(kept).put(b("k"), b("theirs"));

        assertThat(x.get(b("k"))).isEmpty();
        long mine = x.put(b("k"), b("mine"));
        assertThat(mine).as("a version is not given again").isNotEqualTo(version);
        assertThat(x.compareAndSet(b("k"), version, b("late"))).isEmpty();
        assertThat(text(theirs(kept), "k")).isEqualTo("theirs");
        assertThat(text(db.state("kept", kept.options), "k")).isEqualTo("kept");
    }

    @Test
    void a_lock_of_after_the_backup_is_not_that_of_the_next_holder() {
        db.locks().tryAcquire("before", "a", HOUR);
        String backup = ReplacedStore.backup(database);
        var stale = db.locks().tryAcquire("resource", "a", HOUR).orElseThrow();
        ReplacedStore.restore(database, backup);
        assertThat(other.locks().tryAcquire("resource", "b", HOUR)).isPresent();

        assertThat(db.locks().release(stale)).isFalse();
    }

    @Test
    void a_token_of_after_the_backup_is_an_error_and_never_a_gap() {
        StateBackend feed = db.state("feed", StateOptions.PLAIN.watched(true));
        feed.put(b("k"), b("0"));
        String backup = ReplacedStore.backup(database);
        for (int i = 0; i < 50; i++) {
            feed.put(b("k" + i), b("lost"));
        }
        Cursor token = drained(feed);
        Cursor half = follow(feed, b(""), null, 30).next();
        ReplacedStore.restore(database, backup);

        assertThatThrownBy(() -> feed.watch(b(""), token, 1_000)).isInstanceOf(ChangesCompactedException.class);
        for (int i = 0; i < 120; i++) {
            feed.put(b("n" + i), b("new"));
        }
        for (Cursor stale : List.of(token, half)) {
            assertThatThrownBy(() -> feed.watch(b(""), stale, 1_000)).isInstanceOf(ChangesCompactedException.class);
        }
        List<StateChange> all = new ArrayList<>();
        Cursor next = null;
        for (StateChanges page = follow(feed, b(""), next, 50);
                !page.changes().isEmpty();
                page = follow(feed, b(""), page.next(), 50)) {
            all.addAll(page.changes());
        }
        assertThat(all).hasSize(121);
    }

    @Test
    void a_token_of_before_the_backup_goes_on_without_a_gap() {
        StateBackend feed = db.state("going on", StateOptions.PLAIN.watched(true));
        for (int i = 0; i < 10; i++) {
            feed.put(b("k" + i), b("v"));
        }
        Cursor token = follow(feed, b(""), null, 5).next();
        String backup = ReplacedStore.backup(database);
        feed.put(b("lost"), b("v"));
        ReplacedStore.restore(database, backup);
        feed.put(b("new"), b("v"));

        assertThat(keysAfter(feed, token)).containsExactly("k5", "k6", "k7", "k8", "k9", "new");
    }

    private static List<String> keysAfter(StateBackend feed, Cursor token) {
        List<String> keys = new ArrayList<>();
        for (StateChanges page = follow(feed, b(""), token, 100);
                !page.changes().isEmpty();
                page = follow(feed, b(""), page.next(), 100)) {
            page.changes().forEach(change -> keys.add(new String(change.key(), StandardCharsets.UTF_8)));
        }
        return keys;
    }

    @Test
    void how_far_a_reader_might_have_gone_before_the_backup_was_put_back_is_looked_for_again() {
        StateBackend feed = db.state("bounded", StateOptions.PLAIN.watched(true));
        feed.put(b("kept"), b("v"));
        Cursor token = drained(feed);
        String backup = ReplacedStore.backup(database);
        Cursor[] unsettled = new Cursor[1];
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.state("bounded", StateOptions.PLAIN.watched(true)).put(b("never"), b("v"));
                    for (int i = 0; i < 50; i++) {
                        feed.put(b("lost" + i), b("v"));
                    }
                    StateChanges none = feed.watch(b(""), token, 100);
                    assertThat(none.changes()).isEmpty();
                    unsettled[0] = none.next();
                    throw new IllegalStateException("undone");
                }))
                .hasMessage("undone");
        ReplacedStore.restore(database, backup);
        List<String> put = new ArrayList<>();
        List<String> read = new ArrayList<>();
        Cursor next = unsettled[0];
        for (int i = 0; i < 20; i++) {
            feed.put(b("new" + i), b("v"));
            put.add("new" + i);
            StateChanges page = follow(feed, b(""), next, 100);
            page.changes().forEach(change -> read.add(new String(change.key(), StandardCharsets.UTF_8)));
            next = page.next();
        }
        assertThat(read).isEqualTo(put);
    }

    @Test
    void a_token_of_a_former_store_is_an_error_whatever_the_new_one_has() {
        StateBackend feed = db.state("feed", StateOptions.PLAIN.watched(true));
        for (int i = 0; i < 5; i++) {
            feed.put(b("k" + i), b("v"));
        }
        Cursor token = drained(feed);
        ReplacedStore.revertAndMigrate(database);
        feed.contains(b("k"));
        for (int i = 0; i <= 12; i++) {
            assertThatThrownBy(() -> feed.watch(b(""), token, 1_000)).isInstanceOf(ChangesCompactedException.class);
            feed.put(b("k" + i), b("v"));
        }
    }

    @Test
    void a_token_of_a_former_store_is_an_error_after_the_new_feed_was_compacted() {
        StateBackend feed = db.state("feed", StateOptions.PLAIN.watched(true));
        for (int i = 0; i < 5; i++) {
            feed.put(b("k" + i), b("v"));
        }
        Cursor token = drained(feed);
        ReplacedStore.revertAndMigrate(database);
        for (int i = 0; i < 5; i++) {
            feed.put(b("k" + i), b("v"));
        }
        await().until(() -> feed.cleanupChanges(Duration.ofMillis(1)).removed() == 5);
        feed.put(b("k"), b("v"));

        assertThatThrownBy(() -> feed.watch(b(""), token, 1_000)).isInstanceOf(ChangesCompactedException.class);
    }

    private static Cursor drained(StateBackend feed) {
        StateChanges page = follow(feed, b(""), null, 1_000);
        return feed.watch(b(""), page.next(), 1_000).next();
    }

    @Test
    void an_export_at_repeatable_read_is_of_its_own_namespace() throws IOException {
        StateBackend x = replaced(Kept.PLAIN);
        long exported = db.<Long, IOException>inTransaction(
                TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ),
                tx -> tx.state("x", StateOptions.PLAIN).export(null, new ByteArrayOutputStream()));

        assertThat(exported).isZero();
        assertThat(x.count()).isZero();
    }
}
