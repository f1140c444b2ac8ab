package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
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

/** Recurring work; obtained from {@link JobRepository#schedules()}. Every runner also enqueues what is due. */
public final class JobSchedules {
    private static final String COLUMNS =
            "name, cron, every_seconds, time_zone, missed, job, next_at, last_at, paused_at";
    private static final int AT_A_TIME = 100;

    private static final Comparator<Schedule> KEYS = Comparator.comparing(
                    (Schedule schedule) -> schedule.job().route().queue())
            .thenComparing(schedule -> Objects.requireNonNullElse(schedule.job().uniqueKey(), ""));

    private final Jdbc jdbc;

    JobSchedules(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a schedule, in place of the one of its name. Its next tick is counted from now, unless only the job or the policy
     * has changed. Every process may do so at its start.
     */
    public Schedule set(Schedule schedule) {
        return jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            Instant now = now(tx);
            Instant next = Ticks.after(schedule, now);
            return tx.change(
                            Sql.of(
                                    """
                                    insert into evalstore.job_schedules as s
                                        (name, cron, every_seconds, time_zone, missed, job, next_at)
                                    values (?, ?, ?, ?, ?, ?, ?)
                                    on conflict (name) do update
                                    set cron = excluded.cron, every_seconds = excluded.every_seconds,
                                        time_zone = excluded.time_zone, missed = excluded.missed, job = excluded.job,
                                        updated_at = statement_timestamp(),
                                        next_at = case when (s.cron, s.every_seconds, s.time_zone)
                                            is not distinct from (excluded.cron, excluded.every_seconds, excluded.time_zone)
                                            then s.next_at else excluded.next_at end
                                    """ + "returning " + COLUMNS,
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
        return jdbc.find(
                Sql.of("select " + COLUMNS + " from evalstore.job_schedules where name = ?", Check.text("name", name)),
                JobSchedules::map);
    }

    /** All schedules by name. */
    public List<Schedule> list() {
        return jdbc.list(
                Sql.of("select " + COLUMNS + " from evalstore.job_schedules order by name"), JobSchedules::map);
    }

    /** Stops the ticking; false when there is none of that name or it was paused. */
    public boolean pause(String name) {
        return jdbc.update(Sql.of(
                        "update evalstore.job_schedules set paused_at = statement_timestamp(), updated_at ="
                                + " statement_timestamp() where name = ? and paused_at is null",
                        Check.text("name", name)))
                == 1;
    }

    /** Lets it tick again; ticks of the pause are missed ones. False when it was not paused. */
    public boolean resume(String name) {
        return jdbc.update(Sql.of(
                        "update evalstore.job_schedules set paused_at = null, updated_at = statement_timestamp()"
                                + " where name = ? and paused_at is not null",
                        Check.text("name", name)))
                == 1;
    }

    /** Removes a schedule; jobs that it has enqueued stay. False when there is none of that name. */
    public boolean remove(String name) {
        return jdbc.update(Sql.of("delete from evalstore.job_schedules where name = ?", Check.text("name", name))) == 1;
    }

    /**
     * Enqueues a job for each tick that is due. A tick's job and the step to the next tick are one commit, so that each tick is
     * enqueued once by however many processes. Where the job has a unique key that an unfinished job of its queue has, the tick
     * makes none and counts as done: work that takes longer than the interval is not piled up.
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
        Instant now = now(tx);
        List<Schedule> due = due(tx);
        List<UUID> ids = new ArrayList<>();
        boolean more = due.size() == AT_A_TIME;
        for (Schedule schedule : due) {
            Ticks.Due ticks = Ticks.due(schedule, now);
            NewJob job = schedule.job();
            // The first of them takes the key from the others.
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

    private static Instant now(Jdbc tx) {
        return tx.one(Sql.of("/* schedules.now */ select statement_timestamp() as now"), row -> row.instant("now"));
    }

    /** In the order of their jobs' keys: two that take the same ones do not wait for each other. */
    private static List<Schedule> due(Jdbc tx) {
        List<Schedule> due = new ArrayList<>(tx.returning(
                Sql.of(
                        "/* schedules.due */ select " + COLUMNS + " from evalstore.job_schedules"
                                + " where next_at <= statement_timestamp() and paused_at is null"
                                + " order by name limit ? for update skip locked",
                        AT_A_TIME),
                JobSchedules::map));
        due.sort(KEYS);
        return due;
    }

    private static void moveOn(Jdbc tx, Schedule schedule, Ticks.Due due) {
        List<Instant> ticks = due.enqueue();
        tx.update(Sql.of(
                "update evalstore.job_schedules set next_at = ?, last_at = coalesce(?::timestamptz, last_at),"
                        + " updated_at = statement_timestamp() where name = ?",
                due.next(),
                ticks.isEmpty() ? null : ticks.get(ticks.size() - 1),
                schedule.name()));
    }

    private static Json template(NewJob job) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("type", job.type());
        fields.put("payload", job.payload().text());
        fields.put("queue", job.route().queue());
        fields.put("requiredTags", job.route().requiredTags());
        fields.put("fairKey", job.route().fairKey());
        fields.put("priority", job.priority());
        fields.put("maxRetries", job.maxRetries());
        fields.put("timeout", job.timeout().toString());
        fields.put("backoffBase", job.backoff().base().toString());
        fields.put("backoffCap", job.backoff().cap().toString());
        fields.put("uniqueKey", job.uniqueKey());
        fields.put("runAt", job.runAt() == null ? null : job.runAt().toString());
        fields.put("delay", job.delay() == null ? null : job.delay().toString());
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
                    maxRetries,
                    Duration.parse(timeout),
                    new Backoff(Duration.parse(backoffBase), Duration.parse(backoffCap)),
                    uniqueKey,
                    runAt == null ? null : Instant.parse(runAt),
                    delay == null ? null : Duration.parse(delay));
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
