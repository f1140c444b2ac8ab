-- Purpose: the benchmark matrix (what to benchmark, and who is at it), the results of inference benchmarks, and the daily
--          statistics and rankings derived from them.
-- Locks: none on existing tables but a short share lock on model_versions, hardware_configs and inference_frameworks.
-- Undo: undo/U0005__matrix.sql

create table ${schema}.benchmark_configs (
    id uuid not null default ${schema}.uuid_v7(),
    seq bigint not null generated always as identity,
    model_version_id uuid not null,
    hardware_config_id uuid not null,
    framework_id uuid not null,
    workload_type text not null,
    batch_size int not null,
    sequence_length int not null,
    priority_rank int not null default 100,
    attempt int not null default 0,
    max_attempts int not null default 5,
    outcome text,
    error text,
    result_id uuid,
    result_date date,
    created_at timestamptz not null default statement_timestamp(),
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null default statement_timestamp(),
    constraint benchmark_configs_pkey primary key (id),
    constraint benchmark_configs_seq_unique unique (seq),
    constraint benchmark_configs_combination_unique
        unique (model_version_id, hardware_config_id, framework_id, workload_type, batch_size, sequence_length),
    constraint benchmark_configs_model_version_fk foreign key (model_version_id) references ${schema}.model_versions (id),
    constraint benchmark_configs_hardware_config_fk foreign key (hardware_config_id) references ${schema}.hardware_configs (id),
    constraint benchmark_configs_framework_fk foreign key (framework_id) references ${schema}.inference_frameworks (id),
    constraint benchmark_configs_workload_type_given check (workload_type ~ '\S'),
    constraint benchmark_configs_batch_size_range check (batch_size >= 1),
    constraint benchmark_configs_sequence_length_range check (sequence_length >= 1),
    constraint benchmark_configs_max_attempts_range check (max_attempts >= 1),
    constraint benchmark_configs_attempt_range check (attempt between 0 and max_attempts),
    constraint benchmark_configs_outcome_valid check (outcome in ('completed', 'failed')),
    constraint benchmark_configs_completed_at_when_ended check ((completed_at is not null) = (outcome is not null)),
    constraint benchmark_configs_result_when_completed check (outcome is distinct from 'completed' or result_id is not null),
    constraint benchmark_configs_result_dated check ((result_id is null) = (result_date is null))
) with (fillfactor = 80);

create index idx_benchmark_configs_created_at on ${schema}.benchmark_configs (created_at, id);
create index idx_benchmark_configs_hardware_config_id on ${schema}.benchmark_configs (hardware_config_id);
create index idx_benchmark_configs_framework_id on ${schema}.benchmark_configs (framework_id);

create trigger benchmark_configs_touch before update on ${schema}.benchmark_configs
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.benchmark_configs is
    'The matrix: what to benchmark. One without an outcome is in config_ready, config_scheduled or config_leases.';
comment on column ${schema}.benchmark_configs.seq is 'Its number in the narrow tables, in the order of creation.';
comment on column ${schema}.benchmark_configs.priority_rank is 'Lower first.';
comment on column ${schema}.benchmark_configs.attempt is 'Attempts that have ended.';
comment on column ${schema}.benchmark_configs.error is 'Why the last attempt did not succeed; unbounded; empty once completed.';
comment on column ${schema}.benchmark_configs.result_id is 'Its current result, if any; those before it stay in benchmark_results.';
comment on column ${schema}.benchmark_configs.result_date is 'The current result''s date, which is its partition.';
comment on column ${schema}.benchmark_configs.started_at is 'When the last attempt that has ended was claimed.';
comment on column ${schema}.benchmark_configs.workload_type is 'What the load looks like, such as chatbot.';
comment on column ${schema}.benchmark_configs.batch_size is 'How many requests run at once.';
comment on column ${schema}.benchmark_configs.sequence_length is 'Tokens of one request.';
comment on column ${schema}.benchmark_configs.max_attempts is 'After so many attempts without success it has failed.';
comment on column ${schema}.benchmark_configs.outcome is 'completed or failed; null while it is waiting or claimed.';

