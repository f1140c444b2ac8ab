package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * The isolation level that the server gives to a transaction that asks for none: a role or a database may set another one than read
 * committed. The library's own statements need that: one that waits for a lock in a first statement and reads in a second one, as a
 * claim does, would read what was there before the wait.
 */
public final class DefaultIsolation {
    private static final long FRESH = TimeUnit.MINUTES.toNanos(1);
    private static final String SHOW = "show default_transaction_isolation";

    private static final String CURRENT = """
            /* server.isolation */ select current_setting('transaction_isolation') as isolation""";

    private final String routing;
    private volatile boolean committed = true;
    private volatile long until = System.nanoTime();

    /** @param routing stands in front of each statement */
    DefaultIsolation(String routing) {
        this.routing = routing;
    }

    /** Whether it is read committed. The server is asked once a minute: the setting may change, with new sessions. */
    boolean isReadCommitted(Connection connection) throws SQLException {
        if (until - System.nanoTime() <= 0) {
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery(routing + SHOW)) {
                committed = result.next() && result.getString(1).equals("read committed");
            }
            until = System.nanoTime() + FRESH;
        }
        return committed;
    }

    /** Has the server asked again, and says whether the level is another one than was thought. */
    public boolean isNew(Jdbc jdbc) {
        boolean before = ask(jdbc);
        until = System.nanoTime();
        return before != ask(jdbc);
    }

    private boolean ask(Jdbc jdbc) {
        return jdbc.onConnection("server.default_isolation", this::isReadCommitted);
    }

    /** Whether a statement of the transaction sees what others have committed since it began. */
    public static boolean seesLaterCommits(Jdbc tx) {
        return tx.one(Sql.of(CURRENT), row -> row.text("isolation")).equals("read committed");
    }

    /** Begins a transaction of read committed on a connection without auto-commit. */
    void readCommitted(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(routing + "set transaction isolation level read committed");
        }
    }
}
