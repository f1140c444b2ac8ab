package dev.evalstore.internal.maintenance;

import dev.evalstore.TxOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;

/** Lets one process at a time do something with a schema, by a lock of the server's that ends with the connection. */
public final class OneProcess {
    private static final String LOCK = """
            /* one_process.lock */ select pg_try_advisory_xact_lock(
                hashtextextended('evalstore.' || ? || '.' || ?, 0)) as locked""";

    private OneProcess() {}

    /**
     * Does the work, on other connections than the one that holds the lock.
     *
     * @param what names the work in the lock
     * @return whether it was done; false if another process is doing it
     */
    public static boolean run(Jdbc jdbc, String what, Runnable work) {
        return jdbc.inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            boolean locked = tx.one(Sql.of(LOCK, what, jdbc.options().schema()), row -> row.bool("locked"));
            // The last statement, which takes no snapshot: a select's would stay, and a step that detaches a month
            // would
            // wait for it.
            tx.script("one_process.settings", "set local idle_in_transaction_session_timeout = 0");
            if (locked) {
                work.run();
            }
            return locked;
        });
    }
}
