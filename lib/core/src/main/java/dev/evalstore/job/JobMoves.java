package dev.evalstore.job;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import dev.evalstore.internal.queue.Kinds;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Moves of a job that may be anywhere: cancelled, retried, deleted; and the clean-up of ended jobs. */
final class JobMoves {
    private static final Told CANCEL = Kinds.JOBS.told("""
            /* jobs.cancel */ with j as materialized (
                select seq, lane, -priority as rank, run_at from evalstore.jobs where id = ?),
            ready as (
                delete from evalstore.job_ready r using j where r.lane = j.lane and r.rank = j.rank and r.seq = j.seq
                returning r.seq, r.lane, r.attempt),
            scheduled as (
                delete from evalstore.job_scheduled s using j where s.run_at = j.run_at and s.seq = j.seq
                returning s.seq, s.lane, s.attempt),
            running as (
                update evalstore.job_leases l
                set cancel_requested_at = coalesce(l.cancel_requested_at, statement_timestamp())
                from j where l.seq = j.seq returning l.seq),
            ended as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, completed_at)
                select seq, lane, attempt, 'cancelled', statement_timestamp() from ready
                union all
                select seq, lane, attempt, 'cancelled', statement_timestamp() from scheduled
                returning seq, attempt),
            freed as (delete from evalstore.job_unique u using ended e where u.seq = e.seq){tell}
            select exists (select from j) as known,
                (select outcome from evalstore.job_finished f join j on f.seq = j.seq) as outcome,
                exists (select from ended) or exists (select from running) as done""", """
            select seq, 'cancelled' as happened, 'CANCELLED' as status, attempt from ended""");

    private static final Told RETRY = Kinds.JOBS.told("""
            /* jobs.retry */ with j as materialized (
                select seq, lane, -priority as rank, timeout_seconds, unique_key from evalstore.jobs where id = ?),
            back as (
                delete from evalstore.job_finished f using j where f.seq = j.seq and f.outcome in ('failed', 'cancelled')
                returning j.*),
            wide as (
                update evalstore.jobs set attempt = 0, losses = 0, run_at = statement_timestamp()
                from back where jobs.seq = back.seq),
            owned as (
                insert into evalstore.job_unique (queue, key_hash, seq)
                select n.queue, sha256(convert_to(b.unique_key, 'UTF8')), b.seq
                from back b join evalstore.job_lanes n on n.lane = b.lane
                where b.unique_key is not null),
            ready as (
                insert into evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, 0 from back){tell}
            select count(*) as n from back""", """
            select seq, 'retried' as happened, 'PENDING' as status, 0 as attempt from back""");

    /** Locks the narrow rows first, then the wide one, in the order of the statements that fail or requeue a lease. */
    private static final Told DELETE = Kinds.JOBS.told("""
            /* jobs.delete */ with j as materialized (
                select seq, lane, -priority as rank, run_at from evalstore.jobs where id = ?),
            a as (
                delete from evalstore.job_ready r using j where r.lane = j.lane and r.rank = j.rank and r.seq = j.seq
                returning r.seq, r.attempt),
            b as (
                delete from evalstore.job_scheduled s using j where s.run_at = j.run_at and s.seq = j.seq
                returning s.seq, s.attempt),
            c as (delete from evalstore.job_leases l using j where l.seq = j.seq returning l.seq, l.attempt),
            d as (delete from evalstore.job_finished f using j where f.seq = j.seq returning f.seq, f.attempt, f.outcome),
            placed as (
                select seq, 'pending' as status, attempt from a union all select seq, 'pending', attempt from b
                union all select seq, 'running', attempt from c union all select seq, outcome, attempt from d),
            freed as (delete from evalstore.job_unique u using placed p where u.seq = p.seq),
            wide as (delete from evalstore.jobs w using placed p where w.seq = p.seq){tell}
            select exists (select from j) as known, null as outcome, exists (select from placed) as done""", """
            select seq, 'deleted' as happened, upper(status) as status, attempt from placed""");

    private static final String CLEANUP = """
            /* jobs.cleanup */ with old as materialized (
                select seq from evalstore.job_finished
                where completed_at < statement_timestamp() - make_interval(secs => ?) and outcome = any (?::text[])
                limit ? for update skip locked),
            finished as (delete from evalstore.job_finished f using old where f.seq = old.seq),
            wide as (delete from evalstore.jobs j using old where j.seq = old.seq)
            select count(*) as n from old""";

    private static final int CLEANUP_BATCH = 5_000;

    /** Far more often than a job can move while one statement is under way. */
    private static final int MAX_MOVES = 100;

    private final Jdbc jdbc;

    JobMoves(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** What a cancellation or a deletion found. */
    private record MoveResult(boolean known, @Nullable String outcome, boolean done) {}

    Job cancel(UUID id) {
        MoveResult found = untilMet(CANCEL, id);
        if (!found.known()) {
            throw JobRows.TABLE.notFound(id);
        }
        if (found.outcome() != null) {
            throw new ConflictException("job " + id + " is " + found.outcome() + " and cannot be cancelled");
        }
        return UnknownOutcome.readBack(jdbc, () -> JobRows.TABLE.get(jdbc, id));
    }

    /** False when none has the id. */
    boolean delete(UUID id) {
        return untilMet(DELETE, id).known();
    }

    /** Repeats the statement until it meets the job, which may move from one place to the next between snapshot and lock. */
    private MoveResult untilMet(Told sql, UUID id) {
        return sql.run(jdbc, () -> untilMet(sql(sql, id), id));
    }

    private Sql sql(Told text, UUID id) {
        return Sql.of(text.text(jdbc), id).and(Sql.args(text.actor(jdbc)));
    }

    private MoveResult untilMet(Sql sql, UUID id) {
        for (int attempt = 1; attempt <= MAX_MOVES; attempt++) {
            MoveResult found = jdbc.change(
                            sql, row -> new MoveResult(row.bool("known"), row.textOrNull("outcome"), row.bool("done")))
                    .orElseThrow();
            if (!found.known() || found.outcome() != null || found.done()) {
                return found;
            }
        }
        throw new ConflictException("job " + id + " moves faster than it can be followed");
    }

    Job retry(UUID id) {
        try {
            if (RETRY.run(jdbc, () -> jdbc.change(sql(RETRY, id), row -> row.integer("n")))
                            .orElse(0)
                    == 1) {
                return UnknownOutcome.readBack(jdbc, () -> JobRows.TABLE.get(jdbc, id));
            }
        } catch (ConstraintViolationException e) {
            throw new ConflictException("job " + id + " cannot come back: another unfinished job has its unique key");
        }
        String status = word(JobRows.TABLE.get(jdbc, id).status());
        throw new ConflictException("job " + id + " is " + status + " and cannot be retried");
    }

    Cleanup cleanup(Duration olderThan, Collection<JobStatus> statuses) {
        SqlArray outcomes = SqlArray.texts(statuses, JobMoves::word);
        Sql sql = Sql.of(CLEANUP, olderThan, outcomes, CLEANUP_BATCH);
        return Batches.run(
                CLEANUP_BATCH, () -> jdbc.change(sql, row -> row.bigint("n")).orElse(0L));
    }

    private static String word(JobStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
