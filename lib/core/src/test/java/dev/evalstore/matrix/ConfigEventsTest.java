package dev.evalstore.matrix;

import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Database;
import dev.evalstore.LeaseLostException;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventFilter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The events of configs, which are appended when they are asked for. */
class ConfigEventsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.events("config"));

    private static final Duration LEASE = Duration.ofMinutes(10);

    private final Database db = database.db();
    private final ConfigRepository configs = db.matrix().configs();
    private final MatrixFixture fixture = new MatrixFixture(database);
    private Worker worker;

    @BeforeEach
    void register() {
        MatrixFixture.empty(database);
        worker = db.workers().register(NewWorker.of("w-1"));
    }

    private MatrixSpec one() {
        return MatrixSpec.of(
                fixture.version(),
                fixture.machines(1),
                List.of(fixture.framework()),
                List.of("chatbot"),
                List.of(1),
                List.of(1024));
    }

    private BenchmarkConfig populated() {
        configs.populate(one());
        return configs.list(ConfigFilter.ALL, 1, null).items().get(0);
    }

    private ClaimedConfig claim() {
        return configs.claim(worker, ConfigScope.ALL, 1, LEASE).get(0);
    }

    private List<DomainEvent> events(UUID config) {
        List<DomainEvent> events = new ArrayList<>(db.events()
                .ofAggregate("config", config.toString(), 1_000, null)
                .items());
        Collections.reverse(events);
        return events;
    }

    private List<String> told(UUID config) {
        return events(config).stream()
                .map(event -> event.eventType().substring("config.".length()) + " "
                        + event.payload().asMap().get("status") + " "
                        + event.payload().asMap().get("attempt"))
                .toList();
    }

    private void expireLeases() {
        database.admin("update evalstore.config_leases set claimed_at = claimed_at - interval '1 day',"
                + " deadline = deadline - interval '1 day'");
    }

    @Test
    void a_config_tells_of_each_move_once() {
        BenchmarkConfig config = populated();
        UUID id = config.id();
        configs.release(claim().lease());
        configs.fail(ConfigFailure.of(claim().lease(), "no luck"));
        claim();
        expireLeases();
        assertThat(configs.requeueExpired(10)).isOne();
        configs.fail(ConfigFailure.of(claim().lease(), "no luck").permanently());
        assertThat(configs.requeueFailed(config.modelVersionId())).isOne();
        assertThat(configs.requeueFailed(config.modelVersionId())).isZero();
        ClaimedConfig last = claim();
        configs.complete(last.lease(), result(1, 1));
        assertThatThrownBy(() -> configs.complete(last.lease(), result(1, 1))).isInstanceOf(LeaseLostException.class);
        BenchmarkConfig done = configs.get(id);
        assertThat(configs.delete(id)).isTrue();
        assertThat(configs.delete(id)).isFalse();

        assertThat(told(id))
                .containsExactly(
                        "created PENDING 0",
                        "claimed RUNNING 0",
                        "released PENDING 0",
                        "claimed RUNNING 0",
                        "attempt_failed PENDING 1",
                        "claimed RUNNING 1",
                        "timed_out PENDING 2",
                        "claimed RUNNING 2",
                        "failed FAILED 3",
                        "requeued PENDING 0",
                        "claimed RUNNING 0",
                        "completed COMPLETED 1",
                        "deleted COMPLETED 1");
        assertThat(events(id).get(0).payload().asMap())
                .containsOnly(
                        Map.entry("modelVersionId", config.modelVersionId().toString()),
                        Map.entry("hardwareConfigId", config.hardwareConfigId().toString()),
                        Map.entry("frameworkId", config.frameworkId().toString()),
                        Map.entry("workloadType", "chatbot"),
                        Map.entry("batchSize", 1),
                        Map.entry("sequenceLength", 1024),
                        Map.entry("status", "PENDING"),
                        Map.entry("attempt", 0));
        assertThat(events(id).get(11).payload().asMap())
                .containsEntry("resultId", String.valueOf(done.resultId()))
                .containsEntry("resultDate", String.valueOf(done.resultDate()));
    }

    @Test
    void a_worker_that_leaves_and_one_that_is_lost_are_told() {
        UUID id = populated().id();
        claim();
        assertThat(configs.releaseHeldBy(worker)).isOne();
        claim();
        assertThat(db.workers().deregister(worker)).isOne();
        worker = db.workers().register(NewWorker.of("w-2"));
        claim();
        database.admin("update evalstore.workers set last_heartbeat_at = last_heartbeat_at - interval '1 day'");
        assertThat(configs.requeueExpired(10)).isOne();

        assertThat(told(id))
                .containsExactly(
                        "created PENDING 0",
                        "claimed RUNNING 0",
                        "released PENDING 0",
                        "claimed RUNNING 0",
                        "released PENDING 0",
                        "claimed RUNNING 0",
                        "lost PENDING 1");
    }

    @Test
    void the_actor_is_told_of_what_a_caller_does() {
        UUID user = UUID.randomUUID();
        Database acting = db.actingAs(ActingContext.of(new Actor(ActorKind.USER, user, "anna", null, null)));
        acting.matrix().configs().populate(one());
        UUID id = configs.list(ConfigFilter.ALL, 1, null).items().get(0).id();
        acting.matrix().configs().delete(id);

        assertThat(told(id)).containsExactly("created PENDING 0", "deleted PENDING 0");
        assertThat(events(id)).extracting(DomainEvent::actorId).containsExactly(user, user);
    }

    @Test
    void the_events_of_a_config_are_in_the_order_of_its_moves() throws Exception {
        UUID id = populated().id();
        Threads.together(4, thread -> () -> {
            Worker own = db.workers().register(NewWorker.of("racer-" + thread));
            for (int i = 0; i < 20; i++) {
                for (ClaimedConfig claimed : configs.claim(own, ConfigScope.ALL, 1, LEASE)) {
                    configs.release(claimed.lease());
                }
            }
            return true;
        });
        List<String> moves = told(id);
        assertThat(moves).hasSizeGreaterThan(10);
        for (int i = 1; i < moves.size(); i++) {
            assertThat(moves.get(i)).startsWith(i % 2 == 1 ? "claimed" : "released");
        }
    }

    @Test
    void events_that_are_not_asked_for_cost_nothing() {
        List<String> quiet = new CopyOnWriteArrayList<>();
        List<String> telling = new CopyOnWriteArrayList<>();
        long before = db.events().count(EventFilter.ALL);
        life(quiet);
        assertThat(db.events().count(EventFilter.ALL)).isEqualTo(before);
        life(telling, "config");
        assertThat(db.events().count(EventFilter.ALL)).isGreaterThan(before + 4);
        assertThat(quiet).isEqualTo(telling);
    }

    private void life(List<String> names, String... events) {
        try (Database own = Database.open(database.config()
                .events(events)
                .listener((statement, time, failure) -> {
                    // Others run when it suits them: a look for partitions, and notifications after the commit.
                    if (!statement.startsWith("partitions.") && !statement.endsWith(".wake")) {
                        names.add(statement);
                    }
                })
                .build())) {
            ConfigRepository on = own.matrix().configs();
            MatrixSpec spec = one();
            names.clear();
            on.populate(spec);
            Worker fresh = own.workers().register(NewWorker.of("w"));
            ClaimedConfig claimed = on.claim(fresh, ConfigScope.ALL, 1, LEASE).get(0);
            on.fail(ConfigFailure.of(claimed.lease(), "no luck").permanently());
            on.requeueFailed(spec.modelVersionId());
            on.delete(claimed.config().id());
            own.workers().deregister(fresh);
        }
    }
}
