-- Purpose: lets a role without DDL make and drop the monthly partitions of this schema's partitioned tables, and nothing else.
-- Locks: none on existing tables; the functions are new.
-- Undo: undo/U0002__partitions.sql

create function ${schema}.create_partition(parent text, month date) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller name := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    parent_table regclass := to_regclass(format('${schema}.%I', parent));
    first_day date := date_trunc('month', month::timestamp)::date;
    next_day date := (first_day + interval '1 month')::date;
    partition text := format('${schema}.%I', parent || to_char(first_day, '_YYYY_MM'));
    key_type regtype;
    from_literal text;
    to_literal text;
    other record;
begin
    select a.atttypid::regtype into key_type
    from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = parent_table and p.partstrat = 'r' and p.partnatts = 1;
    if key_type is null or key_type not in ('date'::regtype, 'timestamptz'::regtype) then
        raise exception 'not a table of this schema that is partitioned by month' using errcode = 'wrong_object_type';
    end if;
    if not has_table_privilege(caller, parent_table, 'insert') then
        raise exception 'permission denied: who may not insert into a table may not make its partitions'
            using errcode = 'insufficient_privilege';
    end if;
    if first_day not between date '2000-01-01' and date '2100-12-01' then
        raise exception 'month out of range' using errcode = 'datetime_field_overflow';
    end if;

    -- Attaching needs this lock; taken here it also makes creators of one table take turns. Readers and writers pass it. Under it
    -- the catalogue's cache is asked and not a snapshot, so that a repeatable-read transaction too sees what others made.
    execute format('lock table %s in share update exclusive mode', parent_table);
    if exists (
        select from pg_inherits
        where inhparent = parent_table and inhrelid = to_regclass(partition) and inhdetachpending
    ) then
        -- A retention was stopped while it detached this month. That can only be finished; then the month is attached again.
        execute format('alter table %s detach partition %s finalize', parent_table, partition);
    elsif pg_partition_root(to_regclass(partition)) = parent_table then
        return false;
    end if;

    -- Standalone, then attached: "create … partition of" would lock the parent against readers and writers. The table is
    -- empty, so that attaching has nothing to check.
    if to_regclass(partition) is null then
        execute format('create table %s (like %s including all excluding identity)', partition, parent_table);
        -- Rows are reached through the parent, whose privileges decide.
        for other in
            select distinct x.grantee from pg_class c cross join aclexplode(c.relacl) x
            where c.oid = partition::regclass and x.grantee not in (0, c.relowner)
        loop
            execute format('revoke all on table %s from %I', partition, pg_get_userbyid(other.grantee));
        end loop;
        execute format('revoke all on table %s from public', partition);
        -- Row triggers come with the attachment; statement triggers against truncate do not.
        for other in
            select t.tgname, t.tgfoid::regprocedure::oid as function_id from pg_trigger t
            where t.tgrelid = parent_table and not t.tgisinternal and t.tgtype & 32 <> 0
        loop
            execute format('create trigger %I before truncate on %s for each statement execute function %s()',
                other.tgname, partition,
                (select format('%I.%I', n.nspname, p.proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                 where p.oid = other.function_id));
        end loop;
    end if;
    from_literal := first_day::text;
    to_literal := next_day::text;
    if key_type = 'timestamptz'::regtype then
        from_literal := from_literal || ' 00:00:00+00';
        to_literal := to_literal || ' 00:00:00+00';
    end if;
    execute format('alter table %s attach partition %s for values from (%L) to (%L)',
        parent_table, partition, from_literal, to_literal);
    return true;
end
$$;
comment on function ${schema}.create_partition(text, date) is
    'Makes the partition of the month (UTC) that holds the day, for whoever may insert into the parent; false when it is there.';

create function ${schema}.drop_partition(parent text, month date) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Dropping a partition locks the parent against everybody: rather try again later than make them queue.
set lock_timeout = '500ms'
as $$
declare
    caller name := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    parent_table regclass := to_regclass(format('${schema}.%I', parent));
    partition text := format('${schema}.%I', parent || to_char(month, '_YYYY_MM'));
begin
    if not exists (select from pg_partitioned_table where partrelid = parent_table) then
        raise exception 'not a partitioned table of this schema' using errcode = 'wrong_object_type';
    end if;
    if not has_table_privilege(caller, parent_table, 'delete') then
        raise exception 'permission denied: who may not delete from a table may not drop its partitions'
            using errcode = 'insufficient_privilege';
    end if;
    if to_regclass(partition) is null then
        return false;
    end if;
    if pg_partition_root(to_regclass(partition)) is distinct from parent_table then
        -- Left over by a retention that was stopped between detaching and dropping, or somebody else's.
        if not exists (
            select from pg_class c where c.oid = to_regclass(partition) and c.relkind = 'r'
                and c.relowner = (select relowner from pg_class where oid = parent_table)
        ) then
            return false;
        end if;
    end if;
    execute format('drop table if exists %s', partition);
    return true;
end
$$;
comment on function ${schema}.drop_partition(text, date) is
    'Drops the partition of the month, for whoever may delete from the parent; false when there is none.';
