package dev.evalstore.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.Worker;
import java.util.Map;

/** What the tests of the queue share. */
public final class JobTestKit {
    private JobTestKit() {}

    /** Forgets all jobs, workers and limits. */
    public static void empty(TestDatabase database) {
        database.admin("truncate evalstore.jobs, evalstore.job_ready, evalstore.job_scheduled, evalstore.job_leases,"
                + " evalstore.job_finished, evalstore.job_unique, evalstore.job_attempts, evalstore.job_limits,"
                + " evalstore.job_queues, evalstore.job_schedules; delete from evalstore.workers");
    }

    public static NewJob job(String type) {
        return NewJob.of(type, Json.of(Map.of("type", type)));
    }

    /** Each job is in exactly one place, and what stands in a place is a job. */
    public static void assertEachJobInOnePlace(TestDatabase database) {
        assertThat(database.query("""
                select coalesce(j.seq, p.seq) || ' in ' || coalesce(p.places, 'no place') || case when j.seq is null then ', but no job' else '' end
                from evalstore.jobs j
                full join (
                    select seq, string_agg(place, ' and ') as places, count(*) as n from (
                        select seq, 'scheduled' as place from evalstore.job_scheduled
                        union all select seq, 'ready' from evalstore.job_ready
                        union all select seq, 'leased' from evalstore.job_leases
                        union all select seq, 'finished' from evalstore.job_finished) all_places
                    group by seq) p on p.seq = j.seq
                where p.n is distinct from 1 or j.seq is null""")).isEmpty();
        assertThat(database.value("""
                select count(*) from evalstore.job_unique u
                where not exists (
                        select from evalstore.jobs j
                        where j.seq = u.seq and sha256(convert_to(j.unique_key, 'UTF8')) = u.key_hash)
                    or exists (select from evalstore.job_finished f where f.seq = u.seq)"""))
                .as("unique keys without an unfinished job")
                .isEqualTo("0");
    }

    /** Makes time pass for leases and workers: by the server's clock, as it will have been. */
    public static void expireLeases(TestDatabase database) {
        database.admin("update evalstore.job_leases set claimed_at = claimed_at - interval '1 day',"
                + " deadline = deadline - interval '1 day'");
    }

    public static void silence(TestDatabase database, Worker worker) {
        database.admin(
                "update evalstore.workers set last_heartbeat_at = last_heartbeat_at - interval '1 day' where generation = "
                        + worker.generation());
    }

    /**
     * From now on the server itself refuses a claim by which more leases of some lanes {@code n} would stand. The check comes
     * after the insert and under a lock of its own, so that of two that broke the bound together the second is refused.
     */
    public static void refuseMoreThan(TestDatabase database, String which, int max) {
        String name = "refuse_" + Integer.toHexString(which.hashCode());
        database.admin("""
                create or replace function public.{name}() returns trigger language plpgsql security definer as $$
                begin
                    perform pg_advisory_xact_lock(hashtext('{name}'));
                    if (select count(*) from evalstore.job_leases l join evalstore.job_lanes n using (lane) where {which}) > {max} then
                        raise exception 'more than {max} run' using errcode = 'ZZ001';
                    end if;
                    return null;
                end $$;
                create or replace trigger {name} after insert on evalstore.job_leases
                    for each statement execute function public.{name}()""".replace("{name}", name).replace("{which}", which).replace("{max}", Integer.toString(max)));
    }

    /** Takes the bounds of {@link #refuseMoreThan} away. */
    public static void refuseNothing(TestDatabase database) {
        database.query("select tgname from pg_trigger where tgname like 'refuse%'")
                .forEach(name -> database.admin("drop trigger " + name + " on evalstore.job_leases"));
    }
}
