package dev.evalstore.reliability;

import dev.evalstore.testkit.TestServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A PgBouncer in transaction mode in front of the test server, with fewer connections to it than it is given. */
final class PgBouncer implements AutoCloseable {
    static final int SERVER_CONNECTIONS = 4;

    private final RouterProcess router;

    /** The program on the path, or in the system's folders, which an ordinary user's path may lack. */
    static Optional<Path> program() {
        Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
        return Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin", "/sbin"))
                .map(entry -> Path.of(entry, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Whether it can keep prepared statements, as it does from version 1.21 on. */
    static boolean keepsPreparedStatements(Path program) {
        try {
            Process asked = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = Pattern.compile("PgBouncer ([0-9]+)\\.([0-9]+)").matcher(answer);
            if (!version.find()) {
                throw new IllegalStateException("pgbouncer does not tell its version: " + answer);
            }
            int major = Integer.parseInt(version.group(1));
            return major > 1 || major == 1 && Integer.parseInt(version.group(2)) >= 21;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts it for these roles.
     *
     * @param passwords by role
     * @param preparedStatements how many it keeps for each connection; 0 for none, as before version 1.21
     */
    static PgBouncer start(Path program, Map<String, String> passwords, int preparedStatements) {
        return start(program, TestServer.get(), passwords, preparedStatements);
    }

    /** The same in front of another server. */
    static PgBouncer start(Path program, TestServer server, Map<String, String> passwords, int preparedStatements) {
        try {
            return new PgBouncer(program, server, passwords, preparedStatements);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PgBouncer(Path program, TestServer server, Map<String, String> passwords, int preparedStatements)
            throws IOException {
        router = new RouterProcess("pgbouncer");
        Path users = router.folder().resolve("users.txt");
        Files.write(
                users,
                passwords.entrySet().stream()
                        .map(role -> "\"" + role.getKey() + "\" \"" + role.getValue() + "\"")
                        .toList());
        Path settings = router.folder().resolve("pgbouncer.ini");
        Files.write(settings, settings(server, users, preparedStatements));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            // It refuses to run as root; then another must be able to read its files.
            command.addAll(List.of("-u", "nobody"));
            Files.setPosixFilePermissions(router.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        command.add(settings.toString());
        router.start(command);
    }

    private List<String> settings(TestServer server, Path users, int preparedStatements) {
        List<String> lines = new ArrayList<>(List.of(
                "[databases]",
                "* = host=" + server.host() + " port=" + server.port(),
                "[pgbouncer]",
                "listen_addr = 127.0.0.1",
                "listen_port = " + router.port(),
                "unix_socket_dir =",
                "auth_type = scram-sha-256",
                "auth_file = " + users,
                "pool_mode = transaction",
                "max_client_conn = 200",
                "default_pool_size = " + SERVER_CONNECTIONS,
                "ignore_startup_parameters = extra_float_digits"));
        if (preparedStatements > 0) {
            lines.add("max_prepared_statements = " + preparedStatements);
        }
        return lines;
    }

    int port() {
        return router.port();
    }

    @Override
    public void close() {
        router.close();
    }
}
