package dev.evalstore.testkit;

import java.util.List;
import java.util.Set;

/** The rows of a store's tables, to compare those of a restored one with. */
public final class RestoredRows {
    /** What a restore changes on purpose. */
    private static final Set<String> REPAIRED = Set.of(
            "config_leases",
            "config_ready",
            "domain_events",
            "event_cursors",
            "event_parked",
            "evalstore_schema_history",
            "job_finished",
            "job_leases",
            "job_ready",
            "job_unique",
            "replica_heartbeats",
            "state_incarnation",
            "state_locks",
            "statistics_progress",
            "unit_changes",
            "user_tokens",
            "verification_leases",
            "verification_ready",
            "workers");

    private RestoredRows() {}

    /** The tables that a restore leaves as they were. */
    public static List<String> tables(TestServer server, String database, String schema) {
        return server
                .query(
                        database,
                        "select relname::text from pg_class where relkind in ('r', 'p') and not relispartition"
                                + " and relnamespace = '" + schema + "'::regnamespace order by 1")
                .stream()
                .filter(table -> !REPAIRED.contains(table))
                .toList();
    }

    /** How many rows, and a hash of them all. */
    public static String of(TestServer server, String database, String schema, String table) {
        return server.query(
                        database,
                        "select count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) order by t::text collate \"C\")), '')"
                                + " from " + schema + "." + table + " t")
                .get(0);
    }
}
