package dev.evalstore.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(24));

    private static final Duration HOUR = Duration.ofHours(1);

    private final Database db = database.db();
    private final LockRepository locks = db.locks();

    private static void expire(String resource) {
        database.admin("update evalstore.state_locks set expires_at = statement_timestamp() where resource = '"
                + resource + "'");
    }

    @Test
    void a_lock_has_one_holder_until_it_is_released() {
        Lock lock = locks.tryAcquire("a", "one", HOUR).orElseThrow();
        assertThat(lock.holder()).isEqualTo("one");
        assertThat(Duration.between(lock.acquiredAt(), lock.expiresAt())).isEqualTo(HOUR);
        assertThat(locks.info("a")).contains(lock);
        assertThat(locks.tryAcquire("a", "two", HOUR)).isEmpty();
        assertThat(locks.tryAcquire("a", "one", HOUR)).isEmpty();
        assertThat(locks.tryAcquire("b", "two", HOUR)).isPresent();
        assertThat(locks.acquire("a", "two", HOUR, Duration.ZERO)).isEmpty();

        assertThat(locks.release(lock)).isTrue();
        assertThat(locks.release(lock)).isFalse();
        assertThat(locks.info("a")).isEmpty();
        Lock next = locks.tryAcquire("a", "two", HOUR).orElseThrow();
        assertThat(next.token()).isGreaterThan(lock.token());
        assertThat(locks.release(lock)).isFalse();
        assertThat(locks.info("a")).contains(next);
    }

    @Test
    void a_lock_is_released_at_the_end_of_its_block() {
        try (Lock lock = locks.tryAcquire("block", "one", HOUR).orElseThrow()) {
            assertThat(locks.info("block")).contains(lock);
            assertThat(lock.toString()).contains("block", "one");
        }
        assertThat(locks.info("block")).isEmpty();
        try (Lock lost = locks.tryAcquire("block", "one", HOUR).orElseThrow()) {
            expire(lost.resource());
        }
        assertThat(locks.tryAcquire("block", "two", HOUR)).isPresent();
    }

    @Test
    void work_runs_under_a_lock_or_not_at_all() {
        assertThat(locks.withLock("work", "one", HOUR, Duration.ZERO, lock -> {
                    assertThat(locks.info("work")).contains(lock);
                    assertThat(locks.useLock("work", "two", HOUR, Duration.ZERO, again -> {
                                throw new AssertionError("ran beside the holder");
                            }))
                            .isFalse();
                    return lock.token();
                }))
                .isPresent();
        assertThat(locks.info("work")).isEmpty();
        assertThat(locks.useLock("work", "two", HOUR, Duration.ZERO, lock -> {}))
                .isTrue();

        IOException thrown = new IOException("by the work");
        assertThatThrownBy(() -> locks.useLock("work", "one", HOUR, Duration.ZERO, lock -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(locks.info("work")).isEmpty();
        assertThatThrownBy(() -> locks.useLock("work", "one", HOUR, Duration.ZERO, lock -> expire("work")))
                .isInstanceOf(LockLostException.class);
        assertThatThrownBy(() ->
                        db.useTransaction(tx -> tx.locks().useLock("work", "one", HOUR, Duration.ZERO, lock -> {})))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_lease_that_ran_out_is_anybodys_and_its_holder_is_refused() {
        Lock lock = locks.tryAcquire("out", "one", HOUR).orElseThrow();
        Lock longer = locks.extend(lock, HOUR.multipliedBy(2));
        assertThat(longer.token()).isEqualTo(lock.token());
        assertThat(longer.expiresAt()).isAfter(lock.expiresAt());
        locks.require(lock);
        expire("out");
        assertThat(locks.info("out")).isEmpty();
        assertThatThrownBy(() -> locks.extend(lock, HOUR))
                .isInstanceOfSatisfying(
                        LockLostException.class, e -> assertThat(e.resource()).isEqualTo("out"));
        assertThatThrownBy(() -> locks.require(lock)).isInstanceOf(LockLostException.class);
        assertThat(locks.release(lock)).isFalse();
        Lock taken = locks.tryAcquire("out", "two", HOUR).orElseThrow();
        assertThat(taken.token()).isGreaterThan(lock.token());
        assertThatThrownBy(() -> locks.require(lock)).isInstanceOf(LockLostException.class);
        assertThatThrownBy(() -> locks.extend(lock, HOUR)).isInstanceOf(LockLostException.class);
    }

    @Test
    void whoever_requires_a_lock_keeps_it_until_the_commit_even_past_its_time() throws Exception {
        Lock lock = locks.tryAcquire("fenced", "one", Duration.ofMillis(300)).orElseThrow();
        CompletableFuture<Optional<Lock>> other = db.inTransaction(tx -> {
            tx.locks().require(lock);
            Awaitility.await().until(() -> locks.info("fenced").isEmpty());
            CompletableFuture<Optional<Lock>> waiting =
                    CompletableFuture.supplyAsync(() -> locks.tryAcquire("fenced", "two", HOUR));
            database.awaitBlocked();
            assertThat(waiting).isNotDone();
            return waiting;
        });
        assertThat(other.get()).isPresent();
    }

    @Test
    void twenty_contenders_take_turns_and_tokens_only_grow() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
        Threads.together(20, thread -> () -> {
            for (int i = 0; i < 3; i++) {
                Lock lock = locks.acquire("turns", "t" + thread, HOUR, Duration.ofMinutes(2))
                        .orElseThrow();
                assertThat(inside.incrementAndGet()).isEqualTo(1);
                tokens.add(lock.token());
                inside.decrementAndGet();
                assertThat(locks.release(lock)).isTrue();
            }
            return true;
        });
        assertThat(tokens).hasSize(60).isSorted();
        assertThat(new HashSet<>(tokens)).hasSize(60);
    }

    @Test
    void free_locks_are_forgotten_after_a_day_and_their_tokens_never_come_back() {
        Lock released = locks.tryAcquire("forgotten", "one", HOUR).orElseThrow();
        locks.release(released);
        Lock held = locks.tryAcquire("held", "one", HOUR).orElseThrow();
        database.admin("update evalstore.state_locks set acquired_at = acquired_at - interval '2 days'");
        Cleanup cleanup = locks.cleanup(Duration.ofDays(1));
        assertThat(cleanup.removed()).isPositive();
        assertThat(cleanup.more()).isFalse();
        assertThat(locks.cleanup(Duration.ofDays(1))).isEqualTo(Cleanup.NOTHING);
        assertThat(locks.info("held")).map(Lock::token).contains(held.token());
        assertThat(locks.tryAcquire("forgotten", "two", HOUR).orElseThrow().token())
                .isGreaterThan(released.token());
        assertThatThrownBy(() -> locks.cleanup(HOUR)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_makes_no_sense_is_refused_by_name() {
        Lock lock = locks.tryAcquire("sense", "one", HOUR).orElseThrow();
        List<ThrowableAssert.ThrowingCallable> calls = List.of(
                () -> locks.tryAcquire(" ", "one", HOUR),
                () -> locks.tryAcquire("x", "", HOUR),
                () -> locks.tryAcquire("x", "one", Duration.ZERO),
                () -> locks.tryAcquire("x", "one", Duration.ofDays(40_000)),
                () -> locks.acquire("x", "one", HOUR, Duration.ofMillis(-1)),
                () -> locks.extend(lock, Duration.ZERO),
                () -> locks.info(""));
        for (var call : calls) {
            assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> db.inTransaction(tx -> tx.locks().acquire("x", "one", HOUR, HOUR)))
                .isInstanceOf(IllegalStateException.class);
    }

    private static ChildJvm child(String... what) {
        DatabaseConfig config = database.config().build();
        List<String> arguments = new ArrayList<>(
                List.of(config.url(), String.valueOf(config.user()), String.valueOf(config.password())));
        arguments.addAll(List.of(what));
        return ChildJvm.start(LockHolder.class, List.of("-Xmx128m"), arguments.toArray(String[]::new));
    }

    @Test
    void a_holder_that_was_paused_past_its_lease_is_refused_when_it_wakes() {
        try (ChildJvm first = child("hold", "first")) {
            long firstToken = token(first.await("acquired"));
            try (ChildJvm second = child("hold", "second")) {
                first.pause();
                long secondToken = token(second.await("acquired"));
                assertThat(secondToken).isGreaterThan(firstToken);
                first.resume();
                assertThat(token(first.await("refused"))).isEqualTo(firstToken);
                assertThat(locks.info("shared")).map(Lock::token).contains(secondToken);
            }
        }
    }

    @Test
    void another_is_elected_when_the_leader_falls_silent_or_dies_and_the_old_one_learns_it() {
        try (ChildJvm first = child("campaign")) {
            long firstToken = token(first.await("elected"));
            try (ChildJvm second = child("campaign")) {
                first.pause();
                long secondToken = token(second.await("elected"));
                assertThat(secondToken).isGreaterThan(firstToken);
                first.resume();
                assertThat(token(first.await("lost"))).isEqualTo(firstToken);
                second.kill();
                assertThat(token(first.await("elected"))).isGreaterThan(secondToken);
            }
        }
    }

    @Test
    void a_leader_that_resigns_learns_it_and_makes_room_at_once() {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        LeaderElection.Listener listener = new LeaderElection.Listener() {
            @Override
            public void elected(Lock lock) {
                calls.add("elected");
            }

            @Override
            public void lost(Lock lock) {
                calls.add("lost");
            }
        };
        LeaderElection first = LeaderElection.start(locks, "resign", "one", HOUR, listener);
        Awaitility.await().until(first::isLeader);
        assertThat(first.lock()).isPresent();
        first.close();
        assertThat(calls).containsExactly("elected", "lost");
        assertThat(first.isLeader()).isFalse();
        assertThat(first.lock()).isEmpty();
        assertThat(locks.tryAcquire("resign", "two", HOUR)).isPresent();
        first.close();
        assertThat(calls).hasSize(2);
        assertThatThrownBy(() -> LeaderElection.start(locks, "x", "y", Duration.ofMillis(1), listener))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static long token(String line) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
    }
}
