package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An export that is killed leaves no file under its name, and the next one is whole. */
class ExportCrashTest {
    private static final int KILLS = Integer.getInteger("backup.kills", 3);
    private static final long SEED = Long.getLong("backup.seed", 18L);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    private Path folder;

    @BeforeAll
    static void fill() {
        StoreFixtures.fill(database.db(), 3_000);
    }

    private ChildJvm exporter(String name) {
        return ChildJvm.start(
                ExportingMain.class,
                List.of("-Xmx64m"),
                ExportingMain.arguments(database.config().build(), folder, name, 64 << 10));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void killed_at_random_moments_it_leaves_nothing_under_the_name_and_the_next_one_is_whole() throws IOException {
        Random random = new Random(SEED);
        List<String> tables = database.db().backup().export(folder.resolve("all")).manifest().tables().stream()
                .map(BackupTable::name)
                .toList();
        for (int i = 0; i < KILLS; i++) {
            String name = "killed-" + i;
            try (ChildJvm exporter = exporter(name)) {
                exporter.await("at " + tables.get(random.nextInt(tables.size())));
                java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(5_000_000));
                exporter.kill();
            }
            assertThat(names().contains(name) && !whole(name))
                    .as("seed %s, kill %s: under the name stands what is not whole", SEED, i)
                    .isFalse();

            ExportReport report = database.db().backup().export(folder, ExportOptions.DEFAULT.name("after-" + i));

            assertThat(database.db().backup().verify(report.path())).isEqualTo(report.manifest());
            assertThat(names()).noneMatch(left -> left.startsWith(".unfinished-"));
        }
    }

    /** It may have finished before the kill came. */
    private boolean whole(String name) {
        return catchThrowableOfType(
                        BackupException.class, () -> database.db().backup().verify(folder.resolve(name)))
                == null;
    }

    @Test
    void the_unfinished_folder_of_a_live_process_stays_and_that_of_a_dead_one_goes() throws IOException {
        try (ChildJvm exporter = exporter("other")) {
            exporter.await("at evaluations");
            exporter.pause();
            try {
                assertThat(catchThrowableOfType(
                                        BackupException.class,
                                        () -> database.db().backup().export(folder))
                                .problems())
                        .extracting(BackupProblem::kind)
                        .containsExactly(BackupProblem.Kind.BUSY);
                assertThat(names()).contains(".unfinished-other");
            } finally {
                exporter.resume();
            }
            exporter.await("done");
        }
        assertThat(whole("other")).isTrue();
    }
}
