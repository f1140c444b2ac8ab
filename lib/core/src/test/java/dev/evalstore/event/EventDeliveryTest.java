package dev.evalstore.event;

import static dev.evalstore.event.DispatcherTestKit.event;
import static dev.evalstore.event.DispatcherTestKit.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Writers that commit late and roll back, and three dispatchers in processes of their own, of which one is killed and one stopped every
 * few seconds. {@link EventDeliveryForLongTest} does so for a minute.
 */
@Timeout(600)
class EventDeliveryTest {
    private static final int WRITERS = 8;
    private static final int THINGS = 20;

    /** The things are rows: whoever writes an event of one holds it. */
    private static final String TABLES = """
            create table public.things (id text primary key, n int not null);
            insert into public.things select 'thing-' || i, 0 from generate_series(0, 19) i;
            create table public.effects (seq bigserial, subscription text, position bigint, thing text, n int);
            grant select, update on public.things to evalstore_app;
            grant select, insert on public.effects to evalstore_app;
            grant usage on public.effects_seq_seq to evalstore_app""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(WRITERS + 4));

    private final Database db = database.db();
    private final EventSubscriptionRepository subscriptions = db.events().subscriptions();

    /** For how long there are disturbances. */
    Duration time() {
        return Duration.ofSeconds(5);
    }

    /** From one disturbance to the next. */
    Duration between() {
        return Duration.ofSeconds(1);
    }

    /** Whoever gives up on a write on purpose. */
    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void write(int seed, AtomicBoolean ends) {
        Random random = new Random(seed);
        while (!ends.get()) {
            try {
                db.<SQLException>useTransaction(tx -> {
                    String thing = "thing-" + random.nextInt(THINGS);
                    int n = next(tx.connection(), thing);
                    if (random.nextInt(10) == 0) {
                        try {
                            tx.<RuntimeException>useTransaction(nested -> {
                                nested.events().append(event("thing.changed", thing, -1));
                                throw new RolledBack();
                            });
                        } catch (RolledBack e) {
                            // Only what was in the savepoint.
                        }
                    }
                    tx.events().append(event("thing.changed", thing, n));
                    // One in fifty commits a second late.
                    LockSupport.parkNanos(
                            TimeUnit.MILLISECONDS.toNanos(random.nextInt(50) == 0 ? 1_000 : random.nextInt(30)));
                    if (random.nextInt(5) == 0) {
                        throw new RolledBack();
                    }
                });
            } catch (RolledBack e) {
                // On purpose.
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static int next(Connection connection, String thing) throws SQLException {
        try (var update = connection.prepareStatement("update public.things set n = n + 1 where id = ? returning n")) {
            update.setString(1, thing);
            try (var rows = update.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private ChildJvm child() {
        return ChildJvm.start(
                DispatcherMain.class,
                List.of("-Xmx64m"),
                DispatcherMain.arguments(database.config().build()));
    }

    @Test
    void each_subscription_gets_each_committed_event_in_order_whatever_happens_to_dispatchers() throws Exception {
        database.admin(TABLES);
        List<ChildJvm> children = new ArrayList<>();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        AtomicBoolean ends = new AtomicBoolean();
        int disturbances = 0;
        try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK)) {
            List<UUID> all = List.of(
                    subscribe(db, NewEventSubscription.of(DispatcherMain.ONCE, EventDelivery.HANDLER)),
                    subscribe(db, NewEventSubscription.of(DispatcherMain.TOLD, EventDelivery.HANDLER)),
                    subscribe(
                            db,
                            NewEventSubscription.of("hook", EventDelivery.WEBHOOK)
                                    .endpoint(receiver.url("/"))),
                    subscribe(
                            db,
                            NewEventSubscription.of("by-job", EventDelivery.JOB).endpoint("thing")));
            for (int i = 0; i < 3; i++) {
                children.add(child());
            }
            for (ChildJvm child : children) {
                child.await("READY");
            }
            List<Future<?>> writing = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int seed = i;
                writing.add(writers.submit(() -> write(seed, ends)));
            }
            long end = System.nanoTime() + time().toNanos();
            Random random = new Random(15);
            while (end - System.nanoTime() > 0) {
                LockSupport.parkNanos(between().toNanos());
                disturb(children, random.nextInt(children.size()), disturbances++);
            }
            ends.set(true);
            for (Future<?> one : writing) {
                one.get(60, TimeUnit.SECONDS);
            }
            await().atMost(Duration.ofMinutes(2))
                    .until(() ->
                            all.stream().allMatch(id -> subscriptions.lag(id).events() == 0));
            assertDelivered(receiver.requests(), disturbances);
        } finally {
            ends.set(true);
            writers.shutdown();
            children.forEach(ChildJvm::close);
        }
    }

    /** One is killed and replaced, or stopped for longer than its leases. */
    private void disturb(List<ChildJvm> children, int victim, int turn) {
        ChildJvm child = children.get(victim);
        if (turn % 2 == 0) {
            child.kill();
            children.set(victim, child());
        } else {
            child.pause();
            LockSupport.parkNanos(DispatcherMain.LEASE.multipliedBy(2).toNanos());
            child.resume();
        }
    }

    private void assertDelivered(List<WebhookReceiver.Request> webhooks, int disturbances) {
        List<String> positions = database.query("select position from evalstore.domain_events order by position");
        assertThat(positions).hasSizeGreaterThan(100);
        assertThat(database.query("select t.id from public.things t where t.n <> (select count(*)"
                        + " from evalstore.domain_events e where e.aggregate_id = t.id)"))
                .as("exactly the committed events are stored")
                .isEmpty();
        assertThat(effects("position", DispatcherMain.ONCE))
                .as("effects that are committed with the cursor: each once, in order")
                .isEqualTo(positions);
        assertThat(database.query(
                        "select thing from public.effects where subscription = 'told' and n <> 1 group by thing, n"
                                + " having min(seq) < (select min(b.seq) from public.effects b where b.subscription = 'told'"
                                + " and b.thing = effects.thing and b.n = effects.n - 1)"))
                .as("in order of their aggregates, the first time")
                .isEmpty();
        assertThat(new LinkedHashSet<>(effects("distinct position", DispatcherMain.TOLD)))
                .containsExactlyInAnyOrderElementsOf(positions);
        assertThat(database.query("select payload ->> 'position' from evalstore.jobs order by seq"))
                .as("jobs, enqueued with the cursor")
                .isEqualTo(positions);
        assertWebhooks(webhooks, positions, disturbances);
    }

    private static List<String> effects(String column, String subscription) {
        return database.query("select " + column + " from public.effects where subscription = '" + subscription + "'"
                + (column.startsWith("distinct") ? "" : " order by seq"));
    }

    /** A webhook comes twice only where a dispatcher was killed or stopped between the answer and the cursor. */
    private static void assertWebhooks(
            List<WebhookReceiver.Request> webhooks, List<String> positions, int disturbances) {
        Map<String, Integer> last = new HashMap<>();
        LinkedHashSet<String> seen = new LinkedHashSet<>();
        for (WebhookReceiver.Request one : webhooks) {
            Map<String, Object> body =
                    Json.parse(new String(one.body(), StandardCharsets.UTF_8)).asMap();
            if (seen.add(String.valueOf(body.get("position")))) {
                int n = ((Number) ((Map<?, ?>) body.get("data")).get("n")).intValue();
                assertThat(n).isEqualTo(last.getOrDefault(body.get("aggregateId"), 0) + 1);
                last.put(String.valueOf(body.get("aggregateId")), n);
            }
        }
        assertThat(List.copyOf(seen)).containsExactlyInAnyOrderElementsOf(positions);
        int duplicates = webhooks.size() - positions.size();
        System.out.println(positions.size() + " events, " + disturbances + " dispatchers killed or stopped, "
                + duplicates + " webhooks twice");
        assertThat(duplicates).isLessThanOrEqualTo(disturbances);
    }
}
