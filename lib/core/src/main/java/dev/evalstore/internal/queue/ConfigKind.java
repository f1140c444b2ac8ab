package dev.evalstore.internal.queue;

/** Configs to benchmark. Their lanes are the model versions, without limits and shares. */
final class ConfigKind {
    private static final String REQUEUE = """
            ,
            {t}_requeued as (
                update evalstore.{wide} c
                set attempt = t.attempt + 1, started_at = t.claimed_at, updated_at = statement_timestamp(),
                    error = case when t.timed_out then 'its lease ran out' else 'its worker was lost' end,
                    outcome = case when t.attempt + 1 >= c.max_attempts then 'failed' end,
                    completed_at = case when t.attempt + 1 >= c.max_attempts then statement_timestamp() end
                from {t}_taken t where c.seq = t.seq
                returning c.seq, c.outcome, c.attempt, t.lane, t.rank, t.timeout_seconds)""";

    static final Kind KIND = Kind.of("config", "benchmark_configs").scheduled().requeued(REQUEUE);

    private ConfigKind() {}
}
