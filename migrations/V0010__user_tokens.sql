-- Purpose: one-time tokens: proof of an address, password reset, invitation.
-- Locks: users and organizations against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0010__user_tokens.sql

create table ${schema}.user_tokens (
    id uuid not null default ${schema}.uuid_v7(),
    user_id uuid,
    purpose text not null,
    email text not null,
    organization_id uuid,
    token_hash bytea not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint user_tokens_pkey primary key (id),
    constraint user_tokens_token_hash_unique unique (token_hash),
    constraint user_tokens_user_fk foreign key (user_id) references ${schema}.users (id) on delete cascade,
    constraint user_tokens_organization_fk foreign key (organization_id)
        references ${schema}.organizations (id) on delete cascade,
    constraint user_tokens_purpose_valid check (purpose in ('email_verification', 'password_reset', 'invitation')),
    constraint user_tokens_user_unless_invitation
        check ((purpose = 'invitation') = (user_id is null) and (user_id is null) = (organization_id is not null)),
    constraint user_tokens_email_format check (email ~ '^[^\s@]+@[^\s@]+$' and length(email) <= 320),
    constraint user_tokens_token_hash_size check (octet_length(token_hash) = 32)
) with (fillfactor = 85);

-- A new token revokes the earlier ones, also where a transaction of a higher isolation level does not see them: it gets a
-- violation, which names these.
create unique index idx_user_tokens_user_id_purpose on ${schema}.user_tokens (user_id, purpose) where used_at is null;
create unique index idx_user_tokens_organization_id_email
    on ${schema}.user_tokens (organization_id, ${schema}.fold_case(email)) where used_at is null;
create index idx_user_tokens_user_id_created_at on ${schema}.user_tokens (user_id, created_at, id);
create index idx_user_tokens_organization_id_created_at on ${schema}.user_tokens (organization_id, created_at, id);
create index idx_user_tokens_email on ${schema}.user_tokens (${schema}.fold_case(email));
create index idx_user_tokens_expires_at on ${schema}.user_tokens (expires_at);

create trigger user_tokens_touch before update on ${schema}.user_tokens
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.user_tokens is
    'Secrets that do one thing once. They are not stored; a revoked token has no row.';
comment on column ${schema}.user_tokens.purpose is 'What the token is good for.';
comment on column ${schema}.user_tokens.email is
    'The address that the token was made for. A user''s token is good only while the user has this address, ignoring case.';
comment on column ${schema}.user_tokens.token_hash is
    'SHA-256 of the secret, which has 256 random bits and so needs no salt and no slow hash.';
comment on column ${schema}.user_tokens.expires_at is 'From then on the token is refused; maintenance removes it.';
comment on column ${schema}.user_tokens.used_at is 'When the token was redeemed, which it is once.';

-- Who was given the right to read new tables and not to write them has no business with hashes.
do $$
declare
    reader name;
begin
    for reader in
        select pg_catalog.pg_get_userbyid(x.grantee)
        from pg_catalog.pg_class c cross join pg_catalog.aclexplode(c.relacl) x
        where c.oid = '${schema}.user_tokens'::regclass and x.grantee not in (0, c.relowner)
        group by x.grantee
        having bool_or(x.privilege_type = 'SELECT') and not bool_or(x.privilege_type = 'INSERT')
    loop
        execute pg_catalog.format('revoke select on ${schema}.user_tokens from %I', reader);
        execute pg_catalog.format('grant select (id, user_id, purpose, email, organization_id, expires_at, used_at, metadata,'
            ' created_at, updated_at) on ${schema}.user_tokens to %I', reader);
    end loop;
end
$$;
