package dev.evalstore.testing;

import dev.evalstore.DatabaseConfig;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a container, by Testcontainers, which the class path has only where somebody wants that. */
final class DockerServer {
    private DockerServer() {}

    static DatabaseConfig start(String image) {
        try {
            if (!DockerClientFactory.instance().isDockerAvailable()) {
                throw new IllegalStateException("-D" + TestServer.DOCKER + " is set, and no Docker engine answers");
            }
            return run(image);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "-D" + TestServer.DOCKER + " needs org.testcontainers:testcontainers-postgresql on the class path",
                    e);
        }
    }

    /** Stopped by Testcontainers when the JVM ends. */
    @SuppressWarnings("resource")
    private static DatabaseConfig run(String image) {
        PostgreSQLContainer server = new PostgreSQLContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withCommand("postgres", "-c", "max_connections=300", "-c", "fsync=off");
        server.start();
        return DatabaseConfig.builder()
                .host(server.getHost())
                .port(server.getMappedPort(5432))
                .database("postgres")
                .user(server.getUsername())
                .password(server.getPassword())
                .build();
    }
}
