package dev.evalstore.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A pooler or a router between the library and its servers: a process with a folder and a port of its own. */
final class RouterProcess implements AutoCloseable {
    private final Path folder;
    private final int port;
    private @Nullable Process process;

    RouterProcess(String name) throws IOException {
        folder = Files.createTempDirectory("evalstore-" + name);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    /** For its settings, which are deleted at the end. */
    Path folder() {
        return folder;
    }

    int port() {
        return port;
    }

    /** Starts it, and waits until it takes connections. */
    void start(List<String> command) throws IOException {
        Path log = folder.resolve("log");
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process = started;
        try {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> answers() || !started.isAlive());
            if (!started.isAlive()) {
                throw new IllegalStateException(command.get(0) + " ended: " + Files.readString(log));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            if (process != null) {
                process.destroy();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
