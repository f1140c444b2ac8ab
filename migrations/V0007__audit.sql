-- Purpose: the audit log and the monitoring events, by month.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0007__audit.sql

create table ${schema}.audit_log (
    id uuid not null default ${schema}.uuid_v7(),
    occurred_at timestamptz not null default statement_timestamp(),
    actor_id uuid,
    actor_label text not null,
    actor_kind text not null,
    action text not null,
    entity_type text not null,
    entity_id text,
    changes jsonb,
    ip_address inet,
    user_agent text,
    request_id text,
    metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    constraint audit_log_pkey primary key (occurred_at, id),
    constraint audit_log_actor_label_given check (actor_label ~ '\S'),
    constraint audit_log_actor_kind_valid check (actor_kind in ('user', 'api_key', 'service', 'system')),
    constraint audit_log_action_given check (action ~ '\S'),
    constraint audit_log_entity_type_given check (entity_type ~ '\S')
) partition by range (occurred_at);

create index idx_audit_log_entity_type_entity_id_occurred_at
    on ${schema}.audit_log (entity_type, entity_id, occurred_at, id);
create index idx_audit_log_actor_id_occurred_at on ${schema}.audit_log (actor_id, occurred_at, id)
    where actor_id is not null;

create function ${schema}.refuse_change() returns trigger
language plpgsql
as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
comment on function ${schema}.refuse_change() is 'Refuses update, delete and truncate, whoever asks.';

create trigger audit_log_append_only before update or delete on ${schema}.audit_log
    for each row execute function ${schema}.refuse_change();
create trigger audit_log_no_truncate before truncate on ${schema}.audit_log
    for each statement execute function ${schema}.refuse_change();

-- Whoever was given rights on new tables keeps those to read and to append: the trigger refuses the others too, but a right
-- that is not there also forbids dropping a month by drop_partition.
do $$
declare
    grantee name;
begin
    for grantee in
        select distinct pg_catalog.pg_get_userbyid(x.grantee)
        from pg_catalog.pg_class c cross join pg_catalog.aclexplode(c.relacl) x
        where c.oid = '${schema}.audit_log'::regclass and x.grantee not in (0, c.relowner)
    loop
        execute pg_catalog.format('revoke update, delete, truncate on ${schema}.audit_log from %I', grantee);
        -- Nor is it for them to say which migrations have been.
        if to_regclass('${schema}.evalstore_schema_history') is not null then
            execute pg_catalog.format(
                'revoke insert, update, delete, truncate on ${schema}.evalstore_schema_history from %I', grantee);
        end if;
    end loop;
end
$$;

comment on table ${schema}.audit_log is 'Who did what. Rows are appended and read; whole months are dropped by the owner alone.';
comment on column ${schema}.audit_log.occurred_at is 'When it happened, which decides the partition; created_at is when it was written.';
comment on column ${schema}.audit_log.actor_id is 'The user, key or service, without a foreign key: the audit log outlives them.';
comment on column ${schema}.audit_log.actor_label is 'What the actor was called then.';
comment on column ${schema}.audit_log.changes is 'Field by field: {"role": {"from": "user", "to": "admin"}}.';
comment on column ${schema}.audit_log.request_id is 'The same in all rows of one request.';
comment on column ${schema}.audit_log.actor_kind is 'user, api_key, service or system (the library or an operator).';
comment on column ${schema}.audit_log.action is 'What was done, such as update.';
comment on column ${schema}.audit_log.entity_type is 'What kind of thing it was done to, such as user.';
comment on column ${schema}.audit_log.entity_id is 'The thing''s id as text; null where there is none.';
comment on column ${schema}.audit_log.ip_address is 'Where the request came from.';
comment on column ${schema}.audit_log.user_agent is 'What the request said it came from.';

create table ${schema}.monitoring_events (
    id uuid not null default ${schema}.uuid_v7(),
    event_type text not null,
    source text not null,
    data jsonb not null default '{}',
    occurred_at timestamptz not null default statement_timestamp(),
    created_at timestamptz not null default statement_timestamp(),
    constraint monitoring_events_pkey primary key (occurred_at, id),
    constraint monitoring_events_event_type_given check (event_type ~ '\S'),
    constraint monitoring_events_source_given check (source ~ '\S')
) partition by range (occurred_at);

create index idx_monitoring_events_event_type_occurred_at
    on ${schema}.monitoring_events (event_type, occurred_at, id);

comment on table ${schema}.monitoring_events is 'What happened in the platform''s machinery.';
comment on column ${schema}.monitoring_events.source is 'Which part of the platform says so.';
comment on column ${schema}.monitoring_events.event_type is 'What happened, in the caller''s terms.';
comment on column ${schema}.monitoring_events.data is 'Details, as the caller shapes them.';
comment on column ${schema}.monitoring_events.occurred_at is
    'When it happened, which decides the partition; created_at is when it was written.';
