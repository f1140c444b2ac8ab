-- Purpose: what is submitted to versions of benchmark definitions: the results of a model, with their evidence.
-- Locks: definition_versions, test_cases, model_versions, organizations and users against writers while the foreign keys to them
--        are made; all else is new.
-- Undo: undo/U0014__submissions.sql

create table ${schema}.submissions (
    id uuid not null default ${schema}.uuid_v7(),
    definition_id uuid not null,
    version_id uuid not null,
    model_version_id uuid,
    model_provider text not null,
    model_name text not null,
    model_version text,
    model_endpoint text,
    subject_provider text collate "C" not null,
    subject_name text collate "C" not null,
    subject_version text collate "C" not null,
    subject_key uuid not null,
    official boolean not null default false,
    submitted_by uuid,
    submitter_label text not null,
    organization_id uuid,
    aggregate_score double precision not null,
    board_score double precision not null,
    reported_score double precision not null,
    ci_low double precision,
    ci_high double precision,
    ci_level double precision,
    significance jsonb,
    verification_level text not null default 'unverified',
    verified_at timestamptz,
    execution_id text collate "C" not null,
    content_hash text collate "C" not null,
    started_at timestamptz not null,
    completed_at timestamptz not null,
    executor_version text,
    random_seed bigint,
    environment jsonb not null default '{}',
    environment_hash text collate "C",
    parameters jsonb not null default '{}',
    dataset_checksums jsonb not null default '{}',
    notes text,
    visibility text not null default 'public',
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    deleted_at timestamptz,
    constraint submissions_pkey primary key (id),
    constraint submissions_id_version_id_unique unique (id, version_id),
    constraint submissions_version_fk foreign key (definition_id, version_id)
        references ${schema}.definition_versions (definition_id, id) on delete restrict,
    constraint submissions_model_version_fk foreign key (model_version_id)
        references ${schema}.model_versions (id) on delete set null,
    constraint submissions_submitted_by_fk foreign key (submitted_by) references ${schema}.users (id) on delete set null,
    constraint submissions_organization_fk foreign key (organization_id)
        references ${schema}.organizations (id) on delete set null,
    constraint submissions_model_provider_length check (model_provider ~ '\S' and length(model_provider) <= 200),
    constraint submissions_model_name_length check (model_name ~ '\S' and length(model_name) <= 200),
    constraint submissions_model_version_length check (model_version ~ '\S' and length(model_version) <= 200),
    constraint submissions_model_endpoint_length check (model_endpoint ~ '\S' and length(model_endpoint) <= 2000),
    constraint submissions_subject_length check (subject_provider <> '' and octet_length(subject_provider) <= 800
        and subject_name <> '' and octet_length(subject_name) <= 800 and octet_length(subject_version) <= 800),
    constraint submissions_submitter_label_length check (submitter_label ~ '\S' and length(submitter_label) <= 200),
    constraint submissions_scores_range
        check (aggregate_score between -1e300 and 1e300 and reported_score between -1e300 and 1e300),
    constraint submissions_board_score_of_aggregate_score check (abs(board_score) = abs(aggregate_score)),
    constraint submissions_ci_complete check (num_nulls(ci_low, ci_high, ci_level) in (0, 3)),
    constraint submissions_ci_brackets_score check (ci_low between -1e300 and aggregate_score
        and ci_high between aggregate_score and 1e300 and ci_level > 0 and ci_level < 1),
    constraint submissions_significance_object check (jsonb_typeof(significance) = 'object'),
    constraint submissions_verification_level_valid
        check (verification_level in ('unverified', 'community_verified', 'platform_verified', 'audited')),
    constraint submissions_verified_at_when_verified
        check ((verified_at is not null) = (verification_level <> 'unverified')),
    constraint submissions_execution_id_length check (execution_id ~ '\S' and length(execution_id) <= 200),
    constraint submissions_content_hash_format check (content_hash ~ '^[0-9a-f]{64}$'),
    constraint submissions_started_before_completed check (started_at <= completed_at),
    constraint submissions_executor_version_length check (executor_version ~ '\S' and length(executor_version) <= 200),
    constraint submissions_environment_object check (jsonb_typeof(environment) = 'object'),
    constraint submissions_environment_hash_format check (environment_hash ~ '^[0-9a-f]{64}$'),
    constraint submissions_parameters_object check (jsonb_typeof(parameters) = 'object'),
    constraint submissions_dataset_checksums_object check (jsonb_typeof(dataset_checksums) = 'object'),
    constraint submissions_notes_length check (notes ~ '\S' and length(notes) <= 20000),
    constraint submissions_visibility_valid check (visibility in ('public', 'unlisted', 'private'))
);

