-- Purpose: comparisons of experiments, model versions or submissions: what was compared, how, and what came out.
-- Locks: experiments, model_versions, submissions and users against writers while the foreign keys to them are made; all else is
--        new.
-- Undo: undo/U0029__comparisons.sql

create table ${schema}.comparisons (
    id uuid not null default ${schema}.uuid_v7(),
    name text collate "C" not null,
    description text,
    unit text not null,
    metric text collate "C" not null,
    pairing text not null,
    method text collate "C" not null,
    options jsonb not null default '{}',
    sample_size int not null,
    excluded int not null default 0,
    excluded_reasons jsonb not null default '{}',
    results jsonb not null,
    winner int,
    p_value double precision,
    effect double precision,
    engine_version text collate "C" not null,
    input_hash text collate "C" not null,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    constraint comparisons_pkey primary key (id),
    constraint comparisons_id_unit_unique unique (id, unit),
    constraint comparisons_created_by_fk foreign key (created_by) references ${schema}.users (id) on delete set null,
    constraint comparisons_name_length check (name ~ '\S' and length(name) <= 200),
    constraint comparisons_description_length check (description ~ '\S' and length(description) <= 20000),
    constraint comparisons_unit_valid check (unit in ('experiment', 'model_version', 'submission')),
    constraint comparisons_metric_length check (metric ~ '\S' and length(metric) <= 250),
    constraint comparisons_pairing_valid check (pairing in ('item', 'item_and_repeat')),
    constraint comparisons_method_length check (method ~ '\S' and length(method) <= 200),
    constraint comparisons_options_object check (jsonb_typeof(options) = 'object'),
    constraint comparisons_sample_size_range check (sample_size >= 0),
    constraint comparisons_excluded_range check (excluded >= 0),
    constraint comparisons_excluded_reasons_object check (jsonb_typeof(excluded_reasons) = 'object'),
    constraint comparisons_results_object check (jsonb_typeof(results) = 'object'),
    constraint comparisons_p_value_range check (p_value between 0 and 1),
    -- NaN is beyond it.
    constraint comparisons_effect_range check (effect between -1e300 and 1e300),
    constraint comparisons_engine_version_length check (engine_version ~ '\S' and length(engine_version) <= 100),
    constraint comparisons_input_hash_format check (input_hash ~ '^[0-9a-f]{64}$')
);

create index idx_comparisons_created_at on ${schema}.comparisons (created_at, id);
create index idx_comparisons_name_created_at on ${schema}.comparisons (name, created_at, id);
create index idx_comparisons_input_hash on ${schema}.comparisons (input_hash);
create index idx_comparisons_created_by_created_at on ${schema}.comparisons (created_by, created_at, id)
    where created_by is not null;

comment on table ${schema}.comparisons is
    'What a comparison of experiments, model versions or submissions came to. Stored once and never changed.';
comment on column ${schema}.comparisons.unit is 'What its members are: experiment, model_version or submission.';
comment on column ${schema}.comparisons.metric is 'What was compared, such as score or metrics.f1.';
comment on column ${schema}.comparisons.pairing is
    'item: the answers of a member to one item are averaged; item_and_repeat: each repeat is paired by itself.';
comment on column ${schema}.comparisons.method is 'The tests that decided, as the engine names them.';
comment on column ${schema}.comparisons.options is 'What it was computed with, such as alpha, correction, seed and resamples.';
comment on column ${schema}.comparisons.sample_size is 'How many items, or items and repeats, were compared.';
comment on column ${schema}.comparisons.excluded is 'How many were left out.';
comment on column ${schema}.comparisons.excluded_reasons is 'Why, as far as is told: a number for each reason.';
comment on column ${schema}.comparisons.results is 'What came out, as the engine shapes it.';
comment on column ${schema}.comparisons.winner is 'The position of the member that is best beyond chance; null where none is.';
comment on column ${schema}.comparisons.p_value is 'Of the method, after correction; null without a test.';
comment on column ${schema}.comparisons.effect is 'The size of the difference, as the method measures it; null without one.';
comment on column ${schema}.comparisons.engine_version is 'The version of the software that computed it.';
comment on column ${schema}.comparisons.input_hash is
    'SHA-256 of the rows that it was computed from, in hexadecimal: the same rows have the same one.';
comment on column ${schema}.comparisons.created_by is 'The user who stored it; null for the platform, or once removed.';

create table ${schema}.comparison_members (
    comparison_id uuid not null,
    position int not null,
    unit text not null,
    label text not null,
    experiment_id uuid,
    model_version_id uuid,
    submission_id uuid,
    constraint comparison_members_pkey primary key (comparison_id, position),
    constraint comparison_members_comparison_fk foreign key (comparison_id, unit)
        references ${schema}.comparisons (id, unit) on delete cascade,
    constraint comparison_members_experiment_fk foreign key (experiment_id)
        references ${schema}.experiments (id) on delete set null,
    constraint comparison_members_model_version_fk foreign key (model_version_id)
        references ${schema}.model_versions (id) on delete set null,
    constraint comparison_members_submission_fk foreign key (submission_id)
        references ${schema}.submissions (id) on delete restrict,
    constraint comparison_members_position_range check (position between 0 and 99),
    constraint comparison_members_label_length check (label ~ '\S' and length(label) <= 200),
    constraint comparison_members_of_unit check ((experiment_id is null or unit = 'experiment')
        and (model_version_id is null or unit = 'model_version') and (submission_id is null or unit = 'submission'))
);

-- What is compared is a member once.
create unique index idx_comparison_members_experiment_id
    on ${schema}.comparison_members (experiment_id, comparison_id) where experiment_id is not null;
create unique index idx_comparison_members_model_version_id
    on ${schema}.comparison_members (model_version_id, comparison_id) where model_version_id is not null;
create unique index idx_comparison_members_submission_id
    on ${schema}.comparison_members (submission_id, comparison_id) where submission_id is not null;

alter table ${schema}.comparisons add constraint comparisons_winner_fk foreign key (id, winner)
    references ${schema}.comparison_members (comparison_id, position) on delete no action;

comment on table ${schema}.comparison_members is 'What a comparison compares, in order. Written with it.';
comment on column ${schema}.comparison_members.comparison_id is 'What it is a member of.';
comment on column ${schema}.comparison_members.position is 'From 0, in the order in which they were named.';
comment on column ${schema}.comparison_members.unit is 'That of the comparison.';
comment on column ${schema}.comparison_members.label is 'Its name in reports; stays when it is removed.';
comment on column ${schema}.comparison_members.experiment_id is 'The experiment; null for another unit, or once removed.';
comment on column ${schema}.comparison_members.model_version_id is
    'The model version; null for another unit, or once removed.';
comment on column ${schema}.comparison_members.submission_id is 'The submission; null for another unit.';
