package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Recurring work; see {@link JobRepository#schedules()}. Every runner also enqueues what is due. */
public final class JobSchedules {
    static final Table<Schedule> TABLE = Table.of(
                    "job schedule",
                    "job_schedules",
                    "name, cron, every_seconds, time_zone, missed, job, next_at, last_at, paused_at",
                    JobSchedules::map)
            .key("name")
            .audited("set", "pause", "resume", "remove");

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
            where next_at <= statement_timestamp() and paused_at is null
            order by name limit ? for update skip locked""");

    private static final String MOVE_ON = """
            /* job_schedules.move_on */ update evalstore.job_schedules
            set next_at = ?, last_at = coalesce(?::timestamptz, last_at), updated_at = statement_timestamp()
            where name = ?""";

    private static final int BATCH = 100;

    private static final Comparator<Schedule> KEYS = Comparator.comparing(
                    (Schedule schedule) -> schedule.job().route().queue())
            .thenComparing(schedule -> Objects.requireNonNullElse(schedule.job().uniqueKey(), ""));

    private final Jdbc jdbc;

    JobSchedules(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a schedule, in place of the one with its name. Its next tick is counted from now, unless only the job or the policy has
     * changed. Every process may do so at its start.
     */
    public Schedule set(Schedule schedule) {
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
                                    template(schedule.job()),
                                    next),
                            JobSchedules::map)
                    .orElseThrow();
        });
    }

    /** The schedule of that name, or empty. */
    public Optional<Schedule> find(String name) {
        return TABLE.find(jdbc, Check.text("name", name));
    }

    /** All schedules by name. */
    public List<Schedule> list() {
        return jdbc.list(TABLE.select("list").and("order by name"), TABLE.mapper());
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
     * @return the jobs' ids
     */
    public List<UUID> enqueueDue() {
        List<UUID> all = new ArrayList<>();
        Round round;
        do {
            round = jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> enqueueSome(tx));
            all.addAll(round.ids());
        } while (round.more());
        return List.copyOf(all);
    }

    /** The jobs of one commit, and whether there are ticks beyond them. */
    private record Round(List<UUID> ids, boolean more) {}

    private static Round enqueueSome(Jdbc tx) {
        Instant now = tx.now();
        List<Schedule> due = due(tx);
        List<UUID> ids = new ArrayList<>();
        boolean more = due.size() == BATCH;
        for (Schedule schedule : due) {
            Ticks.Passed ticks = Ticks.passed(schedule, now);
            NewJob job = schedule.job();
            // The first job takes the key from the others.
            int tries = job.uniqueKey() == null
                    ? ticks.enqueue().size()
                    : Math.min(1, ticks.enqueue().size());
            for (int i = 0; i < tries; i++) {
                new JobCreation(tx).createUnlessTaken(job).ifPresent(made -> ids.add(made.id()));
            }
            moveOn(tx, schedule, ticks);
            more |= !ticks.next().isAfter(now);
        }
        if (!ids.isEmpty()) {
            Wakeups.afterCommit(tx);
        }
        return new Round(ids, more);
    }

    /** In the order of their jobs' keys: callers that take the same keys do not wait for each other in a circle. */
    private static List<Schedule> due(Jdbc tx) {
        List<Schedule> due = new ArrayList<>(tx.returning(Sql.of(DUE, BATCH), TABLE.mapper()));
        due.sort(KEYS);
        return due;
    }

    private static void moveOn(Jdbc tx, Schedule schedule, Ticks.Passed passed) {
        List<Instant> ticks = passed.enqueue();
        Instant last = ticks.isEmpty() ? null : ticks.get(ticks.size() - 1);
        tx.update(Sql.of(MOVE_ON, passed.next(), last, schedule.name()));
    }

    private static Json template(NewJob job) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("type", job.type());
        fields.put("payload", job.payload().text());
        fields.put("queue", job.route().queue());
        fields.put("requiredTags", job.route().requiredTags());
        fields.put("fairKey", job.route().fairKey());
        fields.put("priority", job.priority());
        fields.put("maxRetries", job.attempts().maxRetries());
        fields.put("timeout", job.attempts().timeout().toString());
        fields.put("backoffBase", job.attempts().backoff().base().toString());
        fields.put("backoffCap", job.attempts().backoff().cap().toString());
        fields.put("uniqueKey", job.uniqueKey());
        fields.put("runAt", job.due().at() == null ? null : job.due().at().toString());
        fields.put("delay", job.due().delay() == null ? null : job.due().delay().toString());
        return Json.of(fields);
    }

    /** The stored job, as JSON reads it. */
    private record Template(
            String type,
            String payload,
            String queue,
            List<String> requiredTags,
            String fairKey,
            int priority,
            int maxRetries,
            String timeout,
            String backoffBase,
            String backoffCap,
            @Nullable String uniqueKey,
            @Nullable String runAt,
            @Nullable String delay) {
        NewJob job() {
            return new NewJob(
                    type,
                    Json.parse(payload),
                    new JobRoute(queue, requiredTags, fairKey),
                    priority,
                    new Attempts(
                            maxRetries,
                            Duration.parse(timeout),
                            new Backoff(Duration.parse(backoffBase), Duration.parse(backoffCap))),
                    uniqueKey,
                    new Due(runAt == null ? null : Instant.parse(runAt), delay == null ? null : Duration.parse(delay)));
        }
    }

    private static Schedule map(Row row) throws SQLException {
        Double every = row.realOrNull("every_seconds");
        return new Schedule(
                row.text("name"),
                row.textOrNull("cron"),
                every == null ? null : JobRows.duration(every),
                ZoneId.of(row.text("time_zone")),
                row.enumValue("missed", Schedule.Missed.class),
                row.json("job").as(Template.class).job(),
                row.instant("next_at"),
                row.instantOrNull("last_at"),
                row.instantOrNull("paused_at"));
    }
}
