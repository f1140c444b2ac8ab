package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The memory of an export does not grow with the store. */
class ExportHeapTest {
    private static final int FILE_BYTES = 128 << 20;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    private Path folder;

    private void exports(int rows, String heap) {
        database.admin("truncate evalstore.evaluations, evalstore.evaluation_feedback;"
                + " insert into evalstore.evaluations (provider, model, input, output, score)"
                + " select 'p', 'm', repeat('question ', 20) || i, repeat('answer ', 20) || i, random()"
                + " from generate_series(1, " + rows + ") i");
        try (ChildJvm exporter = ChildJvm.start(
                ExportingMain.class,
                List.of("-Xmx" + heap),
                ExportingMain.arguments(database.config().build(), folder, "big", FILE_BYTES))) {
            exporter.await("done");
        }
        BackupManifest manifest = database.db().backup().verify(folder.resolve("big"));
        assertThat(manifest.table("evaluations").orElseThrow().rows()).isEqualTo(rows);
    }

    /** About 60 MB of rows. */
    @Test
    void a_store_that_is_larger_than_the_heap_is_exported() {
        exports(120_000, "32m");
    }

    @Tag("long")
    @Test
    void two_million_rows_are_exported_with_a_heap_of_128_mb() {
        exports(Integer.getInteger("backup.rows", 2_000_000), "128m");
    }
}
