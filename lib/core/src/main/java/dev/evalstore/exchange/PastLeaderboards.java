package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Instant;

/**
 * The boards as they stood at a moment. Levels and names of a submission are those of now, and so is what the viewer may
 * see: a submission that was hidden or deleted since keeps its place and its rank, and is not shown.
 */
public final class PastLeaderboards extends Leaderboards {
    private final Instant moment;
    private final boolean isProvisional;

    PastLeaderboards(Jdbc jdbc, Instant moment, boolean isProvisional) {
        super(jdbc, moment);
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
}
