-- Purpose: the job queue, its workers, limits, history and recurring schedules.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0008__jobs.sql
--
-- A job's wide row (payload) is written once; where the job is follows from which narrow table holds its number:
-- job_scheduled, job_ready, job_leases or job_finished, always exactly one of them. No foreign key leads to or from the narrow
-- tables: the checks' locks on the parent would be the queue's hottest spot.

-- Below a number of this sequence stand sixteen random bits, so that a generation is not given again where a backup was put back.
create sequence ${schema}.worker_generations;
comment on sequence ${schema}.worker_generations is 'Registrations of workers.';

create table ${schema}.workers (
    id uuid not null default ${schema}.uuid_v7(),
    generation bigint not null default (nextval('${schema}.worker_generations') << 16 | (random() * 65535)::bigint),
    worker_id text not null,
    address text,
    status text not null default 'starting',
    capacity int not null default 1,
    current_tasks int not null default 0,
    completed_tasks bigint not null default 0,
    failed_tasks bigint not null default 0,
    tags text[] not null default '{}',
    queues text[] not null default '{}',
    time_to_live_seconds int not null default 45,
    metadata jsonb,
    last_heartbeat_at timestamptz not null default statement_timestamp(),
    registered_at timestamptz not null default statement_timestamp(),
    gone_at timestamptz,
    constraint workers_pkey primary key (id),
    constraint workers_generation_key unique (generation),
    constraint workers_worker_id_given check (worker_id ~ '\S'),
    constraint workers_status_valid check (status in ('starting', 'idle', 'busy', 'draining', 'offline')),
    constraint workers_capacity_range check (capacity >= 1),
    constraint workers_current_tasks_range check (current_tasks >= 0),
    constraint workers_completed_tasks_range check (completed_tasks >= 0),
    constraint workers_failed_tasks_range check (failed_tasks >= 0),
    constraint workers_time_to_live_seconds_range check (time_to_live_seconds >= 1),
    constraint workers_gone_when_offline check ((gone_at is not null) = (status = 'offline'))
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create index idx_workers_worker_id on ${schema}.workers (worker_id);
create index idx_workers_gone_at on ${schema}.workers (gone_at) where gone_at is not null;
-- The living, whom every write by a worker asks for. A heartbeat changes nothing in it.
create index idx_workers_generation on ${schema}.workers (generation) where gone_at is null;

comment on table ${schema}.workers is 'One registration of a worker process. A generation that has ended never comes back.';
comment on column ${schema}.workers.generation is 'Names this registration in leases; new with each, never reused.';
comment on column ${schema}.workers.worker_id is 'The name, which a restarted process may use again.';
comment on column ${schema}.workers.tags is 'What it can do; it claims jobs whose required tags are among these.';
comment on column ${schema}.workers.queues is 'The queues that it serves; empty for all.';
comment on column ${schema}.workers.time_to_live_seconds is 'How long it counts as alive after a heartbeat.';
comment on column ${schema}.workers.completed_tasks is 'As its heartbeats report.';
comment on column ${schema}.workers.failed_tasks is 'As its heartbeats report.';
comment on column ${schema}.workers.gone_at is 'When it left or was declared dead.';
comment on column ${schema}.workers.address is 'Where the process can be reached, for people.';
comment on column ${schema}.workers.status is
    'starting, idle, busy, draining (finishes what it has) or offline (left or dead).';
comment on column ${schema}.workers.capacity is 'How many tasks it works on at once.';
comment on column ${schema}.workers.current_tasks is 'How many tasks it works on, as its heartbeats report.';
comment on column ${schema}.workers.last_heartbeat_at is 'When its last heartbeat arrived.';
comment on column ${schema}.workers.registered_at is 'When it registered.';

create table ${schema}.job_lanes (
    lane int generated always as identity,
    queue text not null,
    required_tags text[] not null,
    fair_key text not null default '',
    created_at timestamptz not null default statement_timestamp(),
    constraint job_lanes_pkey primary key (lane),
    constraint job_lanes_key unique (queue, required_tags, fair_key),
    constraint job_lanes_queue_given check (queue ~ '\S'),
    constraint job_lanes_size check (octet_length(queue) <= 800 and octet_length(fair_key) <= 800
        and cardinality(required_tags) <= 32 and octet_length(array_to_string(required_tags, '')) <= 800)
);
comment on table ${schema}.job_lanes is 'One for each queue, set of required tags and fair key in use: what one claim can take from as a whole.';
comment on column ${schema}.job_lanes.required_tags is 'Sorted, without repetition.';
comment on column ${schema}.job_lanes.fair_key is 'Such as a provider or a model; empty for none.';
comment on column ${schema}.job_lanes.lane is 'Its number in the narrow tables.';
comment on column ${schema}.job_lanes.queue is 'The queue''s name.';

create table ${schema}.job_limits (
    scope text not null,
    name text not null,
    weight double precision not null default 1,
    max_running int,
    rate_claims int,
    rate_seconds double precision,
    rate_slots bigint[] not null default '{}',
    rate_counts int[] not null default '{}',
    paused_at timestamptz,
    updated_at timestamptz not null default statement_timestamp(),
    constraint job_limits_pkey primary key (scope, name),
    constraint job_limits_scope_valid check (scope in ('queue', 'fair_key')),
    constraint job_limits_weight_range check (weight > 0 and weight <= 1000000),
    constraint job_limits_max_running_range check (max_running >= 0),
    constraint job_limits_rate_whole check ((rate_claims is null) = (rate_seconds is null)),
    constraint job_limits_name_given check (name ~ '\S' and octet_length(name) <= 800),
    constraint job_limits_rate_range check (rate_claims >= 1 and rate_seconds between 1 and 3153600000)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table ${schema}.job_limits is 'Limits of a whole queue, or of a fair key in all queues: share, bounds, pause.';
comment on column ${schema}.job_limits.weight is 'The share among equal priorities; fair keys only.';
comment on column ${schema}.job_limits.rate_claims is 'So many claims in rate_seconds.';
comment on column ${schema}.job_limits.rate_slots is 'Twentieths of the interval, counted from the epoch, in which something was claimed.';
comment on column ${schema}.job_limits.rate_counts is 'How much was claimed in each of rate_slots.';
comment on column ${schema}.job_limits.scope is 'queue or fair_key: what name names.';
comment on column ${schema}.job_limits.max_running is 'The maximum of jobs that run at once.';
comment on column ${schema}.job_limits.rate_seconds is 'The interval that rate_claims counts in.';
comment on column ${schema}.job_limits.paused_at is 'Since when nothing is claimed; null where it is not paused.';

create sequence ${schema}.job_numbers increment by 1000;
create sequence ${schema}.lease_tokens;
comment on sequence ${schema}.job_numbers is 'Each stands for a thousand: a bulk insert draws one for a thousand jobs.';
comment on sequence ${schema}.lease_tokens is 'The fence: new with every claim of anything, never used again. A token has sixteen random bits below the number.';

create table ${schema}.jobs (
    id uuid not null default ${schema}.uuid_v7(),
    seq bigint not null default nextval('${schema}.job_numbers'),
    lane int not null,
    job_type text not null,
    payload jsonb not null default '{}',
    priority int not null default 0,
    max_retries int not null default 3,
    timeout_seconds int not null default 300,
    backoff_base_seconds double precision not null default 1,
    backoff_cap_seconds double precision not null default 300,
    unique_key text,
    attempt int not null default 0,
    losses int not null default 0,
    run_at timestamptz,
    error text,
    progress jsonb,
    created_at timestamptz not null default statement_timestamp(),
    constraint jobs_pkey primary key (id),
    constraint jobs_seq_key unique (seq),
    constraint jobs_job_type_given check (job_type <> ''),
    constraint jobs_priority_range check (priority between -1000000 and 1000000),
    constraint jobs_max_retries_range check (max_retries >= 0),
    constraint jobs_timeout_seconds_range check (timeout_seconds >= 1),
    constraint jobs_backoff_range check (backoff_base_seconds >= 0 and backoff_cap_seconds >= backoff_base_seconds),
    constraint jobs_attempt_range check (attempt >= 0 and losses >= 0)
) with (fillfactor = 90);

comment on table ${schema}.jobs is 'What is to be done. Written once on the way to success; a failure adds to attempt and error.';
comment on column ${schema}.jobs.seq is 'The job''s number in the narrow tables, in the order of creation.';
comment on column ${schema}.jobs.priority is 'Higher first.';
comment on column ${schema}.jobs.timeout_seconds is 'Bounds one attempt, whatever its worker''s heartbeats say.';
comment on column ${schema}.jobs.attempt is 'Attempts spent without success.';
comment on column ${schema}.jobs.losses is 'How many of them ended because their worker died; three make the job poison.';
comment on column ${schema}.jobs.run_at is 'Where in job_scheduled the job stands or last stood, or when it was retried.';
comment on column ${schema}.jobs.error is 'Of the last failed attempt; unbounded.';
comment on column ${schema}.jobs.progress is 'The job''s own checkpoint, for its next attempt.';
comment on column ${schema}.jobs.lane is 'The number of its queue, required tags and fair key in job_lanes.';
comment on column ${schema}.jobs.job_type is 'What a handler is found by.';
comment on column ${schema}.jobs.payload is 'The handler''s input.';
comment on column ${schema}.jobs.max_retries is 'How many failed attempts are retried.';
comment on column ${schema}.jobs.backoff_base_seconds is
    'The maximum wait before the first retry; each failure doubles it.';
comment on column ${schema}.jobs.backoff_cap_seconds is 'The maximum wait before any retry.';
comment on column ${schema}.jobs.unique_key is 'At most one unfinished job of the queue has it; null for none.';

create table ${schema}.job_ready (
    lane int not null,
    rank int not null,
    seq bigint not null,
    timeout_seconds int not null,
    attempt int not null,
    constraint job_ready_pkey primary key (lane, rank, seq)
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.job_ready is 'Jobs that may be claimed. Rows are inserted and deleted, never updated.';
comment on column ${schema}.job_ready.rank is 'Minus the priority, so that the key''s order is the claim''s.';
comment on column ${schema}.job_ready.lane is 'See jobs.lane.';
comment on column ${schema}.job_ready.seq is 'The job''s number.';
comment on column ${schema}.job_ready.timeout_seconds is 'See jobs.timeout_seconds.';
comment on column ${schema}.job_ready.attempt is 'Attempts spent without success.';

create table ${schema}.job_scheduled (
    run_at timestamptz not null,
    seq bigint not null,
    lane int not null,
    rank int not null,
    timeout_seconds int not null,
    attempt int not null,
    constraint job_scheduled_pkey primary key (run_at, seq)
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.job_scheduled is 'Jobs that wait for their time.';
comment on column ${schema}.job_scheduled.run_at is 'From then on the job may be claimed.';
comment on column ${schema}.job_scheduled.seq is 'The job''s number.';
comment on column ${schema}.job_scheduled.lane is 'See jobs.lane.';
comment on column ${schema}.job_scheduled.rank is 'See job_ready.rank.';
comment on column ${schema}.job_scheduled.timeout_seconds is 'See jobs.timeout_seconds.';
comment on column ${schema}.job_scheduled.attempt is 'Attempts spent without success.';

create table ${schema}.job_leases (
    seq bigint not null,
    token bigint not null,
    worker bigint not null,
    lane int not null,
    rank int not null,
    timeout_seconds int not null,
    attempt int not null,
    claimed_at timestamptz not null,
    deadline timestamptz not null,
    cancel_requested_at timestamptz,
    constraint job_leases_pkey primary key (seq)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
create index idx_job_leases_cancelled on ${schema}.job_leases (worker) where cancel_requested_at is not null;
comment on table ${schema}.job_leases is 'Jobs that a worker owns. As small as the work in flight, so it is scanned rather than indexed.';
comment on column ${schema}.job_leases.worker is 'The generation of its worker.';
comment on column ${schema}.job_leases.attempt is 'Attempts spent before this one.';
comment on column ${schema}.job_leases.deadline is 'When the attempt has run out of time.';
comment on column ${schema}.job_leases.seq is 'The job''s number.';
comment on column ${schema}.job_leases.token is 'The fence: new with every claim, never used again.';
comment on column ${schema}.job_leases.lane is 'See jobs.lane.';
comment on column ${schema}.job_leases.rank is 'See job_ready.rank.';
comment on column ${schema}.job_leases.timeout_seconds is 'See jobs.timeout_seconds.';
comment on column ${schema}.job_leases.claimed_at is 'When the worker claimed it.';
comment on column ${schema}.job_leases.cancel_requested_at is
    'When its cancellation was asked for; its worker learns it by the next heartbeat.';

create table ${schema}.job_finished (
    seq bigint not null,
    lane int not null,
    attempt int not null,
    outcome text not null,
    started_at timestamptz,
    completed_at timestamptz not null default statement_timestamp(),
    result jsonb,
    constraint job_finished_pkey primary key (seq),
    constraint job_finished_outcome_valid check (outcome in ('completed', 'failed', 'cancelled'))
);
create index idx_job_finished_completed_at on ${schema}.job_finished using brin (completed_at) with (autosummarize = on);
create index idx_job_finished_not_completed on ${schema}.job_finished (completed_at, seq) where outcome <> 'completed';
comment on table ${schema}.job_finished is 'Jobs that have ended.';
comment on column ${schema}.job_finished.seq is 'The job''s number.';
comment on column ${schema}.job_finished.lane is 'See jobs.lane.';
comment on column ${schema}.job_finished.attempt is 'Attempts spent.';
comment on column ${schema}.job_finished.outcome is 'completed, failed or cancelled.';
comment on column ${schema}.job_finished.result is 'What the handler returned.';

create table ${schema}.job_unique (
    queue text not null,
    key_hash bytea not null,
    seq bigint not null,
    constraint job_unique_pkey primary key (queue, key_hash),
    constraint job_unique_key_hash_size check (octet_length(key_hash) = 32)
);
create index idx_job_unique_seq on ${schema}.job_unique (seq);
comment on table ${schema}.job_unique is 'The keys of unfinished jobs that have one.';
comment on column ${schema}.job_unique.queue is 'The queue in which the key is unique.';
comment on column ${schema}.job_unique.key_hash is
    'SHA-256 of jobs.unique_key in UTF-8, which may be as long as a prompt: an entry of an index may not.';
comment on column ${schema}.job_unique.seq is 'The number of the job that has the key.';

create table ${schema}.job_attempts (
    seq bigint not null,
    attempt int not null,
    token bigint not null,
    worker bigint not null,
    started_at timestamptz not null,
    ended_at timestamptz not null default statement_timestamp(),
    outcome text not null,
    error text,
    input_tokens bigint,
    output_tokens bigint,
    cost_usd numeric(18, 9),
    constraint job_attempts_outcome_valid check (outcome in ('completed', 'failed', 'timed_out', 'lost', 'cancelled')),
    constraint job_attempts_usage_range check (input_tokens >= 0 and output_tokens >= 0 and cost_usd >= 0)
) partition by range (ended_at);
create index idx_job_attempts_seq on ${schema}.job_attempts (seq);
comment on table ${schema}.job_attempts is 'Every attempt that has ended; monthly partitions, append-only.';
comment on column ${schema}.job_attempts.attempt is 'Its number, from 1.';
comment on column ${schema}.job_attempts.seq is 'The job''s number.';
comment on column ${schema}.job_attempts.token is 'The lease''s token.';
comment on column ${schema}.job_attempts.worker is 'The generation of its worker.';
comment on column ${schema}.job_attempts.ended_at is 'When it ended, which decides the partition.';
comment on column ${schema}.job_attempts.outcome is
    'completed, failed, timed_out, lost (its worker died) or cancelled.';
comment on column ${schema}.job_attempts.error is 'Why it did not succeed; unbounded.';
comment on column ${schema}.job_attempts.input_tokens is 'How many tokens models read for it.';
comment on column ${schema}.job_attempts.output_tokens is 'How many tokens models wrote for it.';
comment on column ${schema}.job_attempts.cost_usd is 'US dollars.';

create table ${schema}.job_queues (
    queue text not null,
    keeps_history boolean not null default true,
    keeps_finished boolean not null default true,
    constraint job_queues_pkey primary key (queue),
    constraint job_queues_queue_given check (queue ~ '\S')
);
comment on table ${schema}.job_queues is 'Settings of queues that keep less than everything.';
comment on column ${schema}.job_queues.keeps_history is 'Whether attempts are recorded.';
comment on column ${schema}.job_queues.keeps_finished is 'Whether a completed job is kept; otherwise its completion deletes its rows.';
comment on column ${schema}.job_queues.queue is 'The queue''s name.';

create table ${schema}.job_schedules (
    name text not null,
    cron text,
    every_seconds double precision,
    time_zone text not null default 'UTC',
    missed text not null default 'once',
    job jsonb not null,
    next_at timestamptz not null,
    last_at timestamptz,
    paused_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint job_schedules_pkey primary key (name),
    constraint job_schedules_name_given check (name ~ '\S' and octet_length(name) <= 800),
    constraint job_schedules_one_rhythm check ((cron is null) <> (every_seconds is null)),
    constraint job_schedules_every_seconds_range check (every_seconds >= 1),
    constraint job_schedules_missed_valid check (missed in ('skip', 'once', 'all'))
) with (fillfactor = 70);
comment on table ${schema}.job_schedules is 'Recurring work: each tick enqueues one job.';
comment on column ${schema}.job_schedules.missed is 'What is enqueued for ticks that passed while no process was running: nothing (skip), one job (once), or each (all).';
comment on column ${schema}.job_schedules.job is 'The job to enqueue.';
comment on column ${schema}.job_schedules.next_at is 'The next tick; moving it on and enqueueing are one commit.';
comment on column ${schema}.job_schedules.cron is
    'The ticks as a cron expression, in time_zone; null where every_seconds is given.';
comment on column ${schema}.job_schedules.every_seconds is 'The time between ticks; null where cron is given.';
comment on column ${schema}.job_schedules.time_zone is 'The zone that cron is read in.';
comment on column ${schema}.job_schedules.last_at is 'The last tick that enqueued a job.';
comment on column ${schema}.job_schedules.paused_at is 'Since when it is paused; null where it is not.';
