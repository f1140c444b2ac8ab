package dev.evalstore.internal;

import dev.evalstore.MaintenanceOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps of the maintenance: each short, bounded, safe beside itself, and in need of no other. */
public final class Upkeep {
    /** Under so many whole months ahead a month could begin without its partitions. */
    public static final int ALARM_UNDER = 2;

    private Upkeep() {}

    /** A step; {@code work} gives how many rows or partitions it made or removed. */
    public record Step(String name, Work work) {}

    /** What a step does. */
    @FunctionalInterface
    public interface Work {
        long run(Jdbc jdbc);
    }

    /**
     * All steps, in order. A room that needs upkeep adds its line here.
     *
     * @param now the month it is
     */
    public static List<Step> steps(Jdbc database, MaintenanceOptions options, YearMonth now) {
        List<Step> steps = new ArrayList<>();
        for (String table : Partitions.tables(database)) {
            steps.add(
                    new Step("partitions." + table, jdbc -> Partitions.ahead(jdbc, table, now, options.monthsAhead())));
        }
        retention(steps, AuditRows.TABLE, options.auditRetention());
        retention(steps, "monitoring_events", options.eventRetention());
        return steps;
    }

    private static void retention(List<Step> steps, String table, @Nullable Duration period) {
        if (period != null) {
            steps.add(new Step("retention." + table, jdbc -> Partitions.dropOlderThan(jdbc, table, period)));
        }
    }
}
