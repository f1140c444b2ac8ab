package dev.evalstore.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testing.faults.ServerProcess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Test runs on a server that is there for longer than they are. */
@Tag("long")
class LeftoversTest {
    /** A run of tests that makes databases and waits to be killed. */
    public static final class Run {
        public static void main(String[] args) throws Exception {
            TestServer server = new TestServer(config(Integer.parseInt(args[0])));
            System.out.println("made " + server.createDatabase());
            // Until it is killed; the session stays open as long as the server is in use.
            System.in.read();
            server.drop("none");
        }
    }

    private static DatabaseConfig config(int port) {
        return DatabaseConfig.fromEnv(
                Map.of("DATABASE_URL", "postgres://postgres@localhost:" + port + "/postgres?connectTimeout=30"));
    }

    @Test
    void a_run_removes_databases_of_runs_that_were_killed_and_of_no_others() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of());
                ChildJvm killed = ChildJvm.start(Run.class, List.of(), Integer.toString(server.port()));
                ChildJvm alive = ChildJvm.start(Run.class, List.of(), Integer.toString(server.port()))) {
            String left = killed.await("made ").substring(5);
            String used = alive.await("made ").substring(5);
            assertThat(databases(server)).contains(left, used);
            killed.kill();
            TestServer next = null;
            // The server notices that the client has gone a moment later.
            while (next == null || databases(server).contains(left)) {
                next = new TestServer(config(server.port()));
            }
            String fresh = next.createDatabase();
            assertThat(databases(server))
                    .contains(used, fresh)
                    .filteredOn(name -> name.startsWith("evalstore_test_" + killed.pid() + "_"))
                    .isEmpty();
        }
    }

    /** And logins. */
    private static List<String> databases(ServerProcess server) throws Exception {
        List<String> names = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + server.port() + "/postgres", "postgres", null);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select datname from pg_database union all select rolname from pg_roles")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
