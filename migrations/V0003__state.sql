-- Purpose: binary keys and values in namespaces, with expiry, checkpoints, a feed of changes, and locks.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0003__state.sql
-- Every name here begins with state_: a deployment that wants a second set of these tables makes it from this same text with
-- another prefix (StateOptions.tablePrefix).

-- Numbers that are never given twice: an entry that is deleted and made again has a version it never had before. Below each number
-- of a sequence stand sixteen random bits: a backup that is put back takes the sequence back, but gives no number again.
create sequence ${schema}.state_versions;
create sequence ${schema}.state_change_numbers;
create sequence ${schema}.state_lock_tokens;

-- The number is random, so that no other namespace ever has it: not after a backup was put back, nor in a schema made anew.
create table ${schema}.state_namespaces (
    id int not null default (random() * 2147483647)::int,
    name text not null,
    checkpointed boolean not null,
    watched boolean not null,
    epoch bigint not null default 1,
    kept_epoch bigint not null default 0,
    change_floor bigint not null default 0,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint state_namespaces_pkey primary key (id),
    constraint state_namespaces_name_key unique (name),
    constraint state_namespaces_name_given check (name ~ '\S'),
    constraint state_namespaces_epoch_range check (epoch > kept_epoch and kept_epoch >= 0)
) with (fillfactor = 50);

