package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventFilter;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The events of runs, which are appended when they are asked for. */
class RunEventsTest {
    private static final NewBenchmark RUN = NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.events("run"));

    private final Database db = database.db();
    private final BenchmarkRepository runs = db.benchmarks();

    private List<DomainEvent> events(UUID run) {
        List<DomainEvent> events = new ArrayList<>(
                db.events().ofAggregate("run", run.toString(), 100, null).items());
        Collections.reverse(events);
        return events;
    }

    private List<String> types(UUID run) {
        return events(run).stream().map(DomainEvent::eventType).toList();
    }

    @Test
    void a_run_tells_of_each_move_once() {
        UUID id = runs.create(RUN).id();
        runs.start(id);
        runs.recordProgress(id, 3, 1);
        runs.update(id, UpdateBenchmark.NOTHING.description(Patch.set("about")));
        runs.update(id, UpdateBenchmark.NOTHING.description(Patch.set("about")));
        runs.complete(id, Json.of(Map.of("secret", "answer")), null);
        assertThatThrownBy(() -> runs.complete(id, null, null)).isInstanceOf(ConflictException.class);
        runs.delete(id);
        assertThat(runs.delete(id)).isFalse();
        UUID failed = runs.create(RUN).id();
        runs.start(failed);
        runs.fail(failed, "no luck");
        UUID cancelled = runs.create(RUN).id();
        runs.cancel(cancelled);

        assertThat(types(id))
                .containsExactly("run.created", "run.started", "run.updated", "run.completed", "run.deleted");
        assertThat(types(failed)).containsExactly("run.created", "run.started", "run.failed");
        assertThat(types(cancelled)).containsExactly("run.created", "run.cancelled");
        assertThat(events(id).get(3).payload().asMap())
                .containsEntry("provider", "openai")
                .containsEntry("model", "gpt-4")
                .containsEntry("dataset", "mmlu")
                .containsEntry("status", "COMPLETED")
                .containsEntry("completedIterations", 3)
                .containsEntry("failedIterations", 1)
                .hasSize(8);
    }

    @Test
    void events_that_are_not_asked_for_cost_nothing() {
        List<String> names = new CopyOnWriteArrayList<>();
        long before = db.events().count(EventFilter.ALL);
        try (Database quiet = Database.open(database.config()
                .events()
                .listener((statement, time, failure) -> names.add(statement))
                .build())) {
            UUID id = quiet.benchmarks().create(RUN).id();
            quiet.benchmarks().start(id);
            quiet.benchmarks().complete(id, null, null);
            quiet.benchmarks().delete(id);
        }
        assertThat(names)
                .containsExactly("benchmarks.create", "benchmarks.start", "benchmarks.complete", "benchmarks.delete");
        assertThat(db.events().count(EventFilter.ALL)).isEqualTo(before);
    }

    @Test
    void a_run_that_is_rolled_back_is_not_told() {
        long before = db.events().count(EventFilter.ALL);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.benchmarks().create(RUN);
                    throw new IllegalStateException("undo");
                }))
                .hasMessage("undo");
        assertThat(db.events().count(EventFilter.ALL)).isEqualTo(before);
    }
}
