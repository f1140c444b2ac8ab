-- Purpose: what changed lately of that which caches hold, so that each cache learns of it and no cached answer outlives it.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0032__unit_changes.sql

create table ${schema}.unit_changes (
    unit text collate "C" not null,
    mark bigint not null default hashtextextended(gen_random_uuid()::text, 0),
    xid xid8 not null default pg_current_xact_id(),
    changed_at timestamptz not null default statement_timestamp(),
    constraint unit_changes_pkey primary key (unit, mark),
    constraint unit_changes_unit_length check (unit <> '' and octet_length(unit) <= 1000)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.05);

-- What a cache has not seen yet is at the end.
create index idx_unit_changes_xid on ${schema}.unit_changes (xid);

comment on table ${schema}.unit_changes is
    'Which units of cached reads were changed: a row for each unit of each commit, only ever inserted, so that no writer waits. Old rows of a unit are folded into one, later removed.';
comment on column ${schema}.unit_changes.unit is 'The unit, such as board:<version>:verified; everything stands for all of them.';
comment on column ${schema}.unit_changes.mark is
    'Random. A unit''s version is the exclusive or of its marks and those of everything: equal versions have seen the same commits.';
comment on column ${schema}.unit_changes.xid is 'The transaction, by which a cache tells what it has not seen yet.';
comment on column ${schema}.unit_changes.changed_at is 'When the change was written; rows are removed some days later.';

-- In each version, so that two stores that share a Redis never have the same one.
insert into ${schema}.unit_changes (unit) values ('everything');
