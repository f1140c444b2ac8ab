package dev.evalstore.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
    @TempDir
    Path folder;

    @Test
    void programs_are_unpacked_once_and_run() throws Exception {
        Programs programs = Programs.in(folder);
        assertThat(programs.version()).startsWith(programs.major() + ".");
        assertThat(programs.folder().resolve("bin/postgres")).isExecutable();
        assertThat(Programs.in(folder)).isSameAs(programs);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(programs.folder());
        }
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> Programs.in(file))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("could not be unpacked into " + file);
    }

    @Test
    void a_jar_that_is_not_there_is_named() {
        Path jar = folder.resolve("absent.jar");
        assertThatThrownBy(() -> Programs.of(jar))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("absent.jar");
    }

    @Test
    void a_server_that_does_not_start_says_what_the_log_said() {
        ServerFolder server = new ServerFolder(Programs.shared(), folder.resolve("data"), "server.log");
        server.create("--no-sync", "-A", "trust");
        assertThatThrownBy(() -> server.startOnFreePort(Map.of("shared_buffers", "many"), Duration.ofSeconds(60)))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("invalid value for parameter \"shared_buffers\"");
        assertThat(server.process()).isEmpty();
    }
}
