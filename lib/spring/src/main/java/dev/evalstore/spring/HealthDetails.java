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
        details.put("server", health.serverVersion());
        details.put("primary", health.primary());
        details.put("schemaVersion", health.schemaVersion());
        details.put("libraryVersion", health.libraryVersion());
        details.put("roundTripMillis", health.roundTrip().toMillis());
        details.put("partitionsAhead", health.partitionsAhead());
        return new HealthDetails(health.isReady(), details);
    }
}
