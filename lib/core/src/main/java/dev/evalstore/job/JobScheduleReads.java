package dev.evalstore.job;

import dev.evalstore.DatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.job.ScheduleRows.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verbs of {@link JobSchedules} that only read. */
public sealed class JobScheduleReads permits JobSchedules {
    static final Logger LOG = LoggerFactory.getLogger(JobSchedules.class);

    static final Table<Schedule> TABLE = Table.of(
                    "job schedule",
                    "job_schedules",
                    "name, cron, every_seconds, time_zone, missed, job, next_at, last_at, paused_at",
                    ScheduleRows::map)
            .key("name")
            .audited("set", "pause", "resume", "remove");

    final Jdbc jdbc;

    JobScheduleReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The schedule of that name, or empty.
     *
     * @throws DatabaseException if this version of the library or of Java cannot read it: an unknown time zone, say
     */
    public Optional<Schedule> find(String name) {
        return TABLE.find(jdbc, Check.text("name", name));
    }

    /** All schedules by name. One that cannot be read, as {@link #find} says, is left out, and a warning names it. */
    public List<Schedule> list() {
        List<Schedule> all = new ArrayList<>();
        for (Found found : jdbc.list(TABLE.select("list").and("order by name"), ScheduleRows::find)) {
            if (found.schedule() == null) {
                LOG.warn("{}", Foreign.message(Objects.requireNonNull(found.failure())));
            } else {
                all.add(found.schedule());
            }
        }
        return List.copyOf(all);
    }
}
