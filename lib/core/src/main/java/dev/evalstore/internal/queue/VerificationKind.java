package dev.evalstore.internal.queue;

import dev.evalstore.internal.event.EventRows;

/**
 * Verifications of submissions. Their lanes are definitions, each with a lane for every kind of verification, without limits and
 * shares. A person whose time has run out is no loss: the work is ready again, however often.
 */
final class VerificationKind {
    /** After so many workers were lost with it, or ran out of time, a verification has failed. */
    private static final int MAX_LOSSES = 5;

    private static final String TOLD = """
            select 'verification.' || v.happened as event_type, 'verification' as aggregate_type, v.id::text as aggregate_id,
                jsonb_build_object('submissionId', v.submission_id, 'kind', upper(v.kind), 'status', v.status, 'verifierId', null)
                    as payload
            from ({rows}) v""";

    private static final String REQUEUE =
            """
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
                returning v.seq, v.outcome, v.losses as attempt, x.lane, x.rank, x.timeout_seconds, v.id, v.submission_id,
                    v.kind),
            {tell}""".replace("{losses}", Integer.toString(MAX_LOSSES)).replace("{tell}", told("""
                    select case when r.outcome is null then 'requeued' else 'failed' end as happened,
                        upper(coalesce(r.outcome, 'pending')) as status, r.id, r.submission_id, r.kind
                    from {t}_requeued r"""));

    private static final String CLAIMED = """
            select 'claimed' as happened, 'IN_PROGRESS' as status, v.id, v.submission_id, v.kind
            from leased l join evalstore.{wide} v on v.seq = l.seq""";

    private static final String RELEASED = """
            select 'released' as happened, 'PENDING' as status, v.id, v.submission_id, v.kind
            from {t}_taken t join evalstore.{wide} v on v.seq = t.seq""";

    static final Kind KIND = Kind.of("verification", "verifications")
            .claimedByPeople()
            .requeued(REQUEUE)
            .told(told(CLAIMED), told(RELEASED));

    private VerificationKind() {}

    /** As their repository tells of what it does one by one. */
    private static String told(String rows) {
        return EventRows.telling("{t}", TOLD.replace("{rows}", rows.strip()));
    }
}
