package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.SchemaException;
import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.Catalogue;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** Restores of a small store, as the owner's role, which is no superuser. */
class RestoreTest {
    private static final int ROWS = 300;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    static Path folder;

    private static Path backup;

    private final Database owner = Database.open(database.owner().build());

    @BeforeAll
    static void export() {
        StoreFixtures.fill(database.db(), ROWS);
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        database.admin("select evalstore.create_partition('audit_log', date '2001-02-03')");
        database.admin("insert into evalstore.audit_log (occurred_at, actor_label, actor_kind, action, entity_type)"
                + " values ('2001-02-28 23:59:59.999999+00', 'old', 'system', 'made', 'thing')");
        try (Database exporting = Database.open(database.owner().build())) {
            backup = exporting
                    .backup()
                    .export(folder, ExportOptions.DEFAULT.fileBytes(64 << 10))
                    .path();
        }
    }

    @AfterEach
    void drop() {
        owner.close();
        schemas().stream()
                .filter(schema -> !schema.equals("evalstore"))
                .forEach(schema -> database.admin("drop schema " + schema + " cascade"));
    }

    private static List<String> schemas() {
        return database.query(
                "select nspname::text from pg_namespace where nspname !~ '^(pg_|information_schema|public$)'");
    }

    private Database there() {
        return owner.withSchema("restored");
    }

    private static Path copy() throws IOException {
        Path copy = Files.createTempDirectory(folder, "copy");
        try (Stream<Path> all = Files.walk(backup)) {
            for (Path from : all.toList()) {
                Path to = copy.resolve(backup.relativize(from).toString());
                if (!Files.isDirectory(from)) {
                    Files.createDirectories(to.getParent());
                    Files.copy(from, to);
                }
            }
        }
        return copy;
    }

    private static Path someFile(Path copy) throws IOException {
        try (Stream<Path> all = Files.list(copy.resolve("data/evaluations"))) {
            return all.sorted().findFirst().orElseThrow();
        }
    }

    private void refused(Path copy, Kind kind) {
        BackupException e = catchThrowableOfType(
                BackupException.class, () -> there().backup().restore(copy));
        assertThat(e.problems()).extracting(BackupProblem::kind).contains(kind);
        assertThat(schemas()).containsExactly("evalstore");
    }

    @Test
    void a_restore_warns_of_no_slow_statement_of_its_own() {
        try (LogCapture log = LogCapture.of("dev.evalstore.sql", Level.WARN);
                Database impatient = Database.open(
                        database.owner().slowStatement(Duration.ofNanos(1)).build())) {
            impatient.withSchema("restored").backup().restore(backup);
            assertThat(log.text()).doesNotContain("slow statement");
            impatient.token();
            assertThat(log.text()).contains("slow statement");
        }
    }

    @Test
    void a_restored_schema_is_the_one_that_migrations_make() {
        there().backup().restore(backup);
        List<String> restored = new ArrayList<>();
        Catalogue.of(database, "restored")
                .forEach(line ->
                        restored.add(line.replace("\"restored\"", "evalstore").replace("restored", "evalstore")));
        assertThat(restored).containsExactlyInAnyOrderElementsOf(Catalogue.of(database, "evalstore"));
        there().validate();
        assertThat(there().migrate()).isZero();
        assertThat(database.query("select conname from pg_constraint where not convalidated"))
                .isEmpty();
    }

    @Test
    void months_of_long_ago_come_back() {
        there().backup().restore(backup);
        assertThat(database.query("select actor_label from restored.audit_log_2001_02"))
                .containsExactly("old");
        assertThatThrownBy(() -> database.admin("delete from restored.audit_log"))
                .hasMessageContaining("append-only");
    }

    @Test
    void the_report_says_what_was_done() {
        RestoreReport report = there().backup().restore(backup);
        BackupManifest manifest = owner.backup().verify(backup);
        assertThat(report.schema()).isEqualTo("restored");
        assertThat(report.rows()).isEqualTo(manifest.rows()).isGreaterThan(ROWS);
        assertThat(report.snapshotAt()).isEqualTo(manifest.snapshotAt());
        assertThat(report.mustReset()).isEqualTo(2);
        assertThat(report.webhooks()).isEqualTo(1);
        assertThat(report.repairs().keys()).isEqualTo(1);
        assertThat(report.repairs().keptKeys()).isZero();
        assertThat(report.elapsed()).isPositive();
    }

    @Test
    void progress_rises_to_the_whole() {
        List<BackupProgress> told = new ArrayList<>();
        there().backup().restore(backup, RestoreOptions.DEFAULT.progress(told::add));
        assertThat(told).isNotEmpty().extracting(BackupProgress::rows).isSorted();
        assertThat(told.get(told.size() - 1).rows())
                .isEqualTo(told.get(told.size() - 1).totalRows())
                .isEqualTo(owner.backup().verify(backup).rows());
    }

    @Test
    void a_listener_that_throws_stops_nothing() {
        there().backup().restore(backup, RestoreOptions.DEFAULT.progress(progress -> {
            throw new AssertionError("a listener");
        }));
        there().validate();
    }

    @Test
    void a_schema_that_was_migrated_and_never_used_is_filled() {
        there().migrate();
        there().backup().restore(backup);
        assertThat(database.value("select count(*) from restored.evaluations")).isEqualTo(Integer.toString(ROWS));
    }

