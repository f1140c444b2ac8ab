package dev.evalstore.testing.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ServerProcessTest {
    /** Starts a server, says so, and waits to be killed, or ends. */
    public static final class Starts {
        public static void main(String[] args) throws Exception {
            ServerProcess server = ServerProcess.start(Map.of());
            System.gc();
            System.out.println("started " + server.log().getParent());
            if (args.length == 0) {
                System.in.read();
            }
        }
    }

    @Test
    void the_next_run_removes_what_a_killed_one_left_and_no_server_that_is_used() throws Exception {
        try (ChildJvm killed = ChildJvm.start(Starts.class, List.of());
                ChildJvm alive = ChildJvm.start(Starts.class, List.of())) {
            Path left = folder(killed);
            Path used = folder(alive);
            ProcessHandle server = server(left);
            killed.kill();
            assertThat(server.isAlive()).isTrue();
            // As if both had been there for long.
            FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
            Files.setLastModifiedTime(left, old);
            Files.setLastModifiedTime(used, old);
            try (ChildJvm next = ChildJvm.start(Starts.class, List.of(), "end")) {
                Path own = folder(next);
                assertThat(left).doesNotExist();
                server.onExit().join();
                assertThat(server(used).isAlive()).isTrue();
                assertThat(next.join()).isZero();
                assertThat(own).as("of a run that ended").doesNotExist();
            }
        }
    }

    @Test
    void a_killed_server_starts_again_on_its_port() {
        try (ServerProcess server = ServerProcess.start(ServerProcess.DURABLE)) {
            int port = server.port();
            server.kill();
            server.restart();
            server.stopImmediately();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.log()).content().contains("not properly shut down");
        }
    }

    private static Path folder(ChildJvm child) {
        return Path.of(child.await("started ").substring("started ".length()));
    }

    private static ProcessHandle server(Path folder) throws Exception {
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                        .get(0)))
                .orElseThrow();
    }
}
