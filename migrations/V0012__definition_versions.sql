-- Purpose: the versions of benchmark definitions, and the subcategories that a version has.
-- Locks: benchmark_definitions and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0012__definition_versions.sql

create table ${schema}.definition_versions (
    id uuid not null default ${schema}.uuid_v7(),
    definition_id uuid not null,
    semver_major int not null,
    semver_minor int not null,
    semver_patch int not null,
    semver_prerelease text,
    semver_build text,
    precedence text collate "C" not null,
    parent_version_id uuid,
    changelog text not null,
    breaking boolean not null default false,
    migration_notes text,
    primary_metric_name text not null,
    primary_metric_description text not null,
    primary_metric_kind text not null,
    primary_metric_unit text,
    primary_metric_higher_is_better boolean not null default true,
    primary_metric_range_min double precision,
    primary_metric_range_max double precision,
    secondary_metrics jsonb not null default '[]',
    aggregation text not null,
    aggregation_config jsonb not null default '{}',
    normalization text not null default 'none',
    normalization_config jsonb not null default '{}',
    minimum_test_cases int not null default 1,
    confidence_level double precision not null default 0.95,
    timeout_per_test_ms int not null,
    max_retries int not null,
    retry_delay_ms int not null,
    max_concurrent int not null,
    rate_limit_per_minute int,
    model_parameters jsonb not null default '{}',
    environment_requirements jsonb not null default '{}',
    dataset_references jsonb not null default '[]',
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint definition_versions_pkey primary key (id),
    constraint definition_versions_number_unique
        unique nulls not distinct (definition_id, semver_major, semver_minor, semver_patch, semver_prerelease),
    constraint definition_versions_definition_id_id_unique unique (definition_id, id),
    constraint definition_versions_definition_fk foreign key (definition_id)
        references ${schema}.benchmark_definitions (id) on delete restrict,
    constraint definition_versions_parent_fk foreign key (definition_id, parent_version_id)
        references ${schema}.definition_versions (definition_id, id) on delete set null (parent_version_id),
    constraint definition_versions_created_by_fk foreign key (created_by)
        references ${schema}.users (id) on delete set null,
    constraint definition_versions_semver_range check (semver_major >= 0 and semver_minor >= 0 and semver_patch >= 0),
    constraint definition_versions_semver_prerelease_format check (length(semver_prerelease) <= 255 and semver_prerelease
        ~ '^(0|[1-9][0-9]{0,49}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]{0,49}|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*$'),
    constraint definition_versions_semver_build_format
        check (length(semver_build) <= 255 and semver_build ~ '^[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*$'),
    constraint definition_versions_precedence_of_number check (starts_with(precedence, lpad(semver_major::text, 10, '0')
        || ' ' || lpad(semver_minor::text, 10, '0') || ' ' || lpad(semver_patch::text, 10, '0') || ' ')
        and (semver_prerelease is null) = (substr(precedence, 34) = '~')),
    constraint definition_versions_parent_is_another check (parent_version_id <> id),
    constraint definition_versions_changelog_length
        check (changelog ~ '\S' and length(changelog) between 10 and 10000),
    constraint definition_versions_migration_notes_length
        check (migration_notes ~ '\S' and length(migration_notes) <= 20000),
    constraint definition_versions_breaking_with_notes check (not breaking or coalesce(length(migration_notes), 0) >= 20),
    constraint definition_versions_primary_metric_name_length
        check (primary_metric_name ~ '\S' and length(primary_metric_name) <= 200),
    constraint definition_versions_primary_metric_description_length
        check (primary_metric_description ~ '\S' and length(primary_metric_description) <= 2000),
    constraint definition_versions_primary_metric_kind_length
        check (primary_metric_kind ~ '\S' and length(primary_metric_kind) <= 100),
    constraint definition_versions_primary_metric_unit_length
        check (primary_metric_unit ~ '\S' and length(primary_metric_unit) <= 100),
    constraint definition_versions_primary_metric_range check (primary_metric_range_min < primary_metric_range_max
        and primary_metric_range_min between -1e300 and 1e300 and primary_metric_range_max between -1e300 and 1e300),
    constraint definition_versions_aggregation_valid check (aggregation in ('mean', 'weighted_mean', 'median',
        'geometric_mean', 'harmonic_mean', 'min', 'max', 'percentile', 'pass_rate')),
    constraint definition_versions_aggregation_config_fits check (jsonb_typeof(aggregation_config) = 'object'
        and (aggregation <> 'percentile' or coalesce(jsonb_typeof(aggregation_config -> 'percentile') = 'number'
            and aggregation_config -> 'percentile' between '0' and '100', false))),
    constraint definition_versions_normalization_valid check (normalization in ('none', 'min_max', 'z_score')),
    constraint definition_versions_normalization_config_fits check (jsonb_typeof(normalization_config) = 'object'
        and case normalization
            when 'min_max' then coalesce(jsonb_typeof(normalization_config -> 'min') = 'number'
                and jsonb_typeof(normalization_config -> 'max') = 'number'
                and normalization_config -> 'min' < normalization_config -> 'max', false)
            when 'z_score' then coalesce(jsonb_typeof(normalization_config -> 'mean') = 'number'
                and jsonb_typeof(normalization_config -> 'stddev') = 'number'
                and normalization_config -> 'stddev' > '0', false)
            else true end),
    constraint definition_versions_minimum_test_cases_range check (minimum_test_cases >= 0),
    constraint definition_versions_confidence_level_range check (confidence_level between 0.5 and 0.99),
    constraint definition_versions_timeout_per_test_ms_range check (timeout_per_test_ms between 1 and 600000),
    constraint definition_versions_max_retries_range check (max_retries between 0 and 10),
    constraint definition_versions_retry_delay_ms_range check (retry_delay_ms between 0 and 600000),
    constraint definition_versions_max_concurrent_range check (max_concurrent between 1 and 100),
    constraint definition_versions_rate_limit_per_minute_range check (rate_limit_per_minute between 1 and 1000000)
);

