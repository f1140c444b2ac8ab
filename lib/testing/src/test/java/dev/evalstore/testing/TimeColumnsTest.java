package dev.evalstore.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever adds a time column says here or in {@link TimeColumns} whether it decides something. */
@Evalstore
class TimeColumnsTest {
    private static final String COLUMNS = """
            select c.relname || '.' || a.attname
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid
            where n.nspname = 'evalstore' and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
                and not a.attisdropped
                and pg_catalog.format_type(a.atttypid, null) ~ '^(time|date|tstzrange|tsrange|tstzmulti|tsmulti)'""";

    /** They say when something happened, whatever the table. */
    private static final Set<String> FACTS =
            Set.of("created_at", "updated_at", "deleted_at", "occurred_at", "installed_on");

    /** They say when something happened, or are compared with each other and with times that a caller names. */
    private static final Set<String> OTHER_FACTS = Set.of(
            "api_keys.revoked_at",
            "benchmark_configs.result_date",
            "benchmark_results.benchmark_date",
            "benchmarks.started_at",
            "benchmarks.completed_at",
            "community_verifications.reviewed_at",
            "community_verifications.reached_at",
            "cost_entries.requested_at",
            "daily_model_stats.stats_date",
            "definition_statistics.first_submitted_at",
            "definition_statistics.last_submitted_at",
            "event_cursors.last_delivered_at",
            "event_parked.event_created_at",
            "event_parked.parked_at",
            "experiment_metrics.last_at",
            "job_attempts.started_at",
            "job_attempts.ended_at",
            "job_leases.cancel_requested_at",
            "job_limits.paused_at",
            "job_schedules.paused_at",
            "leaderboard_entries.submitted_at",
            "leaderboard_entries.valid_from",
            "leaderboard_entries.valid_to",
            "leaderboard_marks.marked_at",
            "metric_points.at",
            "organization_members.joined_at",
            "organizations.verified_at",
            "proposal_amendments.decided_at",
            "proposals.implemented_at",
            "review_comments.resolved_at",
            "reviews.submitted_at",
            "state_incarnation.began_at",
            "statistics_progress.covered_until",
            "submissions.verified_at",
            "submissions.started_at",
            "submissions.completed_at",
            "user_tokens.used_at",
            "users.last_login_at",
            "verification_attempts.started_at",
            "verification_attempts.completed_at",
            "verification_steps.started_at",
            "verification_steps.completed_at",
            "verifications.started_at",
            "verifications.completed_at",
            "verifications.attestation_signed_at",
            "verifier_keys.valid_from",
            "verifier_keys.valid_to",
            "verifier_keys.revoked_at",
            "workers.registered_at");

    /** A time beside the server's clock, in a statement of the library's. */
    private static final Pattern COMPARED =
            Pattern.compile("([a-z_]+) (?:<|<=|>|>=) (?:statement_timestamp|clock_timestamp|now)\\(\\)");

    @Test
    void each_time_column_is_moved_or_is_known_to_stay(TestStore store) {
        Set<String> columns = new TreeSet<>(store.query(COLUMNS));
        assertThat(columns).as("moved columns that are gone").containsAll(moved());
        assertThat(columns).as("facts that are gone").containsAll(OTHER_FACTS);
        assertThat(OTHER_FACTS).as("moved, and said to stay").doesNotContainAnyElementsOf(moved());
        assertThat(unknown(store))
                .as("not classified: does forward(…) move these?")
                .isEmpty();
    }

    @Test
    void a_new_column_is_noticed_in_a_table_of_any_kind(TestStore store) {
        store.execute("alter table evalstore.jobs add due_again_at timestamptz;"
                + "alter table evalstore.audit_log add seen_on date;"
                + "create table evalstore.later (id uuid, began timestamp, during tstzrange, at timestamptz[])");
        try {
            assertThat(unknown(store))
                    .containsExactly(
                            "audit_log.seen_on", "jobs.due_again_at", "later.at", "later.began", "later.during");
        } finally {
            store.execute("alter table evalstore.jobs drop due_again_at; alter table evalstore.audit_log drop seen_on;"
                    + "drop table evalstore.later");
        }
    }

    /** By name: what a statement compares with the clock says nothing of its table. */
    @Test
    void what_the_library_compares_with_the_clock_is_moved() throws IOException {
        Set<String> names = new TreeSet<>();
        TimeColumns.MOVED.values().forEach(of -> names.addAll(List.of(of.split(" "))));
        Set<String> compared = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("../core/src/main/java"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                COMPARED.matcher(Files.readString(file)).results().forEach(found -> compared.add(found.group(1)));
            }
        }
        compared.remove("at"); // A time that a caller gives, under an alias.
        assertThat(compared).hasSizeGreaterThan(10).contains("deadline", "expires_at");
        assertThat(names).containsAll(compared);
    }

    private static Set<String> moved() {
        Set<String> moved = new TreeSet<>();
        TimeColumns.MOVED.forEach(
                (table, names) -> List.of(names.split(" ")).forEach(name -> moved.add(table + "." + name)));
        return moved;
    }

    private static Set<String> unknown(TestStore store) {
        Set<String> columns = new TreeSet<>(store.query(COLUMNS));
        columns.removeAll(moved());
        columns.removeAll(OTHER_FACTS);
        columns.removeIf(column -> FACTS.contains(column.substring(column.indexOf('.') + 1)));
        return columns;
    }

    @Test
    void each_update_is_accepted(TestStore store) {
        store.forward(Duration.ofDays(400));
    }
}
