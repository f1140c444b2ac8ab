package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How boards are read: as they are by {@link LeaderboardRepository}, or as they were by {@link PastLeaderboards}.
 *
 * <p>The best score stands first, by the direction of the version's primary metric. Equal scores share a rank and the
 * next rank skips, as in 1, 2, 2, 4; among equals the earlier submission stands first, then the smaller id. Every method
 * returns ranks that were right together at one moment, whoever looks. The board of a version that does not exist is
 * empty.
 *
 * <p>Every method throws {@link ConflictException} if the leaderboard is of several versions that cannot share one, and
 * {@link NotFoundException} if one of several does not exist.
 */
public abstract sealed class Leaderboards permits LeaderboardReads, PastLeaderboards {
    private final BoardReads reads;

    /** @param moment null for now */
    Leaderboards(Jdbc jdbc, @Nullable Instant moment) {
        this.reads = new BoardReads(jdbc, moment);
    }

    /**
     * A page of the board, from its best entry down. The first page costs the same however many submissions there are; a
     * later page costs as much as the ranks above it take to be counted, as {@link #rankOf} does.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @return empty where the board has no more entries
     * @throws IllegalArgumentException if the limit is out of range, or the cursor belongs to another list
     */
    public Page<LeaderboardEntry> top(Leaderboard board, Viewer viewer, int limit, @Nullable Cursor after) {
        return reads.top(board, viewer, limit, after);
    }

    /** The first page; see {@link #top(Leaderboard, Viewer, int, Cursor)}. */
    public Page<LeaderboardEntry> top(Leaderboard board, Viewer viewer, int limit) {
        return top(board, viewer, limit, null);
    }

    /** The model's place; empty when it has none on the board, or the viewer may not see its submission. */
    public Optional<LeaderboardEntry> rankOf(Leaderboard board, ModelSubject subject, Viewer viewer) {
        return reads.rankOf(board, subject, viewer);
    }

    /**
     * The model's place between its neighbours, in the order of the board.
     *
     * @param neighbours the maximum number of entries before the model's, and after it; 0 to 400
     * @return empty when the model has no place on the board, or the viewer may not see its submission
     */
    public List<LeaderboardEntry> around(Leaderboard board, ModelSubject subject, int neighbours, Viewer viewer) {
        return reads.around(board, subject, neighbours, viewer);
    }

    /**
     * The first entries of the board in groups. Each group begins with the best entry that is in none yet, and ends
     * before the next entry that can be told apart from the first of the group. Entries without a submission are left
     * out.
     *
     * @param limit the maximum number of entries, 1 to 1,000
     * @return the best tier first; empty when the board is
     */
    public List<Tier> tiers(Leaderboard board, TierMethod method, Viewer viewer, int limit) {
        return reads.tiers(board, method, viewer, limit);
    }
}
