package dev.evalstore.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CombinerTest {
    private final Combiner<Integer, String> combiner = new Combiner<>(n -> n, 100, Duration.ofHours(1));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<List<Integer>> rounds = new CopyOnWriteArrayList<>();

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
        List<Thread> callers = new ArrayList<>();
        for (int n : others) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    answer.complete(combiner.call(n, run));
                } catch (Throwable e) {
                    answer.completeExceptionally(e);
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

    private List<String> answers(List<Integer> round) {
        return round.stream().map(n -> "answer " + n).toList();
    }
}
