package dev.evalstore.bench.soak;

import dev.evalstore.Cleanup;
import dev.evalstore.MaintenanceReport;
import java.time.Duration;

/** Runs the maintenance all the time, compacts the ledger's feed behind its follower, and looks at the store's health. */
final class MaintenanceRoom extends Room {
    /** The follower is hardly ever so far behind, but after some faults it is. */
    static final int MIN_SECONDS = 3;

    private static final int MAX_SECONDS = 20;

    MaintenanceRoom(Site site) {
        super(site, Stage.MAINTENANCE, "");
    }

    @Override
    void step() {
        MaintenanceReport report = db.maintenance().runOnce();
        if (report.ran() && report.failures().isEmpty()) {
            journal.done(Stage.MAINTENANCE, "run");
        }
        if (db.health().isReady()) {
            journal.done(Stage.MAINTENANCE, "healthy");
        }
        compact(random.nextInt(4) == 0 ? MIN_SECONDS : MAX_SECONDS);
        pause(300, 1_500);
    }

    private void compact(int seconds) {
        journal.write(
                Stage.MAINTENANCE,
                "compact",
                site.name(),
                () -> Money.ledger(db).cleanupChanges(Duration.ofSeconds(seconds)),
                (Cleanup dropped) -> Long.toString(dropped.removed()));
    }
}
