-- Purpose: figures over the public submissions of a definition, of a user and of a model, stored to be read fast.
-- Locks: submissions against writers while its index is built; benchmark_definitions, definition_versions and users against
--        writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0019__statistics.sql

-- A model's submissions to all versions.
create index idx_submissions_subject_key on ${schema}.submissions (subject_key)
    where deleted_at is null and visibility = 'public';

create table ${schema}.definition_statistics (
    definition_id uuid not null,
    submissions bigint not null,
    models bigint not null,
    providers bigint not null,
    submitters bigint not null,
    version_id uuid,
    scores_count bigint not null,
    scores_min double precision,
    scores_max double precision,
    scores_mean double precision,
    scores_median double precision,
    scores_p75 double precision,
    scores_p95 double precision,
    scores_stddev double precision,
    top_verified_id uuid,
    top_verified_score double precision,
    first_submitted_at timestamptz,
    last_submitted_at timestamptz,
    computed_at timestamptz not null,
    constraint definition_statistics_pkey primary key (definition_id),
    constraint definition_statistics_definition_fk foreign key (definition_id)
        references ${schema}.benchmark_definitions (id) on delete cascade,
    constraint definition_statistics_version_fk foreign key (definition_id, version_id)
        references ${schema}.definition_versions (definition_id, id) on delete cascade,
    constraint definition_statistics_counts_range check (submissions >= 0 and models between 0 and submissions
        and providers between 0 and models and submitters between 0 and submissions and scores_count between 0 and submissions),
    constraint definition_statistics_scores_ordered check (scores_min <= scores_mean and scores_mean <= scores_max
        and scores_stddev >= 0),
    constraint definition_statistics_top_verified_complete check (num_nulls(top_verified_id, top_verified_score) in (0, 2)),
    constraint definition_statistics_times_ordered check (first_submitted_at <= last_submitted_at)
);

create index idx_definition_statistics_computed_at on ${schema}.definition_statistics (computed_at);

comment on table ${schema}.definition_statistics is
    'Figures over the live public submissions of a benchmark definition. Derived; those with a stale mark are not read.';
comment on column ${schema}.definition_statistics.submissions is 'How many there are, of all versions.';
comment on column ${schema}.definition_statistics.models is 'How many models they are of.';
comment on column ${schema}.definition_statistics.providers is 'How many providers the models are of.';
comment on column ${schema}.definition_statistics.submitters is 'How many users submitted them.';
comment on column ${schema}.definition_statistics.version_id is
    'The version of the highest precedence that has one. Scores are of the versions with its primary metric; null without any.';
comment on column ${schema}.definition_statistics.scores_count is 'How many scores the following are of.';
comment on column ${schema}.definition_statistics.scores_min is 'The least score.';
comment on column ${schema}.definition_statistics.scores_max is 'The greatest score.';
comment on column ${schema}.definition_statistics.scores_mean is 'Their arithmetic mean.';
comment on column ${schema}.definition_statistics.scores_median is 'Their median, interpolated.';
comment on column ${schema}.definition_statistics.scores_p75 is 'Their 75th percentile, interpolated.';
comment on column ${schema}.definition_statistics.scores_p95 is 'Their 95th percentile, interpolated.';
comment on column ${schema}.definition_statistics.scores_stddev is 'The standard deviation of the sample; null below two scores.';
comment on column ${schema}.definition_statistics.top_verified_id is
    'The best submission among those scores that is at least platform verified. No foreign key: a refresh must not lock it.';
comment on column ${schema}.definition_statistics.top_verified_score is 'The score of that submission.';
comment on column ${schema}.definition_statistics.first_submitted_at is 'When the first one was submitted.';
comment on column ${schema}.definition_statistics.last_submitted_at is 'When the last one was submitted.';
comment on column ${schema}.definition_statistics.computed_at is 'The moment that the figures are of.';