create table ${schema}.config_lanes (
    lane int generated always as identity,
    model_version_id uuid not null,
    constraint config_lanes_pkey primary key (lane),
    constraint config_lanes_model_version_unique unique (model_version_id),
    constraint config_lanes_model_version_fk
        foreign key (model_version_id) references ${schema}.model_versions (id) on delete cascade
);
comment on table ${schema}.config_lanes is 'One for each model version that has configs: what one claim can be limited to.';
comment on column ${schema}.config_lanes.lane is 'Its number in the narrow tables.';

create table ${schema}.config_ready (
    lane int not null,
    rank int not null,
    seq bigint not null,
    timeout_seconds int not null,
    attempt int not null,
    constraint config_ready_pkey primary key (lane, rank, seq)
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.config_ready is 'Configs that may be claimed. Rows are inserted and deleted, never updated.';
comment on column ${schema}.config_ready.rank is 'The priority rank, lower first.';
comment on column ${schema}.config_ready.lane is 'The model version''s number.';
comment on column ${schema}.config_ready.seq is 'The config''s number.';
comment on column ${schema}.config_ready.timeout_seconds is 'Bounds the next attempt, unless the claim names another time.';
comment on column ${schema}.config_ready.attempt is 'Attempts that have ended.';

create table ${schema}.config_scheduled (
    run_at timestamptz not null,
    seq bigint not null,
    lane int not null,
    rank int not null,
    timeout_seconds int not null,
    attempt int not null,
    constraint config_scheduled_pkey primary key (run_at, seq)
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.config_scheduled is 'Configs that wait for their next attempt.';
comment on column ${schema}.config_scheduled.run_at is 'From then on the config may be claimed.';
comment on column ${schema}.config_scheduled.seq is 'The config''s number.';
comment on column ${schema}.config_scheduled.lane is 'The model version''s number.';
comment on column ${schema}.config_scheduled.rank is 'As in config_ready.';
comment on column ${schema}.config_scheduled.timeout_seconds is 'As in config_ready.';
comment on column ${schema}.config_scheduled.attempt is 'Attempts that have ended.';

create table ${schema}.config_leases (
    seq bigint not null,
    token bigint not null,
    worker bigint not null,
    lane int not null,
    rank int not null,
    timeout_seconds int not null,
    attempt int not null,
    claimed_at timestamptz not null,
    deadline timestamptz not null,
    constraint config_leases_pkey primary key (seq)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.config_leases is
    'Configs that a worker owns. As small as the work in flight, so it is scanned rather than indexed.';
comment on column ${schema}.config_leases.token is 'The fence: new with every claim, never used again.';
comment on column ${schema}.config_leases.worker is 'The generation of its worker.';
comment on column ${schema}.config_leases.attempt is 'Attempts that have ended before this one.';
comment on column ${schema}.config_leases.deadline is 'When the attempt has run out of time, whatever its worker''s heartbeats say.';
comment on column ${schema}.config_leases.seq is 'The config''s number.';
comment on column ${schema}.config_leases.lane is 'The model version''s number.';
comment on column ${schema}.config_leases.rank is 'As in config_ready.';
comment on column ${schema}.config_leases.timeout_seconds is 'As in config_ready.';
comment on column ${schema}.config_leases.claimed_at is 'When the worker claimed it.';

create table ${schema}.benchmark_results (
    id uuid not null default ${schema}.uuid_v7(),
    benchmark_date date not null default (statement_timestamp() at time zone 'UTC')::date,
    config_id uuid,
    model_version_id uuid not null,
    hardware_config_id uuid not null,
    framework_id uuid not null,
    workload_type text not null,
    batch_size int not null,
    sequence_length int not null,
    ttft_p50_ms double precision,
    ttft_p90_ms double precision,
    ttft_p99_ms double precision,
    tpot_p50_ms double precision,
    tpot_p90_ms double precision,
    tpot_p99_ms double precision,
    throughput_tokens_sec double precision,
    rps_sustained double precision,
    accuracy_score double precision,
    gpu_utilization_pct double precision,
    memory_used_gb double precision,
    detailed_metrics jsonb,
    created_at timestamptz not null default statement_timestamp(),
    constraint benchmark_results_pkey primary key (id, benchmark_date),
    constraint benchmark_results_workload_type_given check (workload_type ~ '\S'),
    constraint benchmark_results_batch_size_range check (batch_size >= 1),
    constraint benchmark_results_sequence_length_range check (sequence_length >= 1),
    -- Within the range in which means and percentiles can be computed. NaN and Infinity are beyond it.
    constraint benchmark_results_ttft_range
        check (ttft_p50_ms >= 0 and ttft_p50_ms <= ttft_p90_ms and ttft_p90_ms <= ttft_p99_ms and ttft_p99_ms <= '1e300'),
    constraint benchmark_results_tpot_range
        check (tpot_p50_ms >= 0 and tpot_p50_ms <= tpot_p90_ms and tpot_p90_ms <= tpot_p99_ms and tpot_p99_ms <= '1e300'),
    constraint benchmark_results_ttft_whole check (num_nulls(ttft_p50_ms, ttft_p90_ms, ttft_p99_ms) in (0, 3)),
    constraint benchmark_results_tpot_whole check (num_nulls(tpot_p50_ms, tpot_p90_ms, tpot_p99_ms) in (0, 3)),
    constraint benchmark_results_throughput_tokens_sec_range check (throughput_tokens_sec between 0 and '1e300'),
    constraint benchmark_results_rps_sustained_range check (rps_sustained between 0 and '1e300'),
    constraint benchmark_results_accuracy_score_range check (accuracy_score between '-1e300' and '1e300'),
    constraint benchmark_results_gpu_utilization_pct_range check (gpu_utilization_pct between 0 and 100),
    constraint benchmark_results_memory_used_gb_range check (memory_used_gb between 0 and '1e300'),
    constraint benchmark_results_measured
        check (num_nonnulls(ttft_p90_ms, tpot_p90_ms, throughput_tokens_sec, rps_sustained, accuracy_score) > 0)
) partition by range (benchmark_date);

create index idx_benchmark_results_benchmark_date on ${schema}.benchmark_results (benchmark_date, id);
create index idx_benchmark_results_model_version_id_benchmark_date
    on ${schema}.benchmark_results (model_version_id, benchmark_date desc, id desc);

comment on table ${schema}.benchmark_results is
    'What inference benchmarks measured. Append-only, in monthly partitions. No foreign keys: results outlive the catalogue, and'
    ' two hundred workers that store results of one model version would queue for the lock on its row.';
comment on column ${schema}.benchmark_results.benchmark_date is 'The day (UTC) of the measurement.';
comment on column ${schema}.benchmark_results.config_id is 'The config that asked for it, if one did.';
comment on column ${schema}.benchmark_results.ttft_p90_ms is 'Time to the first token, in milliseconds; all three percentiles or none.';
comment on column ${schema}.benchmark_results.tpot_p90_ms is 'Time for each further token, in milliseconds; all three percentiles or none.';
comment on column ${schema}.benchmark_results.throughput_tokens_sec is 'Tokens written a second, by all streams together.';
comment on column ${schema}.benchmark_results.rps_sustained is 'Requests answered a second.';
comment on column ${schema}.benchmark_results.memory_used_gb is 'Decimal GB of VRAM at the peak.';
comment on column ${schema}.benchmark_results.model_version_id is 'The model version that was measured.';
comment on column ${schema}.benchmark_results.hardware_config_id is 'The machine that it ran on.';
comment on column ${schema}.benchmark_results.framework_id is 'The framework that served it.';
comment on column ${schema}.benchmark_results.workload_type is 'What the load looked like, such as chatbot.';
comment on column ${schema}.benchmark_results.batch_size is 'How many requests ran at once.';
comment on column ${schema}.benchmark_results.sequence_length is 'Tokens of one request.';
comment on column ${schema}.benchmark_results.ttft_p50_ms is 'See ttft_p90_ms.';
comment on column ${schema}.benchmark_results.ttft_p99_ms is 'See ttft_p90_ms.';
comment on column ${schema}.benchmark_results.tpot_p50_ms is 'See tpot_p90_ms.';
comment on column ${schema}.benchmark_results.tpot_p99_ms is 'See tpot_p90_ms.';
comment on column ${schema}.benchmark_results.accuracy_score is 'Higher is better; the scale is the caller''s.';
comment on column ${schema}.benchmark_results.gpu_utilization_pct is 'The mean over the run, 0 to 100.';
comment on column ${schema}.benchmark_results.detailed_metrics is 'Further figures, as the caller shapes them.';

create table ${schema}.daily_model_stats (
    id uuid not null default ${schema}.uuid_v7(),
    model_version_id uuid not null,
    stats_date date not null,
    result_count bigint not null,
    avg_ttft_p90_ms double precision,
    avg_tpot_p90_ms double precision,
    avg_throughput_tokens_sec double precision,
    max_throughput_tokens_sec double precision,
    avg_rps_sustained double precision,
    avg_accuracy_score double precision,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint daily_model_stats_pkey primary key (id),
    constraint daily_model_stats_model_version_stats_date_unique unique (model_version_id, stats_date),
    constraint daily_model_stats_model_version_fk
        foreign key (model_version_id) references ${schema}.model_versions (id) on delete cascade,
    constraint daily_model_stats_result_count_range check (result_count > 0)
);

create index idx_daily_model_stats_stats_date on ${schema}.daily_model_stats (stats_date);

create trigger daily_model_stats_touch before update on ${schema}.daily_model_stats
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.daily_model_stats is
    'A model version''s results of a day in one row; derived, and kept when the results are dropped.';
comment on column ${schema}.daily_model_stats.stats_date is 'The day (UTC).';
comment on column ${schema}.daily_model_stats.result_count is 'How many results the row was computed from.';
comment on column ${schema}.daily_model_stats.avg_ttft_p90_ms is 'The mean of the results'' ttft_p90_ms.';
comment on column ${schema}.daily_model_stats.avg_tpot_p90_ms is 'The mean of the results'' tpot_p90_ms.';
comment on column ${schema}.daily_model_stats.avg_throughput_tokens_sec is
    'The mean of the results'' throughput_tokens_sec.';
comment on column ${schema}.daily_model_stats.max_throughput_tokens_sec is
    'The maximum of the results'' throughput_tokens_sec.';
comment on column ${schema}.daily_model_stats.avg_rps_sustained is 'The mean of the results'' rps_sustained.';
comment on column ${schema}.daily_model_stats.avg_accuracy_score is 'The mean of the results'' accuracy_score.';

create sequence ${schema}.model_rankings_generation;

create table ${schema}.model_rankings (
    id uuid not null default ${schema}.uuid_v7(),
    generation bigint not null,
    use_case_category text not null,
    method text not null,
    model_version_id uuid not null,
    composite_score double precision not null,
    rank_position int not null,
    score_breakdown jsonb not null,
    calculated_at timestamptz not null default statement_timestamp(),
    expires_at timestamptz not null,
    constraint model_rankings_pkey primary key (id),
    constraint model_rankings_model_version_unique unique (use_case_category, method, model_version_id),
    constraint model_rankings_model_version_fk
        foreign key (model_version_id) references ${schema}.model_versions (id) on delete cascade,
    constraint model_rankings_use_case_category_given check (use_case_category ~ '\S'),
    constraint model_rankings_method_valid check (method in ('topsis', 'pareto')),
    constraint model_rankings_composite_score_range check (composite_score between 0 and 1),
    constraint model_rankings_rank_position_range check (rank_position >= 1),
    constraint model_rankings_expires_at_after_calculated_at check (expires_at > calculated_at)
);

create index idx_model_rankings_model_version_id on ${schema}.model_rankings (model_version_id);

create index idx_model_rankings_expires_at on ${schema}.model_rankings (expires_at);

comment on table ${schema}.model_rankings is
    'How model versions compare for a use; one set for each category and method, replaced as a whole. Expired sets are not read.';
comment on column ${schema}.model_rankings.generation is 'The same for the whole set; it only grows.';
comment on column ${schema}.model_rankings.composite_score is
    'topsis: closeness to the ideal, 0 to 1. pareto: 1 for the first front, 1/n for the n-th.';
comment on column ${schema}.model_rankings.rank_position is 'topsis: 1 for the best. pareto: the front, shared by its members.';
comment on column ${schema}.model_rankings.score_breakdown is 'The values that were compared: criterion to number.';
comment on column ${schema}.model_rankings.use_case_category is
    'The use that models are ranked for, a category of use_cases.';
comment on column ${schema}.model_rankings.method is 'topsis (closeness to the ideal) or pareto (fronts).';
comment on column ${schema}.model_rankings.calculated_at is 'When the set was computed.';
comment on column ${schema}.model_rankings.expires_at is 'From then on the set is not read.';
