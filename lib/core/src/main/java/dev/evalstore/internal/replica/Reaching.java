package dev.evalstore.internal.replica;

import dev.evalstore.CommitToken;
import dev.evalstore.DatabaseException;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Chooses a replica that shows a token, and stays with it. */
final class Reaching implements Routed.Choice {
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final Replicas replicas;
    private final CommitToken token;
    private final long wait;
    private final AtomicReference<@Nullable Long> deadline = new AtomicReference<>();
    private volatile @Nullable Reached reached;

    /** A replica that showed the token, and its life: after an ejection it may be at an earlier state. */
    private record Reached(Replica replica, int life) {}

    Reaching(Replicas replicas, CommitToken token, Duration wait) {
        this.replicas = replicas;
        this.token = token;
        this.wait = wait.toNanos();
    }

    @Override
    public @Nullable Replica next(Jdbc primary, Set<Replica> failed) {
        Reached before = reached;
        if (before != null && before.replica().life() == before.life() && !failed.contains(before.replica())) {
            return before.replica();
        }
        return await(primary, new HashSet<>(failed));
    }

    /** Waits from the first read on; when the time is over, what was seen of the replicas meanwhile decides. */
    private @Nullable Replica await(Jdbc primary, Set<Replica> silent) {
        deadline.compareAndSet(null, System.nanoTime() + wait);
        long until = Objects.requireNonNull(deadline.get());
        long pause = FIRST_PAUSE;
        boolean asked = false;
        while (true) {
            Replica replica = replicas.next(r -> !silent.contains(r) && r.mayReach(token));
            if (replica == null) {
                return null;
            }
            int life = replica.life();
            if (shows(replica, replica.shown(), life)) {
                return replica;
            }
            if (asked && until - System.nanoTime() <= 0) {
                return null;
            }
            try {
                if (shows(replica, replica.show(primary), life)) {
                    return replica;
                }
            } catch (DatabaseException e) {
                replica.failed(e);
                silent.add(replica);
            }
            asked = true;
            LockSupport.parkNanos(Math.min(pause, Math.max(1, until - System.nanoTime())));
            if (Thread.currentThread().isInterrupted()) {
                return null;
            }
            pause = Math.min(LONGEST_PAUSE, pause * 2);
        }
    }

    private boolean shows(Replica replica, Heartbeat.@Nullable Shown shown, int life) {
        if (shown == null || !shown.reaches(token)) {
            return false;
        }
        reached = new Reached(replica, life);
        return true;
    }
}
