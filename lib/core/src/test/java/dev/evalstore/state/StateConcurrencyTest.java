package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.Tx;
import dev.evalstore.TxOptions;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StateConcurrencyTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(30));

    private static final int ACCOUNTS = 20;
    private static final long EACH = 1_000;

    private final Database db = database.db();

    private static byte[] account(int i) {
        return b("account%02d".formatted(i));
    }

    private static byte[] number(long n) {
        return ByteBuffer.allocate(8).putLong(n).array();
    }

    private static long sum(List<StateEntry> entries) {
        assertThat(entries).hasSize(ACCOUNTS);
        return entries.stream()
                .mapToLong(entry -> ByteBuffer.wrap(entry.value()).getLong())
                .sum();
    }

    @Test
    void every_checkpoint_and_every_moment_between_transfers_and_restores_holds_the_same_sum() throws Exception {
        StateBackend bank = db.state("bank", StateOptions.DEFAULT);
        List<NewStateEntry> opening = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            opening.add(NewStateEntry.of(account(i), number(EACH)));
        }
        bank.putAll(opening);
        List<UUID> taken = Collections.synchronizedList(
                new ArrayList<>(List.of(bank.createCheckpoint().id())));
        AtomicInteger working = new AtomicInteger(7);

        Threads.together(9, thread -> () -> {
            Random random = new Random(thread);
            if (thread < 6) {
                for (int i = 0; i < 150; i++) {
                    transfer(random);
                }
                working.decrementAndGet();
            } else if (thread == 6) {
                for (int i = 0; i < 60; i++) {
                    taken.add(bank.createCheckpoint("c" + i, null).id());
                    if (i % 6 == 5) {
                        bank.restoreCheckpoint(taken.get(random.nextInt(taken.size())));
                    }
                    if (i % 20 == 19) {
                        bank.deleteCheckpoint(taken.remove(random.nextInt(taken.size())));
                        bank.cleanupHistory();
                    }
                }
                working.decrementAndGet();
            } else {
                while (working.get() > 0 && !Thread.currentThread().isInterrupted()) {
                    assertThat(sum(bank.entries(b(""), 100, null))).isEqualTo(ACCOUNTS * EACH);
                }
            }
            return true;
        });

        assertThat(taken).hasSize(58);
        for (UUID id : taken) {
            assertThat(sum(bank.entriesAt(id, b(""), 100, null))).isEqualTo(ACCOUNTS * EACH);
        }
        for (UUID id : List.of(taken.get(0), taken.get(40), taken.get(7))) {
            bank.restoreCheckpoint(id);
            assertThat(sum(bank.entries(b(""), 100, null))).isEqualTo(ACCOUNTS * EACH);
        }
    }

    /** Half of the transfers lock in key order in one statement each, half move both amounts in one batch. */
    private void transfer(Random random) {
        int from = random.nextInt(ACCOUNTS - 1);
        int to = from + 1 + random.nextInt(ACCOUNTS - 1 - from);
        long amount = random.nextInt(200) - 100;
        db.inTransaction(TxOptions.DEFAULT.retry(Retry.times(20)), tx -> {
            StateBackend inside = tx.state("bank", StateOptions.DEFAULT);
            inside.increment(account(from), -amount);
            return inside.increment(account(to), amount);
        });
    }

    @Test
    void batches_in_any_order_of_keys_never_deadlock() throws Exception {
        for (StateOptions options : List.of(StateOptions.PLAIN, StateOptions.DEFAULT.watched(true))) {
            StateBackend state = db.state("batches-" + options.checkpointed(), options);
            Threads.together(8, thread -> () -> {
                Random random = new Random(thread);
                for (int i = 0; i < 40; i++) {
                    List<NewStateEntry> batch = new ArrayList<>();
                    for (int k = 0; k < 60; k++) {
                        batch.add(NewStateEntry.of(b("k" + k), b("v" + thread)));
                    }
                    if (thread % 2 == 0) {
                        Collections.reverse(batch);
                    } else {
                        Collections.shuffle(batch, random);
                    }
                    switch (random.nextInt(4)) {
                        case 0 ->
                            state.deleteAll(
                                    batch.stream().map(NewStateEntry::key).toList());
                        case 1 -> state.clear();
                        default -> state.putAll(batch);
                    }
                }
                return true;
            });
            assertThat(state.stats().retries()).isZero();
        }
        assertThat(database.value("select deadlocks from pg_stat_database where datname = current_database()"))
                .isEqualTo("0");
    }

    @Test
    void a_batch_is_seen_whole_or_not_at_all() throws Exception {
        StateBackend state = db.state("whole", StateOptions.DEFAULT);
        AtomicInteger writing = new AtomicInteger(4);
        Threads.together(6, thread -> () -> {
            for (int i = 0; thread < 4 && i < 50; i++) {
                List<NewStateEntry> batch = new ArrayList<>();
                for (int k = 0; k < 100; k++) {
                    batch.add(NewStateEntry.of(b("k" + k), b(thread + "-" + i)));
                }
                state.putAll(batch);
            }
            if (thread < 4) {
                writing.decrementAndGet();
            }
            while (thread >= 4 && writing.get() > 0 && !Thread.currentThread().isInterrupted()) {
                List<StateEntry> all = state.entries(b(""), 1_000, null);
                assertThat(all.stream().map(entry -> new String(entry.value())).distinct())
                        .hasSizeLessThanOrEqualTo(1);
            }
            return true;
        });
    }

    @Test
    void compare_and_set_by_twenty_threads_loses_nothing() throws Exception {
        for (StateOptions options : List.of(StateOptions.PLAIN, StateOptions.DEFAULT)) {
            StateBackend state = db.state("cas-" + options.checkpointed(), options);
            state.put(b("k"), number(0));
            Threads.together(20, thread -> () -> {
                for (int i = 0; i < 10; i++) {
                    OptionalLong written;
                    do {
                        StateEntry old = state.getEntry(b("k")).orElseThrow();
                        long next = ByteBuffer.wrap(old.value()).getLong() + 1;
                        written = state.compareAndSet(b("k"), old.version(), number(next));
                    } while (written.isEmpty());
                }
                return true;
            });
            assertThat(ByteBuffer.wrap(state.get(b("k")).orElseThrow()).getLong())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_batch_that_drew_its_version_first_and_comes_second_to_a_key_draws_a_higher_one() throws Exception {
        StateBackend state = db.state("overtaken", StateOptions.PLAIN);
        state.putAll(List.of(NewStateEntry.of(b("a"), b("0")), NewStateEntry.of(b("b"), b("0"))));
        CompletableFuture<Boolean> batch = new CompletableFuture<>();
        long overtaking = db.inTransaction(tx -> {
            tx.state("overtaken", StateOptions.PLAIN).put(b("a"), b("1"));
            async(() -> {
                state.putAll(List.of(NewStateEntry.of(b("a"), b("2")), NewStateEntry.of(b("b"), b("2"))));
                return batch.complete(true);
            });
            database.awaitBlocked();
            return state.put(b("b"), b("1"));
        });
        batch.get(1, TimeUnit.MINUTES);
        StateEntry last = state.getEntry(b("b")).orElseThrow();
        assertThat(last.value()).isEqualTo(b("2"));
        assertThat(last.version()).isGreaterThan(overtaking);
    }

    @Test
    void of_twenty_who_put_if_absent_one_succeeds_also_over_an_expired_entry() throws Exception {
        StateBackend state = db.state("absent", StateOptions.DEFAULT);
        state.put(b("k1"), b("old"), PutOptions.expiringAfter(Duration.ofMinutes(1)));
        PostgresStateBackendTest.letPass(database, state, Duration.ofMinutes(2));
        for (String key : List.of("k1", "k2")) {
            AtomicInteger won = new AtomicInteger();
            Threads.together(20, thread -> () -> {
                try {
                    state.put(b(key), b("v" + thread), PutOptions.NONE.ifAbsent());
                    won.incrementAndGet();
                } catch (ConflictException e) {
                    assertThat(e).hasMessageContaining("has an entry");
                }
                return true;
            });
            assertThat(won).hasValue(1);
        }
    }

    @Test
    void two_sweepers_share_the_work_and_never_wait_for_each_other() throws Exception {
        StateBackend state = db.state("swept", StateOptions.DEFAULT);
        List<NewStateEntry> batch = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            batch.add(NewStateEntry.of(b("k" + i), b("v")).ttl(Duration.ofMinutes(1)));
        }
        state.putAll(batch);
        PostgresStateBackendTest.letPass(database, state, Duration.ofMinutes(2));

        List<Cleanup> shares = Threads.together(4, thread -> state::cleanupExpired);
        long swept = shares.stream().mapToLong(Cleanup::removed).sum()
                + state.cleanupExpired().removed();
        assertThat(swept).isEqualTo(6_000);

        state.putAll(batch);
        PostgresStateBackendTest.letPass(database, state, Duration.ofMinutes(2));
        db.useTransaction(tx -> {
            assertThat(tx.state("swept", StateOptions.DEFAULT).cleanupExpired().removed())
                    .isEqualTo(6_000);
            // The other's rows are locked until this transaction ends; waiting for them would never end.
            assertThat(CompletableFuture.supplyAsync(state::cleanupExpired).get(1, TimeUnit.MINUTES))
                    .isEqualTo(Cleanup.NOTHING);
        });
    }

    @Test
    void what_a_transaction_puts_is_stored_with_it_or_not_at_all() {
        StateBackend state = db.state("tx", StateOptions.DEFAULT);
        assertThat(state.contains(b("k"))).isFalse();
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    StateBackend inside = tx.state("tx-new", StateOptions.DEFAULT);
                    inside.put(b("k"), b("v"));
                    inside.createCheckpoint();
                    tx.state("tx", StateOptions.DEFAULT).put(b("k"), b("v"));
                    assertThat(inside.get(b("k"))).isPresent();
                    throw new IllegalStateException("undo");
                }))
                .hasMessage("undo");
        assertThat(state.contains(b("k"))).isFalse();
        StateBackend made = db.state("tx-new", StateOptions.DEFAULT);
        assertThat(made.count()).isZero();
        assertThat(made.listCheckpoints()).isEmpty();

        db.useTransaction(tx -> {
            StateBackend inside = tx.state("tx", StateOptions.DEFAULT);
            inside.put(b("k"), b("before"));
            UUID checkpoint = inside.createCheckpoint().id();
            inside.put(b("k"), b("after"));
            inside.restoreCheckpoint(checkpoint);
            assertThatThrownBy(() -> inside.watch(b(""), null, 10)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(inside::vacuum).isInstanceOf(IllegalStateException.class);
        });
        assertThat(state.get(b("k"))).contains(b("before"));
    }

    @Test
    void a_checkpoint_waits_for_the_transactions_that_have_written_and_holds_all_of_them() throws Exception {
        StateBackend state = db.state("drained", StateOptions.DEFAULT);
        state.put(b("a"), b("0"));
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        CompletableFuture<Boolean> writer = async(() -> {
            db.useTransaction(tx -> {
                tx.state("drained", StateOptions.DEFAULT).put(b("a"), b("1"));
                written.countDown();
                finish.await();
                tx.state("drained", StateOptions.DEFAULT).put(b("b"), b("1"));
            });
            return true;
        });
        written.await();
        CompletableFuture<Checkpoint> checkpoint = async(() -> state.createCheckpoint());
        database.awaitBlocked();
        assertThat(checkpoint).isNotDone();
        finish.countDown();
        writer.get();
        assertThat(state.readAt(checkpoint.get().id(), b("a")).orElseThrow().value())
                .isEqualTo(b("1"));
        assertThat(state.readAt(checkpoint.get().id(), b("b")).orElseThrow().value())
                .isEqualTo(b("1"));
    }

    @Test
    void a_transaction_whose_snapshot_is_older_than_a_checkpoint_cannot_write_into_the_past() {
        StateBackend state = db.state("snapshot", StateOptions.DEFAULT);
        state.put(b("k"), b("0"));
        UUID[] checkpoint = new UUID[1];
        for (Isolation level : List.of(Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE)) {
            assertThatThrownBy(() -> db.inTransaction(TxOptions.DEFAULT.isolation(level), tx -> {
                        Tx holding = tx;
                        StateBackend inside = holding.state("snapshot", StateOptions.DEFAULT);
                        inside.get(b("k"));
                        checkpoint[0] = state.createCheckpoint().id();
                        return inside.put(b("k"), b("1"));
                    }))
                    .isInstanceOfSatisfying(TransientDatabaseException.class, e -> {
                        assertThat(e.sqlState()).isEqualTo("40001");
                    });
            assertThat(state.readAt(checkpoint[0], b("k")).orElseThrow().value())
                    .isEqualTo(b("0"));
            assertThatThrownBy(() -> db.inTransaction(
                            TxOptions.DEFAULT.isolation(level),
                            tx -> tx.state("snapshot", StateOptions.DEFAULT).restoreCheckpoint(checkpoint[0])))
                    .isInstanceOf(IllegalStateException.class);
            long version = db.inTransaction(
                    TxOptions.DEFAULT.isolation(level),
                    tx -> tx.state("snapshot", StateOptions.DEFAULT).put(b("other"), b("1")));
            assertThat(version).isPositive();
        }
    }

    @Test
    void a_statement_that_the_server_undid_is_sent_again_and_counted() throws Exception {
        StateBackend state = db.state("retried", StateOptions.PLAIN);
        state.put(b("k"), b("0"));
        String url = database.config().build().url() + "?options=-c%20lock_timeout=50";
        try (Database impatient = Database.open(database.config().url(url).build())) {
            StateBackend other = impatient.state("retried", StateOptions.PLAIN);
            other.get(b("k"));
            ConcurrentLinkedQueue<Long> versions = new ConcurrentLinkedQueue<>();
            CompletableFuture<Boolean> put = db.inTransaction(tx -> {
                tx.state("retried", StateOptions.PLAIN).put(b("k"), b("1"));
                CompletableFuture<Boolean> waiting = async(() -> versions.add(other.put(b("k"), b("2"))));
                Awaitility.await().until(() -> other.stats().retries() > 0 || waiting.isDone());
                return waiting;
            });
            try {
                put.get();
                assertThat(state.get(b("k"))).contains(b("2"));
            } catch (java.util.concurrent.ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(TransientDatabaseException.class);
            }
            assertThat(other.stats().retries()).isPositive();
        }
    }

    private static <T> CompletableFuture<T> async(Callable<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        future.complete(work.call());
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                    }
                })
                .start();
        return future;
    }
}
