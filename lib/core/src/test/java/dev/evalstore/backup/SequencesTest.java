package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every number that is counted is either jumped by a restore, or here with the reason why not. */
class SequencesTest {
    private static final String NUMBERS_ROWS = "numbers rows of this store; whoever remembers one compares the row";

    private static final Map<String, String> KEPT = Map.of(
            "benchmark_configs_seq_seq", "a lease names a token beside it",
            "config_lanes_lane_seq", NUMBERS_ROWS,
            "experiments_number_seq", NUMBERS_ROWS,
            "job_lanes_lane_seq", NUMBERS_ROWS,
            "metric_names_id_seq", NUMBERS_ROWS,
            "param_names_id_seq", NUMBERS_ROWS,
            "projects_id_seq", NUMBERS_ROWS,
            "verification_lanes_lane_seq", NUMBERS_ROWS,
            "verifications_seq_seq", "a lease names a token beside it");

    private static final String DRAWN = "drawn from a sequence that jumps";
    private static final String COPIED = "names a row that has the number";

    /** Columns that count, or hold a number of another's counting. */
    private static final Map<String, String> COUNTERS = Map.ofEntries(
            Map.entry("state_entries.version", DRAWN),
            Map.entry("state_history.version", DRAWN),
            Map.entry("state_changes.version", DRAWN),
            Map.entry("state_changes.seq", DRAWN),
            Map.entry("state_locks.token", DRAWN),
            Map.entry("job_leases.token", DRAWN),
            Map.entry("config_leases.token", DRAWN),
            Map.entry("verification_leases.token", DRAWN),
            Map.entry("job_attempts.token", DRAWN),
            Map.entry("event_cursors.token", DRAWN),
            Map.entry("event_parked.token", "removed, and drawn from a sequence that jumps"),
            Map.entry("domain_events.position", DRAWN),
            Map.entry("event_cursors.position", COPIED),
            Map.entry("event_parked.position", COPIED),
            Map.entry("event_subscriptions.start_position", COPIED),
            Map.entry("workers.generation", DRAWN),
            Map.entry("model_rankings.generation", DRAWN),
            Map.entry("state_namespaces.epoch", "counts checkpoints, which are known by their ids"),
            Map.entry("state_namespaces.kept_epoch", "an epoch"),
            Map.entry("state_entries.epoch", "an epoch"),
            Map.entry("state_history.epoch_from", "an epoch"),
            Map.entry("state_history.epoch_to", "an epoch"),
            Map.entry("state_checkpoints.epoch", "an epoch"),
            Map.entry("domain_events.event_version", "the version of a form, given by the host"),
            Map.entry("comparison_members.position", "a place in a list"),
            Map.entry("expected_outputs.position", "a place in a list"),
            Map.entry("output_constraints.position", "a place in a list"),
            Map.entry("state_incarnation.incarnation", "drawn anew"),
            Map.entry("statistics_progress.covered_xid", "replaced"),
            Map.entry("unit_changes.xid", "removed"));

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void every_sequence_jumps_or_says_why_not() {
        var classified = new TreeSet<>(KEPT.keySet());
        classified.addAll(Repairs.JUMPING);
        assertThat(new TreeSet<>(
                        database.query("select sequencename::text from pg_sequences where schemaname = 'evalstore'")))
                .isEqualTo(classified);
    }

    @Test
    void every_version_token_position_or_transaction_id_is_accounted_for() {
        assertThat(new TreeSet<>(database.query(
                        "select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
                                + " where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p')"
                                + " and not c.relispartition and a.attnum > 0 and not a.attisdropped"
                                + " and c.relname <> 'evalstore_schema_history'"
                                + " and (a.atttypid in ('xid'::regtype, 'xid8'::regtype, 'pg_snapshot'::regtype,"
                                + " 'pg_lsn'::regtype) or a.atttypid in ('int4'::regtype, 'int8'::regtype) and a.attname ~"
                                + " '(^|_)(version|token|position|epoch|generation|incarnation|xid|revision)(_|$)'"
                                + " or c.relname || '.' || a.attname = 'state_changes.seq')"
                                + " and a.attname !~ '^(rank_position)$'")))
                .isEqualTo(new TreeSet<>(COUNTERS.keySet()));
    }
}
