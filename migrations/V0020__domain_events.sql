-- Purpose: domain events, by month: what happened in the store, in the writers' transactions.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0020__domain_events.sql

create sequence ${schema}.domain_event_positions;
comment on sequence ${schema}.domain_event_positions is
    'Positions of domain events. Never cached: a position must not be given after a higher one was.';

create table ${schema}.domain_events (
    position bigint not null default nextval('${schema}.domain_event_positions'),
    id uuid not null,
    event_type text not null,
    aggregate_type text not null,
    aggregate_id text not null,
    event_version integer not null default 1,
    payload jsonb not null default '{}',
    correlation_id uuid,
    causation_id uuid,
    actor_kind text,
    actor_id uuid,
    partition_key text not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint domain_events_pkey primary key (position, created_at),
    constraint domain_events_event_type_given check (event_type ~ '\S'),
    constraint domain_events_aggregate_type_given check (aggregate_type ~ '\S'),
    constraint domain_events_aggregate_id_given check (aggregate_id ~ '\S'),
    constraint domain_events_event_version_positive check (event_version >= 1),
    constraint domain_events_actor_kind_valid check (actor_kind in ('user', 'api_key', 'service', 'system')),
    constraint domain_events_partition_key_given check (partition_key ~ '\S')
) partition by range (created_at);

create index idx_domain_events_aggregate_type_aggregate_id_position
    on ${schema}.domain_events (aggregate_type, aggregate_id, position);
create index idx_domain_events_correlation_id_position on ${schema}.domain_events (correlation_id, position)
    where correlation_id is not null;

create trigger domain_events_append_only before update or delete on ${schema}.domain_events
    for each row execute function ${schema}.refuse_change();
create trigger domain_events_no_truncate before truncate on ${schema}.domain_events
    for each statement execute function ${schema}.refuse_change();

comment on table ${schema}.domain_events is
    'What happened, in order. Rows are appended in the commit of what they tell, and read; whole months are dropped.';
comment on column ${schema}.domain_events.position is 'The order; drawn while the writer holds the aggregate''s row.';
comment on column ${schema}.domain_events.id is 'What receivers know the event by, and what a causation_id names.';
comment on column ${schema}.domain_events.event_type is 'What happened, such as submission.created.';
comment on column ${schema}.domain_events.aggregate_type is 'The kind of thing it happened to, such as submission.';
comment on column ${schema}.domain_events.aggregate_id is 'The thing; of composite keys the parts with a slash between them.';
comment on column ${schema}.domain_events.event_version is 'The version of the payload''s form.';
comment on column ${schema}.domain_events.payload is 'What is told of it.';
comment on column ${schema}.domain_events.correlation_id is 'The same for everything that one cause led to, across services.';
comment on column ${schema}.domain_events.causation_id is 'The event or command that led to this.';
comment on column ${schema}.domain_events.actor_kind is 'The kind of actor, where somebody acted.';
comment on column ${schema}.domain_events.actor_id is 'The user, key or service, without a foreign key: events outlive them.';
comment on column ${schema}.domain_events.partition_key is
    'By what receivers may spread events without losing order; the aggregate''s id unless given.';