    @Test
    void objects_of_the_host_in_the_schema_stay() {
        database.admin("create schema restored authorization evalstore_owner; create table restored.hosts (a int);"
                + " insert into restored.hosts values (7)");
        there().backup().restore(backup);
        assertThat(database.query("select a::text from restored.hosts")).containsExactly("7");
    }

    @Test
    void a_schema_with_rows_is_refused_and_stays_as_it_is() {
        there().migrate();
        there().benchmarks().create(dev.evalstore.benchmark.NewBenchmark.of("a", "p", "m", "d", 1));
        assertThatThrownBy(() -> there().backup().restore(backup))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("schema restored has rows, in benchmarks");
        assertThat(database.value("select name from restored.benchmarks")).isEqualTo("a");
        there().validate();
    }

    @Test
    void a_flipped_byte_is_refused() throws IOException {
        Path copy = copy();
        Path file = someFile(copy);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        refused(copy, Kind.HASH_DIFFERS);
    }

    @Test
    void a_cut_file_is_refused() throws IOException {
        Path copy = copy();
        Path file = someFile(copy);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 7));
        refused(copy, Kind.SIZE_DIFFERS);
    }

    @Test
    void a_missing_file_is_refused() throws IOException {
        Path copy = copy();
        Files.delete(someFile(copy));
        refused(copy, Kind.FILE_MISSING);
    }

    @Test
    void a_file_that_changes_after_it_was_verified_leaves_nothing() throws IOException {
        Path copy = copy();
        Path file = someFile(copy);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        RestoreOptions changing = RestoreOptions.DEFAULT.progress(progress -> {
            try {
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> there().backup().restore(copy, changing)).isInstanceOf(BackupException.class);
        assertThat(schemas()).containsExactly("evalstore");
    }

    @Test
    void a_newer_schema_is_refused() throws IOException {
        Path copy = copy();
        BackupManifest m = owner.backup().verify(copy);
        Files.write(
                copy.resolve("manifest.json"),
                ManifestFile.bytes(new BackupManifest(
                        m.format(),
                        m.libraryVersion(),
                        m.database(),
                        m.schema(),
                        10_000,
                        m.serverVersion(),
                        m.encoding(),
                        m.snapshot(),
                        m.snapshotAt(),
                        m.createdAt(),
                        m.hashes(),
                        m.binary(),
                        m.tables(),
                        m.sequences())));
        refused(copy, Kind.NEWER_SCHEMA);
    }

    @Test
    void keys_cannot_be_kept_without_hashes() {
        assertThatThrownBy(() -> there().backup().restore(backup, RestoreOptions.DEFAULT.keys(RestoredKeys.KEEP)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("no hashes");
    }

    @Test
    void the_backup_of_an_older_schema_is_migrated() {
        Database old = owner.withSchema("old");
        old.migrate();
        old.revertTo(29);
        old.benchmarks().create(dev.evalstore.benchmark.NewBenchmark.of("of before", "p", "m", "d", 1));
        Path older = old.backup().export(folder).path();
        RestoreReport report = there().backup().restore(older);
        assertThat(report.backupVersion()).isEqualTo(29);
        assertThat(report.schemaVersion()).isEqualTo(owner.migrationStatus().current());
        assertThat(database.value("select name from restored.benchmarks")).isEqualTo("of before");
        there().validate();
    }

    @Test
    void a_binary_backup_comes_back_too() {
        Path binary = owner.backup()
                .export(folder, ExportOptions.DEFAULT.binary(true).name("binary"))
                .path();
        there().backup().restore(binary);
        assertThat(database.value("select md5(string_agg(e::text, '|' order by e::text)) from restored.evaluations e"))
                .isEqualTo(database.value(
                        "select md5(string_agg(e::text, '|' order by e::text)) from evalstore.evaluations e"));
    }

    @Test
    void a_process_killed_in_the_middle_leaves_nothing_and_the_next_restore_works() {
        var config = database.owner().build();
        try (ChildJvm child = ChildJvm.start(
                RestoreMain.class,
                List.of(),
                config.url(),
                String.valueOf(config.user()),
                String.valueOf(config.password()),
                backup.toString())) {
            child.await("LOADING");
            child.kill();
        }
        assertThat(schemas()).containsExactly("evalstore");
        there().backup().restore(backup);
        assertThat(database.value("select count(*) from restored.evaluations")).isEqualTo(Integer.toString(ROWS));
    }

    @Test
    void a_drill_asks_what_must_hold_and_leaves_nothing() {
        DrillReport report = owner.backup().drill(backup);
        assertThat(report.checks()).contains("a job is in one place", "tables have the rows of the manifest");
        assertThat(report.restore().schema()).startsWith("evalstore_drill_");
        assertThat(report.elapsed()).isPositive();
        assertThat(schemas()).containsExactly("evalstore");
    }

    @Test
    void a_drill_names_what_does_not_hold_and_leaves_nothing() {
        Database odd = owner.withSchema("odd");
        odd.migrate();
        database.admin("insert into odd.job_ready (lane, rank, seq, timeout_seconds, attempt) values (1, 1, 1, 1, 0)");
        Path broken = odd.backup().export(folder).path();
        assertThatThrownBy(() -> owner.backup().drill(broken))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("a job is in one place");
        assertThat(schemas()).containsExactlyInAnyOrder("evalstore", "odd");
    }
}
