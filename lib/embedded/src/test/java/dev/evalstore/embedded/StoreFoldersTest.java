package dev.evalstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.embedded.EmbeddedStoreException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders of every kind: what cannot be a store says why, and stays as it was. */
@Timeout(300)
class StoreFoldersTest {
    @TempDir
    Path temporary;

    private static EmbeddedStoreException refused(Path folder, Reason reason) {
        EmbeddedStoreException thrown =
                catchThrowableOfType(EmbeddedStoreException.class, () -> EmbeddedStore.start(folder));
        assertThat(thrown).as("a refusal").isNotNull();
        assertThat(thrown.reason()).as(thrown.getMessage()).isEqualTo(reason);
        return thrown;
    }

    @Test
    void a_path_may_have_blanks_quotes_and_any_letters_and_be_longer_than_a_socket_s() {
        Path folder = temporary.resolve("größer als 'das', 試験 " + "x".repeat(200));
        try (EmbeddedStore store = EmbeddedStore.start(folder)) {
            assertThat(store.database().health().reachable()).isTrue();
            assertThat(store.folder().toString()).hasSizeGreaterThan(200);
        }
        try (EmbeddedStore again = EmbeddedStore.start(folder)) {
            assertThat(again.database().health().reachable()).isTrue();
        }
        assertThat(folder.resolve("programs")).isDirectory();
    }

    @Test
    void a_path_that_a_shell_would_read_is_refused() {
        for (String name : List.of("a$(touch x)", "a`x`", "a\"b", "a\\b", "a\nb")) {
            refused(temporary.resolve(name), Reason.NOT_A_STORE);
            assertThat(temporary.resolve(name)).doesNotExist();
        }
    }

    @Test
    void a_file_and_a_folder_with_other_files_are_refused() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        refused(file, Reason.NOT_A_STORE);
        Path used = Files.createDirectory(temporary.resolve("used"));
        Files.createFile(used.resolve("thesis.tex"));
        assertThat(refused(used, Reason.NOT_A_STORE)).hasMessageContaining("has other files in it");
        assertThat(used).isDirectoryContaining("glob:**/thesis.tex");
        assertThat(used.resolve("lock")).doesNotExist();
    }

    @Test
    void a_folder_that_cannot_be_made_is_named_once_and_none_at_all_by_its_parameter() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "SKIPPED: there is no /proc");
        assertThat(refused(Path.of("/proc/x"), Reason.NOT_STARTED))
                .hasMessage("the store's folder cannot be used: /proc/x: nothing is there, and no folder can be made");
        assertThat(catchThrowableOfType(NullPointerException.class, () -> EmbeddedStore.start(null)))
                .hasMessage("folder");
    }

    @Test
    void another_major_release_changes_nothing_and_says_what_to_do() throws IOException {
        Path folder = temporary.resolve("old");
        Path version = Files.createDirectories(folder.resolve("data")).resolve("PG_VERSION");
        Files.writeString(version, "14\n");
        assertThat(refused(folder, Reason.OTHER_VERSION))
                .hasMessageContaining("made by PostgreSQL 14, and PostgreSQL 18")
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining("evalstore-postgresql-14")
                .hasMessageContaining("lib/docs/embedded.md");
        assertThat(folder.resolve("data")).isDirectoryContaining("glob:**/PG_VERSION");
        assertThat(Files.readString(version)).isEqualTo("14\n");
    }

    @Test
    void what_a_process_left_half_made_is_made_anew() throws IOException {
        Path half = Files.createDirectories(temporary.resolve("store/data.new123"));
        Files.writeString(half.resolve("PG_VERSION"), "18\n");
        try (EmbeddedStore store = EmbeddedStore.start(temporary.resolve("store"))) {
            assertThat(store.database().health().reachable()).isTrue();
            assertThat(half).doesNotExist();
        }
    }

    @Test
    void a_folder_of_another_user_is_refused_and_both_are_named() throws Exception {
        assumeTrue(isRoot(), "SKIPPED: only root can give a folder to another user");
        Path folder = Files.createDirectory(temporary.resolve("theirs"));
        run("chown", "65533", folder.toString());
        assertThat(refused(folder, Reason.OTHER_USER))
                .hasMessageContaining("65533")
                .hasMessageContaining("root");
        run("chown", "0", folder.toString());
    }

    @Test
    void a_read_only_folder_is_refused() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("fixed"));
        if (isRoot()) {
            // Rights do not bind root; a file system that is mounted read-only does.
            mount("tmpfs", folder, "ro,size=1m");
            try {
                refused(folder, Reason.READ_ONLY);
            } finally {
                run("umount", folder.toString());
            }
        } else {
            assertThat(folder.toFile().setWritable(false)).isTrue();
            refused(folder, Reason.READ_ONLY);
            assertThat(folder.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void a_full_disk_is_named_and_a_start_after_it_works() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("small"));
        // Enough for the programs, and not for a cluster; then enough for both.
        mount("tmpfs", folder, "size=80m");
        try {
            assertThat(refused(folder, Reason.DISK_FULL).getMessage().lines())
                    .first()
                    .isEqualTo("the disk has no room for the store in " + folder.toRealPath() + ". PostgreSQL said:");
            assertThat(folder.resolve("data")).doesNotExist();
            run("mount", "-o", "remount,size=400m", folder.toString());
            try (EmbeddedStore store = EmbeddedStore.start(folder)) {
                assertThat(store.database().migrate()).isPositive();
            }
        } finally {
            run("umount", folder.toString());
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.exists(Path.of("/proc/self"))
                && Files.getOwner(Path.of("/proc/self")).getName().equals("root");
    }

    private static void mount(String kind, Path folder, String options) throws Exception {
        assumeTrue(isRoot(), "SKIPPED: only root can mount a small file system");
        assumeTrue(
                code("mount", "-t", kind, "-o", options, "none", folder.toString()) == 0,
                "SKIPPED: no small file system can be mounted here");
    }

    private static void run(String... command) throws Exception {
        assertThat(code(command)).as(String.join(" ", command)).isZero();
    }

    private static int code(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        System.out.print(code == 0 ? "" : said);
        return code;
    }
}
