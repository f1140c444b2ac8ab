package dev.evalstore.internal.queue;

/** What the engine's own moves are told as, for the kinds whose events are appended when asked for. */
final class Moves {
    static final String CLAIMED = """
            select l.seq, 'claimed' as happened, 'RUNNING' as status, l.attempt, null::jsonb as more from leased l""";

    /** Of {@code {done}}, or of the leases that a worker left. */
    static final String RELEASED = """
            select d.seq, case when d.cancelled then 'cancelled' else 'released' end as happened,
                case when d.cancelled then 'CANCELLED' else 'PENDING' end as status, d.attempt, null::jsonb as more
            from {done} d""";

    static final String REQUEUED = """
            select r.seq, case when r.outcome is not null then r.outcome when t.timed_out then 'timed_out' else 'lost' end as happened,
                upper(coalesce(r.outcome, 'pending')) as status, r.attempt, null::jsonb as more
            from {t}_requeued r join {t}_taken t on t.seq = r.seq""";

    private Moves() {}
}
