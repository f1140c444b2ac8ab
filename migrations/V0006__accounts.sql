-- Purpose: users and their API keys.
-- Locks: benchmarks and evaluations against writers while their created_by is checked against users.
-- Undo: undo/U0006__accounts.sql

create table ${schema}.users (
    id uuid not null default ${schema}.uuid_v7(),
    email text not null,
    username text not null,
    display_name text,
    password_hash text,
    role text not null default 'user',
    active boolean not null default true,
    email_verified boolean not null default false,
    metadata jsonb,
    last_login_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    deleted_at timestamptz,
    constraint users_pkey primary key (id),
    constraint users_email_format check (email ~ '^[^\s@]+@[^\s@]+$' and length(email) <= 320),
    constraint users_username_format check (username ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    constraint users_role_valid check (role in ('viewer', 'user', 'contributor', 'reviewer', 'admin', 'service')),
    constraint users_inactive_when_deleted check (deleted_at is null or not active)
) with (fillfactor = 85);

-- A violation names them to the caller.
create unique index idx_users_email on ${schema}.users (lower(email)) where deleted_at is null;
create unique index idx_users_username on ${schema}.users (lower(username)) where deleted_at is null;
create index idx_users_created_at on ${schema}.users (created_at, id);

create trigger users_touch before update on ${schema}.users
    for each row when (new.updated_at is not distinct from old.updated_at
        and new.last_login_at is not distinct from old.last_login_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.users is 'People and services that use the platform.';
comment on column ${schema}.users.email is 'As it was given; unique ignoring case among users who are not deleted.';
comment on column ${schema}.users.username is 'As it was given, without @; unique ignoring case among users who are not deleted.';
comment on column ${schema}.users.password_hash is 'A PHC string; null where the user cannot log in by password.';
comment on column ${schema}.users.active is 'Whether the user may log in and the user''s keys are accepted.';
comment on column ${schema}.users.deleted_at is 'Soft delete: the row stays for what refers to it; its email and username can be used again.';
comment on column ${schema}.users.display_name is 'What the user is called on screen.';
comment on column ${schema}.users.role is 'What the user may do; the platform decides what each role means.';
comment on column ${schema}.users.email_verified is 'Whether the user has proved that the address is theirs.';
comment on column ${schema}.users.last_login_at is 'When the user last logged in.';

create table ${schema}.api_keys (
    id uuid not null default ${schema}.uuid_v7(),
    user_id uuid not null,
    key_id text not null,
    key_hash bytea not null,
    name text not null,
    scopes text[] not null default '{}',
    active boolean not null default true,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint api_keys_pkey primary key (id),
    constraint api_keys_key_id_unique unique (key_id),
    constraint api_keys_user_fk foreign key (user_id) references ${schema}.users (id) on delete cascade,
    constraint api_keys_key_id_format check (key_id ~ '^[A-Za-z0-9]{16}$'),
    constraint api_keys_key_hash_size check (octet_length(key_hash) = 32),
    constraint api_keys_name_given check (name ~ '\S'),
    constraint api_keys_scopes_given check (array_position(scopes, null) is null),
    constraint api_keys_inactive_when_revoked check (revoked_at is null or not active)
) with (fillfactor = 80);

create index idx_api_keys_user_id_created_at on ${schema}.api_keys (user_id, created_at, id);

create trigger api_keys_touch before update on ${schema}.api_keys
    for each row when (new.updated_at is not distinct from old.updated_at
        and new.last_used_at is not distinct from old.last_used_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.api_keys is 'Keys by which programs act for a user. The keys themselves are not stored.';
comment on column ${schema}.api_keys.key_id is 'The public part of the key, by which it is found.';
comment on column ${schema}.api_keys.key_hash is 'SHA-256 of the secret part, which has 256 random bits and so needs no salt and no slow hash.';
comment on column ${schema}.api_keys.scopes is 'What the key may be used for, in the host''s words.';
comment on column ${schema}.api_keys.active is 'False while suspended, and for good once revoked.';
comment on column ${schema}.api_keys.last_used_at is 'When it was last accepted, true to a minute.';
comment on column ${schema}.api_keys.expires_at is 'From then on the key is refused; null for never.';
comment on column ${schema}.api_keys.revoked_at is 'When the key was revoked, which is for good.';

create function ${schema}.note_key_use(key uuid) returns timestamptz
language sql volatile
as $$
    -- Of those who use the key at this moment one notes it, and the others neither wait nor note it again.
    update ${schema}.api_keys set last_used_at = statement_timestamp()
    where id = (
        select id from ${schema}.api_keys
        where id = key and (last_used_at is null or last_used_at <= statement_timestamp() - interval '1 minute')
        for no key update skip locked)
    returning last_used_at
$$;
comment on function ${schema}.note_key_use(uuid) is 'Notes the use of a key, at most once a minute; null where it did not.';

-- Who was given the right to read new tables and not to write them has no business with hashes.
do $$
declare
    reader name;
begin
    for reader in
        select pg_catalog.pg_get_userbyid(x.grantee)
        from pg_catalog.pg_class c cross join pg_catalog.aclexplode(c.relacl) x
        where c.oid = '${schema}.users'::regclass and x.grantee not in (0, c.relowner)
        group by x.grantee
        having bool_or(x.privilege_type = 'SELECT') and not bool_or(x.privilege_type = 'INSERT')
    loop
        execute pg_catalog.format('revoke select on ${schema}.users, ${schema}.api_keys from %I', reader);
        execute pg_catalog.format('grant select (id, email, username, display_name, role, active, email_verified, metadata,'
            ' last_login_at, created_at, updated_at, deleted_at) on ${schema}.users to %I', reader);
        execute pg_catalog.format('grant select (id, user_id, key_id, name, scopes, active, expires_at, revoked_at,'
            ' last_used_at, created_at, updated_at) on ${schema}.api_keys to %I', reader);
    end loop;
end
$$;

alter table ${schema}.benchmarks add constraint benchmarks_created_by_fk
    foreign key (created_by) references ${schema}.users (id) on delete set null;
alter table ${schema}.evaluations add constraint evaluations_created_by_fk
    foreign key (created_by) references ${schema}.users (id) on delete set null;