-- A violation names it to the caller. The execution id of a deleted submission is free.
create unique index idx_submissions_version_id_execution_id
    on ${schema}.submissions (version_id, execution_id) where deleted_at is null;
-- The best of a subject on a board, one look-up for each level however many submissions the subject has.
create index idx_submissions_best
    on ${schema}.submissions (version_id, subject_key, verification_level, board_score, created_at, id)
    where deleted_at is null and visibility = 'public';
create index idx_submissions_best_official
    on ${schema}.submissions (version_id, subject_key, verification_level, board_score, created_at, id)
    where deleted_at is null and visibility = 'public' and official;
create index idx_submissions_created_at on ${schema}.submissions (created_at, id);
create index idx_submissions_definition_id_created_at on ${schema}.submissions (definition_id, created_at, id);
create index idx_submissions_version_id_created_at on ${schema}.submissions (version_id, created_at, id);
create index idx_submissions_subject_created_at
    on ${schema}.submissions (subject_provider, subject_name, created_at, id);
create index idx_submissions_submitted_by_created_at
    on ${schema}.submissions (submitted_by, created_at, id) where submitted_by is not null;
create index idx_submissions_organization_id_created_at
    on ${schema}.submissions (organization_id, created_at, id) where organization_id is not null;
create index idx_submissions_model_version_id_created_at
    on ${schema}.submissions (model_version_id, created_at, id) where model_version_id is not null;

create trigger submissions_touch before update on ${schema}.submissions
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.submissions is
    'The results of a model on a version of a benchmark definition, as somebody submitted them.';
comment on column ${schema}.submissions.definition_id is 'The definition that version_id is of.';
comment on column ${schema}.submissions.version_id is 'What it is submitted to.';
comment on column ${schema}.submissions.model_version_id is
    'The model version in the catalogue, where it is there; the names beside it stay when it is removed.';
comment on column ${schema}.submissions.model_provider is 'Who makes or serves the model, as submitted.';
comment on column ${schema}.submissions.model_name is 'The model, as submitted.';
comment on column ${schema}.submissions.model_version is 'The version of the model, as submitted; null where none was named.';
comment on column ${schema}.submissions.model_endpoint is 'Where the model was called.';
comment on column ${schema}.submissions.subject_provider is
    'The provider as boards compare it: trimmed, inner blanks to one, lower case.';
comment on column ${schema}.submissions.subject_name is 'The model''s name as boards compare it.';
comment on column ${schema}.submissions.subject_version is 'The model''s version as boards compare it; empty for none.';
comment on column ${schema}.submissions.subject_key is 'Follows from the three columns of the subject, for indexes.';
comment on column ${schema}.submissions.official is 'Whether the publisher of the definition ran it.';
comment on column ${schema}.submissions.submitted_by is 'The user who submitted it; null where not known or removed.';
comment on column ${schema}.submissions.submitter_label is 'Who submitted it, for people; stays when the user is removed.';
comment on column ${schema}.submissions.organization_id is
    'The organization in whose name it was submitted; null for none, or after the organization was removed.';
comment on column ${schema}.submissions.aggregate_score is
    'The score that counts, computed from the cases or, without cases, the primary metric; to 12 significant digits.';
