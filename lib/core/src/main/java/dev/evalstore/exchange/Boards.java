package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Collection;

/** Keeps the open entries of the leaderboards, in the transaction of whoever changes a submission. */
final class Boards {
    private Boards() {}

    /**
     * Looks up the best submission of each subject for each board, and closes and opens entries where it is another than
     * the entry's. Called after the change, which the caller's transaction sees. The subjects stay locked until it ends.
     *
     * @throws IllegalStateException if the transaction is not read committed
     */
    static void recompute(Jdbc tx, Collection<BoardSubject> subjects) {
        if (subjects.isEmpty()) {
            return;
        }
        tx.requireOpen();
    }
}
