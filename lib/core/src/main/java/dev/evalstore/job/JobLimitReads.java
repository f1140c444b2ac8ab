package dev.evalstore.job;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;

/** The verbs of {@link JobLimits} that only read. */
public sealed class JobLimitReads permits JobLimits {
    static final Table<JobLimit> TABLE = Table.of(
                    "job limit",
                    "job_limits",
                    "scope, name, weight, max_running, rate_claims, rate_seconds, paused_at",
                    JobLimitReads::map)
            .key("scope", "name")
            .audited("set", "pause", "resume", "remove", "keep");

    final Jdbc jdbc;

    JobLimitReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** All that are set, by scope and name. */
    public List<JobLimit> list() {
        return jdbc.list(TABLE.select("list").and("order by scope, name"), TABLE.mapper());
    }

    private static JobLimit map(Row row) throws SQLException {
        Double interval = row.realOrNull("rate_seconds");
        return new JobLimit(
                row.enumValue("scope", JobLimit.Scope.class),
                row.text("name"),
                row.real("weight"),
                row.integerOrNull("max_running"),
                row.integerOrNull("rate_claims"),
                interval == null ? null : JobRows.duration(interval),
                row.instantOrNull("paused_at"));
    }
}
