package dev.evalstore.job;

import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.jdbc.Row;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a schedule and its job are written and read. */
final class ScheduleRows {
    private ScheduleRows() {}

    /** A row as it was found: another version of the library, or a newer runtime, may have stored what this one cannot read. */
    record Found(
            String name,
            @Nullable Schedule schedule,
            @Nullable RuntimeException failure) {
        Schedule orThrow() {
            if (schedule == null) {
                throw Objects.requireNonNull(failure);
            }
            return schedule;
        }
    }

    static Json template(NewJob job) {
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
        return Json.of(fields, JsonMapping.builtIn());
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
                    new Due(runAt == null ? null : Instant.parse(runAt), delay == null ? null : Duration.parse(delay)),
                    null);
        }
    }

    static Found find(Row row) throws SQLException {
        String name = row.text("name");
        try {
            return new Found(name, map(row), null);
        } catch (RuntimeException e) {
            return new Found(name, null, e);
        }
    }

    /** @throws DatabaseException that names the schedule, if it cannot be read */
    static Schedule map(Row row) throws SQLException {
        String name = row.text("name");
        try {
            return read(name, row);
        } catch (DateTimeException e) {
            // Its message quotes what is stored.
            throw new DatabaseException("schedule " + name + " cannot be read: it has a time that is none", null, null);
        } catch (RuntimeException e) {
            throw new DatabaseException("schedule " + name + " cannot be read: " + e.getMessage(), null, e);
        }
    }

    private static Schedule read(String name, Row row) throws SQLException {
        Double every = row.realOrNull("every_seconds");
        return new Schedule(
                name,
                row.textOrNull("cron"),
                every == null ? null : JobRows.duration(every),
                zone(row.text("time_zone")),
                row.enumValue("missed", Schedule.Missed.class),
                row.json("job").as(Template.class, JsonMapping.builtIn()).job(),
                row.instant("next_at"),
                row.instantOrNull("last_at"),
                row.instantOrNull("paused_at"));
    }

    private static ZoneId zone(String id) {
        try {
            return ZoneId.of(id);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its time zone is unknown to this Java runtime");
        }
    }
}
