-- Purpose: projects, the experiments in them, and the experiments' params.
-- Locks: datasets, model_versions and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0025__experiments.sql

create table ${schema}.projects (
    id int not null generated always as identity,
    name text collate "C" not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint projects_pkey primary key (id),
    constraint projects_name_unique unique (name),
    constraint projects_name_length check (name ~ '\S' and length(name) <= 200)
);
comment on table ${schema}.projects is 'The names of projects, by number. Made by the first experiment of each, and kept.';

create table ${schema}.experiments (
    id uuid not null default ${schema}.uuid_v7(),
    number int not null generated always as identity,
    project int not null,
    name text collate "C" not null,
    description text,
    kind text not null,
    status text not null default 'created',
    dataset_id uuid,
    model_version_id uuid,
    tags jsonb not null default '{}',
    config jsonb,
    results jsonb,
    notes text,
    error text,
    started_at timestamptz,
    completed_at timestamptz,
    total_cost_usd numeric(18, 9) not null default 0,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    parent_id uuid,
    archived_at timestamptz,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    deleted_at timestamptz,
    constraint experiments_pkey primary key (id),
    constraint experiments_number_unique unique (number),
    constraint experiments_project_fk foreign key (project) references ${schema}.projects (id) on delete restrict,
    constraint experiments_dataset_fk foreign key (dataset_id) references ${schema}.datasets (id) on delete restrict,
    constraint experiments_model_version_fk foreign key (model_version_id)
        references ${schema}.model_versions (id) on delete restrict,
    constraint experiments_parent_fk foreign key (parent_id) references ${schema}.experiments (id) on delete cascade,
    constraint experiments_created_by_fk foreign key (created_by) references ${schema}.users (id) on delete set null,
    constraint experiments_name_length check (name ~ '\S' and length(name) <= 200),
    constraint experiments_description_length check (description ~ '\S' and length(description) <= 20000),
    constraint experiments_kind_valid check (kind in ('fine_tuning', 'evaluation', 'comparison')),
    constraint experiments_status_valid check (status in ('created', 'running', 'completed', 'failed', 'cancelled')),
    constraint experiments_tags_of_texts
        check (jsonb_typeof(tags) = 'object' and not jsonb_path_exists(tags, 'strict $.* ? (@.type() != "string")')),
    constraint experiments_config_object check (jsonb_typeof(config) = 'object'),
    constraint experiments_results_when_completed check (results is null or status = 'completed'),
    constraint experiments_notes_length check (notes ~ '\S' and length(notes) <= 20000),
    constraint experiments_error_when_failed check (error is null or status = 'failed'),
    constraint experiments_started_when_running check (status not in ('running', 'completed', 'failed') or started_at is not null),
    constraint experiments_completed_at_when_ended
        check ((completed_at is not null) = (status in ('completed', 'failed', 'cancelled'))),
    constraint experiments_started_before_completed check (started_at <= completed_at),
    constraint experiments_total_cost_usd_range check (total_cost_usd >= 0),
    constraint experiments_input_tokens_range check (input_tokens >= 0),
    constraint experiments_output_tokens_range check (output_tokens >= 0),
    constraint experiments_parent_another check (parent_id <> id)
) with (fillfactor = 80);

create index idx_experiments_created_at on ${schema}.experiments (created_at, id);
create index idx_experiments_project_created_at on ${schema}.experiments (project, created_at, id);
create index idx_experiments_project_status_created_at on ${schema}.experiments (project, status, created_at, id);
create index idx_experiments_project_name_created_at on ${schema}.experiments (project, name, created_at, id);
create index idx_experiments_parent_id_created_at on ${schema}.experiments (parent_id, created_at, id)
    where parent_id is not null;
create index idx_experiments_dataset_id_created_at on ${schema}.experiments (dataset_id, created_at, id)
    where dataset_id is not null;
create index idx_experiments_model_version_id_created_at on ${schema}.experiments (model_version_id, created_at, id)
    where model_version_id is not null;
create index idx_experiments_created_by_created_at on ${schema}.experiments (created_by, created_at, id)
    where created_by is not null;
