-- Purpose: datasets of the catalogue: what experiments train on and are evaluated with.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0024__datasets.sql

create table ${schema}.datasets (
    id uuid not null default ${schema}.uuid_v7(),
    name text collate "C" not null,
    version_label text collate "C" not null default '1.0.0',
    format text not null,
    sample_count bigint,
    size_bytes bigint,
    domain text,
    uri text,
    checksum text collate "C",
    validation_split double precision not null default 0.2,
    metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint datasets_pkey primary key (id),
    constraint datasets_name_version_label_unique unique (name, version_label),
    constraint datasets_name_length check (name ~ '\S' and length(name) <= 200),
    constraint datasets_version_label_length check (version_label ~ '\S' and length(version_label) <= 100),
    constraint datasets_format_valid check (format in ('jsonl', 'csv', 'parquet', 'arrow', 'text', 'other')),
    constraint datasets_sample_count_range check (sample_count >= 0),
    constraint datasets_size_bytes_range check (size_bytes >= 0),
    constraint datasets_domain_length check (domain ~ '\S' and length(domain) <= 200),
    constraint datasets_uri_length check (uri ~ '\S' and length(uri) <= 2000),
    constraint datasets_checksum_format check (checksum ~ '^[0-9a-f]{64}$'),
    constraint datasets_validation_split_range check (validation_split between 0 and 1),
    constraint datasets_metadata_object check (jsonb_typeof(metadata) = 'object')
);

create index idx_datasets_created_at on ${schema}.datasets (created_at, id);
create index idx_datasets_domain_created_at on ${schema}.datasets (domain, created_at, id) where domain is not null;
create index idx_datasets_checksum on ${schema}.datasets (checksum) where checksum is not null;

create trigger datasets_touch before update on ${schema}.datasets
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.datasets is 'A version of a set of examples that models are trained on or evaluated with.';
comment on column ${schema}.datasets.version_label is 'The version''s name among the versions of one dataset.';
comment on column ${schema}.datasets.format is 'The file format: jsonl, csv, parquet, arrow, text or other.';
comment on column ${schema}.datasets.sample_count is 'How many examples it has; null where that is not known.';
comment on column ${schema}.datasets.size_bytes is 'How large its files are together; null where that is not known.';
comment on column ${schema}.datasets.domain is 'What its examples are about, such as law.';
comment on column ${schema}.datasets.uri is 'Where it is.';
comment on column ${schema}.datasets.checksum is 'SHA-256 of its contents, in lower-case hexadecimal digits.';
comment on column ${schema}.datasets.validation_split is
    'The share of its examples that is held back for validation, from 0 to 1.';
