package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BackupScheduleTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    private Path folder;

    private List<String> backups() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private BackupSchedule every(Database db, Duration interval, List<ExportReport> reports) {
        return db.backup().every(interval, folder, ExportOptions.DEFAULT, BackupRetention.DEFAULT, reports::add);
    }

    /** Each has a pool of its own, as processes have; the lock between them is the server's. */
    @Test
    void of_many_processes_one_exports() throws IOException {
        List<ExportReport> reports = new CopyOnWriteArrayList<>();
        List<Database> processes = new ArrayList<>();
        List<BackupSchedule> schedules = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Database process = Database.open(database.config().poolSize(3).build());
                processes.add(process);
                schedules.add(every(process, DAY, reports));
            }
            await().atMost(PATIENCE).until(() -> !reports.isEmpty());
            // A late one finds that the backup is not due.
            schedules.add(every(processes.get(0), DAY, reports));
        } finally {
            schedules.forEach(BackupSchedule::close);
            processes.forEach(Database::close);
        }
        assertThat(reports).hasSize(1);
        assertThat(backups()).hasSize(1);
    }

    @Test
    void a_backup_is_made_whenever_the_newest_is_older_than_the_interval() throws IOException {
        List<ExportReport> reports = new CopyOnWriteArrayList<>();
        try (BackupSchedule schedule = every(database.db(), Duration.ofSeconds(1), reports)) {
            await().atMost(PATIENCE).until(() -> reports.size() >= 3);
            assertThat(schedule).isNotNull();
        }
        int made = reports.size();
        assertThat(backups()).hasSize(made);
        for (int i = 1; i < made; i++) {
            assertThat(Duration.between(
                            reports.get(i - 1).manifest().snapshotAt(),
                            reports.get(i).manifest().snapshotAt()))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void a_failure_and_a_consumer_that_throws_do_not_end_the_schedule() throws IOException {
        Path blocked = Files.writeString(folder.resolve("blocked"), "a file, and no folder");
        List<ExportReport> reports = new CopyOnWriteArrayList<>();
        try (BackupSchedule schedule = database.db()
                .backup()
                .every(Duration.ofSeconds(1), blocked, ExportOptions.DEFAULT, BackupRetention.DEFAULT, report -> {
                    reports.add(report);
                    throw new AssertionError("the host's own");
                })) {
            await().pollDelay(Duration.ofMillis(200)).until(() -> reports.isEmpty());
            Files.delete(blocked);
            await().atMost(PATIENCE).until(() -> reports.size() >= 2);
            assertThat(schedule).isNotNull();
        }
    }

    @Test
    void closing_breaks_off_an_export_and_leaves_nothing() throws Exception {
        CountDownLatch exporting = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        BackupSchedule schedule = database.db().backup().every(DAY, folder, ExportOptions.DEFAULT.progress(progress -> {
            exporting.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        exporting.await();
        schedule.close();

        assertThat(backups()).isEmpty();
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(path -> path.getFileName().toString())).containsExactly(".evalstore-backup.lock");
        }
    }

    @Test
    void bad_arguments_are_refused_by_name() {
        Backup backup = database.db().backup();
        assertThatThrownBy(() -> backup.every(Duration.ofMillis(999), folder, ExportOptions.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("interval");
        assertThatThrownBy(() -> backup.every(DAY, folder, ExportOptions.DEFAULT.name("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("options");
    }
}
