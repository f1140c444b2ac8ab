package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search in databases that differ: by locale, by pg_trgm, and after the owner's scripts of {@code migrations/optional}. */
class SearchSetupTest {
    private TestDatabase database;

    private void use(TestDatabase fresh) {
        database = fresh;
        database.beforeAll(null);
    }

    @AfterEach
    void drop() {
        database.afterAll(null);
    }

    /** Runs a script of the folder as the owner, as its header says. */
    private void optional(String script) {
        var owner = database.owner().build();
        try (var connection = DriverManager.getConnection(owner.url(), owner.user(), owner.password());
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(Files.readString(Path.of("../../migrations/optional", script))
                    .replace("${schema}", "evalstore"));
            connection.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<UUID> found(String text) {
        return database.db().exchange().definitions().search(text, 100).items().stream()
                .map(BenchmarkDefinition::id)
                .toList();
    }

    private void assumeTrigrams() {
        boolean there = !database.query("select 1 from pg_available_extensions where name = 'pg_trgm'")
                .isEmpty();
        if (!there) {
            System.err.println(
                    "SKIPPED: this server does not carry pg_trgm, so nothing was proved of the search with it");
        }
        assumeThat(there).as("this server carries pg_trgm").isTrue();
    }

    @Test
    void without_pg_trgm_a_misspelled_word_finds_nothing() {
        use(TestDatabase.migrated());
        SearchedDefinition.store(database, SearchedDefinition.of("hellaswag", "HellaSwag"));

        assertThat(found("helaswag")).isEmpty();
        assertThat(found("hellas")).hasSize(1);
    }

    @ParameterizedTest(name = "in schema {0}, by the optional script: {1}")
    @CsvSource({"public, true", "extensions, false"})
    void with_pg_trgm_a_misspelled_word_finds_what_looks_like_it(String schema, boolean later) {
        use(later ? TestDatabase.migrated() : TestDatabase.empty());
        assumeTrigrams();
        if (later) {
            database.admin("grant create on database " + database.name() + " to evalstore_owner");
            optional("trigram_indexes.sql");
        } else {
            database.admin("create schema if not exists " + schema + "; grant usage on schema " + schema
                    + " to public; create extension pg_trgm schema " + schema);
            try (Database owner = Database.open(database.owner().build())) {
                owner.migrate();
            }
        }
        optional("trigram_indexes.sql"); // changes nothing where the indexes are there
        SearchedDefinition swag = SearchedDefinition.of("hellaswag", "HellaSwag of common sense");
        SearchedDefinition exact = SearchedDefinition.of("helas", "A helaswagger");
        SearchedDefinition draft =
                SearchedDefinition.of("hellaswag-draft", "HellaSwag").status("draft");
        SearchedDefinition.store(database, swag, draft);

        assertThat(found("helaswag")).containsExactly(swag.id());
        assertThat(found("🚀")).isEmpty();
        assertThat(found("x".repeat(10_000))).isEmpty();
        assertThat(found("'%_\\ helaswag")).containsExactly(swag.id());
        SearchedDefinition.store(database, exact);
        assertThat(found("helaswag")).containsExactly(exact.id());

        assertThat(database.query("select indexdef from pg_indexes where indexname in"
                        + " ('idx_benchmark_definitions_trigrams', 'idx_models_search_text')"))
                .hasSize(2);
        database.admin("alter database " + database.name() + " set enable_seqscan = off");
        String similar = "explain select id from evalstore.benchmark_definitions where (name || ' ' || slug) operator(";
        assertThat(String.join("\n", database.query(similar + schema + ".%>) 'helaswag'")))
                .contains("idx_benchmark_definitions_trigrams");

        database.admin("drop extension pg_trgm cascade");
        assertThat(found("helllaswag")).isEmpty();
    }

    @Test
    void another_configuration_finds_other_forms_of_a_word_and_all_that_was_found_before() {
        use(TestDatabase.migrated());
        SearchedDefinition stored = SearchedDefinition.of("the-evaluations", "Evaluations of running models")
                .longDescription("Whoever evaluates them.");
        SearchedDefinition.store(database, stored);
        String before = database.value("select updated_at::text from evalstore.benchmark_definitions");
        assertThat(found("evaluated")).isEmpty();
        assertThat(found("evaluat")).hasSize(1);

        optional("search_configuration.sql");

        for (String text : List.of("evaluated", "evaluat", "evaluations", "runs", "the model", "who")) {
            assertThat(found(text)).as(text).hasSize(1);
        }
        SearchedDefinition later = SearchedDefinition.of("later-one", "Evaluating later");
        SearchedDefinition.store(database, later);
        assertThat(found("evaluated")).containsExactlyInAnyOrder(stored.id(), later.id());
        assertThat(database.query("select updated_at::text from evalstore.benchmark_definitions order by created_at"))
                .first()
                .isEqualTo(before);
        optional("search_configuration.sql");
        assertThat(found("evaluated")).hasSize(2);
        assertThatThrownBy(() -> database.admin("update evalstore.definition_search set name = 'x'"))
                .hasMessageContaining("cannot update view");
    }

    /** As pg_restore and the server's own processes do it. */
    @Test
    void nothing_depends_on_the_search_path() {
        use(TestDatabase.migrated());
        SearchedDefinition.store(database, SearchedDefinition.of("a-path", "Somewhere"));
        database.admin("set search_path = ''; update evalstore.benchmark_definitions set name = 'Elsewhere'");

        assertThat(found("elsewh")).hasSize(1);
        database.admin("alter database " + database.name() + " set search_path = ''");
        assertThat(database.query("select slug from evalstore.definition_search"
                        + " where search @@ evalstore.definition_query('els')"))
                .containsExactly("a-path");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"C", "tr-TR"})
    void case_and_signs_mean_the_same_in_every_locale(String locale) {
        use(TestDatabase.migrated());
        String name = "search_" + UUID.randomUUID().toString().replace("-", "");
        boolean icu = !locale.equals("C");
        TestServer server = TestServer.get();
        if (icu) {
            assumeThat(server.query("postgres", "select 1 from pg_collation where collprovider = 'i' limit 1"))
                    .as("this server was built with ICU")
                    .isNotEmpty();
        }
        server.execute(
                "postgres",
                "create database " + name + " owner evalstore_owner template template0 encoding 'UTF8' "
                        + (icu ? "locale_provider icu icu_locale '" + locale + "' locale 'C'" : "locale 'C'"));
        try (Database db = Database.open(
                server.as("evalstore_owner", name).listener(database.names()).build())) {
            db.migrate();
            server.execute(
                    name,
                    "insert into evalstore.benchmark_definitions (slug, name, description, category, status,"
                            + " license) values ('x-1', '„ÜBER—ILIAD“ (ЖИЗНЬ…) 🚀ÉTUDE¿', 'nothing to be found', 'cost', 'active',"
                            + " 'MIT')");
            for (String text : List.of("über", "ÜB", "iliad", "ILI", "жизн", "étude", "e\u0301tu", "“über” 🚀")) {
                assertThat(db.exchange().definitions().search(text, 10).items())
                        .as(text)
                        .hasSize(1);
            }
            assertThat(db.exchange().definitions().search("uber", 10).items()).isEmpty();
        } finally {
            server.drop(name);
        }
    }
}
