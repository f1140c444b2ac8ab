package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is made, under which name, and for whom. */
class PrivateBackupTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    private Path folder;

    private final Path backups() {
        return folder.resolve("new").resolve("backups");
    }

    @Test
    void nobody_but_the_owner_may_read_a_backup() throws IOException {
        Assumptions.assumeTrue(
                folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "SKIPPED: this file system has no permissions");
        database.db().backup().export(backups());

        try (Stream<Path> all = Files.walk(folder.resolve("new"))) {
            assertThat(all)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(made -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                            .isEqualTo(Files.isDirectory(made) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void exports_one_after_the_other_have_names_in_their_order() {
        Backup store = database.db().backup();
        Path last = store.export(backups()).path();
        for (int i = 0; i < 3; i++) {
            Path next = store.export(backups()).path();
            assertThat(next).isGreaterThan(last);
            assertThat(next.getFileName().toString()).matches("evalstore-\\d{8}T\\d{6}\\.\\d{3}Z");
            last = next;
        }
        assertThat(store.retain(backups(), BackupRetention.DEFAULT).kept())
                .hasSize(4)
                .startsWith(last);
    }

    @Test
    void what_is_null_is_named() {
        Backup store = database.db().backup();
        Map<ThrowingCallable, String> calls = Map.of(
                () -> store.export(null), "folder",
                () -> store.export(folder, null), "options",
                () -> store.verify(null), "backup",
                () -> store.restore(null), "backup",
                () -> store.restore(folder, null), "options",
                () -> store.drill(folder, null), "options",
                () -> store.retain(null, BackupRetention.DEFAULT), "folder",
                () -> store.retain(folder, null), "retention",
                () -> store.every(Duration.ofDays(1), folder, null), "options",
                () -> database.db().recovery().run(null), "command");
        calls.forEach((call, name) -> assertThatThrownBy(call).hasMessage(name));
    }
}
