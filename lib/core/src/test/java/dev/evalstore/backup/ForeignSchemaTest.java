package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Schemas that are not as the migrations made them. */
class ForeignSchemaTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database owner = Database.open(database.owner().build());
    private Database store;

    @TempDir
    private Path folder;

    @BeforeAll
    static void grant() {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
    }

    @BeforeEach
    void migrate() {
        store = owner.withSchema("store");
        store.migrate();
    }

    @AfterEach
    void drop() {
        owner.close();
        database.admin("drop schema if exists store, there cascade");
    }

    private List<BackupProblem> refused() throws IOException {
        BackupException e =
                catchThrowableOfType(BackupException.class, () -> store.backup().export(folder));
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all)
                    .extracting(path -> path.getFileName().toString())
                    .contains(".evalstore-backup.lock")
                    .isSubsetOf(".evalstore-backup.lock", "first", "old");
        }
        assertThat(e.problems()).extracting(BackupProblem::kind).containsOnly(Kind.INCOMPLETE);
        return e.problems();
    }

    @Test
    void a_schema_that_lacks_tables_columns_or_sequences_is_not_exported() throws IOException {
        int version = store.backup().export(folder.resolve("first")).manifest().schemaVersion();
        database.admin("alter table store.users drop column display_name cascade");
        assertThat(refused())
                .extracting(BackupProblem::message)
                .containsExactly("users.display_name: the schema lacks this column, which version " + version + " has");

        database.admin("drop table store.jobs, store.user_tokens cascade");
        database.admin("drop sequence store.state_versions cascade");
        assertThat(refused())
                .extracting(BackupProblem::message)
                .containsExactly(
                        "jobs: the schema lacks this table, which version " + version + " has",
                        "state_versions: the schema lacks this sequence, which version " + version + " has",
                        "user_tokens: the schema lacks this table, which version " + version + " has");
    }

    @Test
    void an_older_schema_is_held_against_its_own_version() throws IOException {
        store.revertTo(20);
        assertThat(store.backup().export(folder.resolve("old")).leftOut()).isEmpty();

        database.admin("drop table store.jobs cascade");
        assertThat(refused()).extracting(BackupProblem::place).containsExactly("jobs");
    }

    @Test
    void a_backup_that_lacks_a_table_is_not_verified_nor_restored() throws IOException {
        BackupManifest whole = store.backup().export(folder).manifest();
        Path lacking = Files.createDirectory(folder.resolve("lacking"));
        BackupManifest manifest = new BackupManifest(
                whole.format(),
                whole.libraryVersion(),
                whole.database(),
                whole.schema(),
                whole.schemaVersion(),
                whole.serverVersion(),
                whole.encoding(),
                whole.snapshot(),
                whole.snapshotAt(),
                whole.createdAt(),
                false,
                false,
                whole.tables().stream()
                        .filter(table ->
                                table.files().isEmpty() && !table.name().equals("jobs"))
                        .toList(),
                whole.sequences());
        Files.write(lacking.resolve("manifest.json"), ManifestFile.bytes(manifest));
        Backup there = owner.withSchema("there").backup();

        for (Runnable use : List.<Runnable>of(
                () -> there.verify(lacking), () -> there.restore(lacking), () -> there.drill(lacking))) {
            assertThat(catchThrowableOfType(BackupException.class, use::run).problems())
                    .allMatch(problem -> problem.kind() == Kind.INCOMPLETE)
                    .extracting(BackupProblem::message)
                    .contains("manifest.json: lacks the table jobs, which version " + whole.schemaVersion()
                            + " of the schema has");
        }
        assertThat(database.query("select 1 from pg_namespace where nspname = 'there'"))
                .isEmpty();
    }

    @Test
    void columns_of_the_host_are_left_out_and_named_and_the_backup_restores() {
        StoreFixtures.fill(store, 3);
        database.admin("alter table store.users add column \"Mine\" int not null default 7,"
                + " add column doubled int generated always as (14) stored");

        ExportReport report = store.backup().export(folder);

        assertThat(report.leftOut()).containsExactly("users.Mine", "users.doubled");
        RestoreReport restored = owner.withSchema("there").backup().restore(report.path());
        assertThat(restored.rows()).isEqualTo(report.manifest().rows());
        assertThat(database.query("select 1 from pg_attribute where attrelid = 'there.users'::regclass"
                        + " and attname in ('Mine', 'doubled')"))
                .isEmpty();
    }
}
