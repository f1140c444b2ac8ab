package dev.evalstore.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.EndedAttempt;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobFailedException;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.RunnerListener.End;
import dev.evalstore.job.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@Evalstore
class JobTesterTest {
    /** A payload. */
    record Step(int number) {}

    private static NewJob step(int number) {
        return NewJob.of("step", Json.of(new Step(number)));
    }

    @Test
    void an_absent_payload_is_named(TestStore store, JobTester jobs) {
        assertThatThrownBy(() -> jobs.assertEnqueued("step", null)).hasMessage("payload");
        assertThatThrownBy(() -> store.assertEmitted("done", null)).hasMessage("payload");
    }

    @Test
    void what_is_due_runs_in_this_thread_with_what_handlers_enqueue(Database db, JobTester jobs) {
        Thread here = Thread.currentThread();
        List<Integer> run = new ArrayList<>();
        db.jobs().create(step(1));

        List<EndedAttempt> ended = jobs.runDueSuccessfully(runner -> runner.handle("step", Step.class, context -> {
            assertThat(Thread.currentThread()).isSameAs(here);
            run.add(context.payload().number());
            if (context.payload().number() < 3) {
                db.jobs().create(step(context.payload().number() + 1));
            }
            return Map.of("done", context.payload().number());
        }));

        assertThat(run).containsExactly(1, 2, 3);
        assertThat(ended).extracting(EndedAttempt::end).containsOnly(End.COMPLETED);
        Job last = db.jobs().get(ended.get(2).job().job().id());
        assertThat(last.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(last.result().asMap()).isEqualTo(Map.of("done", 3));
        jobs.assertNotEnqueued("step");
        assertThat(jobs.runDue(runner -> runner.handle("step", Step.class, context -> null)))
                .isEmpty();
        assertThat(db.workers().list(10))
                .noneMatch(worker -> worker.status().name().equals("IDLE"));
    }

    @Test
    void a_failed_job_waits_for_its_backoff_until_time_is_moved(Database db, JobTester jobs) {
        Job job = db.jobs().create(step(1).backoff(new Backoff(Duration.ofMinutes(10), Duration.ofMinutes(10))));

        List<EndedAttempt> first = jobs.runDue(JobTesterTest::failing);
        assertThat(first).hasSize(1);
        assertThat(first.get(0).end()).isEqualTo(End.FAILED);
        assertThat(first.get(0).failure()).hasMessage("no such model");
        assertThat(jobs.runDue(JobTesterTest::failing)).isEmpty();
        jobs.assertEnqueued("step", Map.of("number", 1));

        jobs.forward(Duration.ofMinutes(10));
        assertThat(jobs.runDue(JobTesterTest::failing)).hasSize(1);
        assertThat(db.jobs().get(job.id()).attempt()).isEqualTo(2);

        jobs.forward(Duration.ofMinutes(10));
        assertThatThrownBy(() -> jobs.runDueSuccessfully(JobTesterTest::failing))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a job of type step ended FAILED, attempt 3")
                .hasRootCauseMessage("no such model");
    }

    @Test
    void an_error_of_a_handler_ends_the_attempt_and_is_the_cause(Database db, JobTester jobs) {
        db.jobs().create(step(1).maxRetries(0));
        db.jobs().create(step(2));
        List<Integer> others = new ArrayList<>();
        assertThatThrownBy(() -> jobs.runDueSuccessfully(runner -> runner.handle("step", Step.class, context -> {
                    if (context.payload().number() == 1) {
                        throw new StackOverflowError("too deep");
                    }
                    others.add(context.payload().number());
                    return null;
                })))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a job of type step ended FAILED, attempt 1")
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(others).as("the job after it was run").containsExactly(2);
    }

    private static JobRunner.Builder failing(JobRunner.Builder runner) {
        return runner.handle("step", Step.class, context -> {
            throw new IllegalStateException("no such model");
        });
    }

    @Test
    void other_ends_are_stored_as_by_a_runner(Database db, JobTester jobs) {
        Job permanent = db.jobs().create(step(1));
        Job snoozed = db.jobs().create(step(2));
        Job completed = db.jobs().create(step(3));
        Job unfit = db.jobs()
                .create(NewJob.of("step", Json.of(Map.of("number", "three"))).maxRetries(0));

        List<EndedAttempt> ended = jobs.runDue(runner -> runner.handle("step", Step.class, context -> {
            switch (context.payload().number()) {
                case 1 -> throw JobFailedException.permanently("never");
                case 2 -> {
                    return context.snooze(Duration.ofHours(1));
                }
                default -> {
                    return context.complete(tx -> tx.benchmarks()
                            .create(NewBenchmark.of("a", "openai", "gpt-4", "mmlu", 1))
                            .id());
                }
            }
        }));

        assertThat(ended)
                .extracting(EndedAttempt::end)
                .containsExactly(End.FAILED, End.SNOOZED, End.COMPLETED, End.FAILED);
        assertThat(db.jobs().get(permanent.id()).error()).isEqualTo("never");
        assertThat(db.jobs().get(snoozed.id()).status()).isEqualTo(JobStatus.PENDING);
        UUID run = db.jobs().get(completed.id()).result().as(UUID.class);
        assertThat(db.benchmarks().find(run)).isPresent();
        assertThat(db.jobs().get(unfit.id()).error()).startsWith("its payload does not fit: ");
    }

    @Test
    void a_type_without_a_handler_is_an_error_that_names_it(Database db, JobTester jobs) {
        db.jobs().create(NewJob.of("forgotten", Json.EMPTY));
        assertThatThrownBy(() -> jobs.runDue(runner -> runner.handle("step", Step.class, context -> null)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[forgotten]");
        assertThatThrownBy(() -> jobs.runDue(runner -> runner)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void schedules_come_due_when_time_is_moved(Database db, JobTester jobs) {
        db.jobs().schedules().set(Schedule.cron("nightly", "0 3 * * *", step(1)));
        assertThat(jobs.runDue(JobTesterTest::failing)).isEmpty();
        jobs.forward(Duration.ofDays(1));
        assertThat(jobs.runDue(JobTesterTest::failing)).hasSize(1);
    }

    @Test
    void a_handler_is_called_with_a_real_lease_and_real_transactions(Database db, JobTester jobs) throws Exception {
        db.jobs().create(step(9).priority(100));
        JobContext<Step> context = jobs.context("step", Step.class, new Step(7));

        assertThat(context.payload()).isEqualTo(new Step(7));
        assertThat(context.attempt()).isEqualTo(1);
        context.saveProgress(Map.of("half", true));
        assertThat(context.lastProgress()).contains(Json.of(Map.of("half", true)));
        Object result = context.complete(tx -> {
            tx.benchmarks().create(NewBenchmark.of("of the handler", "openai", "gpt-4", "mmlu", 1));
            return 3;
        });

        assertThat(result).isEqualTo(3);
        assertThat(db.jobs().get(context.job().id()).status()).isEqualTo(JobStatus.COMPLETED);
        assertThatThrownBy(() -> context.saveProgress(1)).isInstanceOf(LeaseLostException.class);
        jobs.assertEnqueued("step", Map.of("number", 9));
    }

    @Test
    void a_lease_that_ran_out_refuses_the_handler(Database db, JobTester jobs) {
        JobContext<Step> context = jobs.context(step(1), Step.class);
        jobs.forward(Duration.ofHours(1));
        assertThat(db.jobs().requeueExpired(10)).isEqualTo(1);
        assertThatThrownBy(() -> context.complete(tx -> 1)).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void messages_show_what_there_is(Database db, JobTester jobs) {
        assertThatThrownBy(() -> jobs.assertEnqueued("score"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("no unfinished job of type score; there are none");
        db.jobs().create(step(4).queue("slow"));
        assertThatThrownBy(() -> jobs.assertEnqueued("step", Map.of("number", 5)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("no unfinished job of type step with {\"number\":5}; there are 1:"
                        + "\n  step PENDING in slow, attempt 0 {\"number\": 4}");
        assertThatThrownBy(() -> jobs.assertNotEnqueued("step"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("step PENDING in slow");
        assertThat(jobs.assertEnqueued("step", Map.of("number", 4)).queue()).isEqualTo("slow");
    }
}
