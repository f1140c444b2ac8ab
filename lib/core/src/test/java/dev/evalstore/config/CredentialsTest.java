package dev.evalstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testkit.OwnServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a server that checks passwords. */
class CredentialsTest {
    private static final String USER = "jö@:/?#% e";
    private static final String PASSWORD = "p@:/?#% &=+'\"\\$ žluťoučký";

    private static OwnServer server;
    private static String name;

    @BeforeAll
    static void start() {
        server = OwnServer.start();
        name = server.createMigrated();
        server.asTestServer()
                .execute(name, "create role \"" + USER + "\" login password '" + PASSWORD.replace("'", "''") + "'");
        server.asTestServer().execute(name, "create database \"my db/ü\"");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void connects(DatabaseConfig config) {
        try (Database db = Database.open(config)) {
            assertThat(db.health().reachable()).isTrue();
        }
        assertThat(config.toString()).doesNotContain(PASSWORD);
    }

    @Test
    void credentials_of_any_characters_connect_by_every_way() {
        String at = "localhost:" + server.port() + "/" + encoded("my db/ü");
        connects(DatabaseConfig.builder()
                .host("localhost")
                .port(server.port())
                .database("my db/ü")
                .user(USER)
                .password(PASSWORD)
                .build());
        connects(DatabaseConfig.builder()
                .url("postgres://" + encoded(USER) + ":" + encoded(PASSWORD) + "@" + at)
                .build());
        connects(DatabaseConfig.builder()
                .url("jdbc:postgresql://" + at + "?user=" + encoded(USER) + "&password=" + encoded(PASSWORD))
                .build());
        connects(DatabaseConfig.fromEnv(
                Map.of("DATABASE_URL", "postgres://" + at, "DATABASE_USER", USER, "DATABASE_PASSWORD", PASSWORD)));
    }

    @Test
    void a_wrong_password_is_typed_and_printed_nowhere() {
        assertThatThrownBy(() -> Database.open(server.as("evalstore_app", name)
                        .password("wr0ng s3cr3t")
                        .connectTimeout(Duration.ofSeconds(2))
                        .build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .satisfies(e -> {
                    assertThat(((DatabaseException) e).sqlState()).isEqualTo("28P01");
                    StringWriter printed = new StringWriter();
                    e.printStackTrace(new PrintWriter(printed));
                    assertThat(printed.toString()).doesNotContain("s3cr3t");
                });
    }

    @Test
    void a_missing_password_is_said_and_is_not_transient() {
        DatabaseConfig with = server.as("evalstore_app", name).build();
        assertThatThrownBy(() -> Database.open(
                        DatabaseConfig.builder(with.url()).user("evalstore_app").build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("no password was provided");
    }

    /** Names may be served again later, so this is worth another attempt. */
    @Test
    void an_unknown_host_is_named() {
        assertThatThrownBy(() -> Database.open(server.as("evalstore_app", name)
                        .url("jdbc:postgresql://no-such-host.invalid/" + name)
                        .build()))
                .isInstanceOf(TransientDatabaseException.class)
                .hasMessageContaining("unknown host no-such-host.invalid");
    }

    @Test
    void an_unknown_database_is_typed() {
        assertThatThrownBy(() ->
                        Database.open(server.as("evalstore_app", "nowhere").build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .satisfies(e -> assertThat(((DatabaseException) e).sqlState()).isEqualTo("3D000"));
    }

    @Test
    void a_port_that_nobody_listens_on_is_transient() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertUnreachable(free);
    }

    /** The connection is made, and then nothing is said. */
    @Test
    void a_server_that_never_answers_is_given_up_after_the_connect_timeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            assertUnreachable(silent.getLocalPort());
        }
    }

    private static void assertUnreachable(int port) {
        assertThatThrownBy(() -> Database.open(server.as("evalstore_app", name)
                        .url("jdbc:postgresql://localhost:" + port + "/" + name)
                        .connectTimeout(Duration.ofSeconds(1))
                        .build()))
                .isInstanceOf(TransientDatabaseException.class)
                .isNotInstanceOf(PoolExhaustedException.class)
                .satisfies(e -> {
                    TransientDatabaseException t = (TransientDatabaseException) e;
                    assertThat(t.sqlState()).startsWith("08");
                    assertThat(t.outcomeUnknown()).isFalse();
                });
    }
}