comment on column ${schema}.submissions.board_score is 'The same so that less is better, for indexes.';
comment on column ${schema}.submissions.reported_score is 'The score as submitted.';
comment on column ${schema}.submissions.ci_low is 'Where the confidence interval of aggregate_score begins; null without one.';
comment on column ${schema}.submissions.ci_high is 'Where it ends.';
comment on column ${schema}.submissions.ci_level is 'Its level, such as 0.95.';
comment on column ${schema}.submissions.significance is 'Tests against other submissions, as the submitter shapes them.';
comment on column ${schema}.submissions.verification_level is
    'unverified, community_verified, platform_verified or audited, the least first; how far others confirmed it.';
comment on column ${schema}.submissions.verified_at is 'When it got its level; null exactly while unverified.';
comment on column ${schema}.submissions.execution_id is
    'The submitter''s name for the run; unique in the version among submissions that are not deleted.';
comment on column ${schema}.submissions.content_hash is
    'SHA-256 of the canonical form of all that was submitted, in hexadecimal: tells a repeat from a change.';
comment on column ${schema}.submissions.started_at is 'When the run started.';
comment on column ${schema}.submissions.completed_at is 'When the run was complete.';
comment on column ${schema}.submissions.executor_version is 'The version of the software that ran it.';
comment on column ${schema}.submissions.random_seed is 'What its random choices started from.';
comment on column ${schema}.submissions.environment is
    'Where it ran: platform, architecture, container image and digest, runtime versions, hardware.';
comment on column ${schema}.submissions.environment_hash is
    'SHA-256 of the canonical form of environment, in hexadecimal; null where environment is empty.';
comment on column ${schema}.submissions.parameters is 'What the model was called with.';
comment on column ${schema}.submissions.dataset_checksums is 'The checksum of each data set that was used, by its name.';
comment on column ${schema}.submissions.notes is 'What the submitter says about it.';
comment on column ${schema}.submissions.visibility is
    'public; unlisted: anybody by its id; private: submitter, members of its organization, admins.';
comment on column ${schema}.submissions.deleted_at is
    'Soft delete: the row stays for what refers to it; its execution id can be used again.';

create table ${schema}.submission_metrics (
    submission_id uuid not null,
    name text collate "C" not null,
    value double precision not null,
    unit text,
    stddev double precision,
    min double precision,
    max double precision,
    median double precision,
    p95 double precision,
    samples bigint,
    constraint submission_metrics_pkey primary key (submission_id, name),
    constraint submission_metrics_submission_fk foreign key (submission_id)
        references ${schema}.submissions (id) on delete cascade,
    constraint submission_metrics_name_length check (name ~ '\S' and length(name) <= 200),
    constraint submission_metrics_value_range check (value between -1e300 and 1e300),
    constraint submission_metrics_unit_length check (unit ~ '\S' and length(unit) <= 100),
    constraint submission_metrics_stddev_range check (stddev between 0 and 1e300),
    constraint submission_metrics_spread_range check (min between -1e300 and 1e300 and max between -1e300 and 1e300
        and median between -1e300 and 1e300 and p95 between -1e300 and 1e300),
    constraint submission_metrics_spread_ordered check (min <= max and min <= median and median <= max
        and min <= p95 and p95 <= max and median <= p95),
    constraint submission_metrics_samples_range check (samples >= 1)
);

comment on table ${schema}.submission_metrics is 'What a submission measured, the primary metric among it where it has no cases.';
comment on column ${schema}.submission_metrics.name is 'Unique in the submission.';
comment on column ${schema}.submission_metrics.value is 'What was measured.';
comment on column ${schema}.submission_metrics.unit is 'Its unit, such as tokens/s; null for a share.';
comment on column ${schema}.submission_metrics.stddev is 'The standard deviation of the samples.';
comment on column ${schema}.submission_metrics.min is 'The least sample.';
comment on column ${schema}.submission_metrics.max is 'The greatest sample.';
comment on column ${schema}.submission_metrics.median is 'The median of the samples.';
comment on column ${schema}.submission_metrics.p95 is 'The 95th percentile of the samples.';
comment on column ${schema}.submission_metrics.samples is 'How many samples the value is of.';

