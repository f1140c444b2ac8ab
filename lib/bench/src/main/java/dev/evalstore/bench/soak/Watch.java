package dev.evalstore.bench.soak;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks all the time, by a connection of its own, whether more jobs run than may: one statement sees the leases of one moment.
 * Tells now and then how far things are, and which client has ended by itself.
 */
final class Watch {
    private static final String RUNNING = "select count(*) from evalstore.job_leases l"
            + " join evalstore.job_lanes n on n.lane = l.lane where n.fair_key = '" + Stage.LIMITED + "'";

    private static final String PROGRESS = "select (select count(*) from evalstore.job_finished),"
            + " (select count(*) from evalstore.benchmark_configs where outcome is not null),"
            + " (select count(*) from evalstore.state_changes) + (select count(*) from soak.dropped), (select count(*) from evalstore.audit_log)";

    private static final long TELL_EVERY = TimeUnit.SECONDS.toNanos(15);

    private final int port;
    private final Fleet fleet;
    private final java.io.PrintStream out;
    private final Set<String> seen = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Thread thread = new Thread(this::look, "watch");
    private volatile boolean over;
    private volatile int looks;
    private volatile int most;

    Watch(int port, Fleet fleet, java.io.PrintStream out) {
        this.port = port;
        this.fleet = fleet;
        this.out = out;
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        long told = System.nanoTime();
        long start = told;
        while (!over) {
            try (Connection admin = Stage.admin(port);
                    var statement = admin.createStatement()) {
                while (!over) {
                    count(number(statement.executeQuery(RUNNING)));
                    fleet.endedByThemselves().forEach(name -> seen.add("a client ended by itself: " + name));
                    if (System.nanoTime() - told > TELL_EVERY) {
                        told = System.nanoTime();
                        tell((told - start) / 1e9, statement.executeQuery(PROGRESS));
                    }
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (SQLException e) {
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(long running) {
        looks++;
        most = Math.max(most, (int) running);
        if (running > Stage.MAX_RUNNING) {
            seen.add("more than " + Stage.MAX_RUNNING + " limited jobs ran at a time: " + running);
        }
    }

    private static long number(ResultSet result) throws SQLException {
        result.next();
        return result.getLong(1);
    }

    private void tell(double seconds, ResultSet row) throws SQLException {
        row.next();
        out.printf(
                Locale.ROOT,
                "%6.1f s  so far: %,d jobs and %,d configurations ended, %,d changes of the ledger, %,d audit entries%n",
                seconds,
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was seen that should not have been; and that something was seen at all. */
    void check(Violations violations) {
        seen.forEach(violations::add);
        if (looks == 0 || most == 0) {
            violations.add("nobody saw a limited job run");
        }
    }

    /** Looks no longer; a second time does nothing. */
    void end() throws InterruptedException {
        over = true;
        thread.join();
    }
}