create index idx_experiments_completed_at on ${schema}.experiments (completed_at, id)
    where completed_at is not null and archived_at is null;
create index idx_experiments_deleted_at on ${schema}.experiments (deleted_at, id) where deleted_at is not null;

create trigger experiments_touch before update on ${schema}.experiments
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.experiments is
    'A piece of work whose params, metrics and answers are kept. Locked before anything that hangs on one is written.';
comment on column ${schema}.experiments.number is 'What the narrow tables know it by. Never used again.';
comment on column ${schema}.experiments.project is 'The project, by number. It never changes.';
comment on column ${schema}.experiments.kind is 'fine_tuning, evaluation or comparison.';
comment on column ${schema}.experiments.status is
    'created, running, then completed or failed; cancelled from created or running.';
comment on column ${schema}.experiments.dataset_id is 'What it trains on or is evaluated with.';
comment on column ${schema}.experiments.model_version_id is 'The model that it is about.';
comment on column ${schema}.experiments.tags is 'Labels for search: name to text, which is empty for a bare tag.';
comment on column ${schema}.experiments.config is 'How it is set up, as the caller shapes it.';
comment on column ${schema}.experiments.results is 'What came out, as the caller shapes it, once completed.';
comment on column ${schema}.experiments.notes is 'What people remark on it.';
comment on column ${schema}.experiments.error is 'Why it failed; unbounded.';
comment on column ${schema}.experiments.completed_at is 'When it was completed, failed or cancelled.';
comment on column ${schema}.experiments.total_cost_usd is 'US dollars.';
comment on column ${schema}.experiments.input_tokens is 'How many tokens models read for it.';
comment on column ${schema}.experiments.output_tokens is 'How many tokens models wrote for it.';
comment on column ${schema}.experiments.parent_id is 'The experiment that it is a part of, with which it is deleted.';
comment on column ${schema}.experiments.archived_at is 'Since when it is put away; null where it is not.';
comment on column ${schema}.experiments.created_by is 'The user who created it; null for the platform, or once removed.';
comment on column ${schema}.experiments.deleted_at is
    'Since when it is deleted. It is not read any more; what hangs on it, and then the row, goes in small steps.';

create table ${schema}.param_names (
    id int not null generated always as identity,
    name text collate "C" not null,
    constraint param_names_pkey primary key (id),
    constraint param_names_name_unique unique (name),
    constraint param_names_name_length check (name ~ '\S' and length(name) <= 250)
);
comment on table ${schema}.param_names is 'The names of params, by number. Made by the first param of each, and kept.';

create table ${schema}.experiment_params (
    experiment int not null,
    name_id int not null,
    number_value double precision,
    project int not null,
    kind text not null,
    text_value text collate "C" not null,
    constraint experiment_params_pkey primary key (experiment, name_id),
    constraint experiment_params_kind_valid check (kind in ('string', 'number', 'boolean')),
    constraint experiment_params_number_value_of_kind check ((number_value is not null) = (kind = 'number')),
    constraint experiment_params_text_value_length check (length(text_value) <= 20000)
);

create index idx_experiment_params_project_name_id_text_value
    on ${schema}.experiment_params (project, name_id, "left"(text_value, 200), experiment);
create index idx_experiment_params_project_name_id_number_value
    on ${schema}.experiment_params (project, name_id, number_value, experiment) where number_value is not null;

-- No foreign keys to the names and the project: many writers at once would all lock the few rows of those, which nobody deletes.
comment on table ${schema}.experiment_params is
    'What an experiment was run with. Written under the lock of the experiment''s row, and deleted before it; no foreign key looks again for each row.';
comment on column ${schema}.experiment_params.experiment is 'The experiment''s number.';
comment on column ${schema}.experiment_params.name_id is 'The param''s name, by number.';
comment on column ${schema}.experiment_params.number_value is 'The value, where the text is a number.';
comment on column ${schema}.experiment_params.project is 'The experiment''s project, so that an index begins with it.';
comment on column ${schema}.experiment_params.kind is 'What was logged: string, number or boolean.';
comment on column ${schema}.experiment_params.text_value is 'The value as it was logged.';
