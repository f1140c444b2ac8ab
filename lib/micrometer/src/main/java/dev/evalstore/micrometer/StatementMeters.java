package dev.evalstore.micrometer;

import dev.evalstore.Database;
import dev.evalstore.OperationStats;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The statements of a database object by name, as it counts them anyway. */
final class StatementMeters {
    /** A few times as many as the library has. */
    private static final int MAX = 2_000;

    private static final long FRESH = TimeUnit.SECONDS.toNanos(1);
    private static final OperationStats NONE = new OperationStats(Names.OTHER, 0, 0, Duration.ZERO);

    private final Database db;
    private final Meters meters;
    private final Names names = new Names(MAX);
    /** The registry holds those weakly. */
    private final Map<String, Of> registered = new HashMap<>();

    private volatile Counted counted = new Counted(System.nanoTime() - 2 * FRESH, Map.of());

    /** All numbers at a time. */
    private record Counted(long at, Map<String, OperationStats> byName) {}

    /** One name's numbers. */
    private record Of(StatementMeters all, String name) {
        OperationStats stats() {
            return all.counted().getOrDefault(name, NONE);
        }
    }

    StatementMeters(Database db, Meters meters) {
        this.db = db;
        this.meters = meters;
    }

    /** Registers the names that are new. Called by one thread. */
    void register() {
        for (String name : counted().keySet()) {
            Of of = new Of(this, name);
            if (registered.putIfAbsent(name, of) == null) {
                Tags tags = Tags.of("statement", name);
                meters.functionTimer(
                        "evalstore.statements",
                        "Statements that were sent, and their time without the wait for a connection.",
                        tags,
                        of,
                        one -> one.stats().calls(),
                        one -> one.stats().total().toNanos());
                meters.functionCounter(
                        "evalstore.statements.failed",
                        "Statements that failed.",
                        tags,
                        of,
                        one -> one.stats().failures());
            }
        }
    }

    /** Not counted anew for each of the meters. */
    private Map<String, OperationStats> counted() {
        Counted last = counted;
        if (System.nanoTime() - last.at() > FRESH) {
            Map<String, OperationStats> sums = new HashMap<>();
            db.operations().forEach(one -> sums.merge(names.of(one.name()), one, StatementMeters::sum));
            last = new Counted(System.nanoTime(), sums);
            counted = last;
        }
        return last.byName();
    }

    private static OperationStats sum(OperationStats one, OperationStats other) {
        return new OperationStats(
                one.name(),
                one.calls() + other.calls(),
                one.failures() + other.failures(),
                one.total().plus(other.total()));
    }
}
