package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.OperationStats;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.account.NewUser;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BenchmarkRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final BenchmarkRepository runs = db.benchmarks();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.benchmarks");
    }

    private static NewBenchmark run(String name) {
        return NewBenchmark.of(name, "openai", "gpt-4", "mmlu", 100);
    }

    @Test
    void a_created_run_is_pending_and_reads_back_the_same() {
        UUID user = db.users().create(NewUser.of("ada@example.org", "ada")).id();
        Benchmark created =
                runs.create(run("GPT-4 on MMLU").description("nightly").createdBy(user));

        assertThat(runs.get(created.id())).isEqualTo(created);
        assertThat(runs.find(created.id())).contains(created);
        assertThat(created.status()).isEqualTo(BenchmarkStatus.PENDING);
        assertThat(created.name()).isEqualTo("GPT-4 on MMLU");
        assertThat(created.description()).isEqualTo("nightly");
        assertThat(created.createdBy()).isEqualTo(user);
        assertThat(created.totalIterations()).isEqualTo(100);
        assertThat(created.startedAt()).isNull();
        assertThat(created.id().version()).isEqualTo(7);
    }

    @Test
    void an_unknown_id_is_empty_to_find_and_an_error_to_every_other_verb() {
        UUID unknown = UUID.randomUUID();

        assertThat(runs.find(unknown)).isEmpty();
        assertThat(runs.delete(unknown)).isFalse();
        List<ThrowableAssert.ThrowingCallable> verbs = List.of(
                () -> runs.get(unknown),
                () -> runs.update(unknown, UpdateBenchmark.NOTHING),
                () -> runs.update(unknown, UpdateBenchmark.NOTHING.name("x")),
                () -> runs.start(unknown),
                () -> runs.recordProgress(unknown, 1, 0),
                () -> runs.complete(unknown, null, null),
                () -> runs.fail(unknown, "x"),
                () -> runs.cancel(unknown));
        for (var verb : verbs) {
            assertThatThrownBy(verb).isInstanceOfSatisfying(NotFoundException.class, e -> {
                assertThat(e.entity()).isEqualTo("benchmark");
                assertThat(e.id()).isEqualTo(unknown.toString());
            });
        }
    }

    @Test
    void an_update_changes_what_it_names_and_can_clear_what_may_be_empty() {
        Benchmark created = runs.create(run("a").description("old"));

        Benchmark same = runs.update(created.id(), UpdateBenchmark.NOTHING);
        assertThat(same).isEqualTo(created);

        Benchmark cleared = runs.update(
                created.id(),
                UpdateBenchmark.NOTHING
                        .name("b")
                        .description(Patch.clear())
                        .totalIterations(7)
                        .metrics(Patch.set(Json.of(Map.of("f1", 0.5)))));
        assertThat(cleared.name()).isEqualTo("b");
        assertThat(cleared.description()).isNull();
        assertThat(cleared.totalIterations()).isEqualTo(7);
        assertThat(cleared.metrics().asMap()).isEqualTo(Map.of("f1", 0.5));
        assertThat(cleared.dataset()).isEqualTo(created.dataset());
        assertThat(cleared.updatedAt()).isAfter(created.updatedAt());
        assertThat(runs.get(created.id())).isEqualTo(cleared);
    }

    @Test
    void a_run_goes_from_pending_through_running_to_completed() {
        UUID id = runs.create(run("a")).id();

        Benchmark running = runs.start(id);
        assertThat(running.status()).isEqualTo(BenchmarkStatus.RUNNING);
        assertThat(running.startedAt()).isNotNull();
        Benchmark progressed = runs.recordProgress(id, 90, 10);
        assertThat(progressed.completedIterations()).isEqualTo(90);
        assertThat(progressed.failedIterations()).isEqualTo(10);
        Benchmark completed = runs.complete(id, Json.of(Map.of("answers", 90)), null);
        assertThat(completed.status()).isEqualTo(BenchmarkStatus.COMPLETED);
        assertThat(completed.completedAt()).isNotNull();
        assertThat(completed.results().asMap()).isEqualTo(Map.of("answers", 90));
    }

    @Test
    void every_step_that_the_life_cycle_does_not_have_is_refused_and_names_the_present_status() {
        UUID pending = runs.create(run("pending")).id();
        UUID running = runs.create(run("running")).id();
        runs.start(running);
        UUID completed = runs.create(run("completed")).id();
        runs.start(completed);
        runs.complete(completed, null, null);
        UUID failed = runs.create(run("failed")).id();
        runs.start(failed);
        runs.fail(failed, "out of memory");
        UUID cancelled = runs.create(run("cancelled")).id();
        runs.cancel(cancelled);

        refused(() -> runs.complete(pending, null, null), pending, "pending", "complete");
        refused(() -> runs.fail(pending, "x"), pending, "pending", "fail");
        refused(() -> runs.recordProgress(pending, 1, 0), pending, "pending", "record progress");
        refused(() -> runs.start(running), running, "running", "start");
        for (UUID ended : List.of(completed, failed, cancelled)) {
            String status = runs.get(ended).status().name().toLowerCase(Locale.ROOT);
            refused(() -> runs.start(ended), ended, status, "start");
            refused(() -> runs.complete(ended, null, null), ended, status, "complete");
            refused(() -> runs.fail(ended, "x"), ended, status, "fail");
            refused(() -> runs.cancel(ended), ended, status, "cancel");
            refused(() -> runs.recordProgress(ended, 1, 0), ended, status, "record progress");
        }
        assertThat(runs.cancel(running).status()).isEqualTo(BenchmarkStatus.CANCELLED);
        assertThat(runs.get(failed).error()).isEqualTo("out of memory");
    }

    private static void refused(ThrowableAssert.ThrowingCallable step, UUID id, String status, String verb) {
        assertThatThrownBy(step)
                .isInstanceOf(ConflictException.class)
                .hasMessage("benchmark " + id + " is " + status + ": cannot " + verb);
    }

    @Test
    void completing_without_metrics_keeps_those_that_are_stored() {
        Json metrics = Json.of(Map.of("f1", 0.5));
        UUID id = runs.create(run("a")).id();
        runs.update(id, UpdateBenchmark.NOTHING.metrics(Patch.set(metrics)));
        runs.start(id);
        assertThat(runs.complete(id, null, null).metrics().asMap()).isEqualTo(metrics.asMap());

        UUID other = runs.create(run("b")).id();
        runs.update(other, UpdateBenchmark.NOTHING.metrics(Patch.set(metrics)));
        runs.start(other);
        Benchmark completed = runs.complete(other, null, Json.of(Map.of("f1", 0.75)));
        assertThat(completed.metrics().asMap()).isEqualTo(Map.of("f1", 0.75));
        assertThat(completed.results()).isNull();
    }

    @Test
    void every_write_goes_by_its_own_name() {
        UUID completed = runs.create(run("a")).id();
        UUID failed = runs.create(run("b")).id();
        runs.update(completed, UpdateBenchmark.NOTHING.name("c"));
        runs.start(completed);
        runs.recordProgress(completed, 1, 0);
        runs.complete(completed, null, null);
        runs.start(failed);
        runs.fail(failed, "x");
        runs.cancel(runs.create(run("d")).id());
        runs.delete(failed);
        assertThat(db.stats().operations())
                .extracting(OperationStats::name)
                .contains(
                        "benchmarks.create",
                        "benchmarks.update",
                        "benchmarks.start",
                        "benchmarks.record_progress",
                        "benchmarks.complete",
                        "benchmarks.fail",
                        "benchmarks.cancel",
                        "benchmarks.delete");
    }

    @Test
    void the_error_of_a_run_is_stored_up_to_ten_thousand_characters_and_says_what_was_cut() {
        UUID id = runs.create(run("a")).id();
        runs.start(id);
        String trace = "at dev.Foo(Foo.java:1)\n".repeat(10_000);
        assertThat(runs.fail(id, trace).error())
                .hasSize(9_960 + "… (220040 more characters)".length())
                .startsWith(trace.substring(0, 9_960))
                .endsWith("… (220040 more characters)");
    }

    @Test
    void of_twenty_threads_that_end_a_run_one_succeeds() throws Exception {
        UUID id = runs.create(run("a")).id();
        runs.start(id);
        List<Boolean> ended = Threads.together(20, i -> () -> {
            try {
                if (i % 2 == 0) {
                    runs.complete(id, null, null);
                } else {
                    runs.fail(id, "x");
                }
                return true;
            } catch (ConflictException e) {
                return false;
            }
        });
        assertThat(ended).containsOnlyOnce(true);
    }

    @Test
    void progress_from_twenty_threads_adds_up() throws Exception {
        UUID id = runs.create(NewBenchmark.of("a", "p", "m", "d", 1_000)).id();
        runs.start(id);
        Threads.together(20, i -> () -> {
            for (int n = 0; n < 25; n++) {
                runs.recordProgress(id, 1, 1);
            }
            return true;
        });
        Benchmark done = runs.get(id);
        assertThat(done.completedIterations()).isEqualTo(500);
        assertThat(done.failedIterations()).isEqualTo(500);
        assertThatThrownBy(() -> runs.recordProgress(id, 1, 0))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("benchmarks_iterations_within_total"));
        assertThat(runs.get(id)).isEqualTo(done);
    }

    @Test
    void a_total_below_what_was_counted_is_refused() {
        UUID id = runs.create(run("a")).id();
        runs.start(id);
        runs.recordProgress(id, 60, 0);
        assertThatThrownBy(() -> runs.update(id, UpdateBenchmark.NOTHING.totalIterations(59)))
                .isInstanceOf(ConstraintViolationException.class);
    }

    @Test
    void every_filter_narrows_lists_and_counts() {
        runs.create(NewBenchmark.of("a", "openai", "gpt-4", "mmlu", 0));
        Benchmark b = runs.create(NewBenchmark.of("b", "anthropic", "claude", "mmlu", 0));
        Benchmark c = runs.create(NewBenchmark.of("c", "openai", "gpt-5", "arc", 0));
        runs.start(c.id());

        assertThat(names(BenchmarkFilter.ALL)).containsExactly("c", "b", "a");
        assertThat(names(BenchmarkFilter.ALL.status(BenchmarkStatus.RUNNING))).containsExactly("c");
        assertThat(names(BenchmarkFilter.ALL.provider("openai"))).containsExactly("c", "a");
        assertThat(names(BenchmarkFilter.ALL.model("claude"))).containsExactly("b");
        assertThat(names(BenchmarkFilter.ALL.dataset("mmlu"))).containsExactly("b", "a");
        assertThat(names(BenchmarkFilter.ALL.created(b.createdAt(), null))).containsExactly("c", "b");
        assertThat(names(BenchmarkFilter.ALL.created(null, b.createdAt()))).containsExactly("a");
        assertThat(names(BenchmarkFilter.ALL.provider("nobody"))).isEmpty();
        assertThat(runs.count(BenchmarkFilter.ALL.provider("openai").dataset("mmlu")))
                .isEqualTo(1);
        assertThat(names(BenchmarkFilter.ALL.created(null, null))).containsExactly("c", "b", "a");
        assertThat(runs.listRecent(2)).extracting(Benchmark::name).containsExactly("c", "b");
    }

    @Test
    void conditions_add_up_and_leave_the_filter_that_they_were_added_to_as_it_was() {
        runs.create(NewBenchmark.of("a", "openai", "gpt-4", "mmlu", 0));
        runs.create(NewBenchmark.of("b", "openai", "gpt-4", "arc", 0));
        runs.create(NewBenchmark.of("c", "anthropic", "claude", "arc", 0));
        BenchmarkFilter openai = BenchmarkFilter.ALL.provider("openai");

        assertThat(names(openai.dataset("arc")
                        .status(BenchmarkStatus.PENDING)
                        .created(null, Instant.now().plusSeconds(3_600))))
                .containsExactly("b");
        assertThat(names(openai)).containsExactly("b", "a");
        assertThat(names(openai.provider("anthropic"))).isEmpty();
        assertThat(names(openai.provider("openai"))).containsExactly("b", "a");
        assertThat(names(BenchmarkFilter.ALL)).hasSize(3);
    }

    private List<String> names(BenchmarkFilter filter) {
        List<String> names =
                runs.list(filter, 100).items().stream().map(Benchmark::name).toList();
        assertThat(runs.count(filter)).isEqualTo(names.size());
        return names;
    }

    /** By created_at alone 9 of 1,501 rows were lost. */
    @Test
    void paging_meets_each_of_1501_rows_once_although_many_share_their_time() {
        database.admin("insert into evalstore.benchmarks (name, provider, model, dataset, created_at)"
                + " select 'r' || i, 'p', 'm', 'd', timestamptz '2026-01-01' + make_interval(secs => i / 300)"
                + " from generate_series(1, 1501) i");
        List<String> seen = new ArrayList<>();
        Cursor next = null;
        Instant last = Instant.MAX;
        do {
            Page<Benchmark> page = runs.list(BenchmarkFilter.ALL, 100, next);
            for (Benchmark run : page.items()) {
                assertThat(run.createdAt()).isBeforeOrEqualTo(last);
                last = run.createdAt();
                seen.add(run.name());
            }
            next = page.next();
        } while (next != null);
        assertThat(seen).hasSize(1_501);
        assertThat(new HashSet<>(seen)).hasSize(1_501);
    }

    @Test
    void a_walk_over_all_rows_meets_each_once_in_the_order_of_the_list() {
        database.admin("insert into evalstore.benchmarks (name, provider, model, dataset, created_at)"
                + " select 'r' || i, 'p', 'm', 'd', timestamptz '2026-01-01' + make_interval(secs => i / 300)"
                + " from generate_series(1, 2001) i");
        List<Benchmark> seen = new ArrayList<>();
        runs.forEach(BenchmarkFilter.ALL.provider("p"), seen::add);
        assertThat(seen).hasSize(2_001).doesNotHaveDuplicates();
        assertThat(seen)
                .isSortedAccordingTo(Comparator.comparing(Benchmark::createdAt).reversed());
    }

    @Test
    void a_bad_limit_or_cursor_is_named() {
        for (int limit : new int[] {0, 1_001, -1}) {
            assertThatThrownBy(() -> runs.list(BenchmarkFilter.ALL, limit, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit");
        }
        db.evaluations().create(NewEvaluation.of("p", "m", "i", "o"));
        db.evaluations().create(NewEvaluation.of("p", "m", "i", "o"));
        Cursor other = db.evaluations().list(EvaluationFilter.ALL, 1, null).next();
        for (Cursor cursor : List.of(other, new Cursor("nonsense"), new Cursor("!!"))) {
            assertThatThrownBy(() -> runs.list(BenchmarkFilter.ALL, 10, cursor))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cursor");
        }
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        bad("name", () -> run(" "));
        bad("name", () -> run("a\0b"));
        bad("description", () -> run("a").description("cut \uD83D"));
        bad("provider", () -> NewBenchmark.of("a", "", "m", "d", 0));
        bad("model", () -> NewBenchmark.of("a", "p", "\t", "d", 0));
        bad("dataset", () -> NewBenchmark.of("a", "p", "m", "\uDE00", 0));
        bad("totalIterations", () -> NewBenchmark.of("a", "p", "m", "d", -1));
        bad("totalIterations", () -> UpdateBenchmark.NOTHING.totalIterations(-1));
        UUID id = runs.create(run("a")).id();
        bad("completedDelta", () -> runs.recordProgress(id, -1, 0));
        bad("failedDelta", () -> runs.recordProgress(id, 0, -1));
        bad("error", () -> runs.fail(id, " "));
        for (String text : List.of(" ", "a\0b", "cut \uD83D")) {
            bad("provider", () -> BenchmarkFilter.ALL.provider(text));
            bad("model", () -> BenchmarkFilter.ALL.model(text));
            bad("dataset", () -> BenchmarkFilter.ALL.dataset(text));
        }
        assertThatThrownBy(() -> BenchmarkFilter.ALL.status(null)).hasMessageContaining("status");
    }

    private static void bad(String field, ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    @Test
    void deleting_a_run_takes_its_evaluations_with_it() {
        UUID id = runs.create(run("a")).id();
        UUID answer = db.evaluations()
                .create(NewEvaluation.of("p", "m", "i", "o").benchmark(id))
                .id();
        assertThat(runs.delete(id)).isTrue();
        assertThat(runs.find(id)).isEmpty();
        assertThat(db.evaluations().find(answer)).isEmpty();
    }
}