create table ${schema}.submission_cases (
    submission_id uuid not null,
    version_id uuid not null,
    case_id uuid not null,
    passed boolean not null,
    score double precision not null,
    latency_ms int,
    input_tokens int,
    output_tokens int,
    cost_usd numeric(18, 9),
    error_kind text,
    error text,
    output text,
    output_truncated boolean not null default false,
    details jsonb,
    constraint submission_cases_pkey primary key (submission_id, case_id),
    constraint submission_cases_submission_fk foreign key (submission_id, version_id)
        references ${schema}.submissions (id, version_id) on delete cascade,
    constraint submission_cases_case_fk foreign key (case_id, version_id)
        references ${schema}.test_cases (id, version_id) on delete restrict,
    constraint submission_cases_score_range check (score between 0 and 1),
    constraint submission_cases_passed_fits_score check (case when passed then score >= 0.5 else score < 1 end),
    constraint submission_cases_latency_ms_range check (latency_ms >= 0),
    constraint submission_cases_tokens_range check (input_tokens >= 0 and output_tokens >= 0),
    constraint submission_cases_cost_usd_range check (cost_usd >= 0),
    constraint submission_cases_error_kind_length check (error_kind ~ '\S' and length(error_kind) <= 100),
    constraint submission_cases_error_length check (length(error) <= 10000),
    constraint submission_cases_output_length check (length(output) <= 1000000),
    constraint submission_cases_output_truncated_with_output check (not output_truncated or output is not null),
    constraint submission_cases_details_object check (jsonb_typeof(details) = 'object')
);

create index idx_submission_cases_case_id on ${schema}.submission_cases (case_id);

comment on table ${schema}.submission_cases is 'The result of a test case in a submission.';
comment on column ${schema}.submission_cases.submission_id is 'What it belongs to.';
comment on column ${schema}.submission_cases.version_id is 'The version of both, submission and case.';
comment on column ${schema}.submission_cases.case_id is 'The test case that the model was asked.';
comment on column ${schema}.submission_cases.passed is 'Whether the output was right; then score is at least 0.5, otherwise below 1.';
comment on column ${schema}.submission_cases.score is '0 to 1.';
comment on column ${schema}.submission_cases.latency_ms is 'From request to last token, in milliseconds.';
comment on column ${schema}.submission_cases.input_tokens is 'How many tokens the model read.';
comment on column ${schema}.submission_cases.output_tokens is 'How many tokens the model wrote.';
comment on column ${schema}.submission_cases.cost_usd is 'US dollars.';
comment on column ${schema}.submission_cases.error_kind is 'What kind of error it was, such as timeout.';
comment on column ${schema}.submission_cases.error is 'What went wrong.';
comment on column ${schema}.submission_cases.output is 'What the model wrote.';
comment on column ${schema}.submission_cases.output_truncated is 'Whether output is only the beginning.';
comment on column ${schema}.submission_cases.details is 'What else the runner recorded.';

create table ${schema}.submission_metadata (
    submission_id uuid not null,
    key text collate "C" not null,
    value jsonb not null,
    category text not null,
    constraint submission_metadata_pkey primary key (submission_id, key),
    constraint submission_metadata_submission_fk foreign key (submission_id)
        references ${schema}.submissions (id) on delete cascade,
    constraint submission_metadata_key_length check (key ~ '\S' and length(key) <= 200),
    constraint submission_metadata_category_length check (category ~ '\S' and length(category) <= 100)
);

comment on table ${schema}.submission_metadata is 'What else a submitter says about a submission, in the platform''s terms.';
comment on column ${schema}.submission_metadata.key is 'Unique in the submission.';
comment on column ${schema}.submission_metadata.value is 'Any JSON.';
comment on column ${schema}.submission_metadata.category is 'What it belongs to, for people.';