create table ${schema}.user_statistics (
    user_id uuid not null,
    submissions bigint not null,
    verified bigint not null,
    definitions bigint not null,
    mean_score double precision,
    best_rank bigint,
    best_verified_rank bigint,
    proposals bigint not null,
    votes bigint not null,
    reviews bigint not null,
    computed_at timestamptz not null,
    constraint user_statistics_pkey primary key (user_id),
    constraint user_statistics_user_fk foreign key (user_id) references ${schema}.users (id) on delete cascade,
    constraint user_statistics_counts_range check (submissions >= 0 and verified between 0 and submissions
        and definitions between 0 and submissions),
    constraint user_statistics_mean_score_range check (mean_score between 0 and 1),
    constraint user_statistics_ranks_range check (best_rank >= 1 and best_verified_rank >= 1),
    constraint user_statistics_governance_range check (proposals >= 0 and votes >= 0 and reviews >= 0)
);

create index idx_user_statistics_computed_at on ${schema}.user_statistics (computed_at);

comment on table ${schema}.user_statistics is
    'Figures over what a user did that everybody may see. Derived; those with a stale mark are not read.';
comment on column ${schema}.user_statistics.submissions is 'How many live public submissions the user has.';
comment on column ${schema}.user_statistics.verified is 'How many of them are at least platform verified.';
comment on column ${schema}.user_statistics.definitions is 'How many benchmark definitions they are for.';
comment on column ${schema}.user_statistics.mean_score is
    'The mean of their scores, each put into its metric''s range: 0 the worst, 1 the best. Null where no metric has a range.';
comment on column ${schema}.user_statistics.best_rank is 'The best rank of one of them on an overall board; null without an entry.';
comment on column ${schema}.user_statistics.best_verified_rank is 'The same on boards of platform verified submissions.';
comment on column ${schema}.user_statistics.proposals is 'How many proposals the user has made.';
comment on column ${schema}.user_statistics.votes is 'How many votes the user has on proposals.';
comment on column ${schema}.user_statistics.reviews is 'How many reviews of proposals the user has completed.';
comment on column ${schema}.user_statistics.computed_at is 'The moment that the figures are of.';

create table ${schema}.model_statistics (
    id uuid not null default ${schema}.uuid_v7(),
    subject_key uuid not null,
    subject_provider text collate "C" not null,
    subject_name text collate "C" not null,
    subject_version text collate "C" not null,
    category text not null,
    metric_kind text not null,
    metric_unit text,
    metric_higher_is_better boolean not null,
    metric_range_min double precision,
    metric_range_max double precision,
    scores_count bigint not null,
    scores_min double precision,
    scores_max double precision,
    scores_mean double precision,
    scores_median double precision,
    scores_p75 double precision,
    scores_p95 double precision,
    scores_stddev double precision,
    best_rank bigint,
    score_per_dollar double precision,
    computed_at timestamptz not null,
    constraint model_statistics_pkey primary key (id),
    constraint model_statistics_metric_unique unique nulls not distinct (subject_key, category, metric_kind, metric_unit,
        metric_higher_is_better, metric_range_min, metric_range_max),
    constraint model_statistics_subject_length check (subject_provider <> '' and length(subject_provider) <= 400
        and subject_name <> '' and length(subject_name) <= 400 and length(subject_version) <= 400),
    constraint model_statistics_category_valid
        check (category in ('performance', 'accuracy', 'reliability', 'safety', 'cost', 'capability')),
    constraint model_statistics_metric_length check (length(metric_kind) <= 100 and length(metric_unit) <= 100),
    constraint model_statistics_scores_count_range check (scores_count >= 1),
    constraint model_statistics_scores_ordered check (scores_min <= scores_mean and scores_mean <= scores_max
        and scores_stddev >= 0),
    constraint model_statistics_best_rank_range check (best_rank >= 1)
);

