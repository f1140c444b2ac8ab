package dev.evalstore.internal.replica;

import dev.evalstore.DatabaseException;
import dev.evalstore.internal.jdbc.Errors;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Router;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs a read on the replica of its choice, and where that fails, on another one and at last on the primary. */
final class Routed implements Router {
    private final Choice choice;
    private final LongAdder onPrimary;

    /** Chooses a replica, or null for the primary. */
    @FunctionalInterface
    interface Choice {
        @Nullable
        Replica next(Jdbc primary, Set<Replica> failed);
    }

    Routed(Choice choice, LongAdder onPrimary) {
        this.choice = choice;
        this.onPrimary = onPrimary;
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T read(
            Jdbc primary, Read<T, X> read, BooleanSupplier repeatable) throws X {
        Set<Replica> failed = new HashSet<>();
        boolean conflicted = false;
        for (Replica replica = choice.next(primary, failed); replica != null; replica = choice.next(primary, failed)) {
            try {
                T result = read.on(primary.onReplica(replica.pool()));
                replica.reads.increment();
                return result;
            } catch (DatabaseException e) {
                replica.failures.increment();
                if (!repeatable.getAsBoolean() || isOfTheRead(e)) {
                    throw e;
                }
                if (Errors.isConnectionLoss(e.sqlState())) {
                    replica.eject();
                }
                // What the replica has yet to replay removed rows that the read needed: the first time it is asked
                // again.
                boolean again = isConflict(e) && !conflicted;
                conflicted |= again;
                if (!again) {
                    failed.add(replica);
                }
            }
        }
        onPrimary.increment();
        return read.on(primary);
    }

    /** Whether the primary would say the same, or nobody waits for the answer: too long, a write, an interrupted thread. */
    private static boolean isOfTheRead(DatabaseException e) {
        return "57014".equals(e.sqlState())
                || "25006".equals(e.sqlState())
                || Thread.currentThread().isInterrupted();
    }

    private static boolean isConflict(DatabaseException e) {
        return e.sqlState() != null && e.sqlState().startsWith("40");
    }
}
