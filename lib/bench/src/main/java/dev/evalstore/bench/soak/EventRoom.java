package dev.evalstore.bench.soak;

import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import dev.evalstore.Tx;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.ParkedEventFilter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Appends events of a few aggregates that it shares with another process: alone, in batches, with a row of its own behind the aggregate's
 * lock, late, and in transactions that come to nothing. Has what was parked delivered again.
 */
final class EventRoom extends Room {
    static final String AGGREGATE = "soak";
    static final String TYPE = "soak.said";

    /** The handlers' subscriptions: by one event and by batches, and one whose handler fails now and then. */
    static final String ONE = "soak-one";

    static final String BATCH = "soak-batch";
    static final String FAILING = "soak-failing";

    private static final int AGGREGATES = 8;

    /** As many as are appended by a copy. */
    private static final int COPIED = 120;

    EventRoom(Site site) {
        super(site, Stage.EVENTS, "");
    }

    @Override
    boolean isOver() {
        return site.isFinishing();
    }

    @Override
    void step() throws SQLException {
        if (site.isDraining() || random.nextInt(12) == 0) {
            retryParked();
        }
        if (!site.isDraining()) {
            switch (random.nextInt(6)) {
                case 0 -> several();
                case 1 -> undone();
                case 2 -> said(300);
                default -> said(30);
            }
        }
        pause(20, 120);
    }

    private NewDomainEvent event(String name, String aggregate) {
        return NewDomainEvent.of(TYPE, AGGREGATE, aggregate).payload(Json.of(Map.of("name", name)));
    }

    private String aggregate() {
        return "shared-" + random.nextInt(AGGREGATES);
    }

    /** An event, and a row whose number is drawn while the aggregate is locked; committed up to so much later. */
    private void said(int late) throws SQLException {
        String name = site.name();
        String aggregate = aggregate();
        journal.write(
                Stage.EVENTS,
                "append",
                name,
                () -> db.<Boolean, SQLException>inTransaction(Site.RETRIED, tx -> {
                    say(tx, name, aggregate);
                    pause(1, late);
                    return true;
                }));
    }

    private void say(Tx tx, String name, String aggregate) throws SQLException {
        tx.events().appendLocked(event(name, aggregate));
        try (PreparedStatement row =
                tx.connection().prepareStatement("insert into soak.said (name, aggregate) values (?, ?)")) {
            row.setString(1, name);
            row.setString(2, aggregate);
            row.executeUpdate();
        }
    }

    /** Of aggregates that nobody else writes to; all or none. */
    private void several() {
        int number = random.nextInt(20) == 0 ? COPIED : 1 + random.nextInt(6);
        List<String> names = Stream.generate(site::name).limit(number).toList();
        journal.write(
                Stage.EVENTS,
                "appendAll",
                String.join(",", names),
                () -> db.events()
                        .appendAll(names.stream()
                                .map(name -> event(name, "own-" + site.client()))
                                .toList()));
    }

    /** Its numbers are drawn, and never seen. */
    private void undone() throws SQLException {
        String name = site.name();
        try {
            journal.write(
                    Stage.EVENTS,
                    "undone",
                    name,
                    () -> db.<Boolean, SQLException>inTransaction(tx -> {
                        say(tx, name, aggregate());
                        pause(1, 100);
                        throw new ConflictException("undone on purpose");
                    }));
        } catch (ConflictException e) {
            // As it was meant.
        }
    }

    private void retryParked() {
        int retried = db.events()
                .subscriptions()
                .retryParked(
                        db.events().subscriptions().getByName(FAILING).id(), ParkedEventFilter.ALL.retrying(false));
        if (retried > 0) {
            journal.done(Stage.EVENTS, "retryParked");
        }
    }
}
