-- Purpose: what requests to models cost, by month.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0028__cost_entries.sql

create table ${schema}.cost_entries (
    id uuid not null default ${schema}.uuid_v7(),
    provider text not null,
    model text not null,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    cost_usd numeric(18, 9) not null,
    requested_at timestamptz not null default statement_timestamp(),
    experiment_id uuid,
    evaluation_id uuid,
    job_id uuid,
    metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    constraint cost_entries_pkey primary key (requested_at, id),
    constraint cost_entries_provider_given check (provider ~ '\S' and octet_length(provider) <= 800),
    constraint cost_entries_model_given check (model ~ '\S' and octet_length(model) <= 800),
    constraint cost_entries_input_tokens_range check (input_tokens between 0 and 1000000000000),
    constraint cost_entries_output_tokens_range check (output_tokens between 0 and 1000000000000),
    constraint cost_entries_cost_usd_range check (cost_usd >= 0)
) partition by range (requested_at);

create index idx_cost_entries_experiment_id_requested_at on ${schema}.cost_entries (experiment_id, requested_at)
    where experiment_id is not null;

comment on table ${schema}.cost_entries is
    'What a request to a model cost. Append-only, in monthly partitions. No foreign keys: what was spent outlives what it was spent on.';
comment on column ${schema}.cost_entries.provider is 'Who serves the model, such as openai.';
comment on column ${schema}.cost_entries.model is 'The model that answered, as the provider names it.';
comment on column ${schema}.cost_entries.input_tokens is 'How many tokens the model read.';
comment on column ${schema}.cost_entries.output_tokens is 'How many tokens the model wrote.';
comment on column ${schema}.cost_entries.cost_usd is 'US dollars.';
comment on column ${schema}.cost_entries.requested_at is 'When it was asked, which decides the partition.';
comment on column ${schema}.cost_entries.experiment_id is 'The experiment that it was spent on, if any.';
comment on column ${schema}.cost_entries.evaluation_id is 'The evaluation that it was spent on, if any.';
comment on column ${schema}.cost_entries.job_id is 'The job that it was spent by, if any.';
