package dev.evalstore.job;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers questions about the queue as a whole. */
final class JobInspection {
    /** Since when a ready job is due stands in its wide row. So many wide rows are read at most, whatever the backlog. */
    private static final int MAX_READ = 10_000;

    /** Of jobs that wait or run: a row for each lane and each place. */
    private static final String UNFINISHED = """
            from (
                select lane, n as ready, 0 as scheduled, 0 as running, 0 as completed, 0 as failed, 0 as cancelled,
                    null::timestamptz as due from of_ready
                union all
                select lane, 0, 0, 0, 0, 0, 0, min(coalesce(run_at, created_at)) from evalstore.jobs
                where seq = any (array(
                    select first from of_ready
                    union all
                    (select seq from evalstore.job_ready order by seq limit {max_read})))
                group by lane
                union all
                select lane, 0, count(*), 0, 0, 0, 0, min(run_at) filter (where run_at <= statement_timestamp())
                from evalstore.job_scheduled group by lane
                union all
                select lane, 0, 0, count(*), 0, 0, 0, null from evalstore.job_leases group by lane""".replace("{max_read}", Integer.toString(MAX_READ));

    private static final String STATS = """
            /* jobs.stats */ with of_ready as materialized (
                select lane, count(*) as n, min(seq) as first from evalstore.job_ready group by lane)
            select n.queue, sum(c.ready)::bigint as ready, sum(c.scheduled)::bigint as scheduled,
                sum(c.running)::bigint as running, sum(c.completed)::bigint as completed, sum(c.failed)::bigint as failed,
                sum(c.cancelled)::bigint as cancelled,
                (extract(epoch from statement_timestamp() - min(c.due)))::float8 as oldest
            {unfinished}
                union all
                select lane, 0, 0, 0, count(*) filter (where outcome = 'completed'),
                    count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'cancelled'), null
                from evalstore.job_finished group by lane) c
            join evalstore.job_lanes n on n.lane = c.lane
            group by n.queue order by n.queue""".replace("{unfinished}", UNFINISHED);

    private static final String DEPTHS = """
            /* jobs.depths */ with of_ready as materialized (
                select lane, count(*) as n, min(seq) as first from evalstore.job_ready group by lane)
            select n.queue, sum(c.ready)::bigint as ready, sum(c.scheduled)::bigint as scheduled,
                sum(c.running)::bigint as running,
                (extract(epoch from statement_timestamp() - min(c.due)))::float8 as oldest
            {unfinished}) c
            join evalstore.job_lanes n on n.lane = c.lane
            group by n.queue order by n.queue""".replace("{unfinished}", UNFINISHED);

    /** Workers that would be given a job of the lane {@code n}. */
    private static final String LIVE = """
            select from evalstore.workers w
                where w.gone_at is null and w.status <> 'draining'
                    and w.last_heartbeat_at >= statement_timestamp() - make_interval(secs => w.time_to_live_seconds)
                    and n.required_tags <@ w.tags and (cardinality(w.queues) = 0 or n.queue = any (w.queues))""";

    private static final String UNCLAIMABLE = """
            /* jobs.unclaimable */ select n.queue, n.required_tags, n.fair_key from evalstore.job_lanes n
            where (exists (select from evalstore.job_ready r where r.lane = n.lane)
                    or exists (select from evalstore.job_scheduled s where s.lane = n.lane))
                and not exists ({live})
            order by n.queue, n.required_tags, n.fair_key""".replace("{live}", LIVE);

