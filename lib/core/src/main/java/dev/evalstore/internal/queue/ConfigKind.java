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

    private static final String EVENTS = """
            select 'config.' || x.happened as event_type, 'config' as aggregate_type, w.id::text as aggregate_id,
                jsonb_build_object('modelVersionId', w.model_version_id, 'hardwareConfigId', w.hardware_config_id,
                    'frameworkId', w.framework_id, 'workloadType', w.workload_type, 'batchSize', w.batch_size,
                    'sequenceLength', w.sequence_length, 'status', x.status, 'attempt', x.attempt)
                    || coalesce(x.more, jsonb_build_object()) as payload
            from ({rows}) x join evalstore.{wide} w on w.seq = x.seq
            order by x.seq""";

    static final Kind KIND =
            Kind.of("config", "benchmark_configs").scheduled().requeued(REQUEUE).toldWhenAsked("config", EVENTS);

    private ConfigKind() {}
}
