-- Purpose: the three roles of a deployment. Run once in each database, by a role that may create roles, before the first
-- migration; running it again changes nothing. Give the login roles a password of your own afterwards:
--   alter role evalstore_app password '…'
--
--   evalstore_owner   migrates: owns the schema and everything in it. Runs maintenance where the audit log has a retention,
--                     since it alone can drop a month of it. No service that takes requests needs it
--   evalstore_app     the services: read and write rows. No DDL and no truncate; monthly partitions are made and dropped by
--                     functions of the owner's, for those who may write the table. In the audit log it appends and reads
--   evalstore_reader  dashboards and backups: read, but no hash of a password or key, and no secret of a webhook
--
-- The rights come with each new table by the default privileges below; what is narrower, the migrations narrow, for whichever
-- roles have been given rights. With other role names, put yours in place of these. Where the schema is made by hand before the
-- first migration, make it as evalstore_owner, or grant usage on it to the other two.
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
alter default privileges for role evalstore_owner grant select on sequences to evalstore_reader;
