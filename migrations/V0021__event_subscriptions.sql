-- Purpose: who is told of domain events, how far each subscriber is, and which events were set aside.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0021__event_subscriptions.sql

create sequence ${schema}.event_lease_tokens;
comment on sequence ${schema}.event_lease_tokens is
    'Tokens of the leases of subscriptions. Never cached: a later lease must have a greater token.';

create table ${schema}.event_subscriptions (
    id uuid not null default ${schema}.uuid_v7(),
    name text not null,
    event_types text[],
    aggregate_types text[],
    delivery text not null,
    endpoint text,
    secret text,
    previous_secret text,
    previous_until timestamptz,
    start_position bigint not null,
    enabled boolean not null default true,
    disabled_reason text,
    max_failures integer not null default 10,
    on_poison text not null default 'park',
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint event_subscriptions_pkey primary key (id),
    constraint event_subscriptions_name_unique unique (name),
    constraint event_subscriptions_name_format check (name ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' and length(name) <= 100),
    constraint event_subscriptions_event_types_given check (cardinality(event_types) between 1 and 100
        and array_position(event_types, null) is null),
    constraint event_subscriptions_aggregate_types_given check (cardinality(aggregate_types) between 1 and 100
        and array_position(aggregate_types, null) is null),
    constraint event_subscriptions_delivery_valid check (delivery in ('pull', 'handler', 'webhook', 'job')),
    constraint event_subscriptions_endpoint_by_delivery check ((endpoint is not null) = (delivery in ('webhook', 'job'))),
    constraint event_subscriptions_endpoint_format check (endpoint ~ '\S' and length(endpoint) <= 2000
        and (delivery <> 'webhook' or endpoint ~ '^https?://\S+$')),
    constraint event_subscriptions_secret_by_delivery check ((secret is not null) = (delivery = 'webhook')),
    constraint event_subscriptions_secret_format check (secret ~ '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$'
        and previous_secret ~ '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$'),
    constraint event_subscriptions_previous_complete check (num_nulls(previous_secret, previous_until) in (0, 2)
        and (previous_secret is null or secret is not null)),
    constraint event_subscriptions_start_position_range check (start_position >= 0),
    constraint event_subscriptions_disabled_reason_valid check (disabled_reason in ('pause', 'poison', 'gone')),
    constraint event_subscriptions_disabled_complete check (enabled = (disabled_reason is null)),
    constraint event_subscriptions_max_failures_range check (max_failures between 1 and 1000),
    constraint event_subscriptions_on_poison_valid check (on_poison in ('park', 'skip', 'stop'))
);

create index idx_event_subscriptions_created_at on ${schema}.event_subscriptions (created_at, id);

create trigger event_subscriptions_touch before update on ${schema}.event_subscriptions
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.event_subscriptions is 'Who is told of which domain events, and how.';
comment on column ${schema}.event_subscriptions.name is 'By what handlers and receivers name it.';
comment on column ${schema}.event_subscriptions.event_types is 'Only events of these types; null for every type.';
comment on column ${schema}.event_subscriptions.aggregate_types is 'Only events of these kinds of aggregates; null for every kind.';
comment on column ${schema}.event_subscriptions.delivery is 'How events arrive: asked for, by a handler, a request or a job.';
comment on column ${schema}.event_subscriptions.endpoint is 'The address of webhooks, or the type of the jobs; null otherwise.';
comment on column ${schema}.event_subscriptions.secret is 'Signs webhooks. Not hashed, since the signer needs it; no list, log or reader sees it.';
comment on column ${schema}.event_subscriptions.previous_secret is 'Signs beside the secret until previous_until.';
comment on column ${schema}.event_subscriptions.previous_until is 'When the previous secret ends.';
comment on column ${schema}.event_subscriptions.start_position is 'It began with the first event after this position; 0 for the first of all.';
comment on column ${schema}.event_subscriptions.enabled is 'Whether events are delivered.';
comment on column ${schema}.event_subscriptions.disabled_reason is
    'Why not: pause (somebody), poison (an event that failed too often), or gone (a receiver that answered 410).';
comment on column ${schema}.event_subscriptions.max_failures is 'How often an event may fail in a row before on_poison decides.';
comment on column ${schema}.event_subscriptions.on_poison is
    'Then: park sets it and later ones of its aggregate aside, skip sets it alone aside, stop disables the subscription.';

-- Written with every batch, so it is narrow and has no index but its key.
create table ${schema}.event_cursors (
    subscription_id uuid not null,
    position bigint not null,
    token bigint,
    owner text,
    expires_at timestamptz,
    failure_count integer not null default 0,
    retry_at timestamptz,
    last_error text,
    last_delivered_at timestamptz,
    constraint event_cursors_pkey primary key (subscription_id),
    constraint event_cursors_subscription_fk foreign key (subscription_id)
        references ${schema}.event_subscriptions (id) on delete cascade,
    constraint event_cursors_position_range check (position >= 0),
    constraint event_cursors_lease_complete check (num_nulls(owner, expires_at) in (0, 2)
        and (owner is null or token is not null)),
    constraint event_cursors_owner_given check (owner ~ '\S'),
    constraint event_cursors_failure_count_range check (failure_count >= 0),
    constraint event_cursors_failures_complete check (failure_count > 0 or num_nonnulls(retry_at, last_error) = 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

comment on table ${schema}.event_cursors is 'How far each subscription is, and who delivers its events at the moment.';
comment on column ${schema}.event_cursors.position is 'Every event up to this position was delivered, set aside, or is of no concern.';
comment on column ${schema}.event_cursors.token is 'The fence of the lease, or of the last one; drawn anew by each.';
comment on column ${schema}.event_cursors.owner is 'Who holds the lease; null where nobody does.';
comment on column ${schema}.event_cursors.expires_at is 'From then on another may take the lease.';
comment on column ${schema}.event_cursors.failure_count is 'How often the next event failed in a row.';
comment on column ${schema}.event_cursors.retry_at is 'No attempt before then.';
comment on column ${schema}.event_cursors.last_error is 'Why the next event failed last.';
comment on column ${schema}.event_cursors.last_delivered_at is 'When events were last acknowledged.';

create table ${schema}.event_parked (
    subscription_id uuid not null,
    position bigint not null,
    event_id uuid not null,
    event_type text not null,
    aggregate_type text not null,
    aggregate_id text not null,
    event_created_at timestamptz not null,
    attempts integer not null,
    error text,
    holds boolean not null,
    retrying boolean not null default false,
    token bigint,
    parked_at timestamptz not null default statement_timestamp(),
    constraint event_parked_pkey primary key (subscription_id, position),
    constraint event_parked_subscription_fk foreign key (subscription_id)
        references ${schema}.event_subscriptions (id) on delete cascade,
    constraint event_parked_attempts_range check (attempts >= 0),
    constraint event_parked_error_of_attempts check ((attempts > 0) = (error is not null)),
    constraint event_parked_token_of_retry check (retrying or token is null)
);

create index idx_event_parked_subscription_id_aggregate_type_aggregate_id on ${schema}.event_parked
    (subscription_id, aggregate_type, aggregate_id, position);

comment on table ${schema}.event_parked is
    'Events that a subscription set aside: those that failed too often, and the later ones of their aggregates.';
comment on column ${schema}.event_parked.position is 'The event''s position.';
comment on column ${schema}.event_parked.event_id is 'The event, without a foreign key: its month may be dropped before it is delivered.';
comment on column ${schema}.event_parked.event_type is 'What happened, as in the event.';
comment on column ${schema}.event_parked.aggregate_type is 'The kind of aggregate, as in the event.';
comment on column ${schema}.event_parked.aggregate_id is 'The aggregate, as in the event.';
comment on column ${schema}.event_parked.event_created_at is 'When the event happened, which tells its month.';
comment on column ${schema}.event_parked.attempts is 'How often it failed; 0 if only an earlier event of its aggregate did.';
comment on column ${schema}.event_parked.error is 'Why it failed last.';
comment on column ${schema}.event_parked.holds is 'Whether later events of its aggregate are set aside too.';
comment on column ${schema}.event_parked.retrying is 'Whether it is to be delivered again.';
comment on column ${schema}.event_parked.token is 'The lease under which it was last handed out for that.';
comment on column ${schema}.event_parked.parked_at is 'When it was set aside.';

-- Who was given the right to read new tables and not to write them has no business with secrets.
do $$
declare
    reader name;
begin
    for reader in
        select pg_catalog.pg_get_userbyid(x.grantee)
        from pg_catalog.pg_class c cross join pg_catalog.aclexplode(c.relacl) x
        where c.oid = '${schema}.event_subscriptions'::regclass and x.grantee not in (0, c.relowner)
        group by x.grantee
        having bool_or(x.privilege_type = 'SELECT') and not bool_or(x.privilege_type = 'INSERT')
    loop
        execute pg_catalog.format('revoke select on ${schema}.event_subscriptions from %I', reader);
        execute pg_catalog.format('grant select (id, name, event_types, aggregate_types, delivery, endpoint, previous_until,'
            ' start_position, enabled, disabled_reason, max_failures, on_poison, created_at, updated_at)'
            ' on ${schema}.event_subscriptions to %I', reader);
        execute pg_catalog.format('grant select on sequence ${schema}.domain_event_positions to %I', reader);
    end loop;
end
$$;
