package dev.evalstore.job;

import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.job.ScheduleRows.Found;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Recurring work; see {@link JobRepository#schedules()}. Every runner also enqueues what is due. */
public final class JobSchedules extends JobScheduleReads {
    private static final String SET = TABLE.text("""
            /* job_schedules.set */ insert into evalstore.job_schedules as s
                (name, cron, every_seconds, time_zone, missed, job, next_at)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (name) do update
            set cron = excluded.cron, every_seconds = excluded.every_seconds, time_zone = excluded.time_zone,
                missed = excluded.missed, job = excluded.job, updated_at = statement_timestamp(),
                next_at = case when (s.cron, s.every_seconds, s.time_zone)
                    is not distinct from (excluded.cron, excluded.every_seconds, excluded.time_zone)
                    then s.next_at else excluded.next_at end
            returning {columns}""");

    private static final String PAUSE = """
            /* job_schedules.pause */ update evalstore.job_schedules
            set paused_at = statement_timestamp(), updated_at = statement_timestamp()
            where name = ? and paused_at is null""";

    private static final String RESUME = """
            /* job_schedules.resume */ update evalstore.job_schedules
            set paused_at = null, updated_at = statement_timestamp()
            where name = ? and paused_at is not null""";

    private static final String REMOVE = """
            /* job_schedules.remove */ delete from evalstore.job_schedules where name = ?""";

    private static final String DUE = TABLE.text("""
            /* job_schedules.due */ select {columns} from evalstore.job_schedules
            where next_at <= statement_timestamp() and paused_at is null and name <> all (?::text[])
            order by name limit ? for update skip locked""");

    private static final String MOVE_ON = """
            /* job_schedules.move_on */ update evalstore.job_schedules
            set next_at = ?, last_at = coalesce(?::timestamptz, last_at), updated_at = statement_timestamp()
            where name = ?""";

    private static final int BATCH = 100;

    /** For how long a schedule that could not tick is left alone by this process. */
    private static final long REST = Duration.ofMinutes(1).toNanos();

    private static final Comparator<Found> KEYS =
            Comparator.comparing(JobSchedules::queue).thenComparing(JobSchedules::uniqueKey);

    /** The schedules that could not tick, and until when each is left alone, by {@code System.nanoTime}. */
    private static final Shared<Map<String, Long>> RESTING = Shared.of(jdbc -> new ConcurrentHashMap<>());

    JobSchedules(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a schedule, in place of the one with its name. Its next tick is counted from now, unless only the job or the policy has
     * changed. Every process may do so at its start.
     */
    public Schedule set(Schedule schedule) {
        jdbc.shared(RESTING).remove(schedule.name());
        return TABLE.act(jdbc, "set", schedule.name(), on -> {
            Instant next = Ticks.after(schedule, on.now());
            return on.change(
                            Sql.of(
                                    SET,
                                    schedule.name(),
                                    schedule.cron(),
                                    schedule.every(),
                                    schedule.timeZone().getId(),
                                    schedule.missed(),
                                    ScheduleRows.template(schedule.job()),
                                    next),
                            ScheduleRows::map)
                    .orElseThrow();
        });
    }

    /** Stops the ticking; false when there is none of that name, or it was paused. */
    public boolean pause(String name) {
        Sql pause = Sql.of(PAUSE, Check.text("name", name));
        return TABLE.act(jdbc, "pause", name, on -> on.update(pause) == 1);
    }

    /** Ends a pause; its ticks are missed ones. False when the schedule was not paused. */
    public boolean resume(String name) {
        Sql resume = Sql.of(RESUME, Check.text("name", name));
        return TABLE.act(jdbc, "resume", name, on -> on.update(resume) == 1);
    }

    /** Removes a schedule; jobs that it has enqueued stay. False when there is none of that name. */
    public boolean remove(String name) {
        Sql remove = Sql.of(REMOVE, Check.text("name", name));
        return TABLE.act(jdbc, "remove", name, on -> on.update(remove) == 1);
    }

    /**
     * Enqueues a job for each tick that is due. A tick's job and the step to the next tick are one commit: each tick is enqueued
     * once, by however many processes. Where the job has a unique key that an unfinished job of its queue has, the tick makes no job
     * and counts as done. So work that takes longer than the interval does not pile up.
     *
     * <p>A schedule that cannot be read, or whose job cannot be stored, keeps no other one from ticking. A warning names it, and
     * this process leaves it alone for a minute; its ticks are missed ones.
     *
     * @return the jobs' ids
     */
    public List<UUID> enqueueDue() {
        Map<String, Long> resting = jdbc.shared(RESTING);
        resting.values().removeIf(until -> until - System.nanoTime() <= 0);
        boolean isOwn = !jdbc.inTransaction();
        List<UUID> all = new ArrayList<>();
        Round round;
        do {
            round = jdbc.inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                if (isOwn) {
                    // A unique key that a long transaction has is one schedule's wait, and not that of all.
                    tx.script("job_schedules.settings", "set local lock_timeout = '2s'");
                }
                return enqueueSome(tx, resting);
            });
            all.addAll(round.ids());
        } while (round.more());
        return List.copyOf(all);
    }

    /** The jobs of one commit, and whether there are ticks beyond them. */
    private record Round(List<UUID> ids, boolean more) {}

    private static Round enqueueSome(Jdbc tx, Map<String, Long> resting) {
        Instant now = tx.now();
        List<Found> due = due(tx, resting);
        List<UUID> ids = new ArrayList<>();
        boolean more = due.size() == BATCH;
        for (Found found : due) {
            try {
                Schedule schedule = found.orThrow();
                Ticks.Passed ticks = Ticks.passed(schedule, now);
                ids.addAll(tx.inTransaction(TxOptions.DEFAULT, (inner, connection) -> enqueue(inner, schedule, ticks)));
                more |= !ticks.next().isAfter(now);
            } catch (RuntimeException e) {
                if (concernsAll(e)) {
                    throw e;
                }
                resting.put(found.name(), System.nanoTime() + REST);
                LOG.warn(
                        "schedule {} could not tick, and is left alone for a minute: {}",
                        found.name(),
                        Foreign.message(e));
            }
        }
        if (!ids.isEmpty()) {
            JobRepository.WAKEUPS.afterCommit(tx);
        }
        return new Round(ids, more);
    }

    /** A lost connection, say. A lock that another transaction holds for long is one schedule's own. */
    private static boolean concernsAll(RuntimeException e) {
        return e instanceof TransientDatabaseException passing && !"55P03".equals(passing.sqlState());
    }

    /** In the order of their jobs' keys: callers that take the same keys do not wait for each other in a circle. */
    private static List<Found> due(Jdbc tx, Map<String, Long> resting) {
        SqlArray names = SqlArray.texts(List.copyOf(resting.keySet()));
        List<Found> due = new ArrayList<>(tx.returning(Sql.of(DUE, names, BATCH), ScheduleRows::find));
        due.sort(KEYS);
        return due;
    }

    private static String queue(Found found) {
        return found.schedule() == null ? "" : found.schedule().job().route().queue();
    }

    private static String uniqueKey(Found found) {
        String key = found.schedule() == null ? null : found.schedule().job().uniqueKey();
        return key == null ? "" : key;
    }

    private static List<UUID> enqueue(Jdbc tx, Schedule schedule, Ticks.Passed passed) {
        NewJob job = schedule.job();
        List<Instant> ticks = passed.enqueue();
        List<UUID> ids = new ArrayList<>();
        // The first job takes the key from the others.
        int tries = job.uniqueKey() == null ? ticks.size() : Math.min(1, ticks.size());
        for (int i = 0; i < tries; i++) {
            new JobCreation(tx).createUnlessTaken(job).ifPresent(made -> ids.add(made.id()));
        }
        Instant last = ticks.isEmpty() ? null : ticks.get(ticks.size() - 1);
        tx.update(Sql.of(MOVE_ON, passed.next(), last, schedule.name()));
        return ids;
    }
}