-- No foreign keys here and below: each write would lock its namespace's row.
create table ${schema}.state_entries (
    namespace_id int not null,
    key bytea not null,
    value bytea not null,
    version bigint not null,
    epoch bigint not null,
    expires_at timestamptz,
    expiry_minute int,
    metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint state_entries_pkey primary key (namespace_id, key),
    constraint state_entries_key_range check (octet_length(key) <= 1024),
    constraint state_entries_expiry_minute_with_expiry check ((expires_at is null) = (expiry_minute is null))
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- None of these holds an entry of a plain namespace without expiry and metadata.
create index idx_state_entries_namespace_id_epoch on ${schema}.state_entries (namespace_id, epoch) where epoch > 0;
create index idx_state_entries_namespace_id_expiry_minute on ${schema}.state_entries (namespace_id, expiry_minute)
    where expiry_minute is not null;
create index idx_state_entries_metadata on ${schema}.state_entries using gin (metadata jsonb_path_ops)
    where metadata is not null;

create table ${schema}.state_history (
    namespace_id int not null,
    key bytea not null,
    epoch_from bigint not null,
    epoch_to bigint not null,
    value bytea not null,
    version bigint not null,
    expires_at timestamptz,
    metadata jsonb,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint state_history_pkey primary key (namespace_id, key, epoch_from),
    constraint state_history_epoch_range check (epoch_from > 0 and epoch_from <= epoch_to)
);

-- The first holds every row; its condition keeps it from being taken where a row is looked up by its key.
create index idx_state_history_namespace_id_epoch_to on ${schema}.state_history (namespace_id, epoch_to) where epoch_to > 0;
create index idx_state_history_namespace_id_expires_at on ${schema}.state_history (namespace_id, expires_at)
    where expires_at is not null;

create table ${schema}.state_checkpoints (
    id uuid not null,
    namespace_id int not null,
    epoch bigint not null,
    label text,
    metadata jsonb,
    entries bigint,
    bytes bigint,
    created_at timestamptz not null default statement_timestamp(),
    constraint state_checkpoints_pkey primary key (id),
    constraint state_checkpoints_namespace_id_epoch_key unique (namespace_id, epoch),
    constraint state_checkpoints_label_given check (label ~ '\S'),
    constraint state_checkpoints_entries_range check (entries >= 0),
    constraint state_checkpoints_bytes_range check (bytes >= 0)
);

create table ${schema}.state_changes (
    namespace_id int not null,
    seq bigint not null,
    kind text not null,
    key bytea not null,
    version bigint not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint state_changes_pkey primary key (namespace_id, seq),
    constraint state_changes_kind_valid check (kind in ('put', 'delete', 'expire'))
);

create table ${schema}.state_locks (
    resource text not null,
    holder text not null,
    token bigint not null,
    acquired_at timestamptz not null default statement_timestamp(),
    expires_at timestamptz not null,
    constraint state_locks_pkey primary key (resource),
    constraint state_locks_resource_given check (resource ~ '\S'),
    constraint state_locks_holder_given check (holder ~ '\S')
) with (fillfactor = 50, autovacuum_vacuum_threshold = 200);

comment on sequence ${schema}.state_versions is 'Versions of state entries.';
comment on sequence ${schema}.state_change_numbers is
    'Positions in the feed. Never cached: a number must not be given after a higher one was.';
comment on sequence ${schema}.state_lock_tokens is 'Fencing tokens of locks.';
comment on table ${schema}.state_namespaces is 'A set of keys of its own, and how it is kept.';
comment on column ${schema}.state_namespaces.checkpointed is 'Whether overwritten entries are kept for checkpoints; fixed when made.';
comment on column ${schema}.state_namespaces.watched is 'Whether changes are written to the feed; fixed when made.';
comment on column ${schema}.state_namespaces.epoch is 'Rises by one with each checkpoint; what is written now carries it.';
comment on column ${schema}.state_namespaces.kept_epoch is
    'The epoch that the newest kept checkpoint closed, 0 with none: an entry from then or earlier is copied before it is changed.';
comment on column ${schema}.state_namespaces.change_floor is 'Up to here the feed was compacted.';
comment on table ${schema}.state_entries is 'The present state: one value a key.';
comment on column ${schema}.state_entries.version is 'Changes with every change of value or metadata; never comes back.';
comment on column ${schema}.state_entries.epoch is 'The namespace''s epoch when the row was last written; 0 without checkpoints.';
comment on column ${schema}.state_entries.expires_at is
    'From then on the entry is absent to every reader. Not indexed, so that a sliding expiry keeps updates heap-only.';
comment on column ${schema}.state_entries.expiry_minute is 'The minute of expires_at since 1970, for the sweeper.';
comment on column ${schema}.state_entries.namespace_id is 'The entry''s namespace.';
comment on column ${schema}.state_entries.key is 'Unique in its namespace; bytes, compared as they are.';
comment on column ${schema}.state_entries.value is 'The caller''s bytes.';
comment on table ${schema}.state_history is 'What entries were, for the checkpoints from epoch_from to epoch_to.';
comment on column ${schema}.state_history.epoch_from is 'The epoch in which it was written.';
comment on column ${schema}.state_history.epoch_to is 'The last epoch in which it was the entry.';
comment on column ${schema}.state_history.namespace_id is 'The entry''s namespace.';
comment on column ${schema}.state_history.key is 'The entry''s key.';
comment on column ${schema}.state_history.value is 'The entry''s value then.';
comment on column ${schema}.state_history.version is 'The entry''s version then.';
comment on column ${schema}.state_history.expires_at is 'When that value expired or would have.';
comment on table ${schema}.state_checkpoints is 'The state at one moment: everything written up to the end of an epoch.';
comment on column ${schema}.state_checkpoints.epoch is 'The epoch that it closed.';
comment on column ${schema}.state_checkpoints.entries is 'How many entries it holds, once measured.';
comment on column ${schema}.state_checkpoints.bytes is 'The bytes of its keys and values, once measured.';
comment on column ${schema}.state_checkpoints.namespace_id is 'The namespace that it is a checkpoint of.';
comment on column ${schema}.state_checkpoints.label is 'A name for people; not unique.';
comment on table ${schema}.state_changes is 'The feed of watched namespaces.';
comment on column ${schema}.state_changes.seq is 'Given while the entry''s row is locked, so changes of one key stand in their order.';
comment on column ${schema}.state_changes.version is 'The version that was put, or that was removed.';
comment on column ${schema}.state_changes.namespace_id is 'The namespace that changed.';
comment on column ${schema}.state_changes.kind is
    'put (stored), delete (removed by a caller) or expire (removed by the sweeper).';
comment on column ${schema}.state_changes.key is 'The key that changed.';
comment on table ${schema}.state_locks is 'Leases on named resources. A free lock keeps its row, so that its tokens only grow.';
comment on column ${schema}.state_locks.token is 'New with each acquisition; what the holder writes elsewhere can be checked against it.';
comment on column ${schema}.state_locks.expires_at is 'From then on any process may acquire it; -infinity once released.';
comment on column ${schema}.state_locks.resource is 'The lock''s name.';
comment on column ${schema}.state_locks.holder is 'A name for people; the token proves ownership.';
comment on column ${schema}.state_locks.acquired_at is 'When the present or last holder acquired it.';
