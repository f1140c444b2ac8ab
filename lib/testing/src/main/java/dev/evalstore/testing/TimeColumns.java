package dev.evalstore.testing;

import java.util.Map;

/**
 * What {@link TestStore#forward} moves: every column whose time is compared with the server's clock. Columns that only say when
 * something happened stay, and so do those by which maintenance removes old rows of months, since rows do not change their month.
 * A test holds that each time column of the schema is in one of the two lists.
 */
final class TimeColumns {
    /** By table. */
    static final Map<String, String> MOVED = Map.ofEntries(
            Map.entry("api_keys", "expires_at last_used_at"),
            Map.entry("benchmark_configs", "started_at completed_at"),
            Map.entry("config_leases", "claimed_at deadline"),
            Map.entry("config_scheduled", "run_at"),
            Map.entry("event_cursors", "expires_at retry_at"),
            Map.entry("event_subscriptions", "previous_until"),
            Map.entry("experiments", "started_at completed_at archived_at updated_at deleted_at"),
            Map.entry("job_finished", "started_at completed_at"),
            Map.entry("job_leases", "claimed_at deadline"),
            Map.entry("job_scheduled", "run_at"),
            Map.entry("job_schedules", "next_at last_at"),
            Map.entry("jobs", "run_at"),
            Map.entry("model_rankings", "calculated_at expires_at"),
            Map.entry("proposals", "voting_starts_at voting_ends_at"),
            Map.entry("replica_heartbeats", "beat_at"),
            Map.entry("state_changes", "created_at"),
            Map.entry("state_checkpoints", "created_at"),
            Map.entry("state_entries", "expires_at"),
            Map.entry("state_history", "expires_at"),
            Map.entry("state_locks", "acquired_at expires_at"),
            Map.entry("definition_statistics", "computed_at"),
            Map.entry("model_statistics", "computed_at"),
            Map.entry("user_statistics", "computed_at"),
            Map.entry("unit_changes", "changed_at"),
            Map.entry("user_tokens", "expires_at"),
            Map.entry("users", "last_active_at"),
            Map.entry("verification_leases", "claimed_at deadline"),
            Map.entry("workers", "last_heartbeat_at gone_at"));

    private TimeColumns() {}
}
