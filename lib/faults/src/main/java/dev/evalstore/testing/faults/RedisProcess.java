package dev.evalstore.testing.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A Redis server on a free port, which can be killed and started again on the same port. What it holds ends with it. */
public final class RedisProcess implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int ANSWER_MILLIS = 1_000;

    private final Path program;
    private final int port;
    private Process process;

    private RedisProcess(Path program) throws IOException {
        this.program = program;
        this.port = freePort();
        this.process = launch();
    }

    /** Finds the server's program. */
    @FunctionalInterface
    public interface Program {
        /**
         * Returns where it is.
         *
         * @throws IOException if there is none
         */
        Path find() throws IOException;
    }

    /**
     * Starts the program, or where that is not found an installed one, and waits until it answers.
     *
     * @param program such as one that a dependency of the caller carries
     * @throws IOException if there is none, or it does not run here
     */
    public static RedisProcess start(Program program) throws IOException {
        return new RedisProcess(foundOrInstalled(program));
    }

    private static Path foundOrInstalled(Program program) throws IOException {
        try {
            return program.find();
        } catch (IOException | RuntimeException none) {
            return Stream.of("/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/valkey-server")
                    .map(Path::of)
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new IOException("neither carried by a dependency nor installed", none));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        Process launched = new ProcessBuilder(List.of(
                        program.toString(),
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
        long deadline = System.nanoTime() + PATIENCE;
        while (!answers()) {
            if (!launched.isAlive() || System.nanoTime() - deadline > 0) {
                launched.destroyForcibly();
                throw new IOException("the Redis server does not answer");
            }
            LockSupport.parkNanos(PAUSE);
        }
        return launched;
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getByAddress(LOOPBACK), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code redis://127.0.0.1:port}. */
    public URI uri() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** kill -9, and waits for the end. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts what was killed again, empty, and waits until it answers. */
    public void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        kill();
    }
}
