package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Objects;
import java.util.UUID;

/**
 * The boards of versions. Each has, of every model, the best of its live public submissions that the {@link Board}
 * admits. Whatever changes a submission brings its model's boards up to date in the same commit: a read sees the board as
 * it was right at one moment.
 */
public final class LeaderboardRepository extends LeaderboardReads {
    LeaderboardRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Compares the open entries of a version with its submissions, and closes and opens entries where they differ, from
     * now on: how a board stood before does not change. For submissions that were written by something else than this
     * library. Some hundred models at a time are locked, each time in a commit of its own outside of a transaction;
     * meanwhile the boards are read and changed as always.
     *
     * @return how many entries were closed or opened; 0 when the boards were right, or the version does not exist
     */
    public long rebuild(UUID version) {
        return BoardRebuild.rebuild(jdbc, Objects.requireNonNull(version, "version"));
    }

    /**
     * Marks places on boards that have changed much since they were marked last, by some thousands of entries, so that
     * ranks on them are counted from the nearest mark. Ranks are right without it, and slow on boards of tens of thousands
     * of models. {@code maintenance()} does it.
     *
     * @return how many boards were marked
     */
    public long markPlaces() {
        return BoardMarks.markAll(jdbc);
    }
}
