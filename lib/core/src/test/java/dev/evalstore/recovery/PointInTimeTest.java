package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.testing.faults.ServerProcess;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.PgPrograms;
import dev.evalstore.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The steps of {@code lib/docs/backup.md}, from the archive to the recovered server. */
@Tag("long")
class PointInTimeTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String POINT = "it's before the mistake";

    @TempDir
    Path folder;

    /** Who takes the base backup. */
    enum By {
        PG_BASEBACKUP,
        FUNCTIONS_OF_THE_SERVER
    }

    /** Writes one numbered row after the other. */
    private static final class Writer extends Thread {
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final AtomicBoolean stopping = new AtomicBoolean();
        private final Database db;

        Writer(Database db) {
            this.db = db;
        }

        @Override
        public void run() {
            while (!stopping.get()) {
                int number = begun.incrementAndGet();
                db.benchmarks().create(NewBenchmark.of(Integer.toString(number), "p", "m", "d", 1));
                acknowledged.set(number);
            }
        }

        void awaitMore(int count) {
            int before = acknowledged.get();
            await().atMost(PATIENCE).until(() -> acknowledged.get() >= before + count);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_recovery_has_exactly_what_was_committed_before_the_named_point(By by) throws Exception {
        Path archive = Files.createDirectory(
                folder.resolve("archive"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Map<String, String> settings = new HashMap<>(ServerProcess.DURABLE);
        settings.put("archive_mode", "on");
        OwnServer lost = OwnServer.start(settings, data -> {});
        try (lost) {
            TestServer admin = lost.asTestServer();
            admin.execute("postgres", "alter system set archive_command = 'cp %p " + archive + "/%f'");
            admin.execute("postgres", "select pg_reload_conf()");
            String name = lost.createMigrated();
            Path backup = folder.resolve("base");
            int before;
            int after;
            try (Database db = Database.open(lost.as("evalstore_app", name).build());
                    Database superuser =
                            Database.open(admin.as("postgres", name).poolSize(1).build())) {
                Writer writer = new Writer(db);
                writer.start();
                writer.awaitMore(100);
                back(by, lost, superuser, backup);
                writer.awaitMore(100);

                before = writer.acknowledged.get();
                RestorePoint point = superuser.recovery().restorePoint(POINT);
                after = writer.begun.get();

                assertThat(point.name()).isEqualTo(POINT);
                writer.awaitMore(100);
                admin.execute(name, "delete from evalstore.benchmarks");
                writer.stopping.set(true);
                writer.join();
                String last = admin.query("postgres", "select pg_walfile_name(pg_switch_wal())")
                        .get(0);
                await().atMost(PATIENCE)
                        .until(() -> admin.query(
                                        "postgres",
                                        "select (last_archived_wal >= '" + last + "')::text from pg_stat_archiver")
                                .equals(List.of("true")));
                assertThat(superuser.recovery().report().findings())
                        .extracting(RecoveryFinding::kind)
                        .doesNotContain(
                                RecoveryFinding.Kind.ARCHIVING_FAILS,
                                RecoveryFinding.Kind.ARCHIVING_LATE,
                                RecoveryFinding.Kind.NO_BASE_BACKUP);
            }
            lost.kill();

            Map<String, String> recovery = Map.of(
                    "recovery.signal",
                    "",
                    "postgresql.auto.conf",
                    "restore_command = 'cp " + archive + "/%f %p'\nrecovery_target_name = '" + POINT.replace("'", "''")
                            + "'\nrecovery_target_action = 'promote'\n");
            try (OwnServer found = OwnServer.fromBackup(backup, recovery)) {
                await().atMost(PATIENCE)
                        .until(() -> found.asTestServer()
                                .query("postgres", "select pg_is_in_recovery()::text")
                                .equals(List.of("false")));
                List<Integer> rows =
                        found
                                .asTestServer()
                                .query(name, "select name from evalstore.benchmarks order by name::int")
                                .stream()
                                .map(Integer::valueOf)
                                .toList();
                assertThat(rows).hasSizeBetween(before, after);
                assertThat(rows.get(rows.size() - 1))
                        .as("numbers from 1 on without a gap")
                        .isEqualTo(rows.size());
                try (Database db = Database.open(
                        found.as("evalstore_app", name).poolSize(2).build())) {
                    db.validate();
                    db.benchmarks().create(NewBenchmark.of("after", "p", "m", "d", 1));
                    assertThat(db.recovery().report().replica()).isFalse();
                }
            }
        }
    }

    private static void back(By by, OwnServer server, Database superuser, Path to) {
        if (by == By.FUNCTIONS_OF_THE_SERVER) {
            server.baseBackup(to);
            return;
        }
        String version =
                server.asTestServer().query("postgres", "show server_version").get(0);
        PgBaseBackup backup = PgBaseBackup.of(server.as("postgres", "postgres").build(), to)
                .programs(PgPrograms.of(version.replaceFirst("[^0-9].*", "")))
                .timeout(PATIENCE);
        superuser.recovery().run(backup);
    }
}
