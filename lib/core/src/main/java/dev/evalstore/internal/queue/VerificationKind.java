package dev.evalstore.internal.queue;

/**
 * Verifications of submissions. Their lanes are definitions, each with a lane for every kind of verification, without limits and
 * shares. A person whose time has run out is no loss: the work is ready again, however often.
 */
final class VerificationKind {
    /** After so many workers were lost with it, or ran out of time, a verification has failed. */
    private static final int MAX_LOSSES = 5;

    private static final String REQUEUE = """
            ,
            {t}_requeued as (
                update evalstore.{wide} v
                set losses = v.losses + x.lost, updated_at = statement_timestamp(),
                    outcome = case when x.fails then 'failed' end,
                    failure_reason = case when x.fails
                        then case when x.timed_out then 'its lease ran out' else 'its worker was lost' end end,
                    verifier_label = case when x.fails then x.worker_id end,
                    verifier_ref = case when x.fails then 'worker ' || x.worker_id end,
                    started_at = case when x.fails then x.claimed_at end,
                    completed_at = case when x.fails then statement_timestamp() end
                from (
                    select t.*, w.worker_id, case when t.worker is null then 0 else 1 end as lost,
                        t.worker is not null and t.attempt + 1 >= {losses} as fails
                    from {t}_taken t left join evalstore.workers w on w.generation = t.worker) x
                where v.seq = x.seq
                returning v.seq, v.outcome, v.losses as attempt, x.lane, x.rank, x.timeout_seconds)""".replace("{losses}", Integer.toString(MAX_LOSSES));

    static final Kind KIND =
            Kind.of("verification", "verifications").claimedByPeople().requeued(REQUEUE);

    private VerificationKind() {}
}
