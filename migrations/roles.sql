-- Purpose: the three roles of a deployment. Run once in each database, by a role that may create roles, before the first
-- migration; running it again changes nothing. Give the login roles a password of your own afterwards:
--   alter role evalstore_app password '…'
--
--   evalstore_owner   migrates: owns the schema and everything in it
--   evalstore_app     the services: reads and writes rows; no DDL, no truncate
--   evalstore_reader  dashboards: reads
do $$
declare
    wanted text;
begin
    foreach wanted in array array['evalstore_owner', 'evalstore_app', 'evalstore_reader'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
            begin
                execute format('create role %I login', wanted);
            exception when duplicate_object or unique_violation then
                null; -- another session was faster
            end;
        end if;
    end loop;
    execute format('grant create on database %I to evalstore_owner', current_database());
end
$$;

alter default privileges for role evalstore_owner grant usage on schemas to evalstore_app, evalstore_reader;
alter default privileges for role evalstore_owner grant select, insert, update, delete on tables to evalstore_app;
alter default privileges for role evalstore_owner grant select on tables to evalstore_reader;
alter default privileges for role evalstore_owner grant usage, select on sequences to evalstore_app;
