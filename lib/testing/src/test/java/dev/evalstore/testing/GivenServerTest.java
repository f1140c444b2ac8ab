package dev.evalstore.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.faults.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server that is there already, named by the variable: a run of tests uses it, and leaves nothing in it. */
class GivenServerTest {
    /** A run of tests, in a process with the variable. */
    public static final class Run {
        public static void main(String[] args) {
            try {
                for (Role role : Role.values()) {
                    try (TestStore store = TestStore.create(role)) {
                        System.out.println(role + " is "
                                + store.database().inTransaction(tx -> user(tx.connection())) + " on port "
                                + store.query("select inet_server_port()").get(0));
                        if (role != Role.READER) {
                            store.database().jobs().create(NewJob.of("a", Json.EMPTY));
                            store.reset();
                        }
                    }
                }
            } catch (ExceptionInInitializerError e) {
                System.out.println(e.getCause() + " because " + e.getCause().getCause());
            }
        }

        private static String user(Connection connection) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select current_user")) {
                rows.next();
                return rows.getString(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String run(String url) throws Exception {
        ProcessBuilder child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName())
                .redirectErrorStream(true);
        child.environment().put(TestServer.URL, url);
        Process process = child.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void a_given_server_is_used_as_each_role_and_keeps_no_database_of_the_run() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of())) {
            String said = run("postgres://postgres@localhost:" + server.port() + "/postgres?connectTimeout=30");
            assertThat(said)
                    .contains("APPLICATION is evalstore_app on port " + server.port())
                    .contains("OWNER is evalstore_owner on port " + server.port())
                    .contains("READER is evalstore_reader on port " + server.port());
            assertThat(column(server, "select datname from pg_database"))
                    .containsExactlyInAnyOrder("postgres", "template0", "template1");
            assertThat(column(
                            server,
                            "select rolname from pg_authid where rolname like 'evalstore%' and rolpassword is null"))
                    .containsExactlyInAnyOrder("evalstore_app", "evalstore_owner", "evalstore_reader");
            assertThat(column(server, "select rolname from pg_roles where rolname like 'evalstore_test%'"))
                    .isEmpty();
        }
    }

    @Test
    void a_server_that_is_not_there_or_a_user_without_rights_is_named_without_the_password() throws Exception {
        assertThat(run("postgres://tester:s3cr3t@localhost:1/postgres"))
                .contains("EVALSTORE_TEST_URL")
                .contains("cannot be reached")
                .doesNotContain("s3cr3t");
        try (ServerProcess server = ServerProcess.start(Map.of())) {
            column(server, "create role tester login password 's3cr3t'");
            assertThat(run("postgres://tester:s3cr3t@localhost:" + server.port() + "/postgres"))
                    .contains("EVALSTORE_TEST_URL")
                    .contains("superuser")
                    .doesNotContain("s3cr3t");
        }
    }

    private static List<String> column(ServerProcess server, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + server.port() + "/postgres", "postgres", null);
                Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        values.add(rows.getString(1));
                    }
                }
            }
        }
        return values;
    }
}
