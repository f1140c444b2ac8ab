-- Purpose: what experiments measure: a row a metric with its last value, and every point that was logged.
-- Locks: none; all is new.
-- Undo: undo/U0026__experiment_metrics.sql

create table ${schema}.metric_names (
    id int not null generated always as identity,
    name text collate "C" not null,
    constraint metric_names_pkey primary key (id),
    constraint metric_names_name_unique unique (name),
    constraint metric_names_name_length check (name ~ '\S' and length(name) <= 250)
);
comment on table ${schema}.metric_names is 'The names of metrics, by number. Made by the first point of each, and kept.';

-- The order of columns is that of their sizes, so that none is filled up.
create table ${schema}.experiment_metrics (
    experiment int not null,
    name_id int not null,
    last_value double precision not null,
    last_step bigint not null,
    last_at timestamptz not null,
    value_count bigint not null,
    min_value double precision,
    max_value double precision,
    project int not null,
    constraint experiment_metrics_pkey primary key (experiment, name_id),
    constraint experiment_metrics_value_count_positive check (value_count >= 1),
    constraint experiment_metrics_min_value_below_max_value check (num_nulls(min_value, max_value) in (0, 2)
        and (min_value is null or min_value <= max_value and max_value <> 'NaN'))
) with (fillfactor = 80);

create index idx_experiment_metrics_project_name_id_last_value
    on ${schema}.experiment_metrics (project, name_id, last_value, experiment);

-- No foreign keys to the name and the project: many writers at once would all lock the few rows of those, which nobody deletes.
comment on table ${schema}.experiment_metrics is
    'A metric of an experiment: what its points come to. Written with them, under the lock of the experiment''s row, and deleted before it; no foreign key looks again for each row.';
comment on column ${schema}.experiment_metrics.experiment is 'The experiment''s number.';
comment on column ${schema}.experiment_metrics.name_id is 'The metric''s name, by number.';
comment on column ${schema}.experiment_metrics.last_value is
    'The value of the point with the greatest step and, among those, time; among those the greatest value.';
comment on column ${schema}.experiment_metrics.last_step is 'The step of the last value.';
comment on column ${schema}.experiment_metrics.last_at is 'The time of the last value.';
comment on column ${schema}.experiment_metrics.value_count is 'How many points there are, NaN among them.';
comment on column ${schema}.experiment_metrics.min_value is 'The smallest value that is a number; null where none is.';
comment on column ${schema}.experiment_metrics.max_value is 'The greatest value that is a number; null where none is.';
comment on column ${schema}.experiment_metrics.project is 'The experiment''s project, so that an index begins with it.';

create table ${schema}.metric_points (
    experiment int not null,
    name_id int not null,
    step bigint not null,
    at timestamptz not null,
    value double precision not null,
    constraint metric_points_pkey primary key (experiment, name_id, step, at, value)
) with (autovacuum_vacuum_insert_scale_factor = 0.02);
-- A history is read from the key's index alone where vacuum has been.
comment on table ${schema}.metric_points is
    'What was logged of a metric at a step. Rows are inserted under the lock of the experiment''s row, never updated, and deleted with the experiment. No foreign key, which would double what a point costs.';
comment on column ${schema}.metric_points.experiment is 'The experiment''s number.';
comment on column ${schema}.metric_points.name_id is 'The metric''s name, by number.';
comment on column ${schema}.metric_points.step is 'Where in the work it was measured, as the caller counts.';
comment on column ${schema}.metric_points.at is 'When it was measured.';
comment on column ${schema}.metric_points.value is 'The value: every double bit for bit, and one NaN.';
