package dev.evalstore.spring;

import dev.evalstore.Database;
import dev.evalstore.Health;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a health indicator says, of whichever Boot. */
record HealthDetails(boolean isUp, Map<String, Object> details) {
    static HealthDetails of(Database db) {
        Health health = db.health();
        Map<String, Object> details = new LinkedHashMap<>();
        if (health.problem() != null) {
            details.put("problem", health.problem());
        }
        // What was not measured is left out: a zero would look like a figure.
        if (health.reachable()) {
            details.put("server", health.serverVersion());
            details.put("primary", health.primary());
            details.put("schemaVersion", health.schemaVersion());
            details.put("partitionsAhead", health.partitionsAhead());
        }
        details.put("libraryVersion", health.libraryVersion());
        details.put("roundTripMillis", health.roundTrip().toMillis());
        return new HealthDetails(health.isReady(), details);
    }
}
