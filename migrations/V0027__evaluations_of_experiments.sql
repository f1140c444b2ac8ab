-- Purpose: what binds evaluations to experiments and to the catalogue, and what people say about evaluations.
-- Locks: evaluations against everybody while its rows are checked; experiments, model_versions and users against writers while
--        the foreign keys to them are made.
-- Undo: undo/U0027__evaluations_of_experiments.sql

alter table ${schema}.evaluations add constraint evaluations_experiment_fk
    foreign key (experiment_id) references ${schema}.experiments (id) on delete cascade;
alter table ${schema}.evaluations add constraint evaluations_model_version_fk
    foreign key (model_version_id) references ${schema}.model_versions (id) on delete set null;

-- A violation names it to the caller. Most answers belong to no experiment, and have no place in it.
create unique index idx_evaluations_experiment_id_item_key_repeat
    on ${schema}.evaluations (experiment_id, item_key, repeat) where experiment_id is not null and item_key is not null;
create index idx_evaluations_experiment_id_created_at
    on ${schema}.evaluations (experiment_id, created_at, id) where experiment_id is not null;
create index idx_evaluations_model_version_id_created_at
    on ${schema}.evaluations (model_version_id, created_at, id) where model_version_id is not null;
create index idx_evaluations_rating on ${schema}.evaluations (rating, id) where rating is not null;

create table ${schema}.evaluation_feedback (
    id uuid not null default ${schema}.uuid_v7(),
    evaluation_id uuid not null,
    user_id uuid,
    rating int,
    thumbs text,
    comment text,
    criteria jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint evaluation_feedback_pkey primary key (id),
    constraint evaluation_feedback_user_unique unique (evaluation_id, user_id),
    constraint evaluation_feedback_evaluation_fk foreign key (evaluation_id)
        references ${schema}.evaluations (id) on delete cascade,
    constraint evaluation_feedback_user_fk foreign key (user_id) references ${schema}.users (id) on delete set null,
    constraint evaluation_feedback_rating_range check (rating between 1 and 5),
    constraint evaluation_feedback_thumbs_valid check (thumbs in ('up', 'down')),
    constraint evaluation_feedback_comment_length check (comment ~ '\S' and length(comment) <= 20000),
    constraint evaluation_feedback_criteria_object check (jsonb_typeof(criteria) = 'object'),
    constraint evaluation_feedback_given check (num_nonnulls(rating, thumbs, comment, criteria) > 0)
) with (fillfactor = 85);

create index idx_evaluation_feedback_created_at on ${schema}.evaluation_feedback (created_at, id);
create index idx_evaluation_feedback_evaluation_id_created_at
    on ${schema}.evaluation_feedback (evaluation_id, created_at, id);
create index idx_evaluation_feedback_user_id_created_at on ${schema}.evaluation_feedback (user_id, created_at, id)
    where user_id is not null;

create trigger evaluation_feedback_touch before update on ${schema}.evaluation_feedback
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.evaluation_feedback is
    'What somebody says about an evaluation, which is locked before, and has the mean of its ratings. One for a user and evaluation.';
comment on column ${schema}.evaluation_feedback.user_id is 'Who says so; null where that is not known, or once removed.';
comment on column ${schema}.evaluation_feedback.rating is 'From 1 to 5 stars.';
comment on column ${schema}.evaluation_feedback.thumbs is 'up or down.';
comment on column ${schema}.evaluation_feedback.comment is 'The same in words.';
comment on column ${schema}.evaluation_feedback.criteria is 'Ratings by criterion, as the caller shapes them.';
