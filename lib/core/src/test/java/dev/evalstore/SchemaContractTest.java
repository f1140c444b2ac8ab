package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.MainClasses.Constant;
import dev.evalstore.testkit.SchemaContract;
import dev.evalstore.testkit.TableColumns;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every {@code Table} of the library is held against its record and the catalogue, and the catalogue against the rules of the
 * house. What differs on purpose stands here, with its reason.
 */
class SchemaContractTest {
    private static final String COMPARED = "leaves the database only to be compared";
    private static final String SIGNS = "leaves the database only to sign";
    private static final String COUNTED = "moved and compared by the statements that write entries";
    private static final String ONLY_NUMBERS =
            "a narrow table that only claims read; the row is read from the wide one";
    private static final String FOLLOWS = "follows from the other columns, for boards and indexes";
    private static final String PLACE = "where the row belongs, which is known when it is read";

    static final SchemaContract.Exceptions EXCEPTIONS = new SchemaContract.Exceptions(
            Map.of(
                    "JobLimit.rate",
                    "rate_claims",
                    "JobLimit.interval",
                    "rate_seconds",
                    "StateChange.at",
                    "created_at",
                    "Submission.confidenceInterval.low",
                    "ci_low",
                    "Submission.confidenceInterval.high",
                    "ci_high",
                    "Submission.confidenceInterval.level",
                    "ci_level"),
            Map.ofEntries(
                    Map.entry("users.password_hash", COMPARED),
                    Map.entry("event_subscriptions.secret", SIGNS),
                    Map.entry("event_subscriptions.previous_secret", SIGNS),
                    Map.entry("event_parked.token", "compared by the statements that end a retry"),
                    Map.entry("api_keys.key_hash", COMPARED),
                    Map.entry("user_tokens.token_hash", COMPARED),
                    Map.entry("state_entries.namespace_id", PLACE),
                    Map.entry("state_entries.epoch", PLACE),
                    Map.entry("state_entries.expiry_minute", "expires_at for the sweeper"),
                    Map.entry("state_checkpoints.namespace_id", PLACE),
                    Map.entry("state_checkpoints.epoch", PLACE),
                    Map.entry("state_changes.namespace_id", PLACE),
                    Map.entry("state_namespaces.epoch", COUNTED),
                    Map.entry("state_namespaces.kept_epoch", COUNTED),
                    Map.entry("state_namespaces.change_floor", COUNTED),
                    Map.entry("state_namespaces.created_at", "a namespace is opened by name and options"),
                    Map.entry("state_namespaces.updated_at", "a namespace is opened by name and options"),
                    Map.entry("state_changes.seq", "in the token of StateChanges"),
                    Map.entry("job_limits.rate_slots", "what a rate counts with"),
                    Map.entry("job_limits.rate_counts", "what a rate counts with"),
                    Map.entry("job_limits.updated_at", "a limit is a setting"),
                    Map.entry("job_schedules.created_at", "a schedule is a setting"),
                    Map.entry("job_schedules.updated_at", "a schedule is a setting"),
                    Map.entry("jobs.lane", "read as queue, required tags and fair key"),
                    Map.entry("job_attempts.seq", PLACE),
                    Map.entry("benchmark_definitions.search", "follows from the other columns, to be searched"),
                    Map.entry("definition_versions.precedence", "the order of semver, for indexes"),
                    Map.entry("definition_subcategories.version_id", PLACE),
                    Map.entry("submission_cases.submission_id", PLACE),
                    Map.entry("submission_cases.version_id", PLACE),
                    Map.entry("submission_metadata.submission_id", PLACE),
                    Map.entry("submission_metrics.submission_id", PLACE),
                    Map.entry("submissions.board_score", FOLLOWS),
                    Map.entry("submissions.subject_key", FOLLOWS),
                    Map.entry("submissions.subject_name", FOLLOWS),
                    Map.entry("submissions.subject_provider", FOLLOWS),
                    Map.entry("submissions.subject_version", FOLLOWS),
                    Map.entry("experiments.number", "what the narrow tables know it by"),
                    Map.entry("experiments.deleted_at", "one that is deleted is not read"),
                    Map.entry("jobs.losses", "decides whether the job is poison"),
                    Map.entry("verifications.lane", "follows from definition and kind"),
                    Map.entry("verifications.verifier_ref", "the verifier, for comparison with a key's"),
                    Map.entry("verifier_keys.verifier_ref", "the verifier, for comparison with a verification's"),
                    Map.entry("verifications.outcome", "the status, where it has ended"),
                    Map.entry("model_statistics.id", "in the cursor of the list"),
                    Map.entry("model_statistics.subject_key", FOLLOWS),
                    Map.entry("benchmark_configs.outcome", "the status, where it has ended")),
            Map.of(),
            Map.of(),
            Map.of("Schedule.nextAt", "a schedule that is given to be stored has none"));

