package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.SchemaException;
import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final ExportOptions SMALL_FILES = ExportOptions.DEFAULT.fileBytes(16 << 10);

    @TempDir
    private Path folder;

    @BeforeAll
    static void fill() {
        StoreFixtures.fill(database.db(), 300);
    }

    private static Database reader() {
        return Database.open(TestServer.get()
                .as("evalstore_reader", database.name())
                .listener(database.names())
                .build());
    }

    private List<String> left() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(".evalstore-backup.lock"))
                    .sorted()
                    .toList();
        }
    }

    private static Kind refused(Runnable export) {
        return catchThrowableOfType(BackupException.class, export::run)
                .problems()
                .get(0)
                .kind();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_row_is_in_the_files_as_it_is_in_the_store(boolean binary) throws IOException, SQLException {
        ExportOptions options = SMALL_FILES.hashes(true);
        ExportReport report = database.db().backup().export(folder, binary ? options.binary(true) : options);

        BackupManifest manifest = database.db().backup().verify(report.path());
        assertThat(manifest).isEqualTo(report.manifest());
        assertThat(manifest.hashes()).isTrue();
        assertThat(manifest.binary()).isEqualTo(binary);
        assertThat(manifest.table("evaluations").orElseThrow().files()).hasSizeGreaterThan(2);
        assertThat(manifest.table("evaluations").orElseThrow().rows()).isEqualTo(300);
        LoadedBackup.load(database, report.path(), manifest);
        assertThat(LoadedBackup.differing(database, manifest)).isEmpty();
        assertThat(report.leftOut()).isEmpty();
        assertThat(left()).containsExactly(report.path().getFileName().toString());
    }

    /** A new migration's table is in the backup, or is named here with a reason. */
    @Test
    void every_table_and_column_of_the_schema_is_in_a_backup_but_those_that_are_named() {
        BackupManifest manifest = database.db()
                .backup()
                .export(folder, ExportOptions.DEFAULT.hashes(true))
                .manifest();

        List<String> columns = new ArrayList<>();
        manifest.tables().forEach(table -> table.columns().forEach(column -> columns.add(table.name() + "." + column)));
        List<String> expected = database.query("select c.relname || '.' || a.attname from pg_class c"
                + " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
                + " where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p', 'f', 'm')"
                + " and not c.relispartition and a.attgenerated = ''");
        expected.removeIf(column ->
                Set.of("evalstore_schema_history", "user_tokens").contains(column.substring(0, column.indexOf('.'))));
        assertThat(columns).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(manifest.sequences())
                .extracting(BackupSequence::name)
                .containsExactlyInAnyOrderElementsOf(database.query("select relname::text from pg_class"
                        + " where relnamespace = 'evalstore'::regnamespace and relkind = 'S'"));
    }

    @Test
    void the_months_that_have_a_partition_are_told() {
        BackupManifest manifest = database.db().backup().export(folder).manifest();

        assertThat(manifest.table("jobs").orElseThrow().months()).isEmpty();
        List<String> expected = database.query("select replace(right(inhrelid::regclass::text, 7), '_', '-')"
                + " from pg_inherits where inhparent = 'evalstore.audit_log'::regclass order by 1");
        assertThat(expected).hasSizeGreaterThan(2);
        assertThat(manifest.table("audit_log").orElseThrow().months()).isEqualTo(expected);
    }

    @Test
    void hashes_and_secrets_are_left_out_unless_asked_for_and_a_reader_can_export() throws IOException, SQLException {
        try (Database reader = reader()) {
            ExportReport report = reader.backup().export(folder);

            BackupManifest manifest = reader.backup().verify(report.path());
            TreeMap<String, Set<String>> withheld = new TreeMap<>(StoreTables.WITHHELD);
            assertThat(withheld.keySet()).containsExactly("api_keys", "event_subscriptions", "users");
            withheld.forEach((table, columns) -> {
                assertThat(manifest.table(table).orElseThrow().rows()).as(table).isPositive();
                assertThat(manifest.table(table).orElseThrow().columns()).doesNotContainAnyElementsOf(columns);
                columns.forEach(column -> assertThat(database.query(
                                "select attname::text from pg_attribute" + " where attrelid = 'evalstore." + table
                                        + "'::regclass and attname = '" + column + "'"))
                        .hasSize(1));
            });
            assertThat(manifest.table("user_tokens")).isEmpty();
            LoadedBackup.load(database, report.path(), manifest);
            assertThat(LoadedBackup.differing(database, manifest)).isEmpty();

            BackupException refused = catchThrowableOfType(
                    BackupException.class, () -> reader.backup().export(folder, ExportOptions.DEFAULT.hashes(true)));
            assertThat(refused.problems())
                    .extracting(BackupProblem::message)
                    .containsExactly(
                            "api_keys: this role lacks the right select on key_hash",
                            "event_subscriptions: this role lacks the right select on secret, previous_secret",
                            "users: this role lacks the right select on password_hash");
            assertThat(left()).hasSize(1);
        }
    }

    @Test
    void no_sequence_is_behind_the_rows() {
        BackupManifest manifest = database.db().backup().export(folder).manifest();

        for (BackupSequence sequence : manifest.sequences()) {
            assertThat(sequence.lastValue())
                    .as(sequence.name())
                    .isEqualTo(Long.parseLong(database.value("select last_value from evalstore." + sequence.name())));
        }
        assertThat(manifest.sequences())
                .filteredOn(sequence -> sequence.name().equals("job_numbers"))
                .singleElement()
                .matches(BackupSequence::called);
    }

    @Test
    void a_name_that_is_taken_is_refused_and_what_has_it_stays() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(taken.resolve("mine"), "mine");
        Files.writeString(folder.resolve("file"), "mine");

        assertThat(refused(() -> database.db().backup().export(folder, SMALL_FILES.name("taken"))))
                .isEqualTo(Kind.NAME_TAKEN);
        assertThat(refused(() -> database.db().backup().export(folder, SMALL_FILES.name("file"))))
                .isEqualTo(Kind.NAME_TAKEN);
        assertThat(taken.resolve("mine")).hasContent("mine");
        assertThat(left()).containsExactly("file", "taken");
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "-rf", "\u00e4\u4e2d\ud83d\ude00", "a.b", "name'\"$(x)", "~"})
    void odd_names_are_names(String name) {
        ExportReport report =
                database.db().backup().export(folder.resolve("odd " + name), ExportOptions.DEFAULT.name(name));

        assertThat(report.path()).isEqualTo(folder.resolve("odd " + name).resolve(name));
        assertThat(database.db().backup().verify(report.path())).isEqualTo(report.manifest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", ".hidden", "a/b", "..\\b", "a\nb", "a\0b"})
    void names_that_lead_elsewhere_are_refused(String name) {
        assertThatThrownBy(() -> ExportOptions.DEFAULT.name(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
    }

    @Test
    void a_schema_with_a_reserved_name_is_exported() throws SQLException {
        database.admin("create schema \"order\" authorization evalstore_owner");
        try (Database owner = Database.open(database.owner().schema("order").build())) {
            owner.migrate();
            StoreFixtures.fill(owner, 3);

            ExportReport report = owner.backup().export(folder);

            assertThat(report.path().getFileName().toString())
                    .startsWith("order-20")
                    .endsWith("Z");
            assertThat(owner.backup()
                            .verify(report.path())
                            .table("evaluations")
                            .orElseThrow()
                            .rows())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_schema_that_is_absent_or_newer_is_refused() throws IOException {
        Database absent = database.db().withSchema("absent");
        assertThatThrownBy(() -> absent.backup().export(folder))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("not migrated");

        database.admin("insert into evalstore.evalstore_schema_history"
                + " (installed_rank, version, description, type, script, installed_by, execution_time, success)"
                + " values (9999, '9999', 'later', 'SQL', 'V9999__later.sql', 'x', 0, true)");
        try {
            assertThatThrownBy(() -> database.db().backup().export(folder))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("newer library");
        } finally {
            database.admin("delete from evalstore.evalstore_schema_history where version = '9999'");
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void a_folder_that_cannot_be_written_is_refused_with_the_reason() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");

        assertThatThrownBy(() -> database.db().backup().export(file))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is no folder");
        assertThatThrownBy(() -> database.db().backup().export(Path.of("/proc/evalstore")))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void tables_of_others_in_the_schema_are_left_out_and_named() {
        database.admin("create table evalstore.of_the_host (n int)");
        try {
            ExportReport report = database.db().backup().export(folder);

            assertThat(report.leftOut()).containsExactly("of_the_host");
            assertThat(report.manifest().table("of_the_host")).isEmpty();
        } finally {
            database.admin("drop table evalstore.of_the_host");
        }
    }

    @Test
    void a_listener_that_throws_stops_nothing_and_is_told_no_more() {
        List<BackupProgress> told = new ArrayList<>();
        ExportReport report = database.db().backup().export(folder, SMALL_FILES.progress(progress -> {
            told.add(progress);
            throw new AssertionError("the host's own");
        }));

        assertThat(told).hasSize(1);
        assertThat(database.db().backup().verify(report.path())).isEqualTo(report.manifest());
    }

    @Test
    void progress_is_told_with_the_rows_so_far_and_of_all() {
        List<BackupProgress> told = new ArrayList<>();
        ExportReport report = database.db().backup().export(folder, SMALL_FILES.progress(told::add));

        BackupProgress last = told.get(told.size() - 1);
        assertThat(last.rows()).isEqualTo(report.manifest().rows());
        assertThat(last.bytes()).isEqualTo(report.manifest().bytes());
        assertThat(told).allMatch(progress -> progress.rows() <= progress.totalRows());
        assertThat(told)
                .filteredOn(progress -> progress.table().equals("evaluations"))
                .last()
                .matches(progress -> progress.tableRows() == 300);
    }

    @Test
    void one_export_at_a_time_works_in_a_folder() {
        AtomicReference<Kind> second = new AtomicReference<>();
        database.db()
                .backup()
                .export(
                        folder,
                        SMALL_FILES.progress(progress -> second.compareAndSet(
                                null, refused(() -> database.db().backup().export(folder)))));

        assertThat(second.get()).isEqualTo(Kind.BUSY);
    }

    @Test
    void what_is_left_of_a_broken_export_is_removed_and_the_folder_of_another_program_stays() throws IOException {
        Path unfinished = Folders.unfinished(folder.resolve("old")).table("jobs");
        Files.createDirectories(unfinished);
        Files.writeString(unfinished.resolve("00001.copy.gz"), "half");
        Path other = Files.createDirectory(folder.resolve("other"));

        ExportReport report = database.db().backup().export(folder, SMALL_FILES.name("new"));

        assertThat(left()).containsExactly("new", "other");
        assertThat(other).isEmptyDirectory();
        assertThat(database.db().backup().verify(report.path())).isEqualTo(report.manifest());
    }

    @Test
    void an_interrupted_export_leaves_nothing() throws IOException {
        assertThat(refused(() -> database.db()
                        .backup()
                        .export(
                                folder,
                                SMALL_FILES.progress(
                                        progress -> Thread.currentThread().interrupt()))))
                .isEqualTo(Kind.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(left()).isEmpty();
    }

    @Test
    void a_full_disk_is_told() throws IOException {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full), "SKIPPED: this system has no /dev/full");
        Files.createSymbolicLink(folder.resolve("00001.copy.gz"), full);
        try (Compression compression = new Compression(1)) {
            TableWriter writer = new TableWriter(
                    folder, "jobs", ExportOptions.DEFAULT, compression, new Progress(progress -> {}, 0));
            writer.accept("row\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));

            assertThatThrownBy(() -> writer.finish(List.of("id"), List.of()))
                    .isInstanceOf(BackupException.class)
                    .hasMessageStartingWith("data/jobs/00001.copy.gz: cannot be written: ")
                    .hasMessageContaining("No space left");
        }
    }
}
