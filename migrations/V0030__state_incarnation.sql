-- Purpose: which life of the store this is: a restore begins another one, and tokens of feeds of before it are refused.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0030__state_incarnation.sql
-- Every name here begins with state_, as in V0003: a second set of the state's tables has its own.

create table ${schema}.state_incarnation (
    id boolean not null default true,
    incarnation bigint not null default 1 + (random() * 9007199254740991)::bigint,
    began_at timestamptz not null default statement_timestamp(),
    constraint state_incarnation_pkey primary key (id),
    constraint state_incarnation_one_row check (id),
    constraint state_incarnation_incarnation_positive check (incarnation > 0)
);

insert into ${schema}.state_incarnation default values;

comment on table ${schema}.state_incarnation is 'Which life of the store this is; one row.';
comment on column ${schema}.state_incarnation.id is 'True.';
comment on column ${schema}.state_incarnation.incarnation is 'A random number, which every restore draws anew.';
comment on column ${schema}.state_incarnation.began_at is 'When this life began: with the schema, or with the last restore.';