-- The latest version of any kind, and the latest release however many prereleases are above it.
create index idx_definition_versions_definition_id_precedence
    on ${schema}.definition_versions (definition_id, precedence desc);
create index idx_definition_versions_definition_id_precedence_releases
    on ${schema}.definition_versions (definition_id, precedence desc) where semver_prerelease is null;
create index idx_definition_versions_created_by on ${schema}.definition_versions (created_by) where created_by is not null;

create trigger definition_versions_touch before update on ${schema}.definition_versions
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.definition_versions is
    'A version of a benchmark definition. It changes only while the definition is a draft or under review.';
comment on column ${schema}.definition_versions.semver_major is 'The first number of the version, by SemVer 2.0.';
comment on column ${schema}.definition_versions.semver_minor is 'The second number of the version.';
comment on column ${schema}.definition_versions.semver_patch is 'The third number of the version.';
comment on column ${schema}.definition_versions.semver_prerelease is 'Such as rc.1; null for a release.';
comment on column ${schema}.definition_versions.semver_build is 'What tells builds of one version apart; no part of its identity.';
comment on column ${schema}.definition_versions.precedence is
    'Sorts as SemVer 2.0 orders versions: the three numbers in ten digits each, then ~ for a release, or the identifiers of the'
    ' prerelease, 0, length and digits for a number, 1 and the text for another.';
comment on column ${schema}.definition_versions.parent_version_id is
    'The version that this one follows: unless another was named, the one directly below it; null for the first.';
comment on column ${schema}.definition_versions.changelog is 'What is new in this version.';
comment on column ${schema}.definition_versions.breaking is 'Whether its scores cannot be compared with those of its parent.';
comment on column ${schema}.definition_versions.migration_notes is 'What who ran its parent must change; given where breaking.';
comment on column ${schema}.definition_versions.primary_metric_name is 'What a submission''s aggregate score measures.';
comment on column ${schema}.definition_versions.primary_metric_description is 'The same in a sentence.';
comment on column ${schema}.definition_versions.primary_metric_kind is 'The kind of quantity, such as accuracy or throughput.';
comment on column ${schema}.definition_versions.primary_metric_unit is 'Its unit, such as tokens/s; null for a share.';
comment on column ${schema}.definition_versions.primary_metric_higher_is_better is 'Whether more of it is better.';
comment on column ${schema}.definition_versions.primary_metric_range_min is 'Its least value; null for no bound.';
comment on column ${schema}.definition_versions.primary_metric_range_max is 'Its greatest value; null for no bound.';
comment on column ${schema}.definition_versions.secondary_metrics is 'What is measured besides, as the platform shapes it.';
comment on column ${schema}.definition_versions.aggregation is 'How one score is made of those of the cases.';
comment on column ${schema}.definition_versions.aggregation_config is 'For percentile: percentile, 0 to 100.';
comment on column ${schema}.definition_versions.normalization is 'How the aggregated score is put on a common scale.';
comment on column ${schema}.definition_versions.normalization_config is
    'The constants of that scale: min and max for min_max, mean and stddev for z_score. Never taken from a submission.';
comment on column ${schema}.definition_versions.minimum_test_cases is 'So many cases a submission has at least.';
comment on column ${schema}.definition_versions.confidence_level is 'The level of the confidence intervals of its scores.';
comment on column ${schema}.definition_versions.timeout_per_test_ms is 'The time for one case, in milliseconds.';
comment on column ${schema}.definition_versions.max_retries is 'Retries of one case.';
comment on column ${schema}.definition_versions.retry_delay_ms is 'The wait before a retry, in milliseconds.';
comment on column ${schema}.definition_versions.max_concurrent is 'Cases at a time.';
comment on column ${schema}.definition_versions.rate_limit_per_minute is 'Requests a minute; null for no limit.';
comment on column ${schema}.definition_versions.model_parameters is 'What the model is called with, such as its temperature.';
comment on column ${schema}.definition_versions.environment_requirements is 'What a run needs, as the platform shapes it.';
comment on column ${schema}.definition_versions.dataset_references is 'The data that its cases are made of, as the platform shapes it.';

create table ${schema}.definition_subcategories (
    version_id uuid not null,
    name text not null,
    parent_category text not null,
    description text,
    constraint definition_subcategories_pkey primary key (version_id, name),
    constraint definition_subcategories_version_fk foreign key (version_id)
        references ${schema}.definition_versions (id) on delete cascade,
    constraint definition_subcategories_name_length check (name ~ '\S' and length(name) <= 200),
    constraint definition_subcategories_parent_category_valid
        check (parent_category in ('performance', 'accuracy', 'reliability', 'safety', 'cost', 'capability')),
    constraint definition_subcategories_description_length check (description ~ '\S' and length(description) <= 2000)
);

comment on table ${schema}.definition_subcategories is 'A part of what a version of a benchmark definition measures.';
comment on column ${schema}.definition_subcategories.name is 'Unique in the version.';
comment on column ${schema}.definition_subcategories.parent_category is 'The category that it is a part of.';
