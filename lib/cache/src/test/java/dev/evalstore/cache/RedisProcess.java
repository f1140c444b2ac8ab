package dev.evalstore.cache;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A Redis server of the tests' own: the binary that a dependency carries, or else an installed one. */
final class RedisProcess implements AutoCloseable {
    private final Path binary;
    private final int port;
    private Process process;

    private RedisProcess(Path binary, int port) throws IOException {
        this.binary = binary;
        this.port = port;
        this.process = launch();
    }

    /** Skips the test, loudly, where there is no server. */
    static RedisProcess start() {
        RedisProcess redis = startIfThere();
        return redis == null ? abort("no Redis server runs here") : redis;
    }

    /** Null, and said so, where there is no server. */
    static @Nullable RedisProcess startIfThere() {
        try {
            RedisProcess redis = new RedisProcess(binary(), freePort());
            redis.awaitReady();
            return redis;
        } catch (IOException | RuntimeException e) {
            System.err.println("SKIPPED: no Redis server runs here: " + e);
            return null;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static Path binary() throws IOException {
        try {
            return ExecutableProvider.newJarResourceProvider().get().toPath();
        } catch (IOException | RuntimeException none) {
            return Stream.of("/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/valkey-server")
                    .map(Path::of)
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new IOException("neither embedded nor installed", none));
        }
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(List.of(
                        binary.toString(),
                        "--port",
                        "" + port,
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void awaitReady() {
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(1_000);
                socket.getOutputStream().write("PING\r\n".getBytes());
                return socket.getInputStream().read() == '+';
            } catch (IOException e) {
                return false;
            }
        });
    }

    URI uri() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void restart() throws IOException {
        process = launch();
        awaitReady();
    }

    @Override
    public void close() {
        kill();
    }
}
