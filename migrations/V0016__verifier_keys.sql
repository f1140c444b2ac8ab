-- Purpose: the public keys by which verifiers sign what they found.
-- Locks: users against writers while the foreign key to it is made; all else is new.
-- Undo: undo/U0016__verifier_keys.sql

create table ${schema}.verifier_keys (
    id uuid not null default ${schema}.uuid_v7(),
    key_id text collate "C" not null,
    verifier_id uuid,
    verifier_label text not null,
    verifier_ref text collate "C" not null,
    public_key text collate "C" not null,
    valid_from timestamptz not null default statement_timestamp(),
    valid_to timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint verifier_keys_pkey primary key (id),
    constraint verifier_keys_key_id_unique unique (key_id),
    -- A key that was revoked does not come back under another name.
    constraint verifier_keys_public_key_unique unique (public_key),
    constraint verifier_keys_verifier_fk foreign key (verifier_id) references ${schema}.users (id) on delete set null,
    constraint verifier_keys_key_id_length check (key_id ~ '\S' and length(key_id) <= 200),
    constraint verifier_keys_verifier_label_given check (verifier_label ~ '\S'),
    constraint verifier_keys_verifier_ref_format check (verifier_ref ~ '^(user|worker) \S'),
    -- The first 16 characters say that it is an Ed25519 key, the others are its 32 bytes.
    constraint verifier_keys_public_key_format check (public_key ~ '^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$'),
    constraint verifier_keys_valid_from_before_valid_to check (valid_from < valid_to)
);

create index idx_verifier_keys_created_at on ${schema}.verifier_keys (created_at, id);
create index idx_verifier_keys_verifier_id_created_at
    on ${schema}.verifier_keys (verifier_id, created_at, id) where verifier_id is not null;

create trigger verifier_keys_touch before update on ${schema}.verifier_keys
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.verifier_keys is
    'The public Ed25519 keys by which verifiers sign what they found. A key stays after its end, for what it has signed.';
comment on column ${schema}.verifier_keys.key_id is 'Names the key in signatures.';
comment on column ${schema}.verifier_keys.verifier_id is
    'The person whose key it is; null where it is a worker''s, and after the user was removed.';
comment on column ${schema}.verifier_keys.verifier_label is
    'Whose key it is, for people: a user''s or a worker''s name. It stays when the user is removed.';
comment on column ${schema}.verifier_keys.verifier_ref is
    'Whose key it is, for comparison: user and the id, or worker and the name. It never changes.';
comment on column ${schema}.verifier_keys.public_key is
    'The key as a SubjectPublicKeyInfo (RFC 8410) in Base64, which is the body of its PEM file.';
comment on column ${schema}.verifier_keys.valid_from is 'Signatures of an earlier time do not count.';
comment on column ${schema}.verifier_keys.valid_to is 'Signatures of this time or later do not count; null for no end.';
comment on column ${schema}.verifier_keys.revoked_at is
    'From when the key is no longer to be trusted: signatures of this time or later do not count.';
