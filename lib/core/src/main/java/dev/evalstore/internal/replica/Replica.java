package dev.evalstore.internal.replica;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.CommitToken;
import dev.evalstore.DatabaseException;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.ReadingStats;
import dev.evalstore.ReadingStats.State;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A replica's pool, and what is known of the server behind it. */
final class Replica {
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(5);

    /** A pool whose connections are all in use says nothing of its server, until it has stayed so for so long. */
    private static final long BUSY = TimeUnit.SECONDS.toNanos(5);

    final LongAdder reads = new LongAdder();
    final LongAdder failures = new LongAdder();
    private final LongAdder ejections = new LongAdder();
    private final String name;
    private final DataSource pool;
    private final boolean isOwned;
    private volatile @Nullable Sight sight;
    private volatile @Nullable Ejected ejected;
    private final AtomicInteger life = new AtomicInteger();

    /** What was seen at a moment of this process, in nanoseconds. */
    private record Sight(Heartbeat.Shown shown, long at) {}

    /** Out until then, by this process's nanoseconds. */
    private record Ejected(long until, long pause) {}

    Replica(String name, DataSource pool, boolean isOwned) {
        this.name = name;
        this.isOwned = isOwned;
        this.pool = pool;
    }

    /** Closes a pool that the library opened. */
    void close() {
        if (isOwned && pool instanceof HikariDataSource hikari) {
            hikari.close();
        }
    }

    DataSource pool() {
        return pool;
    }

    /** Looks at the server, unless it is out and its pause has not passed; a server that answers is in again. */
    void look(Jdbc primary) {
        Ejected out = ejected;
        if (out != null && out.until() - System.nanoTime() > 0) {
            return;
        }
        try {
            show(primary);
            ejected = null;
        } catch (DatabaseException e) {
            failed(e);
        }
    }

    /** What the server shows now. */
    Heartbeat.Shown show(Jdbc primary) {
        Heartbeat.Shown shown = Heartbeat.look(primary.onReplica(pool), LOOK_TIMEOUT);
        sight = new Sight(shown, System.nanoTime());
        return shown;
    }

    /** Takes a server out that could not be looked at. */
    void failed(DatabaseException e) {
        Sight seen = sight;
        boolean isBusy = e instanceof PoolExhaustedException && seen != null && System.nanoTime() - seen.at() < BUSY;
        if (!isBusy) {
            eject();
        }
    }

    /** Takes the server out for a pause that doubles. What was seen of it is forgotten: it may come back at an earlier state. */
    void eject() {
        Ejected before = ejected;
        long pause = before == null ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, before.pause() * 2);
        if (before == null) {
            ejections.increment();
        }
        life.incrementAndGet();
        sight = null;
        ejected = new Ejected(System.nanoTime() + pause, pause);
    }

    /** Another number after each ejection. */
    int life() {
        return life.get();
    }

    boolean isOut() {
        return ejected != null;
    }

    /** What was seen last; null before that, and while the server is out. */
    Heartbeat.@Nullable Shown shown() {
        Sight seen = sight;
        return seen == null || isOut() ? null : seen.shown();
    }

    /** Whether the server has the primary's history: it follows the primary, or has become it. */
    static boolean isOfOneHistory(Heartbeat.Shown shown, Clock.Reading primary) {
        return shown.system() == primary.primary().system()
                && shown.timeline() != null
                && shown.timeline() == primary.primary().timeline();
    }

    /** How far behind the primary it is at most; null where that is unknown. */
    @Nullable
    Duration lag(Clock.@Nullable Reading primary) {
        Heartbeat.Shown shown = shown();
        return shown == null || primary == null || shown.beatAt() == null || !isOfOneHistory(shown, primary)
                ? null
                : primary.since(shown.beatAt());
    }

    /** Whether it may come to show the token. */
    boolean mayReach(CommitToken token) {
        Heartbeat.Shown shown = shown();
        return shown != null
                && shown.system() == token.system()
                && shown.timeline() != null
                && shown.timeline() == token.timeline();
    }

    ReadingStats.Replica stats(Clock.@Nullable Reading primary) {
        return new ReadingStats.Replica(
                name, state(primary), lag(primary), reads.sum(), failures.sum(), ejections.sum());
    }

    private State state(Clock.@Nullable Reading primary) {
        if (isOut()) {
            return State.EJECTED;
        }
        Heartbeat.Shown shown = shown();
        if (shown == null || primary == null || shown.beatAt() == null) {
            return State.UNKNOWN;
        }
        return isOfOneHistory(shown, primary) ? State.FOLLOWING : State.APART;
    }
}
