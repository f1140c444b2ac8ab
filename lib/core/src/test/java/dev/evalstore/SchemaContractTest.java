package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.MainClasses.Constant;
import dev.evalstore.testkit.SchemaContract;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every {@code Table} in the library is found by itself; what differs on purpose stands here, with its reason. */
class SchemaContractTest {
    private static final String PART_OF_JOB = "a part of Job, which is read from several tables at once";
    private static final String PART_OF_CONFIG = "a part of BenchmarkConfig, which is read from several tables at once";

    /** Columns that the record leaves out, or components that are computed, by table. */
    private static final Map<String, String[]> DERIVED = Map.of(
            "workers", new String[] {"time_to_live", "time_to_live_seconds"},
            "state_entries", new String[] {"namespace_id", "epoch", "expiry_minute"},
            "state_checkpoints", new String[] {"namespace_id", "epoch"},
            // Neither hash leaves the database but to be compared.
            "users", new String[] {"password_hash"},
            "api_keys", new String[] {"key_hash"},
            // A digit after a letter is no new word to the contract.
            "model_versions",
                    new String[] {"input_cost_per_1k", "input_cost_per1k", "output_cost_per_1k", "output_cost_per1k"},
            // The status follows from the outcome and from who owns it.
            "benchmark_configs", new String[] {"outcome", "status", "worker_id"});

    /** Tables that no record mirrors, and why. */
    private static final Map<String, String> WITHOUT_RECORD = Map.ofEntries(
            Map.entry("state_namespaces", "a namespace is opened by name and options"),
            Map.entry("state_history", "read as state entries"),
            Map.entry("state_changes", "read as state changes, whose number is in the token"),
            Map.entry("jobs", PART_OF_JOB),
            Map.entry("job_ready", PART_OF_JOB),
            Map.entry("job_scheduled", PART_OF_JOB),
            Map.entry("job_leases", PART_OF_JOB),
            Map.entry("job_finished", PART_OF_JOB),
            Map.entry("job_unique", PART_OF_JOB),
            Map.entry("job_lanes", PART_OF_JOB),
            Map.entry("job_attempts", "JobAttempt leaves the owning row's keys out"),
            Map.entry("job_limits", "settings that no row is made of"),
            Map.entry("job_queues", "settings that no row is made of"),
            Map.entry("job_schedules", "a schedule is its job's template, kept as columns"),
            Map.entry("config_lanes", "a number for a model version"),
            Map.entry("config_ready", "where a configuration is"),
            Map.entry("config_leases", "where a configuration is"));

    /** Vocabularies that are no enum, and why. */
    private static final Map<String, String> OTHER_WORDS = Map.of(
            "benchmark_configs_outcome_valid", "the ended half of a status",
            "job_finished_outcome_valid", "the ended half of JobStatus");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    static List<Constant> tables() {
        return MainClasses.constants(Table.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void columns_catalogue_and_record_agree(Constant constant) {
        Table<?> table = (Table<?>) constant.value();
        Class<?> row = (Class<?>) ((ParameterizedType) constant.field().getGenericType()).getActualTypeArguments()[0];
        SchemaContract.assertMatches(database, table, row, DERIVED.getOrDefault(table.name(), new String[0]));
    }

    @Test
    void no_table_is_unchecked() {
        Set<String> checked = new TreeSet<>(WITHOUT_RECORD.keySet());
        assertThat(tables())
                .extracting(constant -> ((Table<?>) constant.value()).name())
                .doesNotContainAnyElementsOf(checked);
        tables().forEach(constant -> checked.add(((Table<?>) constant.value()).name()));
        assertThat(
                        new TreeSet<>(
                                database.query(
                                        "select relname::text from pg_class where relnamespace = 'evalstore'::regnamespace"
                                                + " and relkind in ('r', 'p') and not relispartition and relname <> 'evalstore_schema_history'")))
                .isEqualTo(checked);
    }

    @Test
    void every_table_and_every_vocabulary_column_has_a_comment() {
        assertThat(database.query("select relname::text from pg_class c where relnamespace = 'evalstore'::regnamespace"
                        + " and relkind in ('r', 'p') and not relispartition and relname <> 'evalstore_schema_history'"
                        + " and obj_description(c.oid, 'pg_class') is null"))
                .isEmpty();
    }

    /** A vocabulary that is no enum, or not all of one, stands in {@link #OTHER_WORDS}. */
    @Test
    void every_vocabulary_of_the_schema_is_an_enum_of_the_library() {
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
            Set<String> words = Pattern.compile("'([a-z0-9_]+)'::text")
                    .matcher(rule)
                    .results()
                    .map(match -> match.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            String name = rule.substring(0, rule.indexOf(' '));
            if (!enums.contains(words) && !OTHER_WORDS.containsKey(name)) {
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
