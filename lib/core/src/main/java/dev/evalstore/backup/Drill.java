package dev.evalstore.backup;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.schema.Migrations;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/** A restore that is never committed: nobody sees its schema, and nothing of it is left whatever happens. */
final class Drill {
    private Drill() {}

    static DrillReport run(Jdbc jdbc, DataSource pool, BackupFolder backup, RestoreOptions options) {
        String scratch = String.format(
                Locale.ROOT,
                "evalstore_drill_%016x",
                ThreadLocalRandom.current().nextLong());
        Migrations migrations = new Migrations(jdbc.onSchema(scratch, false), pool);
        Restoring restoring = new Restoring(backup, migrations, options);
        try {
            return migrations.building(build -> {
                RestoreReport restored = restoring.run(build);
                List<String> held = Invariants.check(build.tx(), restoring.manifest());
                throw new Done(new DrillReport(restored, held, restored.elapsed()));
            });
        } catch (Done e) {
            return e.report;
        }
    }

    /** Rolls everything back. */
    private static final class Done extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient DrillReport report;

        Done(DrillReport report) {
            super(null, null, false, false);
            this.report = report;
        }
    }
}
