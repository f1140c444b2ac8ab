-- Purpose: the row by which the lag of read replicas is measured.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0031__replica_heartbeats.sql

-- Written once a second where replicas are read from: pages have room for the new row versions, and each update is HOT.
create table ${schema}.replica_heartbeats (
    id smallint not null,
    beat_at timestamptz not null,
    timeline integer not null,
    constraint replica_heartbeats_pkey primary key (id),
    constraint replica_heartbeats_id_one check (id = 1),
    constraint replica_heartbeats_timeline_range check (timeline >= 1)
) with (fillfactor = 10, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0,
    autovacuum_analyze_threshold = 1000000);

comment on table ${schema}.replica_heartbeats is
    'One row: a replica that shows it shows every commit before its time. Written at most once a second, whoever asks; no row until then.';
comment on column ${schema}.replica_heartbeats.beat_at is 'The primary''s time when it was written.';
comment on column ${schema}.replica_heartbeats.timeline is 'The timeline of the primary''s log then; another one after each failover.';
