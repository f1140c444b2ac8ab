package dev.evalstore.examples.bench.soak;

import dev.evalstore.MaintenanceReport;

/** Runs the maintenance all the time, and looks at the store's health. */
final class MaintenanceRoom extends Room {
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
        pause(300, 1_500);
    }
}
