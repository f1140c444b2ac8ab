package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The boards as they stood at a moment. Levels and names of a submission are those of now, and so is what the viewer may
 * see: a submission that was hidden or deleted since keeps its place and its rank, and is not shown.
 */
public final class PastLeaderboards implements Leaderboards {
    private final BoardReads reads;
    private final Instant moment;
    private final boolean isProvisional;

    PastLeaderboards(Jdbc jdbc, Instant moment, boolean isProvisional) {
        this.reads = new BoardReads(jdbc, moment);
        this.moment = moment;
        this.isProvisional = isProvisional;
    }

    /** The moment, by the server's clock. */
    public Instant moment() {
        return moment;
    }

    /**
     * Whether what these boards return may still change: some transaction that writes, or has yet to begin, may commit
     * entries that were valid at the moment. Where it is false, every read has the same entries, for ever.
     */
    public boolean provisional() {
        return isProvisional;
    }

    @Override
    public Page<LeaderboardEntry> top(Leaderboard board, Viewer viewer, int limit, @Nullable Cursor after) {
        return reads.top(board, viewer, limit, after);
    }

    @Override
    public Optional<LeaderboardEntry> rankOf(Leaderboard board, ModelSubject subject, Viewer viewer) {
        return reads.rankOf(board, subject, viewer);
    }

    @Override
    public List<LeaderboardEntry> around(Leaderboard board, ModelSubject subject, int neighbours, Viewer viewer) {
        return reads.around(board, subject, neighbours, viewer);
    }

    @Override
    public List<Tier> tiers(Leaderboard board, TierMethod method, Viewer viewer, int limit) {
        return reads.tiers(board, method, viewer, limit);
    }
}
