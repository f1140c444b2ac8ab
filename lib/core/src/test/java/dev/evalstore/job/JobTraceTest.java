package dev.evalstore.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.EnqueueListener;
import dev.evalstore.Json;
import dev.evalstore.TraceContext;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobTraceTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final TraceContext TRACE = new TraceContext(PARENT, "vendor=a, other=b");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final List<String> heard = new ArrayList<>();
    private final Database db = Database.using(database.pool(), DatabaseOptions.DEFAULT.enqueueListener(this::began));

    private EnqueueListener.Enqueueing began(@Nullable String queue, @Nullable String jobType, int jobs) {
        heard.add("began " + queue + " " + jobType + " " + jobs);
        return new EnqueueListener.Enqueueing() {
            @Override
            public TraceContext trace() {
                return TRACE;
            }

            @Override
            public void ended(@Nullable Throwable failure) {
                heard.add(failure == null ? "ended" : failure.getClass().getSimpleName());
            }
        };
    }

    private static NewJob job(String queue) {
        return NewJob.of("t", Json.EMPTY).queue(queue);
    }

    private @Nullable TraceContext traceOf(UUID id) {
        return db.jobs().get(id).trace();
    }

    @Test
    void every_way_to_enqueue_stores_the_trace() {
        assertThat(db.jobs().create(job("ways")).trace()).isEqualTo(TRACE);
        assertThat(db.jobs().createUnique(job("ways").uniqueKey("a")).job().trace())
                .isEqualTo(TRACE);
        assertThat(db.jobs().create(job("ways").uniqueKey("b")).trace()).isEqualTo(TRACE);
        assertThat(traceOf(
                        db.jobs().createAll(List.of(job("ways"), job("ways"))).get(1)))
                .isEqualTo(TRACE);
        assertThat(traceOf(db.jobs()
                        .createAllUnique(List.of(job("ways").uniqueKey("c")))
                        .get(0)
                        .id()))
                .isEqualTo(TRACE);
        // By a binary copy.
        List<UUID> many = db.jobs()
                .createAll(IntStream.range(0, 5_000).mapToObj(i -> job("ways")).toList());
        assertThat(traceOf(many.get(4_999))).isEqualTo(TRACE);
    }

    @Test
    void a_claim_and_every_attempt_after_it_has_the_trace() {
        db.jobs().create(job("claims").backoff(Backoff.NONE));
        Worker worker = db.workers().register(NewWorker.of("w").queues("claims"));
        ClaimedJob first = db.jobs().claim(worker, 1).get(0);
        db.jobs().fail(first.lease(), "once");
        ClaimedJob second = db.jobs().claim(worker, 1).get(0);
        assertThat(List.of(first, second)).extracting(one -> one.job().trace()).containsOnly(TRACE);
        assertThat(db.jobs().held(worker)).extracting(one -> one.job().trace()).containsExactly(TRACE);
    }

    @Test
    void a_trace_of_the_callers_own_stays() {
        TraceContext own = TraceContext.of("00-11111111111111111111111111111111-2222222222222222-00");
        assertThat(db.jobs().create(job("own").trace(own)).trace()).isEqualTo(own);
        List<UUID> ids = db.jobs().createAll(List.of(job("own").trace(own), job("own")));
        assertThat(ids).extracting(this::traceOf).containsExactly(own, TRACE);
    }

    @Test
    void the_listener_hears_of_each_call_once_and_how_it_ended() {
        db.jobs().createAll(List.of());
        assertThat(heard).isEmpty();
        db.jobs().createAll(List.of(job("heard"), job("heard")));
        db.jobs().createAll(List.of(job("heard"), NewJob.of("u", Json.EMPTY)));
        db.jobs().create(job("heard").uniqueKey("k"));
        assertThatThrownBy(() -> db.jobs().create(job("heard").uniqueKey("k")))
                .isInstanceOf(UniqueKeyTakenException.class);
        assertThat(heard)
                .containsExactly(
                        "began heard t 2",
                        "ended",
                        "began null null 2",
                        "ended",
                        "began heard t 1",
                        "ended",
                        "began heard t 1",
                        "UniqueKeyTakenException");
    }

    @Test
    void in_a_transaction_that_rolls_back_neither_job_nor_trace_is_stored() {
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    assertThat(tx.jobs().create(job("back")).trace()).isEqualTo(TRACE);
                    throw new IOException("no");
                }))
                .isInstanceOf(IOException.class);
        assertThat(db.jobs().count(JobFilter.ALL.queue("back"))).isZero();
    }

    /** What a host's code throws at any place. */
    private record Throwing(int where) implements EnqueueListener, EnqueueListener.Enqueueing {
        @Override
        public Enqueueing began(@Nullable String queue, @Nullable String jobType, int jobs) {
            if (where == 0) {
                throw new StackOverflowError();
            }
            return this;
        }

        @Override
        public TraceContext trace() {
            return where == 1 ? TraceContext.of("x") : TRACE;
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            throw new AssertionError();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void a_listener_that_throws_changes_nothing_else(int where) {
        Database other = Database.using(database.pool(), DatabaseOptions.DEFAULT.enqueueListener(new Throwing(where)));
        assertThat(other.jobs().create(job("throws")).trace()).isEqualTo(where == 2 ? TRACE : null);
    }

    @Test
    void what_another_program_stored_is_no_reason_not_to_run() {
        UUID id = db.jobs().create(job("foreign")).id();
        database.admin("update evalstore.jobs set trace_parent = 'b3: 1', trace_state = 'x' where id = '" + id + "'");
        assertThat(traceOf(id)).isNull();
        Worker worker = db.workers().register(NewWorker.of("w").queues("foreign"));
        assertThat(db.jobs().claim(worker, 1)).hasSize(1);
    }

    @Test
    void a_trace_that_is_none_is_refused_by_name() {
        for (String parent :
                List.of("", "00", PARENT.toUpperCase(Locale.ROOT), "ff" + PARENT.substring(2), PARENT + "\n")) {
            assertThatThrownBy(() -> TraceContext.of(parent))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("parent");
        }
        for (String state : List.of("", "a\nb", "ä", "a".repeat(4_097))) {
            assertThatThrownBy(() -> new TraceContext(PARENT, state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("state");
        }
        assertThat(Optional.of(new TraceContext("01" + PARENT.substring(2) + "-more", "a".repeat(4_096))))
                .isPresent();
    }
}