create index idx_model_statistics_category_subject_key on ${schema}.model_statistics (category, subject_key, id);
create index idx_model_statistics_computed_at on ${schema}.model_statistics (computed_at);

comment on table ${schema}.model_statistics is
    'Figures over the live public submissions of a model in a category, by one kind of metric. Derived; those of a model with a'
    ' stale mark are not read.';
comment on column ${schema}.model_statistics.subject_key is 'That of the model in submissions.';
comment on column ${schema}.model_statistics.subject_provider is 'The provider as boards compare it.';
comment on column ${schema}.model_statistics.subject_name is 'The model''s name as boards compare it.';
comment on column ${schema}.model_statistics.subject_version is 'The model''s version as boards compare it; empty for none.';
comment on column ${schema}.model_statistics.category is
    'performance, accuracy, reliability, safety, cost or capability: that of the definitions.';
comment on column ${schema}.model_statistics.metric_kind is 'The kind of the primary metric, such as accuracy.';
comment on column ${schema}.model_statistics.metric_unit is 'The unit of the primary metric; null for a share.';
comment on column ${schema}.model_statistics.metric_higher_is_better is 'Whether more of it is better.';
comment on column ${schema}.model_statistics.metric_range_min is 'Its least value; null for no bound.';
comment on column ${schema}.model_statistics.metric_range_max is 'Its greatest value; null for no bound.';
comment on column ${schema}.model_statistics.scores_count is 'How many submissions there are.';
comment on column ${schema}.model_statistics.scores_min is 'The least score.';
comment on column ${schema}.model_statistics.scores_max is 'The greatest score.';
comment on column ${schema}.model_statistics.scores_mean is 'Their arithmetic mean.';
comment on column ${schema}.model_statistics.scores_median is 'Their median, interpolated.';
comment on column ${schema}.model_statistics.scores_p75 is 'Their 75th percentile, interpolated.';
comment on column ${schema}.model_statistics.scores_p95 is 'Their 95th percentile, interpolated.';
comment on column ${schema}.model_statistics.scores_stddev is 'The standard deviation of the sample; null below two scores.';
comment on column ${schema}.model_statistics.best_rank is 'The best rank on an overall board of these definitions.';
comment on column ${schema}.model_statistics.score_per_dollar is
    'The sum of the scores divided by the cost in US dollars, of the submissions whose every case has a cost; null without'
    ' any, or where less is better.';
comment on column ${schema}.model_statistics.computed_at is 'The moment that the figures are of.';

create table ${schema}.statistics_marks (
    kind text not null,
    subject uuid not null,
    stale boolean not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint statistics_marks_kind_valid check (kind in ('definition', 'user', 'model'))
);

create index idx_statistics_marks_kind_subject on ${schema}.statistics_marks (kind, subject);

comment on table ${schema}.statistics_marks is
    'What statistics have not counted yet. Rows are inserted with the change, and deleted by the refresh that sees it.';
comment on column ${schema}.statistics_marks.kind is 'definition, user or model: whose statistics.';
comment on column ${schema}.statistics_marks.subject is 'The id of the definition or user, or the model''s subject_key.';
comment on column ${schema}.statistics_marks.stale is
    'Whether they count what was hidden, deleted or revoked, so that they must not be read; otherwise they lack something.';

create table ${schema}.statistics_progress (
    id boolean not null default true,
    covered_until timestamptz not null,
    covered_xid bigint not null,
    constraint statistics_progress_pkey primary key (id),
    constraint statistics_progress_one_row check (id)
);

comment on table ${schema}.statistics_progress is 'How far refreshes have come; one row, or none before the first.';
comment on column ${schema}.statistics_progress.id is 'True.';
comment on column ${schema}.statistics_progress.covered_until is
    'Statistics of whatever was submitted some minutes before this moment were refreshed since.';
comment on column ${schema}.statistics_progress.covered_xid is
    'The same of whatever older transactions than this stored; a full transaction id of this server.';
