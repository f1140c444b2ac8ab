package dev.evalstore.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.evalstore.DatabaseException;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CombinerTest {
    private final Combiner<Integer, String> combiner = new Combiner<>(n -> n, 100, Duration.ofHours(1));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<List<Integer>> rounds = new CopyOnWriteArrayList<>();
    private final List<Thread> callers = new CopyOnWriteArrayList<>();
    private final Map<Integer, Boolean> keptInterrupt = new ConcurrentHashMap<>();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> run(List<Integer> round) {
        rounds.add(round);
        return answers(round);
    }

    private static Throwable failure(Future<String> answer) {
        return catchThrowableOfType(ExecutionException.class, () -> answer.get(30, TimeUnit.SECONDS))
                .getCause();
    }

    /** Holds up the first round until so many calls wait, lets it end, and gives all answers. */
    private List<Future<String>> together(int first, List<Integer> others, Function<List<Integer>, List<String>> run)
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<String>> answers = new ArrayList<>();
        answers.add(threads.submit(() -> combiner.call(first, round -> {
            begun.countDown();
            awaitQuietly(go);
            return run(round);
        })));
        begun.await();
        for (int n : others) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                String given = null;
                Throwable failure = null;
                try {
                    given = combiner.call(n, run);
                } catch (Throwable e) {
                    failure = e;
                }
                keptInterrupt.put(n, Thread.currentThread().isInterrupted());
                if (failure == null) {
                    answer.complete(given);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
            caller.start();
            callers.add(caller);
            answers.add(answer);
            await().atMost(Duration.ofSeconds(30)).until(() -> caller.getState() == Thread.State.TIMED_WAITING);
        }
        go.countDown();
        return answers;
    }

    @Test
    void calls_that_come_while_one_is_under_way_go_together_and_each_gets_its_own_answer() throws Exception {
        List<Future<String>> answers = together(1, List.of(2, 3, 4), this::run);
        for (int i = 0; i < 4; i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("answer " + (i + 1));
        }
        assertThat(rounds).containsExactly(List.of(1), List.of(2, 3, 4));
    }

    @Test
    void a_round_has_no_more_than_it_may_hold_and_the_rest_follows_in_order() throws Exception {
        List<Future<String>> answers = together(1, List.of(60, 40, 1, 300, 7), this::run);
        for (Future<String> answer : answers) {
            answer.get(30, TimeUnit.SECONDS);
        }
        assertThat(rounds).containsExactly(List.of(1), List.of(60, 40), List.of(1), List.of(300), List.of(7));
    }

    @Test
    void what_a_round_throws_reaches_all_of_it_and_the_next_is_not_held_up() throws Exception {
        List<Future<String>> answers = together(1, List.of(2, 3), round -> {
            throw new IllegalStateException("broken");
        });
        assertThat(answers.get(0).get(30, TimeUnit.SECONDS)).isEqualTo("answer 1");
        for (Future<String> broken : answers.subList(1, 3)) {
            assertThatThrownBy(() -> broken.get(30, TimeUnit.SECONDS)).hasMessageContaining("broken");
        }
        assertThat(combiner.call(5, this::run)).isEqualTo("answer 5");
    }

    @Test
    void an_interrupted_caller_gets_his_answer_and_keeps_the_interrupt() {
        Thread.currentThread().interrupt();
        assertThat(combiner.call(
                        9,
                        round -> List.of("interrupted " + Thread.currentThread().isInterrupted())))
                .isEqualTo("interrupted false");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void an_interrupt_while_others_run_the_call_is_kept_for_later() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        List<Future<String>> answers = together(1, List.of(2, 3), round -> {
            if (round.contains(3)) {
                callers.get(1).interrupt();
                interrupted.countDown();
            }
            return run(round);
        });
        assertThat(answers.get(2).get(30, TimeUnit.SECONDS)).isEqualTo("answer 3");
        assertThat(interrupted.getCount()).isZero();
        assertThat(rounds).containsExactly(List.of(1), List.of(2, 3));
        assertThat(keptInterrupt).containsEntry(3, true);
    }

    /** Waits as for a connection of an exhausted pool, and fails as pools do when the thread is interrupted. */
    private List<String> awaitingAConnection(List<Integer> round, DatabaseException interrupted) {
        if (round.size() == 1) {
            return run(round);
        }
        rounds.add(round);
        try {
            callers.get(0).interrupt();
            new CountDownLatch(1).await();
            throw new IllegalStateException("nobody opens this latch");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_interrupt_that_ends_a_round_before_anything_is_stored_fails_nobody(boolean isTransient) throws Exception {
        DatabaseException interrupted = isTransient
                ? new TransientDatabaseException("no connection", "08001", false, null)
                : new DatabaseException("interrupted", null, null);
        List<Future<String>> answers = together(1, List.of(2, 3, 4), round -> awaitingAConnection(round, interrupted));
        for (int i = 0; i < 4; i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("answer " + (i + 1));
        }
        assertThat(rounds).containsExactlyInAnyOrder(List.of(1), List.of(2, 3, 4), List.of(2), List.of(3), List.of(4));
        assertThat(keptInterrupt).containsExactlyInAnyOrderEntriesOf(Map.of(2, true, 3, false, 4, false));
        assertThat(combiner.call(5, this::run)).isEqualTo("answer 5");
    }

    @Test
    void an_interrupt_that_leaves_the_outcome_unknown_repeats_nothing() throws Exception {
        TransientDatabaseException lost = new TransientDatabaseException("lost", "08006", true, null);
        List<Future<String>> answers = together(1, List.of(2, 3), round -> awaitingAConnection(round, lost));
        for (Future<String> unknown : answers.subList(1, 3)) {
            assertThat(failure(unknown))
                    .isInstanceOfSatisfying(
                            TransientDatabaseException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
        }
        assertThat(rounds).containsExactly(List.of(1), List.of(2, 3));
    }

    static List<RuntimeException> failuresOfOne() {
        return List.of(
                new DatabaseException("a value was refused", "22003", null),
                new IllegalArgumentException("a value was refused"));
    }

    @ParameterizedTest
    @MethodSource("failuresOfOne")
    void what_one_call_spoils_each_does_again_on_its_own(RuntimeException refused) throws Exception {
        List<Future<String>> answers = together(1, List.of(2, 13, 4), round -> {
            rounds.add(round);
            if (round.contains(13)) {
                throw refused;
            }
            return answers(round);
        });
        assertThat(answers.get(1).get(30, TimeUnit.SECONDS)).isEqualTo("answer 2");
        assertThat(answers.get(3).get(30, TimeUnit.SECONDS)).isEqualTo("answer 4");
        assertThat(failure(answers.get(2))).hasMessage("a value was refused");
        assertThat(rounds).contains(List.of(2, 13, 4), List.of(2), List.of(13), List.of(4));
    }

    static List<RuntimeException> failuresOfAll() {
        return List.of(
                new TransientDatabaseException("lost", "08006", true, null),
                new TransientDatabaseException("deadlock", "40P01", false, null),
                new PoolExhaustedException("none", null),
                new IllegalStateException("the database is closed"));
    }

    @ParameterizedTest
    @MethodSource("failuresOfAll")
    void each_gets_a_failure_of_its_own_which_it_may_add_to(RuntimeException common) throws Exception {
        List<Future<String>> answers = together(1, List.of(2, 3, 4), round -> {
            throw common;
        });
        List<Throwable> failures =
                answers.subList(1, 4).stream().map(CombinerTest::failure).toList();
        assertThat(failures)
                .allSatisfy(e -> assertThat(e).hasSameClassAs(common).hasMessage(common.getMessage()));
        failures.subList(1, 3).forEach(failures.get(0)::addSuppressed);
        assertThat(failures.get(1).getSuppressed()).isEmpty();
        if (common instanceof TransientDatabaseException is) {
            assertThat(failures)
                    .allSatisfy(e -> assertThat(e).isInstanceOfSatisfying(TransientDatabaseException.class, t -> {
                        assertThat(t.outcomeUnknown()).isEqualTo(is.outcomeUnknown());
                        assertThat(t.sqlState()).isEqualTo(is.sqlState());
                    }));
        }
    }

    @Test
    void an_error_is_its_threads_own_and_leaves_the_others_in_the_dark() throws Exception {
        List<Future<String>> answers = together(1, List.of(2, 3), round -> {
            throw new StackOverflowError("deep");
        });
        assertThat(failure(answers.get(1))).isInstanceOf(StackOverflowError.class);
        assertThat(failure(answers.get(2)))
                .isInstanceOfSatisfying(
                        TransientDatabaseException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue())
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(threads.submit(() -> combiner.call(5, this::answers)).get(30, TimeUnit.SECONDS))
                .isEqualTo("answer 5");
    }

    @Test
    void a_call_that_cannot_be_weighed_holds_up_nobody() throws Exception {
        Combiner<Integer, String> weighing = new Combiner<>(n -> 100 / n, 100, Duration.ofMillis(1));
        assertThatThrownBy(() -> weighing.call(0, this::answers)).isInstanceOf(ArithmeticException.class);
        assertThat(threads.submit(() -> weighing.call(5, this::answers)).get(30, TimeUnit.SECONDS))
                .isEqualTo("answer 5");
    }

    @Test
    void a_round_that_is_held_up_holds_up_nobody_else() throws Exception {
        Combiner<Integer, String> impatient = new Combiner<>(n -> n, 100, Duration.ofMillis(50));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<String> stuck = threads.submit(() -> impatient.call(1, round -> {
            begun.countDown();
            awaitQuietly(go);
            return answers(round);
        }));
        begun.await();
        for (int n = 2; n < 20; n++) {
            int asked = n;
            assertThat(threads.submit(() -> impatient.call(asked, this::answers))
                            .get(30, TimeUnit.SECONDS))
                    .isEqualTo("answer " + n);
        }
        assertThat(stuck.isDone()).isFalse();
        go.countDown();
        assertThat(stuck.get(30, TimeUnit.SECONDS)).isEqualTo("answer 1");
        assertThat(impatient.call(20, this::answers)).isEqualTo("answer 20");
    }

    @Test
    void many_threads_get_each_their_own_answers() throws Exception {
        List<Integer> wrong = Threads.together(16, thread -> () -> {
            int count = 0;
            for (int asked = thread * 2_000; asked < (thread + 1) * 2_000; asked++) {
                if (!combiner.call(asked, this::answers).equals("answer " + asked)) {
                    count++;
                }
            }
            return count;
        });
        assertThat(wrong).containsOnly(0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whoever_is_interrupted_and_whatever_fails_each_call_is_run_once_or_told_that_it_was_not(long seed)
            throws Exception {
        Combiner<Integer, String> impatient = new Combiner<>(n -> 1, 5, Duration.ofMillis(1));
        Map<Integer, Integer> done = new ConcurrentHashMap<>();
        List<Thread> working = new CopyOnWriteArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Future<?> interrupting = threads.submit(() -> {
            Random random = new Random(seed);
            while (!over.get()) {
                if (!working.isEmpty()) {
                    working.get(random.nextInt(working.size())).interrupt();
                }
                LockSupport.parkNanos(200_000);
            }
        });
        List<Integer> wrong = Threads.together(8, thread -> () -> {
            working.add(Thread.currentThread());
            Random random = new Random(seed * 100 + thread);
            int count = 0;
            for (int asked = thread * 300; asked < (thread + 1) * 300; asked++) {
                int expected = 1;
                try {
                    String answer = impatient.call(asked, round -> unreliable(round, random.nextInt(10), done));
                    count += answer.equals("answer " + asked) ? 0 : 1;
                } catch (DatabaseException e) {
                    expected = 0;
                }
                count += done.getOrDefault(asked, 0) == expected ? 0 : 1;
            }
            return count;
        });
        over.set(true);
        interrupting.get(30, TimeUnit.SECONDS);
        assertThat(wrong).containsOnly(0);
    }

    /** Waits a little for a connection, and then fails in some way or does it. */
    private List<String> unreliable(List<Integer> round, int chance, Map<Integer, Integer> done) {
        try {
            Thread.sleep(0, 300_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException("interrupted", null, e);
        }
        if (chance == 0) {
            throw new TransientDatabaseException("deadlock", "40P01", false, null);
        }
        if (chance == 1) {
            throw new DatabaseException("a value was refused", "22003", null);
        }
        round.forEach(asked -> done.merge(asked, 1, Integer::sum));
        return answers(round);
    }

    private List<String> answers(List<Integer> round) {
        return round.stream().map(n -> "answer " + n).toList();
    }
}
