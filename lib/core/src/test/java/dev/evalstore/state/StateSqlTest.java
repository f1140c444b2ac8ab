package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.testkit.Catalogue;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.MainClasses.Constant;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What PostgreSQL alone can do wrong: statements, names of tables and schemas, roles, query modes. */
class StateSqlTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @Test
    void every_statement_of_every_kind_of_namespace_is_taken_by_the_server() throws Exception {
        try (Connection connection = database.connection()) {
            for (boolean checkpointed : List.of(true, false)) {
                for (boolean watched : List.of(true, false)) {
                    StateSql sql = new StateSql("evalstore.state_", checkpointed, watched);
                    int found = take(connection, sql) + take(connection, sql.checkpoints);
                    assertThat(found).isGreaterThan(20);
                }
            }
        }
    }

    /** Every filled template that begins with its name is a whole statement; the others are pieces. */
    @Test
    void every_statement_that_the_kinds_share_is_taken_by_the_server() throws Exception {
        StateSql sql = new StateSql("evalstore.state_", true, true);
        byte[] prefix = {1};
        List<Range> ranges = List.of(
                new Range(b(""), 1, null),
                new Range(b(""), 1, prefix),
                new Range(prefix, 1, null),
                new Range(prefix, 1, new byte[] {1, 2}));
        Set<String> names = new TreeSet<>();
        try (Connection connection = database.connection()) {
            for (Constant constant : MainClasses.constants(Template.class)) {
                Template template = (Template) constant.value();
                if (template.text().matches("(?s)/\\* state\\.[a-z_]+ \\*/.*") && isShared(constant)) {
                    names.add(constant.toString());
                    for (Range range : ranges) {
                        String text = sql.of(template, range).text();
                        assertThat(text).as(constant.toString()).doesNotContain("{");
                        prepare(connection, constant.toString(), text);
                    }
                }
            }
        }
        assertThat(names)
                .contains("Namespace.ENTRIES", "Namespace.QUERY", "CheckpointReads.STEP", "CheckpointReads.DIFF")
                .contains("CheckpointReads.MEASURE", "Changes.WATCH", "StateTables.STATS");
    }

    /** Those that are composed for a kind are fields of {@link StateSql} and {@link CheckpointSql}. */
    private static boolean isShared(Constant constant) {
        Class<?> owner = constant.field().getDeclaringClass();
        return owner != StateSql.class && owner != CheckpointSql.class && owner != EntrySql.class;
    }

    /** Has the server prepare every statement that the object holds, and returns the number of its fields that hold one. */
    private static int take(Connection connection, Object statements) throws Exception {
        int found = 0;
        for (Field field : statements.getClass().getDeclaredFields()) {
            if (field.getType() == String.class
                    && !java.lang.reflect.Modifier.isStatic(field.getModifiers())
                    && !field.getName().equals("tables")) {
                for (String one : ((String) field.get(statements)).split(";")) {
                    assertThat(one).as(field.getName()).doesNotContain("{");
                    prepare(connection, field.getName(), one);
                }
                found++;
            }
        }
        return found;
    }

    private static void prepare(Connection connection, String name, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            assertThat(statement.getParameterMetaData().getParameterCount())
                    .as(name)
                    .isNotNegative();
        }
    }

    @Test
    void a_prefix_and_a_schema_of_its_own_are_really_used() {
        StateOptions apart =
                StateOptions.DEFAULT.watched(true).tablePrefix("app_").schema("other_schema");
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            assertThat(owner.state("n", apart).createTables()).isTrue();
            assertThat(owner.state("n", apart).createTables()).isFalse();
            assertThat(owner.state("n", StateOptions.DEFAULT).createTables()).isFalse();
            assertThat(owner.state("n", StateOptions.DEFAULT.tablePrefix("second_"))
                            .createTables())
                    .isTrue();
        }
        StateBackend state = db.state("n", apart);
        state.put(b("k"), b("v"), PutOptions.expiringAfter(Duration.ofHours(1)));
        state.createCheckpoint();
        state.put(b("k"), b("w"));
        for (String table : List.of("entries", "history", "checkpoints", "namespaces")) {
            assertThat(database.value("select count(*) from other_schema.app_" + table))
                    .isEqualTo("1");
        }
        assertThat(database.value("select count(*) from other_schema.app_changes"))
                .isEqualTo("2");
        assertThat(database.value("select count(*) from evalstore.state_namespaces where name = 'n'"))
                .isEqualTo("0");
        assertThat(StateSamples.follow(state, b(""), null, 10).changes()).hasSize(2);

        StateBackend second = db.state("n", StateOptions.DEFAULT.tablePrefix("second_"));
        assertThat(second.contains(b("k"))).isFalse();
        second.put(b("k"), b("v"));
        assertThat(database.value("select count(*) from evalstore.second_entries"))
                .isEqualTo("1");
        assertThatThrownBy(() -> StateOptions.DEFAULT.tablePrefix("x; drop"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StateOptions.DEFAULT.schema("Bad\"")).isInstanceOf(IllegalArgumentException.class);
    }

    /** A migration that changes the state's tables has to stand in the list of {@link StateTables} too. */
    @Test
    void a_second_set_of_tables_is_the_migrated_one_but_for_its_names() {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            owner.state("n", StateOptions.DEFAULT.tablePrefix("twin_")).createTables();
            owner.state("n", StateOptions.DEFAULT.tablePrefix("twin_").schema("apart"))
                    .createTables();
        }
        List<String> migrated = catalogue("evalstore", "state_");
        assertThat(migrated).hasSizeGreaterThan(100);
        for (String kind : List.of("table", "column", "constraint", "index", "sequence")) {
            assertThat(migrated).as(kind).anyMatch(line -> line.startsWith(kind + " "));
        }
        assertThat(migrated).anyMatch(line -> line.contains("fillfactor=85"));
        assertThat(migrated).anyMatch(line -> line.contains("The present state: one value a key."));
        assertThat(catalogue("evalstore", "twin_")).isEqualTo(migrated);
        // Rights come from the schema's defaults, not from these scripts.
        assertThat(withoutRights(catalogue("apart", "twin_"))).isEqualTo(withoutRights(migrated));
    }

    private static List<String> withoutRights(List<String> catalogue) {
        return catalogue.stream().filter(line -> !line.startsWith("privilege")).toList();
    }

    /** The lines of one set of tables, as if it were the migrated one. */
    private static List<String> catalogue(String schema, String prefix) {
        return Catalogue.of(database, schema).stream()
                .filter(line -> line.contains(prefix))
                .map(line -> line.replace(schema + ".", "evalstore.").replace(prefix, "state_"))
                .sorted()
                .toList();
    }

    @Test
    void a_namespace_opened_otherwise_than_it_was_made_is_a_conflict() {
        db.state("made", StateOptions.DEFAULT).put(b("k"), b("v"));
        for (StateOptions options : List.of(StateOptions.PLAIN, StateOptions.DEFAULT.watched(true))) {
            assertThatThrownBy(() -> db.state("made", options).get(b("k")))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("made with checkpoints and without a feed");
        }
    }

    @Test
    void only_who_may_maintain_the_tables_can_vacuum_them() {
        StateBackend state = db.state("vacuumed", StateOptions.PLAIN);
        state.put(b("k"), b("v"));
        assertThatThrownBy(state::vacuum)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
        try (Database owner = Database.open(database.owner().build())) {
            StateBackend owned = owner.state("vacuumed", StateOptions.PLAIN);
            owned.vacuum();
            assertThat(owned.tableStats().totalBytes())
                    .isGreaterThan(owned.tableStats().tableBytes());
        }
        assertThat(database.value("select vacuum_count from pg_stat_all_tables where relid ="
                        + " 'evalstore.state_entries'::regclass"))
                .isNotEqualTo("0");
    }

    @Test
    void health_tells_the_epoch_and_what_is_wrong() {
        StateBackend state = db.state("healthy", StateOptions.DEFAULT);
        state.createCheckpoint();
        StateHealth health = state.healthCheck();
        assertThat(health.healthy()).isTrue();
        assertThat(health.epoch()).isEqualTo(2);
        assertThat(health.checkpoints()).isEqualTo(1);
        StateHealth ill =
                db.state("x", StateOptions.DEFAULT.tablePrefix("absent_")).healthCheck();
        assertThat(ill.healthy()).isFalse();
        assertThat(ill.problem()).contains("42P01");
    }

    /** There each statement is sent by itself; the lock before a write must be held all the same. */
    @Test
    void checkpoints_are_kept_in_the_simple_query_mode_too() {
        String url = database.config().build().url() + "?preferQueryMode=simple";
        try (Database simple = Database.open(database.config().url(url).build())) {
            StateBackend state = simple.state("simple", StateOptions.DEFAULT);
            state.put(b("k"), b("1"));
            var checkpoint = state.createCheckpoint().id();
            for (int i = 0; i < 10; i++) {
                state.put(b("k"), b("2"));
            }
            assertThat(state.increment(b("n"), 3)).isEqualTo(3);
            assertThat(state.readAt(checkpoint, b("k")).orElseThrow().value()).isEqualTo(b("1"));
        }
    }
}
