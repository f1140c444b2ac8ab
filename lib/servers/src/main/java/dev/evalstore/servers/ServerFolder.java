package dev.evalstore.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A data directory, and the server that runs in it. The server listens on this machine's loopback address alone. It is a
 * process of its own, and outlives this JVM unless it is {@linkplain #stop stopped}.
 */
public final class ServerFolder {
    private static final int PORTS_TRIED = 5;

    private final Programs programs;
    private final Path data;
    private final Path log;

    /**
     * @param programs which server
     * @param data the data directory; it need not be there
     * @param log a file for what the server says, beside the data directory
     */
    public ServerFolder(Programs programs, Path data, String log) {
        this.programs = programs;
        this.data = data.toAbsolutePath().normalize();
        this.log = this.data.resolveSibling(log);
    }

    /** The data directory. */
    public Path data() {
        return data;
    }

    /** What the server said, over all its starts. */
    public Path log() {
        return log;
    }

    /**
     * Makes a database cluster with the superuser {@code postgres}, in UTF-8.
     *
     * @param options more options of {@code initdb}
     * @throws ServerFailedException if {@code initdb} fails
     */
    public void create(String... options) {
        List<String> command = new ArrayList<>(List.of(programs.path("initdb"), "-U", "postgres", "-E", "UTF-8"));
        command.addAll(List.of(options));
        run(command, "", "initdb failed");
    }

    /**
     * Runs statements, one a line, while no server runs: nobody need log in for that.
     *
     * @throws ServerFailedException if one fails
     */
    public void execute(String... statements) {
        String said = run(
                List.of(programs.path("postgres"), "--single", "-j", "postgres"),
                String.join(";\n\n", statements) + ";\n\n",
                "a statement failed");
        if (said.contains("ERROR:") || said.contains("FATAL:")) {
            throw new ServerFailedException("a statement failed", said);
        }
    }

    /**
     * Starts the server on a free port, and waits until it takes connections.
     *
     * @return the port
     * @throws ServerFailedException if it does not start
     */
    public int startOnFreePort(Map<String, String> settings, Duration timeout) {
        for (int tried = 1; ; tried++) {
            int port = freePort();
            try {
                start(port, settings, timeout);
                return port;
            } catch (ServerFailedException e) {
                // Somebody took it in between.
                if (tried == PORTS_TRIED || !e.output().contains("could not bind")) {
                    throw e;
                }
            }
        }
    }

    /**
     * Starts the server on a port, and waits until it takes connections.
     *
     * @param settings what stands above the server's own configuration files
     * @throws ServerFailedException if it does not start
     */
    public void start(int port, Map<String, String> settings, Duration timeout) {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("port", Integer.toString(port));
        all.putIfAbsent("listen_addresses", "localhost");
        // Without one, no path can be too long for it, and nobody else's server is in the way.
        all.put("unix_socket_directories", "");
        StringBuilder options = new StringBuilder();
        all.forEach((name, value) -> options.append(" -c ").append(quoted(name + "=" + value)));
        long before = log.toFile().length();
        try {
            run(
                    List.of(
                            programs.path("pg_ctl"),
                            "start",
                            "-s",
                            "-w",
                            "-t",
                            Long.toString(timeout.toSeconds()),
                            "-l",
                            log.getFileName().toString(),
                            "-o",
                            options.toString()),
                    "",
                    "the server did not start");
            awaitReady(timeout);
        } catch (ServerFailedException e) {
            throw new ServerFailedException("the server did not start", e.output() + logFrom(before), e);
        }
    }

    /** A standby has started, as {@code pg_ctl} sees it, before it takes connections. */
    private void awaitReady(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!postmaster().map(Postmaster::isReady).orElse(false)) {
            if (System.nanoTime() - deadline > 0) {
                throw new ServerFailedException("the server did not start", "it takes no connections in time\n");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailedException("interrupted", "", e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code pg_ctl} hands the options to a shell. */
    private static String quoted(String option) {
        return System.getProperty("os.name").startsWith("Windows")
                ? '"' + option + '"'
                : "'" + option.replace("'", "'\\''") + "'";
    }

    /**
     * Stops the server, if one runs: running statements are aborted, and everything is written out.
     *
     * @throws ServerFailedException if it does not stop in time
     */
    public void stop(Duration timeout) {
        if (process().isEmpty()) {
            return;
        }
        run(
                List.of(
                        programs.path("pg_ctl"),
                        "stop",
                        "-s",
                        "-w",
                        "-m",
                        "fast",
                        "-t",
                        Long.toString(timeout.toSeconds())),
                "",
                "the server did not stop");
    }

    /** The server's process, if one runs; a number that another process has by now is none. */
    public Optional<ProcessHandle> process() {
        return postmaster().flatMap(found -> found.process(data));
    }

    /**
     * Forgets a server that ended without a word and whose number another process has by now: PostgreSQL itself would take that
     * process for the server. Call it only if no server can be starting.
     */
    public void forgetDead() throws IOException {
        if (postmaster().isPresent() && process().isEmpty()) {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    private Optional<Postmaster> postmaster() {
        try {
            return Postmaster.of(Files.readAllLines(data.resolve("postmaster.pid")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By the environment and not as an argument: {@code pg_ctl} would hand an argument to a shell. */
    private String run(List<String> command, String input, String failure) {
        return Command.run(
                command, Objects.requireNonNull(log.getParent()), Map.of("PGDATA", data.toString()), input, failure);
    }

    private String logFrom(long start) {
        try {
            byte[] all = Files.readAllBytes(log);
            int from = (int) Math.max(start, all.length - 10_000);
            return from >= all.length ? "" : new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** What a server wrote down of itself: its number, and how far it is. */
    private record Postmaster(long pid, boolean isReady) {
        static Optional<Postmaster> of(List<String> lines) {
            if (lines.isEmpty() || !lines.get(0).strip().matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(new Postmaster(
                    Long.parseLong(lines.get(0).strip()),
                    lines.size() > 7 && lines.get(7).strip().equals("ready")));
        }

        Optional<ProcessHandle> process(Path data) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(found -> found.info()
                            .command()
                            .map(command -> command.contains("postgres"))
                            .orElse(true))
                    .filter(found -> !isZombie() && isIn(data));
        }

        /** It has ended, and a parent that takes no notice leaves its number behind, as in many containers. */
        private boolean isZombie() {
            try {
                return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
            } catch (IOException e) {
                return false;
            }
        }

        /** A server works in its data directory; where that cannot be seen, a server of that number is the one. */
        private boolean isIn(Path data) {
            try {
                return Files.isSameFile(Path.of("/proc/" + pid + "/cwd"), data);
            } catch (IOException | RuntimeException e) {
                return true;
            }
        }
    }
}
