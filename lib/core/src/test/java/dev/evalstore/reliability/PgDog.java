package dev.evalstore.reliability;

import dev.evalstore.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PgDog that shards one database by schema over several servers. A statement that it can place by neither name nor comment
 * goes to the first server.
 */
final class PgDog implements AutoCloseable {
    static final String DATABASE = "tenants";

    private final RouterProcess router;

    /** The program that {@code EVALSTORE_PGDOG} names. */
    static Optional<Path> program() {
        return Optional.ofNullable(System.getenv("EVALSTORE_PGDOG")).map(Path::of);
    }

    /**
     * Starts it.
     *
     * @param databases of the servers, in the order of the shards
     * @param shards by schema
     */
    static PgDog start(
            Path program,
            List<TestServer> servers,
            List<String> databases,
            Map<String, Integer> shards,
            String role,
            String password) {
        try {
            return new PgDog(program, servers, databases, shards, role, password);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PgDog(
            Path program,
            List<TestServer> servers,
            List<String> databases,
            Map<String, Integer> shards,
            String role,
            String password)
            throws IOException {
        router = new RouterProcess("pgdog");
        Path config = router.folder().resolve("pgdog.toml");
        Files.write(config, config(servers, databases, shards));
        Path users = router.folder().resolve("users.toml");
        Files.write(
                users,
                List.of(
                        "[[users]]",
                        "name = \"" + role + "\"",
                        "password = \"" + password + "\"",
                        "database = \"" + DATABASE + "\""));
        router.start(List.of(program.toString(), "--config", config.toString(), "--users", users.toString()));
    }

    private List<String> config(List<TestServer> servers, List<String> databases, Map<String, Integer> shards) {
        List<String> lines = new ArrayList<>(List.of(
                "[general]",
                "host = \"127.0.0.1\"",
                "port = " + router.port(),
                "pooler_mode = \"transaction\"",
                "default_pool_size = 20",
                // What would go to all servers fails.
                "cross_shard_disabled = true",
                // Ends what it waits for in vain, also where the client has left.
                "query_timeout = 20000"));
        for (int shard = 0; shard < servers.size(); shard++) {
            lines.addAll(List.of(
                    "[[databases]]",
                    "name = \"" + DATABASE + "\"",
                    "host = \"" + servers.get(shard).host() + "\"",
                    "port = " + servers.get(shard).port(),
                    "database_name = \"" + databases.get(shard) + "\"",
                    "shard = " + shard));
        }
        shards.forEach((schema, shard) -> lines.addAll(List.of(
                "[[sharded_schemas]]",
                "database = \"" + DATABASE + "\"",
                "name = \"" + schema + "\"",
                "shard = " + shard)));
        lines.addAll(List.of("[[sharded_schemas]]", "database = \"" + DATABASE + "\"", "shard = 0"));
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
