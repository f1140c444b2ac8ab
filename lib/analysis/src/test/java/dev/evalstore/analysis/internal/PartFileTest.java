package dev.evalstore.analysis.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartFileTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void posix() {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews())
                .as("a system with permissions and links")
                .contains("posix");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-rw-rw-", "r--r-----", "rwxr-x--x"})
    void a_file_that_is_replaced_hands_on_its_permissions(String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("scores.csv"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        try (PartFile part = PartFile.beside(file)) {
            assertThat(permissions(only(".part"))).as("while it is written").isEqualTo("rw-------");
            write(part, "new");
        }
        assertThat(file).hasContent("new");
        assertThat(permissions(file)).isEqualTo(permissions);
    }

    @Test
    void a_new_file_has_the_permissions_that_any_new_file_has() throws IOException {
        Path file = folder.resolve("scores.csv");
        write(file, "new");
        assertThat(permissions(file)).isEqualTo(permissions(Files.writeString(folder.resolve("other"), "x")));
    }

    @Test
    void a_file_that_is_replaced_hands_on_its_owner_and_its_group() throws IOException {
        Path file = Files.writeString(folder.resolve("scores.csv"), "old");
        try {
            Files.setAttribute(file, "unix:uid", 12_345);
            Files.setAttribute(file, "unix:gid", 12_346);
        } catch (FileSystemException e) {
            assumeThat(true).as("only root gives files away").isFalse();
        }
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-r-----");
        Files.setPosixFilePermissions(file, permissions);
        write(file, "new");
        assertThat(Files.readAttributes(file, "unix:uid,gid"))
                .containsEntry("uid", 12_345)
                .containsEntry("gid", 12_346);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(permissions);
    }

    @Test
    void a_link_stays_and_what_it_points_to_is_replaced() throws IOException {
        Path real =
                Files.writeString(Files.createDirectory(folder.resolve("there")).resolve("real.csv"), "old");
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), Path.of("there"));
        Path link = Files.createSymbolicLink(
                folder.resolve("link"), Path.of("linked").resolve("..").resolve("first"));
        Files.createSymbolicLink(folder.resolve("first"), linked.resolve("real.csv"));
        write(link, "new");
        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(real).hasContent("new");
        assertThat(only(".part")).isNull();
    }

    @Test
    void a_link_to_nothing_becomes_a_link_to_the_file() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("absent.csv"));
        write(link, "new");
        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(folder.resolve("absent.csv")).isRegularFile();
    }

    @Test
    void a_link_to_itself_is_refused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));
        assertThatThrownBy(() -> PartFile.beside(link)).isInstanceOf(FileSystemLoopException.class);
        assertThat(only(".part")).isNull();
    }

    @Test
    void a_name_may_be_as_long_as_the_system_allows() throws IOException {
        Path file = folder.resolve("n".repeat(255));
        write(file, "new");
        assertThat(file).hasContent("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dev/null", ".", ""})
    void a_folder_or_a_device_is_refused_by_its_name_and_stays(String path) {
        assertThatThrownBy(() -> PartFile.beside(Path.of(path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("file ");
        assertThat(Path.of("/dev/null"))
                .satisfies(device -> assertThat(Files.isRegularFile(device)).isFalse());
    }

    @Test
    void a_part_goes_on_any_throwable_and_the_file_is_as_it_was() throws IOException {
        Path file = Files.writeString(folder.resolve("scores.csv"), "old");
        assertThatThrownBy(() -> {
                    try (PartFile part = PartFile.beside(file)) {
                        part.stream().write(new byte[10]);
                        throw new StackOverflowError("of a writer");
                    }
                })
                .isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> {
                    try (PartFile part = PartFile.beside(file)) {
                        // An interrupt closes the channel, as writing does that fails.
                        Thread.currentThread().interrupt();
                        part.stream().write(new byte[10]);
                    } finally {
                        assertThat(Thread.interrupted()).isTrue();
                    }
                })
                .isInstanceOf(IOException.class);
        Path taken = folder.resolve("taken");
        assertThatThrownBy(() -> {
                    try (PartFile part = PartFile.beside(taken)) {
                        Files.createDirectories(taken.resolve("meanwhile"));
                        part.complete();
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("old");
        assertThat(only(".part")).isNull();
    }

    private static void write(Path file, String text) throws IOException {
        try (PartFile part = PartFile.beside(file)) {
            write(part, text);
        }
    }

    private static void write(PartFile part, String text) throws IOException {
        part.stream().write(text.getBytes(StandardCharsets.UTF_8));
        part.complete();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private Path only(String suffix) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(suffix))
                    .findAny()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
