package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.job.CreatedJob;
import dev.evalstore.job.JobStatus;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ReadmeTest {
    private static final NewBenchmark RUN = NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100);

    private static LocalServer server;
    private static Database db;

    @BeforeAll
    static void open() {
        server = LocalServer.start();
        db = Database.open(DatabaseConfig.builder(server.url()).build());
        db.migrate();
    }

    @AfterAll
    static void close() {
        db.close();
        server.close();
    }

    @Test
    void every_piece_of_code_is_one_that_is_compiled() throws IOException {
        List<String> compiled = new ArrayList<>();
        for (String file : List.of(
                "main/java/dev/evalstore/examples/Readme", "test/java/dev/evalstore/examples/YourServiceTest")) {
            compiled.addAll(matches("src/" + file + ".java", "(?s) *// begin: [a-z ]+\n(.*?)\n *// end\n"));
        }
        List<String> shown = matches("../README.md", "(?s)```java\n(.*?)\n```\n");

        assertThat(shown).isNotEmpty().containsExactlyInAnyOrderElementsOf(compiled);
    }

    @Test
    void every_variable_is_in_the_table_and_every_one_in_the_table_is_read() throws IOException {
        String source = Files.readString(Path.of("../lib/src/main/java/dev/evalstore/internal/Env.java"));
        TreeSet<String> read = new TreeSet<>();
        Matcher variables = Pattern.compile("env\\.with\\(\"([A-Z_]+)\"").matcher(source);
        while (variables.find()) {
            read.add(variables.group(1));
        }
        TreeSet<String> documented = new TreeSet<>();
        for (String row : matches("../README.md", "(?m)^\\| (`DATABASE_.*?) \\|")) {
            Matcher names = Pattern.compile("`(?:DATABASE)?_([A-Z_]+)`").matcher(row);
            while (names.find()) {
                documented.add(names.group(1));
            }
        }

        assertThat(documented).isEqualTo(read);
    }

    @Test
    void every_repository_is_in_the_table() throws IOException {
        List<String> accessors =
                matches("../lib/src/main/java/dev/evalstore/Repositories.java", "public final \\w+ (\\w+\\(\\))");

        assertThat(matches("../README.md", "(?m)^\\| `(\\w+\\(\\))` \\|"))
                .containsExactlyInAnyOrderElementsOf(accessors);
    }

    /** What the failure shows as expected is what belongs into the file. */
    @Test
    void the_tables_and_their_references_are_the_catalogues() throws Exception {
        List<String> tables = query("""
                select '| `' || relname || '` | ' || coalesce(obj_description(oid, 'pg_class'), '') || ' |' from pg_class
                where relnamespace = 'evalstore'::regnamespace and relkind in ('r', 'p') and not relispartition
                    and relname <> 'evalstore_schema_history'
                order by relname""");
        List<String> references = query("""
                select confrelid::regclass::text || ' ||--o{ ' || conrelid::regclass::text || ' : '
                    || (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1])
                from pg_constraint where contype = 'f' and connamespace = 'evalstore'::regnamespace and conparentid = 0
                order by 1""");

        assertThat(matches("../migrations/README.md", "(?m)^(\\| `.*\\|)$")).isEqualTo(tables);
        assertThat(matches("../migrations/README.md", "(?m)^ +(\\w+ \\|\\|--o\\{ .*)$"))
                .isEqualTo(references);
    }

    private static List<String> query(String sql) throws SQLException {
        return db.inTransaction(tx -> {
            try (var statement = tx.connection().createStatement()) {
                statement.execute("set local search_path = evalstore");
                List<String> values = new ArrayList<>();
                try (ResultSet result = statement.executeQuery(sql)) {
                    while (result.next()) {
                        values.add(result.getString(1));
                    }
                }
                return values;
            }
        });
    }

    @Test
    void the_first_screen_runs() throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Readme.class.getName());
        java.environment().put("DATABASE_URL", server.url());
        java.environment().put("DATABASE_SCHEMA", "first_screen");
        Process process = java.redirectErrorStream(true).start();

        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(printed.strip()).isEqualTo("PENDING");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void the_other_pieces_run() throws Exception {
        Benchmark run = Readme.retried(db, RUN);
        Readme.lists(db, run.id());
        assertThat(db.benchmarks().get(run.id()).name()).isEqualTo("renamed");

        CreatedJob nightly = Readme.limited(db);
        assertThat(Readme.limited(db)).isEqualTo(new CreatedJob(nightly.job(), false));
        Readme.byHand(db);
        assertThat(db.jobs().get(nightly.job().id()).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(Readme.kept(db, new byte[] {1}, new byte[8])).isEqualTo(1);

        Readme.maintained(db, () -> assertThat(db.health().isReady()).isTrue());

        DatabaseConfig config = DatabaseConfig.builder(server.url()).build();
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(config.url());
        host.setUser(config.user());
        try (var connection = host.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table orders (run uuid)");
        }
        Readme.joined(host, RUN);
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(2);

        NewEvaluation answer = NewEvaluation.of("openai", "gpt-4", "What is 2 + 2?", "4");
        assertThat(Readme.errors(db, answer)).isEqualTo("stored");
        assertThat(Readme.errors(db, answer.benchmark(UUID.randomUUID())))
                .isEqualTo("FOREIGN_KEY evaluations_benchmark_fk");
    }

    /** The first group of each match, without the indentation that its lines share. */
    private static List<String> matches(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(match -> match.group(1).stripIndent().strip())
                .toList();
    }
}
