package dev.evalstore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentMigrationTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @BeforeEach
    void drop() {
        database.admin("drop schema if exists evalstore cascade");
    }

    private static int historyRows() {
        return Integer.parseInt(database.value(
                "select count(*) from evalstore.evalstore_schema_history where success and type = 'SQL'"));
    }

    @Test
    void of_eight_that_start_at_once_one_migrates_and_all_succeed() throws Exception {
        List<Integer> applied = Threads.together(8, i -> () -> {
            try (Database db = Database.open(database.owner().poolSize(2).build())) {
                int count = db.migrate();
                db.validate();
                return count;
            }
        });
        int latest = historyRows();
        assertThat(applied).containsOnlyOnce(latest);
        assertThat(applied.stream().mapToInt(Integer::intValue).sum()).isEqualTo(latest);
    }

    @Test
    void a_pool_of_the_hosts_that_gives_three_connections_is_enough() throws SQLException {
        HikariConfig settings = Pools.hikari(database.owner().poolSize(3).build());
        settings.setConnectionTimeout(2_000);
        try (HikariDataSource three = new HikariDataSource(settings)) {
            Database borrowed = Database.using(new Disguised(three));
            assertThat(borrowed.migrate()).isPositive();
            borrowed.validate();
            borrowed.revertTo(0);
            assertThat(borrowed.migrate()).isEqualTo(historyRows());
            assertThat(three.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    /** Starts together with the other children, on a line from its parent's database. */
    public static final class Migrator {
        public static void main(String[] args) throws Exception {
            DatabaseConfig config = DatabaseConfig.fromEnv(
                    Map.of("DATABASE_URL", args[0], "DATABASE_USER", args[1], "DATABASE_PASSWORD", args[2]));
            System.out.println("ready");
            Database db = Database.open(config);
            int threads = Integer.parseInt(args[3]);
            List<Integer> applied = Threads.together(threads, i -> () -> {
                try (Database own = Database.open(config)) {
                    return own.migrate();
                }
            });
            db.validate();
            System.out.println(
                    "applied " + applied.stream().mapToInt(Integer::intValue).sum());
            db.close();
        }
    }

    private static ChildJvm migrator(String classPath, int threads) {
        DatabaseConfig config = database.owner().build();
        List<String> options = classPath.isEmpty() ? List.of() : List.of("-cp", classPath);
        return ChildJvm.start(
                Migrator.class, options, config.url(), config.user(), config.password(), Integer.toString(threads));
    }

    @Test
    void three_processes_that_start_at_once_migrate_once() {
        List<ChildJvm> children = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            children.add(migrator("", 1));
        }
        int applied = 0;
        for (ChildJvm child : children) {
            applied += Integer.parseInt(child.await("applied ").substring("applied ".length()));
            assertThat(child.join()).isZero();
        }
        assertThat(applied).isEqualTo(historyRows());
    }

    @Test
    void a_migrator_that_is_killed_leaves_whole_migrations_and_no_lock() {
        try (ChildJvm child = migrator("", 1)) {
            child.await("ready");
            org.awaitility.Awaitility.await()
                    .until(() -> !child.isAlive()
                            || !database.query("select 1 from pg_locks where locktype = 'advisory'")
                                    .isEmpty());
            child.kill();
        }
        try (Database db = Database.open(database.owner().build())) {
            db.migrate();
            db.validate();
        }
    }

    /** From a jar the scripts are read by other means than from a folder, and eight threads must not get in each other's way. */
    @Test
    void the_scripts_are_found_in_a_jar_too(@TempDir Path folder) throws IOException {
        Path main = MainClasses.root();
        assertThat(Files.isDirectory(main)).isTrue();
        Path jar = jar(main, folder.resolve("evalstore.jar"));
        String classPath = System.getProperty("java.class.path");
        assertThat(classPath).contains(main.toString());
        try (ChildJvm child = migrator(classPath.replace(main.toString(), jar.toString()), 8)) {
            String applied = child.await("applied ");
            assertThat(child.join()).isZero();
            assertThat(applied).isEqualTo("applied " + historyRows());
        }
    }

    private static Path jar(Path folder, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (!name.isEmpty()) {
                    boolean isFolder = Files.isDirectory(file);
                    out.putNextEntry(new ZipEntry(isFolder ? name + "/" : name));
                    if (!isFolder) {
                        Files.copy(file, out);
                    }
                    out.closeEntry();
                }
            }
        }
        return jar;
    }

    /** A pool that is not known to be Hikari's. */
    private record Disguised(DataSource pool) implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            return pool.getConnection();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return pool.getConnection(user, password);
        }

        @Override
        public PrintWriter getLogWriter() throws SQLException {
            return pool.getLogWriter();
        }

        @Override
        public void setLogWriter(PrintWriter out) throws SQLException {
            pool.setLogWriter(out);
        }

        @Override
        public void setLoginTimeout(int seconds) throws SQLException {
            pool.setLoginTimeout(seconds);
        }

        @Override
        public int getLoginTimeout() throws SQLException {
            return pool.getLoginTimeout();
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            return pool.unwrap(type);
        }

        @Override
        public boolean isWrapperFor(Class<?> type) throws SQLException {
            return pool.isWrapperFor(type);
        }
    }
}
