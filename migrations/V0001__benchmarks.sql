-- Purpose: benchmark runs and the scored answers that they produce, and what every later table uses.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0001__benchmarks.sql

-- For writers in other languages: the library makes its ids and sets its timestamps itself.
create function ${schema}.uuid_v7() returns uuid
language sql volatile parallel safe
as $$
    -- 48 bits of milliseconds laid over a version 4 id, then the version changed from 4 (0100) to 7 (0111): RFC 9562, 5.7.
    select encode(
        set_bit(set_bit(
            overlay(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
                placing substring(pg_catalog.int8send((extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint) from 3)
                from 1 for 6),
            52, 1), 53, 1), 'hex')::uuid
$$;
comment on function ${schema}.uuid_v7() is 'A time-ordered id (UUID version 7).';

create function ${schema}.touch_updated_at() returns trigger
language plpgsql
as $$
begin
    new.updated_at := statement_timestamp();
    return new;
end
$$;
comment on function ${schema}.touch_updated_at() is 'Sets updated_at for writers that do not.';

create table ${schema}.benchmarks (
    id uuid not null default ${schema}.uuid_v7(),
    name text not null,
    description text,
    provider text not null,
    model text not null,
    dataset text not null,
    status text not null default 'pending',
    total_iterations int not null default 0,
    completed_iterations int not null default 0,
    failed_iterations int not null default 0,
    results jsonb,
    metrics jsonb,
    error text,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null default statement_timestamp(),
    constraint benchmarks_pkey primary key (id),
    constraint benchmarks_name_given check (name ~ '\S'),
    constraint benchmarks_provider_given check (provider ~ '\S'),
    constraint benchmarks_model_given check (model ~ '\S'),
    constraint benchmarks_dataset_given check (dataset ~ '\S'),
    constraint benchmarks_status_valid check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
    constraint benchmarks_total_iterations_range check (total_iterations >= 0),
    constraint benchmarks_completed_iterations_range check (completed_iterations >= 0),
    constraint benchmarks_failed_iterations_range check (failed_iterations >= 0),
    constraint benchmarks_iterations_within_total
        check (total_iterations = 0 or completed_iterations::bigint + failed_iterations <= total_iterations),
    constraint benchmarks_started_when_running check (status not in ('running', 'completed', 'failed') or started_at is not null),
    constraint benchmarks_completed_at_when_ended
        check ((completed_at is not null) = (status in ('completed', 'failed', 'cancelled')))
) with (fillfactor = 80);

create index idx_benchmarks_created_at on ${schema}.benchmarks (created_at, id);
create index idx_benchmarks_status_created_at on ${schema}.benchmarks (status, created_at, id);
create index idx_benchmarks_provider_created_at on ${schema}.benchmarks (provider, created_at, id);
create index idx_benchmarks_model_created_at on ${schema}.benchmarks (model, created_at, id);
create index idx_benchmarks_dataset_created_at on ${schema}.benchmarks (dataset, created_at, id);
create index idx_benchmarks_created_by on ${schema}.benchmarks (created_by) where created_by is not null;

create trigger benchmarks_touch before update on ${schema}.benchmarks
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.benchmarks is 'One run of a model on a dataset.';
comment on column ${schema}.benchmarks.provider is 'Who serves the model, such as openai.';
comment on column ${schema}.benchmarks.status is 'pending, running, then completed or failed; cancelled from pending or running.';
comment on column ${schema}.benchmarks.total_iterations is 'How many iterations are planned; 0 when that is not known.';
comment on column ${schema}.benchmarks.results is 'What came out, as the caller shapes it.';
comment on column ${schema}.benchmarks.metrics is 'Figures over the whole run.';
comment on column ${schema}.benchmarks.error is 'Why the run failed; unbounded.';
comment on column ${schema}.benchmarks.created_by is 'The user who created it.';
comment on column ${schema}.benchmarks.model is 'The model that runs, as the provider names it.';
comment on column ${schema}.benchmarks.dataset is 'The dataset that it runs on, by name.';
comment on column ${schema}.benchmarks.completed_iterations is 'How many iterations succeeded so far.';
comment on column ${schema}.benchmarks.failed_iterations is 'How many iterations failed so far.';

create table ${schema}.evaluations (
    id uuid not null default ${schema}.uuid_v7(),
    benchmark_id uuid,
    provider text not null,
    model text not null,
    input text not null,
    output text not null,
    expected text,
    metrics jsonb not null default '{}',
    score double precision,
    latency_ms int,
    input_tokens int,
    output_tokens int,
    cost_usd numeric(18, 9),
    metadata jsonb,
    experiment_id uuid,
    model_version_id uuid,
    item_key text collate "C",
    repeat int not null default 0,
    rating double precision,
    judge_scores jsonb,
    criteria jsonb,
    evaluator_version text,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    constraint evaluations_pkey primary key (id),
    constraint evaluations_benchmark_fk foreign key (benchmark_id) references ${schema}.benchmarks (id) on delete cascade,
    constraint evaluations_provider_given check (provider ~ '\S'),
    constraint evaluations_model_given check (model ~ '\S'),
    -- Within the range in which means, deviations and percentiles can be computed. NaN is beyond it.
    constraint evaluations_score_range check (score between '-1e300' and '1e300'),
    constraint evaluations_latency_ms_range check (latency_ms >= 0),
    constraint evaluations_input_tokens_range check (input_tokens >= 0),
    constraint evaluations_output_tokens_range check (output_tokens >= 0),
    constraint evaluations_cost_usd_range check (cost_usd >= 0),
    constraint evaluations_item_key_length check (item_key ~ '\S' and length(item_key) <= 200),
    constraint evaluations_repeat_range check (repeat >= 0),
    constraint evaluations_rating_range check (rating between 1 and 5),
    constraint evaluations_judge_scores_object check (jsonb_typeof(judge_scores) = 'object'),
    constraint evaluations_criteria_object check (jsonb_typeof(criteria) = 'object'),
    constraint evaluations_evaluator_version_length check (evaluator_version ~ '\S' and length(evaluator_version) <= 200)
);

create index idx_evaluations_created_at on ${schema}.evaluations (created_at, id);
create index idx_evaluations_benchmark_id_created_at on ${schema}.evaluations (benchmark_id, created_at, id);
create index idx_evaluations_provider_model_created_at on ${schema}.evaluations (provider, model, created_at, id);
create index idx_evaluations_model_created_at on ${schema}.evaluations (model, created_at, id);
create index idx_evaluations_created_by on ${schema}.evaluations (created_by) where created_by is not null;

comment on table ${schema}.evaluations is 'One scored answer of a model.';
comment on column ${schema}.evaluations.benchmark_id is 'The run that it belongs to, if any; deleted with the run.';
comment on column ${schema}.evaluations.input is 'The prompt.';
comment on column ${schema}.evaluations.output is 'The answer.';
comment on column ${schema}.evaluations.expected is 'The right answer, where there is one.';
comment on column ${schema}.evaluations.metrics is 'Figures of this answer beside the score.';
comment on column ${schema}.evaluations.score is 'Higher is better; the scale is the caller''s. From -1e300 to 1e300.';
comment on column ${schema}.evaluations.latency_ms is 'From request to last token, in milliseconds.';
comment on column ${schema}.evaluations.cost_usd is 'US dollars.';
comment on column ${schema}.evaluations.created_by is 'The user who created it.';
comment on column ${schema}.evaluations.provider is 'Who serves the model, such as openai.';
comment on column ${schema}.evaluations.model is 'The model that answered, as the provider names it.';
comment on column ${schema}.evaluations.input_tokens is 'How many tokens the model read.';
comment on column ${schema}.evaluations.output_tokens is 'How many tokens the model wrote.';
comment on column ${schema}.evaluations.experiment_id is 'The experiment that it belongs to, if any; deleted with it.';
comment on column ${schema}.evaluations.model_version_id is 'The model that answered, where the catalogue has it.';
comment on column ${schema}.evaluations.item_key is 'Which question it answers; what pairs the answers of two experiments.';
comment on column ${schema}.evaluations.repeat is 'Which answer to the same question in the same experiment, from 0.';
comment on column ${schema}.evaluations.rating is 'The mean of the ratings of its feedback, from 1 to 5; null without any.';
comment on column ${schema}.evaluations.judge_scores is 'What judges gave it, by judge.';
comment on column ${schema}.evaluations.criteria is 'Scores by criterion.';
comment on column ${schema}.evaluations.evaluator_version is 'The version of what scored it.';
