-- Purpose: organizations and their members.
-- Locks: users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0009__organizations.sql

create table ${schema}.organizations (
    id uuid not null default ${schema}.uuid_v7(),
    slug text not null,
    name text not null,
    description text,
    website text,
    logo_url text,
    type text not null,
    verified_at timestamptz,
    verified_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    deleted_at timestamptz,
    constraint organizations_pkey primary key (id),
    constraint organizations_verified_by_fk foreign key (verified_by) references ${schema}.users (id) on delete set null,
    -- Never ~*: a slug that differs in case alone would be another organization at the same address.
    constraint organizations_slug_format check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 2 and 100),
    constraint organizations_name_length check (name ~ '\S' and length(name) <= 100),
    constraint organizations_description_length check (description ~ '\S' and length(description) <= 5000),
    constraint organizations_website_format check (website ~ '^https?://\S+$' and length(website) <= 2000),
    constraint organizations_logo_url_format check (logo_url ~ '^https?://\S+$' and length(logo_url) <= 2000),
    constraint organizations_type_valid
        check (type in ('llm_provider', 'research_institution', 'enterprise', 'open_source', 'individual')),
    constraint organizations_verifier_when_verified check (verified_by is null or verified_at is not null)
);

-- A violation names it to the caller. The slug of a deleted organization is free.
create unique index idx_organizations_slug on ${schema}.organizations (slug) where deleted_at is null;
create index idx_organizations_created_at on ${schema}.organizations (created_at, id);
create index idx_organizations_type_created_at on ${schema}.organizations (type, created_at, id);
create index idx_organizations_verified_by on ${schema}.organizations (verified_by) where verified_by is not null;

create trigger organizations_touch before update on ${schema}.organizations
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.organizations is 'Who publishes benchmark definitions: a group of users under one name.';
comment on column ${schema}.organizations.slug is
    'The organization''s name in addresses, case-sensitive; unique among organizations that are not deleted.';
comment on column ${schema}.organizations.website is 'The organization''s own pages.';
comment on column ${schema}.organizations.logo_url is 'Where the organization''s picture is.';
comment on column ${schema}.organizations.type is 'What sort of organization it is.';
comment on column ${schema}.organizations.verified_at is 'When the platform confirmed that the organization is who it says; null until then.';

create table ${schema}.organization_members (
    organization_id uuid not null,
    user_id uuid not null,
    role text not null default 'member',
    joined_at timestamptz not null default statement_timestamp(),
    constraint organization_members_pkey primary key (organization_id, user_id),
    constraint organization_members_organization_fk foreign key (organization_id)
        references ${schema}.organizations (id) on delete cascade,
    constraint organization_members_user_fk foreign key (user_id) references ${schema}.users (id) on delete cascade,
    constraint organization_members_role_valid check (role in ('member', 'admin', 'owner'))
);

create index idx_organization_members_organization_id_joined_at
    on ${schema}.organization_members (organization_id, joined_at, user_id);
create index idx_organization_members_user_id_joined_at
    on ${schema}.organization_members (user_id, joined_at, organization_id);

comment on table ${schema}.organization_members is 'Which user belongs to which organization, and as what.';
comment on column ${schema}.organization_members.role is
    'member, admin or owner. The library keeps one active owner in each organization that is not deleted.';
comment on column ${schema}.organization_members.joined_at is 'When the user became a member.';