    private static final String WHY = """
            /* jobs.why */ select f.outcome, l.seq is not null as running,
                case when s.run_at > statement_timestamp() then s.run_at end as waits_until, n.queue, n.fair_key,
                array_to_string(n.required_tags, ', ') as tags,
                exists (select from evalstore.job_limits m where m.paused_at is not null
                    and (m.scope, m.name) in (('queue', n.queue), ('fair_key', n.fair_key))) as paused,
                exists ({live}) as has_worker,
                exists (select from evalstore.job_limits m
                    where (m.scope, m.name) in (('queue', n.queue), ('fair_key', n.fair_key)) and m.max_running <= (
                        select count(*) from evalstore.job_leases x join evalstore.job_lanes y on y.lane = x.lane
                        where case m.scope when 'queue' then y.queue else y.fair_key end = m.name)) as at_max,
                exists (select from evalstore.job_limits m
                    where (m.scope, m.name) in (('queue', n.queue), ('fair_key', n.fair_key)) and m.rate_claims <= (
                        select coalesce(sum(u.n), 0) from unnest(m.rate_slots, m.rate_counts) as u (slot, n)
                        where u.slot >= floor(extract(epoch from statement_timestamp()) / (m.rate_seconds / 20))::bigint - 20))
                    as at_rate,
                (select count(*) from (
                    select from evalstore.job_ready r where r.lane = j.lane and (r.rank, r.seq) < (-j.priority, j.seq)
                    limit 10001) ahead) as ahead
            from evalstore.jobs j
            join evalstore.job_lanes n on n.lane = j.lane
            left join evalstore.job_finished f on f.seq = j.seq
            left join evalstore.job_leases l on l.seq = j.seq
            left join evalstore.job_scheduled s on s.run_at = j.run_at and s.seq = j.seq
            where j.id = ?""".replace("{live}", LIVE);

    private final Jdbc jdbc;

    JobInspection(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    JobStats stats() {
        return new JobStats(jdbc.list(
                Sql.of(STATS),
                row -> new JobStats.OfQueue(
                        row.text("queue"),
                        row.bigint("ready"),
                        row.bigint("scheduled"),
                        row.bigint("running"),
                        row.bigint("completed"),
                        row.bigint("failed"),
                        row.bigint("cancelled"),
                        oldestDue(row))));
    }

    List<QueueDepth> depths() {
        return jdbc.list(
                Sql.of(DEPTHS),
                row -> new QueueDepth(
                        row.text("queue"),
                        row.bigint("ready"),
                        row.bigint("scheduled"),
                        row.bigint("running"),
                        oldestDue(row)));
    }

    private static @Nullable Duration oldestDue(Row row) throws SQLException {
        Double oldest = row.realOrNull("oldest");
        return oldest == null ? null : JobRows.duration(Math.max(0, oldest));
    }

    List<JobRoute> unclaimable() {
        return jdbc.list(
                Sql.of(UNCLAIMABLE),
                row -> new JobRoute(row.text("queue"), row.texts("required_tags"), row.text("fair_key")));
    }

    Optional<WhyNotRunning> whyNotRunning(UUID id) {
        return jdbc.find(Sql.of(WHY, id), JobInspection::why);
    }

    private static WhyNotRunning why(Row row) throws SQLException {
        String outcome = row.textOrNull("outcome");
        String route = "queue " + row.text("queue")
                + (row.text("fair_key").isEmpty() ? "" : ", fair key " + row.text("fair_key"));
        if (outcome != null) {
            return new WhyNotRunning(WhyNotRunning.Reason.FINISHED, "it is " + outcome);
        }
        if (row.bool("running")) {
            return new WhyNotRunning(WhyNotRunning.Reason.RUNNING, "it is running");
        }
        // A job that is due and not ready yet is kept by what keeps a ready one: the next claim makes it ready.
        if (row.instantOrNull("waits_until") != null) {
            return new WhyNotRunning(WhyNotRunning.Reason.SCHEDULED, "it waits until " + row.instant("waits_until"));
        }
        if (row.bool("paused")) {
            return new WhyNotRunning(WhyNotRunning.Reason.PAUSED, route + " is paused");
        }
        if (!row.bool("has_worker")) {
            return new WhyNotRunning(
                    WhyNotRunning.Reason.NO_WORKER,
                    "no live worker serves " + route + " with the tags [" + row.text("tags") + "]");
        }
        if (row.bool("at_max")) {
            return new WhyNotRunning(WhyNotRunning.Reason.MAX_RUNNING, "the maximum of jobs runs in " + route);
        }
        if (row.bool("at_rate")) {
            return new WhyNotRunning(WhyNotRunning.Reason.RATE, "the rate of claims is used up in " + route);
        }
        long ahead = row.bigint("ahead");
        return new WhyNotRunning(
                WhyNotRunning.Reason.QUEUED,
                (ahead > 10_000 ? "more than 10000" : ahead) + " jobs of its lane come first");
    }
}
