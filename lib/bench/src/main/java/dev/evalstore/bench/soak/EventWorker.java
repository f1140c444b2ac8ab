package dev.evalstore.bench.soak;

import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventBatch;
import dev.evalstore.event.EventContext;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.EventLease;
import dev.evalstore.job.Backoff;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Has events delivered by the library's own dispatcher; each leaves one row for each subscription, in the commit of its cursor. */
final class EventWorker extends Room {
    /** Seldom enough that the subscription keeps up with its writers. */
    private static final int FAILS_ONE_IN = 25;

    private final EventDispatcher dispatcher;
    private final Random failures;

    EventWorker(Site site) throws InterruptedException {
        super(site, Stage.EVENTS, "worker");
        this.failures = site.random("failures");
        this.dispatcher = Stage.untilDone(this::start);
    }

    private EventDispatcher start() {
        return EventDispatcher.on(db)
                .owner(site.client())
                .lease(Duration.ofSeconds(3))
                .batchSize(100)
                .backoff(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)))
                .drainTimeout(Duration.ofSeconds(10))
                .handle(EventRoom.ONE, this::one)
                .handle(EventRoom.FAILING, this::failing)
                .handleBatch(EventRoom.BATCH, this::batch)
                .start();
    }

    @Override
    boolean isOver() {
        return site.isFinishing();
    }

    @Override
    void step() {
        pause(100, 200);
    }

    @Override
    void leave() {
        dispatcher.close();
    }

    private void one(EventContext context) throws SQLException {
        hear(context);
    }

    private void failing(EventContext context) throws SQLException {
        if (failures.nextInt(FAILS_ONE_IN) == 0) {
            throw new IllegalStateException("the handler fails on purpose");
        }
        hear(context);
    }

    /** The row has no key of its own: that there is one of it is the library's doing. */
    private void hear(EventContext context) throws SQLException {
        journal.write(Stage.EVENTS, "hear", name(context.lease(), context.event()), () -> {
            context.<SQLException>complete(tx -> heard(tx.connection(), context.lease(), List.of(context.event())));
            return true;
        });
    }

    private void batch(EventBatch batch) throws SQLException {
        String names = String.join(
                ",",
                batch.events().stream().map(event -> name(batch.lease(), event)).toList());
        journal.write(Stage.EVENTS, "hearAll", names, () -> {
            batch.<SQLException>complete(tx -> heard(tx.connection(), batch.lease(), batch.events()));
            return true;
        });
    }

    private static void heard(Connection connection, EventLease lease, List<DomainEvent> events) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement(
                "insert into soak.heard (subscription, name, event, token) values (?, ?, ?, ?)")) {
            for (DomainEvent event : events) {
                row.setString(1, lease.subscription());
                row.setString(2, told(event));
                row.setLong(3, event.position());
                row.setLong(4, lease.token());
                row.addBatch();
            }
            row.executeBatch();
        }
    }

    private static String told(DomainEvent event) {
        return String.valueOf(event.payload().asMap().get("name"));
    }

    /** Of one delivery under one lease. */
    private static String name(EventLease lease, DomainEvent event) {
        return lease.subscription() + "/" + told(event) + ":" + lease.token();
    }
}
