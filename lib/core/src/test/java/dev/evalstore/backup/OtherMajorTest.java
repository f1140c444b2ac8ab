package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.evalstore.Database;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.servers.Programs;
import dev.evalstore.testing.faults.ServerProcess;
import dev.evalstore.testkit.RestoredRows;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.worker.NewWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backup of the oldest supported major of PostgreSQL in the newest, and the other way. The build puts their programs here. */
class OtherMajorTest {
    private static final Path JARS = Path.of("target", "postgresql");

    private static ServerProcess oldest;
    private static ServerProcess newest;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        oldest = start("15.jar");
        newest = start("18.jar");
    }

    private static ServerProcess start(String name) {
        Path jar = JARS.resolve(name);
        assumeThat(Files.exists(jar))
                .as("%s, which the build puts there on Linux on x86-64: no backup goes between majors here", jar)
                .isTrue();
        return ServerProcess.start(Programs.of(jar), Map.of());
    }

    @AfterAll
    static void close() {
        if (oldest != null) {
            oldest.close();
        }
        if (newest != null) {
            newest.close();
        }
    }

    private static TestServer server(int major) {
        ServerProcess server = major == 15 ? oldest : newest;
        return new TestServer("localhost", server.port(), "postgres", "");
    }

    private static Database owner(TestServer server, String database) {
        server.execute("postgres", "grant create on database " + database + " to evalstore_owner");
        return Database.open(server.as("evalstore_owner", database).build());
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({"15, 18", "18, 15"})
    void every_row_goes_to_another_major_in_text_where_the_store_works(int from, int to) {
        TestServer here = server(from);
        TestServer there = server(to);
        String source = here.createEmpty();
        String target = there.createEmpty();
        try (Database db = owner(here, source);
                Database restored = owner(there, target).withSchema("moved")) {
            db.migrate();
            StoreFixtures.fill(db, 200);
            ExportReport exported = db.backup().export(folder, ExportOptions.DEFAULT.hashes(true));
            Path binary = db.backup()
                    .export(folder, ExportOptions.DEFAULT.binary(true).name("binary"))
                    .path();
            assertThat(exported.manifest().serverVersion() / 10_000).isEqualTo(from);
            assertThatThrownBy(() -> restored.backup().restore(binary))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("binary, which a server of version " + from + " alone reads");
            assertThat(there.query(target, "select nspname::text from pg_namespace where nspname = 'moved'"))
                    .isEmpty();
            restored.backup().restore(exported.path(), RestoreOptions.DEFAULT.keys(RestoredKeys.KEEP));

            assertThat(restored.health().serverVersion()).startsWith(to + ".");
            restored.validate();
            List<String> tables = RestoredRows.tables(here, source, "evalstore");
            assertThat(tables).hasSizeGreaterThan(60);
            for (String table : tables) {
                assertThat(RestoredRows.of(there, target, "moved", table))
                        .as(table)
                        .isEqualTo(RestoredRows.of(here, source, "evalstore", table));
            }
            List<ClaimedJob> claimed = restored.jobs().claim(restored.workers().register(NewWorker.of("w")), 10);
            assertThat(claimed).hasSize(2);
            claimed.forEach(job -> restored.jobs().complete(job.lease(), null));
            assertThat(restored.users().authenticate("a@example.org", "correct horse battery"))
                    .isPresent();
        }
    }
}