    /** Tables that no record mirrors, and why. */
    private static final Map<String, String> WITHOUT_RECORD = Map.ofEntries(
            Map.entry("state_history", "read as state entries"),
            Map.entry("job_unique", "finds the job that has a key"),
            Map.entry("replica_heartbeats", "one time, by which lags are measured"),
            Map.entry("job_queues", "settings that are only written, and heeded by claims and completions"),
            Map.entry("config_lanes", "a number for a model version"),
            Map.entry("config_ready", ONLY_NUMBERS),
            Map.entry("config_scheduled", ONLY_NUMBERS),
            Map.entry("verification_lanes", "a number for a definition and a kind"),
            Map.entry("verification_ready", ONLY_NUMBERS),
            Map.entry("metric_names", "numbers for names"),
            Map.entry("unit_changes", "read as versions"),
            Map.entry("experiment_metrics", "read as summaries by metric, which are maps"),
            Map.entry("metric_points", "read as points, one after the other"),
            Map.entry("job_ready", ONLY_NUMBERS),
            Map.entry("job_scheduled", ONLY_NUMBERS),
            Map.entry("leaderboard_entries", "read with the submission that has the place"),
            Map.entry("leaderboard_marks", "what ranks are counted from"),
            Map.entry("statistics_marks", "what refreshes have to count"),
            Map.entry("statistics_progress", "how far refreshes have come"),
            Map.entry("state_incarnation", "a number in the tokens of feeds"));

    /** Enum values of the schema that are no enum of the library, and why. */
    private static final Map<String, String> OTHER_ENUMS = Map.of(
            "benchmark_configs_outcome_valid", "the ended half of a status",
            "verifications_outcome_valid", "the ended half of a status",
            "job_finished_outcome_valid", "the ended half of JobStatus");

