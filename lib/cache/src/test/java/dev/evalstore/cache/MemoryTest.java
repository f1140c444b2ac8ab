package dev.evalstore.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.version.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final Unit UNIT = new Unit("u");

    private final AtomicLong clock = new AtomicLong();
    private final Counters counters = new Counters();
    private final Memory memory = new Memory(100, clock::get, counters);

    private Entry entry(String value) {
        return new Entry(value, clock.get() + 1_000);
    }

    @Test
    void a_load_that_a_change_has_overtaken_is_no_answer_and_its_callers_load_again() {
        List<String> answers = new ArrayList<>(List.of("old", "older", "new"));
        assertThat(value(() -> {
                    if (answers.size() == 3) {
                        memory.invalidate(UNIT);
                    } else if (answers.size() == 2) {
                        memory.invalidateAll();
                    }
                    return entry(answers.remove(0));
                }))
                .isEqualTo("new");
        assertThat(memory.find(UNIT)).isNotNull().extracting(Entry::value).isEqualTo("new");
    }

    @Test
    void where_changes_overtake_every_load_the_last_one_is_the_answer_and_is_not_kept() {
        AtomicInteger loads = new AtomicInteger();
        assertThat(value(() -> {
                    memory.invalidate(UNIT);
                    return entry("load " + loads.incrementAndGet());
                }))
                .isEqualTo("load 4");
        assertThat(memory.find(UNIT)).isNull();
    }

    /**
     * A load begins, a change removes it, a second load reads and is kept, and another change is committed before the first one
     * reads. That change is heard of later: who saw it by the first load would be shown less by the second.
     */
    @Test
    void no_load_shows_more_than_memory_shows_afterwards() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicInteger committed = new AtomicInteger(1);
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try {
            Future<String> slow = threads.submit(() -> value(() -> {
                began.countDown();
                until(go);
                return entry("" + committed.get());
            }));
            until(began);
            memory.invalidate(UNIT);
            assertThat(value(() -> entry("" + committed.get()))).isEqualTo("1");
            committed.set(2);
            go.countDown();
            String seen = slow.get(60, TimeUnit.SECONDS);
            assertThat(memory.find(UNIT)).isNotNull().extracting(Entry::value).isEqualTo(seen);
        } finally {
            go.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void whoever_asks_after_a_change_does_not_join_a_load_that_began_before() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean waits = new AtomicBoolean(true);
        try {
            Future<String> slow = threads.submit(() -> value(() -> {
                began.countDown();
                if (waits.getAndSet(false)) {
                    until(go);
                }
                return entry("slow");
            }));
            until(began);
            memory.invalidate(UNIT);
            assertThat(value(() -> entry("new"))).isEqualTo("new");
            go.countDown();
            slow.get(60, TimeUnit.SECONDS);
        } finally {
            go.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void an_answer_is_held_until_its_time_by_the_clock() {
        memory.load(UNIT, () -> entry("a"));
        clock.set(999);
        assertThat(memory.find(UNIT)).isNotNull();
        clock.set(1_000);
        assertThat(memory.find(UNIT)).isNull();
        memory.load(UNIT, () -> new Entry("late", clock.get() - 5));
        assertThat(memory.find(UNIT)).isNull();
    }

    @Test
    void there_are_no_more_entries_than_fit() {
        IntStream.range(0, 10_000).forEach(i -> memory.load(new Unit("u" + i), () -> entry("a")));
        assertThat(memory.size()).isLessThanOrEqualTo(100);
        assertThat(counters.evictions.sum()).isGreaterThanOrEqualTo(9_900);
    }

    /** So many ask at once while one loads. */
    private List<Future<String>> crowd(ExecutorService threads, int size, Callable<String> ask) {
        return IntStream.range(0, size).mapToObj(i -> threads.submit(ask)).toList();
    }

    private String value(java.util.function.Supplier<Entry> load) {
        return (String) memory.load(UNIT, load).value();
    }

    private static void until(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_failure_is_told_to_its_caller_and_those_who_waited_load_together_once_more() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        try {
            Future<String> first = threads.submit(() -> value(() -> {
                asked.countDown();
                until(go);
                throw new IllegalStateException("away");
            }));
            until(asked);
            AtomicInteger waiting = new AtomicInteger();
            List<Future<String>> others = crowd(threads, 50, () -> {
                waiting.incrementAndGet();
                return value(() -> {
                    loads.incrementAndGet();
                    return entry("right");
                });
            });
            await().until(() -> waiting.get() == 50);
            go.countDown();
            assertThatThrownBy(first::get).hasRootCauseMessage("away");
            for (Future<String> other : others) {
                assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo("right");
            }
            // Those that come when it is done load anew: Memory is asked for entries before.
            assertThat(loads.get()).isBetween(1, 50);
            assertThat(memory.find(UNIT)).isNotNull();
        } finally {
            go.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void an_error_of_a_load_leaves_nothing_behind() {
        assertThatThrownBy(() -> memory.load(UNIT, () -> {
                    throw new StackOverflowError("deep");
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(value(() -> entry("a"))).isEqualTo("a");
        assertThat(counters.failures.sum()).isEqualTo(1);
    }

    @Test
    void one_who_waits_and_is_interrupted_gets_the_answer_and_disturbs_nobody() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try {
            Future<String> first = threads.submit(() -> value(() -> {
                asked.countDown();
                until(go);
                return entry("a");
            }));
            until(asked);
            AtomicBoolean interrupted = new AtomicBoolean();
            List<String> answers = new ArrayList<>();
            Thread waiter = new Thread(() -> {
                answers.add(value(() -> entry("own")));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            waiter.start();
            await().until(() -> waiter.getState() == Thread.State.WAITING);
            waiter.interrupt();
            go.countDown();
            waiter.join(Duration.ofSeconds(60).toMillis());
            assertThat(answers).containsExactly("a");
            assertThat(interrupted).isTrue();
            assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("a");
        } finally {
            go.countDown();
            threads.shutdownNow();
        }
    }
}
