package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.KEY;
import static dev.evalstore.reliability.Lab.VALUE;
import static dev.evalstore.reliability.Write.Trait.ALONE;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.OWNER;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Of the maintenance, and of what the owner of the tables does by hand. */
final class MaintenanceWrites {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");
    private static final StateOptions SECOND = StateOptions.DEFAULT.schema(Picture.SECOND_SET);

    private MaintenanceWrites() {}

    static List<Write<?>> maintenance() {
        return List.of(
                Write.of(
                                "maintenance.runOnce/0",
                                MaintenanceWrites::neglected,
                                (r, x) -> whole(((Database) r).maintenance().runOnce()))
                        .which(ALONE, IN_PIECES),
                Write.of(
                                "state.vacuum/0",
                                MaintenanceWrites::neverVacuumed,
                                (r, x) -> Writes.done(() -> r.state().vacuum()))
                        .which(ALONE, IN_PIECES, OWNER),
                Write.of(
                                "state.createTables/0",
                                lab -> 0,
                                (r, x) -> r.state("n", SECOND).createTables())
                        .which(OWNER),
                Write.of(
                                "audit.cleanup/1",
                                lab -> lab.db()
                                        .audit()
                                        .record(NewAuditEntry.of("a", "e", "1").occurredAt(LONG_AGO)),
                                (r, x) -> r.audit().cleanup(Duration.ofDays(4_000)))
                        .which(IN_PIECES, OWNER));
    }

    /** An expired entry and a job whose worker is lost: work for several steps. */
    private static Object neglected(Lab lab) {
        lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY));
        lab.sql("update evalstore.state_entries set expires_at = now() - interval '1 day',"
                + " expiry_minute = expiry_minute - 2880");
        Lab.Busy busy = lab.busy();
        lab.sql("update evalstore.job_leases set deadline = now() - interval '1 day'");
        lab.sql("update evalstore.workers set time_to_live_seconds = 60");
        return busy;
    }

    private static Object neverVacuumed(Lab lab) {
        lab.sql(
                "select pg_stat_reset_single_table_counters(oid) from pg_class where relkind = 'r'"
                        + " and oid = any (array['evalstore.state_entries', 'evalstore.state_history', 'evalstore.state_changes']::regclass[])");
        return 0;
    }

    /** What is reported counts as told. */
    private static Object whole(MaintenanceReport report) {
        if (!report.ran() || !report.failures().isEmpty()) {
            throw new DatabaseException("done in part: " + report.failures(), null, null);
        }
        return report;
    }
}