    /** Columns that mean the same in every table, so that a comment would repeat the name. */
    private static final Set<String> OBVIOUS = Set.of(
            "id",
            "name",
            "description",
            "metadata",
            "created_at",
            "updated_at",
            "deleted_at",
            "started_at",
            "completed_at");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    static List<Constant> tables() {
        return MainClasses.constants(Table.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void columns_catalogue_and_record_agree(Constant constant) {
        assertThat(SchemaContract.faults(
                        database, (Table<?>) constant.value(), TableColumns.row(constant.field()), EXCEPTIONS))
                .isEmpty();
    }

    /** A row as somebody might write it who did not look. */
    record Careless(UUID id, @Nullable String name, String provider, int parameters, String kind) {}

    @Test
    void a_record_that_differs_would_be_found() {
        Table<Careless> table =
                Table.of("careless", "models", "id, name, provider, parameters, created_at", row -> null);
        assertThat(SchemaContract.faults(
                        database,
                        table,
                        Careless.class,
                        new SchemaContract.Exceptions(Map.of(), Map.of(), Map.of(), Map.of(), Map.of())))
                .containsExactlyInAnyOrder(
                        "models has columns that are not read: [architecture, base_model, kind, metadata, tags, updated_at]",
                        "Careless.name may be null, name may not",
                        "Careless.provider may not be null, provider may",
                        "Careless.parameters is a int, and parameters is int8",
                        "Careless.parameters may not be null, parameters may",
                        "Careless.kind has no column",
                        "Careless has no components for the columns [created_at]");
    }

    @Test
    void no_table_is_unchecked() {
        Set<String> checked = new TreeSet<>();
        for (Constant constant : tables()) {
            // What stands in a subquery or a join of the declaration is read with it.
            Pattern.compile("evalstore\\.([a-z_]+)")
                    .matcher(((Table<?>) constant.value()).selectAll("list").text())
                    .results()
                    .map(found -> found.group(1))
                    .forEach(checked::add);
        }
        assertThat(checked).doesNotContainAnyElementsOf(WITHOUT_RECORD.keySet());
        checked.addAll(WITHOUT_RECORD.keySet());
        assertThat(
                        new TreeSet<>(
                                database.query(
                                        "select relname::text from pg_class where relnamespace = 'evalstore'::regnamespace"
                                                + " and relkind in ('r', 'p') and not relispartition and relname <> 'evalstore_schema_history'")))
                .isEqualTo(checked);
    }

    @Test
    void no_exception_is_out_of_date() {
        Set<String> unused = new TreeSet<>();
        unused.addAll(EXCEPTIONS.renamed().keySet());
        unused.addAll(EXCEPTIONS.unread().keySet());
        unused.addAll(EXCEPTIONS.unmapped().keySet());
        unused.addAll(EXCEPTIONS.computed().keySet());
        unused.addAll(EXCEPTIONS.given().keySet());
        for (Constant constant : tables()) {
            Table<?> table = (Table<?>) constant.value();
            Class<?> row = TableColumns.row(constant.field());
            List<TableColumns.Column> read = TableColumns.of(database, table);
            TableColumns.leaves(row, read).forEach(leaf -> unused.remove(row.getSimpleName() + "." + leaf.name()));
            read.forEach(column -> unused.remove(table.name() + "." + column.label()));
            Set<String> unread = new TreeSet<>(
                    SchemaContract.catalogue(database, table.name()).keySet());
            read.forEach(column -> unread.remove(column.source()));
            unread.forEach(column -> unused.remove(table.name() + "." + column));
        }
        assertThat(unused).isEmpty();
    }

    @Test
    void every_table_has_a_comment() {
        assertThat(database.query("select relname::text from pg_class c where relnamespace = 'evalstore'::regnamespace"
                        + " and relkind in ('r', 'p') and not relispartition and relname <> 'evalstore_schema_history'"
                        + " and obj_description(c.oid, 'pg_class') is null"))
                .isEmpty();
    }

    /** A foreign key says by itself what its column means. */
    @Test
    void every_enum_column_and_every_column_that_is_not_obvious_has_a_comment() {
        assertThat(database.query(
                        "select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
                                + " where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p')"
                                + " and not c.relispartition and c.relname <> 'evalstore_schema_history'"
                                + " and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null"
                                + " and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'"
                                + " and k.conkey = array[a.attnum])"))
                .filteredOn(column -> !OBVIOUS.contains(column.substring(column.indexOf('.') + 1)))
                .isEmpty();
    }

    /** Values that are no enum, or not all of one, stand in {@link #OTHER_ENUMS}. */
    @Test
    void every_enum_of_the_schema_is_an_enum_of_the_library() {
        Set<Set<String>> enums = new HashSet<>();
        for (Class<?> type : MainClasses.all()) {
            if (type.isEnum()) {
                Set<String> words = new TreeSet<>();
                for (Object constant : type.getEnumConstants()) {
                    words.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
                }
                enums.add(words);
            }
        }
        List<String> unknown = new ArrayList<>();
        for (String rule : database.query("select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint"
                + " where connamespace = 'evalstore'::regnamespace and contype = 'c' and conparentid = 0"
                + " and conname like '%\\_valid' and pg_get_constraintdef(oid) like '%ANY (ARRAY[%'")) {
            Set<String> words = SchemaContract.listed(rule);
            String name = rule.substring(0, rule.indexOf(' '));
            if (!enums.contains(words) && !OTHER_ENUMS.containsKey(name)) {
                unknown.add(rule);
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void every_foreign_key_has_an_index_on_its_leading_column() {
        assertThat(
                        database.query(
                                "select c.conrelid::regclass || '.' || c.conname from pg_constraint c"
                                        + " where c.connamespace = 'evalstore'::regnamespace and c.contype = 'f' and c.conparentid = 0"
                                        + " and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])"))
                .isEmpty();
    }

    /** The name reaches the caller, so it must say the rule: none is left to the server's numbering. */
    @Test
    void constraints_and_indexes_are_named_by_the_house_rule() {
        List<String> strange = new ArrayList<>(database.query(
                "select c.conrelid::regclass || ': ' || c.conname from pg_constraint c join pg_class t on t.oid = c.conrelid"
                        + " where c.connamespace = 'evalstore'::regnamespace and c.conparentid = 0 and c.contype <> 'n'"
                        + " and t.relname <> 'evalstore_schema_history' and not t.relispartition"
                        + " and (c.conname ~ '_check[0-9]*$' or not starts_with(c.conname, t.relname || '_'))"));
        strange.addAll(database.query(
                "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid"
                        + " join pg_class t on t.oid = i.indrelid"
                        + " where c.relnamespace = 'evalstore'::regnamespace and not c.relispartition"
                        + " and t.relname <> 'evalstore_schema_history'"
                        + " and not exists (select from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x'))"
                        + " and not starts_with(c.relname, 'idx_' || t.relname)"));
        assertThat(strange).isEmpty();
    }

    @Test
    void times_have_a_zone_and_money_is_no_float() {
        assertThat(database.query("select table_name || '.' || column_name from information_schema.columns"
                        + " where table_schema = 'evalstore' and table_name <> 'evalstore_schema_history'"
                        + " and (data_type in ('timestamp without time zone', 'character varying', 'json', 'real', 'money')"
                        + " or column_name like '%usd%' and data_type <> 'numeric')"))
                .isEmpty();
    }
}
