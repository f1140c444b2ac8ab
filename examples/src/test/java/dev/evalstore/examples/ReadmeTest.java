package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.User;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.Catalog;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.AttestationCheck;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.VerificationLevel;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.governance.Proposal;
import dev.evalstore.governance.ProposalStatus;
import dev.evalstore.job.CreatedJob;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentRow;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.worker.NewWorker;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class ReadmeTest {
    private static final Path README = Path.of("../README.md");
    private static final Path DOCS = Path.of("../lib/docs");
    private static final Path MIGRATIONS = Path.of("../migrations/README.md");
    private static final Path CORE = Path.of("../lib/core/src/main/java/dev/evalstore");

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
        TreeSet<String> compiled = new TreeSet<>();
        for (String file : List.of(
                "main/java/dev/evalstore/examples/Readme",
                "test/java/dev/evalstore/examples/ObservabilityTest",
                "test/java/dev/evalstore/examples/SpringServiceTest",
                "test/java/dev/evalstore/examples/YourServiceTest",
                "../../lib/spring/sample/src/main/java/sample/Orders",
                "../../lib/spring/sample/src/main/java/sample/Shipping",
                "../../lib/spring/sample/src/test/java/sample/SpringStoreTest")) {
            compiled.addAll(matches(Path.of("src/" + file + ".java"), "(?s) *// begin: [a-z ]+\n(.*?)\n *// end\n"));
        }
        TreeSet<String> shown = new TreeSet<>();
        for (Path page : pages()) {
            shown.addAll(matches(page, "(?s)```java\n(.*?)\n```\n"));
        }

        assertThat(shown).isNotEmpty().isEqualTo(compiled);
    }

    @Test
    void the_readme_is_one_page() throws IOException {
        List<String> lines = Files.readAllLines(README);

        assertThat(lines).hasSizeLessThanOrEqualTo(150);
        assertThat(lines.stream().filter(line -> line.length() > 120 && !line.startsWith("|")))
                .isEmpty();
    }

    @Test
    void every_link_leads_to_a_file_and_a_heading() throws IOException {
        List<Path> all = new ArrayList<>(pages());
        all.addAll(List.of(Path.of("../CONTRIBUTING.md"), Path.of("../CHANGELOG.md"), MIGRATIONS));
        List<String> broken = new ArrayList<>();
        for (Path page : all) {
            for (String link : matches(page, "\\]\\((?!https?:)([^)\\s]+)\\)")) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
                if (!Files.exists(target)
                        || parts.length == 2 && !anchors(target).contains(parts[1])) {
                    broken.add(page + ": " + link);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void the_readme_leads_to_every_page() throws IOException {
        List<String> links = matches(README, "\\]\\(lib/docs/([\\w.-]+)");

        assertThat(pages().stream()
                        .filter(page -> !page.equals(README))
                        .map(page -> page.getFileName().toString()))
                .isSubsetOf(links);
    }

    @Test
    void every_variable_is_in_the_table_and_every_one_in_the_table_is_read() throws IOException {
        String source = Files.readString(CORE.resolve("internal/config/Env.java"));
        TreeSet<String> read = new TreeSet<>();
        Matcher variables = Pattern.compile("env\\.with\\(\"([A-Z_]+)\"").matcher(source);
        while (variables.find()) {
            read.add(variables.group(1));
        }
        TreeSet<String> documented = new TreeSet<>();
        for (String row : matches(DOCS.resolve("configuration.md"), "(?m)^\\| (`DATABASE_.*?) \\|")) {
            Matcher names = Pattern.compile("`(?:DATABASE)?_([A-Z_]+)`").matcher(row);
            while (names.find()) {
                documented.add(names.group(1));
            }
        }

        assertThat(documented).isEqualTo(read);
    }

    @Test
    void every_accessor_is_in_the_table_and_every_room_names_its_repositories() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        matches(README, "(?m)^(\\| `\\w+\\(\\)` \\|.*)$").forEach(row -> rows.put(row.split("`")[1], row));
        Map<String, String> accessors = new TreeMap<>();
        matches(CORE.resolve("Repositories.java"), "public final (\\w+ \\w+\\(\\))")
                .forEach(accessor -> accessors.put(accessor.split(" ")[1], accessor.split(" ")[0]));

        assertThat(rows.keySet()).isEqualTo(accessors.keySet());
        for (Map.Entry<String, String> accessor : accessors.entrySet()) {
            for (String repository : matches(source(accessor.getValue()), "public \\w+Repository (\\w+\\(\\))")) {
                assertThat(rows.get(accessor.getKey())).contains("`" + repository + "`");
            }
        }
    }

    /** Where a public type of the library is written down. */
    private static Path source(String type) throws IOException {
        try (Stream<Path> files = Files.walk(CORE)) {
            return files.filter(file -> file.endsWith(type + ".java"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** What the failure shows as expected is what belongs into the file. */
    @Test
    void the_tables_and_their_references_are_the_catalogues() throws Exception {
        List<String> tables = query("""
            select '| `' || relname || '` | ' || coalesce(obj_description(oid, 'pg_class'), '') || ' |' from pg_class
            where relnamespace = 'evalstore'::regnamespace and relkind in ('r', 'p') and not relispartition
                and relname <> 'evalstore_schema_history'
            order by relname\
            """);
        List<String> references = query("""
            select confrelid::regclass::text || ' ||--o{ ' || conrelid::regclass::text || ' : '
                || (select attname from pg_attribute
                    where attrelid = conrelid and attnum = conkey[cardinality(conkey)])
            from pg_constraint where contype = 'f' and connamespace = 'evalstore'::regnamespace and conparentid = 0
            order by 1\
            """);

        assertThat(matches(MIGRATIONS, "(?m)^(\\| `.*\\|)$")).isEqualTo(tables);
        assertThat(matches(MIGRATIONS, "(?m)^ +(\\w+ \\|\\|--o\\{ .*)$")).isEqualTo(references);
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
        db.jobs().createAll(List.of(NewJob.of("score", Json.EMPTY), NewJob.of("score", Json.EMPTY)));
        Readme.drained(db, db.workers().register(NewWorker.of("w-3")));
        assertThat(db.jobs().count(JobFilter.ALL.jobType("score").status(JobStatus.COMPLETED)))
                .isEqualTo(2);
        assertThat(Readme.kept(db, new byte[] {1}, new byte[8])).isEqualTo(1);

        assertThat(Readme.followed(db, Readme.followed(db, null))).isNotNull();
        Readme.cleaned(db);

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

        assertThat(Readme.locked(db, RUN)).isTrue();
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(3);
        assertThat(Readme.locked(db, RUN)).isFalse();

        NewEvaluation answer = NewEvaluation.of("openai", "gpt-4", "What is 2 + 2?", "4");
        assertThat(Readme.errors(db, answer)).isEqualTo("stored");
        assertThat(Readme.errors(db, answer.benchmark(UUID.randomUUID())))
                .isEqualTo("FOREIGN_KEY evaluations_benchmark_fk");
    }

    @Test
    void the_pieces_on_backups_run(@TempDir Path backups) {
        assertThat(Readme.backedUp(db, backups)).isDirectory();
        Readme.backedUpDaily(
                db, backups, () -> assertThat(db.health().isReady()).isTrue());
    }

    @Test
    void the_pieces_on_the_catalogue_and_the_accounts_run() {
        Catalog catalog = db.catalog();
        UUID model = catalog.models()
                .create(NewModel.of("Llama 7B", ModelKind.OPEN).parameters(7_000_000_000L))
                .id();
        UUID version = catalog.modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
        UUID machine = catalog.hardware()
                .create(NewHardwareConfig.of("aws", "L4", 1, new BigDecimal("24"), new BigDecimal("0.80")))
                .id();
        UUID framework = catalog.frameworks()
                .create(NewInferenceFramework.of("vllm", "0.11.0"))
                .id();

        assertThat(Readme.measured(db, version, List.of(machine), List.of(framework)))
                .isEqualTo(2);
        assertThat(Readme.audited(db, "correct horse battery staple").items())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.action()).isEqualTo("create");
                    assertThat(entry.actorLabel()).isEqualTo("admin-console");
                    assertThat(entry.requestId()).isEqualTo("req-42");
                });
    }

    @Test
    void the_pieces_on_analysis_run(@TempDir Path folder) throws IOException {
        List<UUID> prompts = new ArrayList<>();
        for (String name : List.of("shorter", "longer", "examples")) {
            UUID id = db.tracking()
                    .experiments()
                    .create(NewExperiment.of(name, ExperimentKind.EVALUATION))
                    .id();
            for (int item = 0; item < 30; item++) {
                db.evaluations()
                        .create(NewEvaluation.of("openai", "gpt-4", "sum", "4")
                                .experiment(id)
                                .item("item " + item)
                                .score(name.equals("examples") || item % 3 == 0 ? 1 : 0));
            }
            prompts.add(id);
        }

        ComparisonResult result = Readme.compared(db, prompts.get(0), prompts.get(1), prompts.get(2), folder);
        assertThat(result.winner()).isEqualTo(prompts.get(2));
        assertThat(Files.readString(folder.resolve("report.html"))).contains("examples is better than every other");
        assertThat(Files.size(folder.resolve("report.pdf"))).isPositive();
        assertThat(Readme.exported(db, prompts.get(0), folder).rows()).isEqualTo(30);
    }

    @Test
    void the_pieces_on_the_exchange_and_the_tokens_run() {
        User owner = db.users().create(NewUser.of("owner@example.org", "owner").password("the first password"));
        User member = db.users().create(NewUser.of("bo@example.org", "bo"));

        UUID lab = Readme.invited(db, owner.id(), member.id());
        assertThat(db.organizations().findMember(lab, member.id())).isPresent();
        assertThat(Readme.reset(db, owner.id(), "another password")).isPresent();
        assertThat(db.users().authenticate("owner", "another password")).isPresent();

        List<BenchmarkDefinition> found = Readme.published(db, lab).items();
        assertThat(found).extracting(BenchmarkDefinition::slug).containsExactly("sums");
        UUID sums = found.get(0).id();
        assertThat(Readme.scored(db, sums, prompt -> prompt.startsWith("What is 40 + 2?") ? "42\n" : "none"))
                .isEqualTo(1);
        assertThat(Readme.scored(db, sums, prompt -> "43")).isZero();

        Proposal counted = Readme.proposed(db, sums, owner.id());
        assertThat(counted.status()).isEqualTo(ProposalStatus.VOTING);
        assertThat(counted.votesFor()).isEqualTo(2);
    }

    @Test
    void the_piece_on_experiments_runs() {
        assertThat(Readme.searched(db, Instant.parse("2026-01-01T00:00:00Z")))
                .extracting(ExperimentRow::name)
                .containsExactly("adder, rate 3e-4");
    }

    @Test
    void the_pieces_on_submissions_and_leaderboards_run() throws Exception {
        Database rival = db.withSchema("submissions");
        rival.migrate();
        UUID ada = rival.users().create(NewUser.of("ada@example.org", "ada")).id();
        UUID cy = rival.users().create(NewUser.of("cy@example.org", "cy")).id();
        UUID lab = rival.organizations()
                .create(NewOrganization.of("lab", "Lab", OrganizationType.RESEARCH_INSTITUTION), ada)
                .id();
        UUID sums = Readme.published(rival, lab).items().get(0).id();
        DefinitionVersion version =
                rival.exchange().definitions().version(sums, "1.0.0").orElseThrow();
        Instant run = Instant.parse("2026-01-01T00:00:00Z");

        Submission submitted = Readme.submitted(rival, version, ada, lab, run);
        assertThat(submitted.verificationLevel()).isEqualTo(VerificationLevel.UNVERIFIED);
        assertThat(submitted.aggregateScore()).isEqualTo(1);

        Readme.verified(rival, submitted.id(), verification -> 1);
        assertThat(rival.exchange()
                        .submissions()
                        .get(submitted.id(), Viewer.PLATFORM)
                        .verificationLevel())
                .isEqualTo(VerificationLevel.PLATFORM_VERIFIED);
        assertThat(Readme.ranked(rival, version.id(), Viewer.ANONYMOUS, run))
                .singleElement()
                .satisfies(entry -> assertThat(entry.rank()).isEqualTo(1));

        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertThat(Readme.attested(rival, submitted, cy, keys)).isEqualTo(AttestationCheck.VALID);
    }

    /** The README and every page beside the library. */
    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(DOCS)) {
            return Stream.concat(
                            Stream.of(README),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    /** What a link to a heading of the page may name: lower case, hyphens for spaces, no other punctuation. */
    private static List<String> anchors(Path page) throws IOException {
        return matches(page, "(?m)^#+ (.*)$").stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    /** The first group of each match, without the indentation that its lines share. */
    private static List<String> matches(Path file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1).stripIndent().strip())
                .toList();
    }
}
