package dev.evalstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.embedded.EmbeddedStoreException.Reason;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.NewJob;
import dev.evalstore.servers.Programs;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

@Timeout(300)
class EmbeddedStoreTest {
    @TempDir(factory = InMemory.class)
    Path temporary;

    /** Where there is room in memory: two dozen new servers write much, and none of it is read after a loss of power. */
    static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            Path memory = Path.of("/dev/shm");
            boolean hasRoom =
                    Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() >= 1L << 30;
            return hasRoom ? Files.createTempDirectory(memory, "evalstore") : Files.createTempDirectory("evalstore");
        }
    }

    /** Unpacked once for all tests; {@link StoreFoldersTest} lets a store unpack its own. */
    @BeforeAll
    static void share() {
        System.setProperty(
                Programs.FOLDER, Programs.shared().folder().getParent().toString());
    }

    private Path folder() {
        return temporary.resolve("store");
    }

    private static List<String> options() {
        return List.of("-D" + Programs.FOLDER + "=" + System.getProperty(Programs.FOLDER));
    }

    @Test
    void a_store_is_kept_between_runs_and_is_durable() throws SQLException {
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            Database db = store.database();
            assertThat(db.migrate()).isPositive();
            db.jobs().create(NewJob.of("a", Json.EMPTY));
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
                assertThat(value(store, "show " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(value(store, "select rolsuper from pg_roles where rolname = current_user"))
                    .isEqualTo("f");
            assertThat(
                            value(
                                    store,
                                    "select lower('ÄÖ') || (select string_agg(c, '' order by c) from unnest('{b,A,a,B}'::text[]) c)"))
                    .isEqualTo("äöABab");
            assertThat(store.version()).startsWith("18");
        }
        try (EmbeddedStore again = EmbeddedStore.start(folder())) {
            assertThat(again.database().migrate()).isZero();
            assertThat(again.database().jobs().list(JobFilter.ALL).items()).hasSize(1);
        }
    }

    @Test
    void tables_of_the_service_s_own_are_in_public_at_each_start() throws SQLException {
        String tables = "select string_agg(schemaname || '.' || tablename, ' ' order by tablename) from pg_tables"
                + " where tablename like 'own%'";
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            execute(store, "create table own_first (id int); insert into own_first values (7)");
            store.database().migrate();
            execute(store, "create table own_second (id int)");
            assertThat(value(store, tables)).isEqualTo("public.own_first public.own_second");
        }
        try (EmbeddedStore again = EmbeddedStore.start(folder())) {
            execute(again, "create table if not exists own_first (id int); create table own_third (id int)");
            assertThat(value(again, "select id from own_first")).isEqualTo("7");
            assertThat(value(again, tables)).isEqualTo("public.own_first public.own_second public.own_third");
            assertThat(again.database().migrate()).isZero();
        }
    }

    @Test
    void nobody_gets_in_without_the_password_or_from_elsewhere() throws Exception {
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            String url = store.config().url();
            assertThatThrownBy(() -> DriverManager.getConnection(url, "evalstore", "guessed"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("authentication failed");
            assertThatThrownBy(() -> DriverManager.getConnection(
                            url, "postgres", store.config().password()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("no pg_hba.conf entry");
            assertThat(store.toString() + store.config())
                    .doesNotContain(String.valueOf(store.config().password()));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve("password"))))
                    .isEqualTo("rw-------");
            int port = java.net.URI.create(url.substring(5)).getPort();
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                for (InetAddress address : network.inetAddresses().toList()) {
                    if (!address.isLoopbackAddress()) {
                        assertThatThrownBy(() -> new Socket(address, port).close())
                                .isInstanceOf(IOException.class);
                    }
                }
            }
        }
    }

    @Test
    void a_second_process_is_refused_by_name_and_so_is_the_same_one() {
        try (EmbeddedStore store = EmbeddedStore.start(folder());
                ChildJvm second = ChildJvm.start(StoreMain.class, options(), folder().toString())) {
            String pid = Long.toString(ProcessHandle.current().pid());
            assertThat(second.await("refused ")).contains("IN_USE process " + pid + " has the store in ");
            second.join();
            EmbeddedStoreException here =
                    catchThrowableOfType(EmbeddedStoreException.class, () -> EmbeddedStore.start(folder()));
            assertThat(here.reason()).isEqualTo(Reason.IN_USE);
            assertThat(here).hasMessageContaining("this process, " + pid + ", has the store");
            // Being asked took nothing away.
            assertThat(store.database().health().reachable()).isTrue();
            try (ChildJvm third = ChildJvm.start(StoreMain.class, options(), folder().toString())) {
                assertThat(third.await("refused ")).contains("IN_USE process " + pid);
            }
        }
        EmbeddedStore.start(folder()).close();
    }

    @Test
    void a_killed_process_left_its_server_and_the_next_start_stops_it_and_has_what_was_stored() {
        String stored;
        try (ChildJvm killed = ChildJvm.start(StoreMain.class, options(), folder().toString())) {
            killed.await("stored 20");
            killed.kill();
            stored = killed.drain().stream().reduce("stored 20", (a, b) -> b.startsWith("stored") ? b : a);
        }
        ProcessHandle server = server(folder());
        assertThat(server.isAlive())
                .as("the server goes on when its JVM is killed")
                .isTrue();
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            // It has said its last a moment before it is gone.
            server.onExit().join();
            int told = Integer.parseInt(stored.substring("stored ".length()));
            // One more may have been stored and not told.
            assertThat(store.database().jobs().list(JobFilter.ALL).items().size())
                    .isBetween(Math.min(told, 1_000), 1_000);
            assertThat(store.database().jobs().stats().total()).isBetween((long) told, told + 1L);
        }
    }

    @Test
    void a_killed_server_loses_no_commit() {
        long told;
        try (ChildJvm killed = ChildJvm.start(StoreMain.class, options(), folder().toString())) {
            killed.await("stored 20");
            ProcessHandle server = server(folder());
            server.destroyForcibly();
            server.onExit().join();
            killed.kill();
            told = killed.drain().stream()
                            .filter(line -> line.startsWith("stored"))
                            .count()
                    + 20;
        }
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            assertThat(store.database().jobs().stats().total()).isBetween(told, told + 1);
        }
    }

    @Test
    void the_number_of_a_dead_server_may_belong_to_anybody() throws Exception {
        EmbeddedStore.start(folder()).close();
        List<String> lines = List.of(
                Long.toString(ProcessHandle.current().pid()),
                folder().toString(),
                "1",
                "1",
                "",
                "127.0.0.1",
                "1 1",
                "ready");
        Files.write(folder().resolve("data/postmaster.pid"), lines);
        // This very process has the number, and is still here afterwards.
        EmbeddedStore.start(folder()).close();
    }

    @Test
    void the_end_of_the_jvm_stops_the_server() {
        try (ChildJvm ends = ChildJvm.start(StoreMain.class, options(), folder().toString(), "end")) {
            ends.await("open");
            assertThat(ends.join()).isZero();
        }
        assertThat(folder().resolve("data/postmaster.pid")).doesNotExist();
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            assertThat(store.database().migrate()).isZero();
        }
    }

    @Test
    void a_signal_to_end_stops_the_server() {
        try (ChildJvm told = ChildJvm.start(StoreMain.class, options(), folder().toString())) {
            told.await("stored 5");
            ProcessHandle server = server(folder());
            // SIGTERM, as a system does that stops a service.
            ProcessHandle.of(told.pid()).orElseThrow().destroy();
            assertThat(told.join()).isEqualTo(143);
            server.onExit().join();
            long stored = told.drain().stream()
                            .filter(line -> line.startsWith("stored"))
                            .count()
                    + 5;
            assertThat(folder().resolve("data/postmaster.pid")).doesNotExist();
            try (EmbeddedStore store = EmbeddedStore.start(folder())) {
                assertThat(store.database().jobs().stats().total()).isGreaterThanOrEqualTo(stored);
            }
        }
    }

    @Test
    void a_process_that_is_stopped_for_a_while_keeps_its_store() {
        try (ChildJvm paused = ChildJvm.start(StoreMain.class, options(), folder().toString())) {
            paused.await("stored 5");
            paused.pause();
            EmbeddedStoreException refused =
                    catchThrowableOfType(EmbeddedStoreException.class, () -> EmbeddedStore.start(folder()));
            assertThat(refused.reason()).isEqualTo(Reason.IN_USE);
            assertThat(refused).hasMessageStartingWith("process " + paused.pid() + " has the store");
            paused.drain();
            paused.resume();
            paused.await("stored ");
        }
    }

    @Test
    void two_stores_of_one_process_are_apart() {
        try (EmbeddedStore two = EmbeddedStore.start(temporary.resolve("second"))) {
            two.database().migrate();
            try (EmbeddedStore one = EmbeddedStore.start(folder())) {
                one.database().migrate();
                one.database().jobs().create(NewJob.of("a", Json.EMPTY));
                assertThat(two.database().jobs().list(JobFilter.ALL).items()).isEmpty();
                assertThat(one.config().password()).isNotEqualTo(two.config().password());
            }
            assertThat(two.database().health().reachable()).isTrue();
        }
    }

    @Test
    void a_folder_that_was_moved_while_open_is_locked_still_and_stopped_at_close() throws Exception {
        Path moved = temporary.resolve("moved");
        ProcessHandle server;
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            store.database().migrate();
            server = server(folder());
            Files.move(folder(), moved);
            store.database().jobs().create(NewJob.of("a", Json.EMPTY));
            assertThatThrownBy(() -> EmbeddedStore.start(moved))
                    .isInstanceOf(EmbeddedStoreException.class)
                    .hasMessageContaining("open, and one process at a time may");
        }
        assertThat(server.isAlive()).isFalse();
        try (EmbeddedStore store = EmbeddedStore.start(moved)) {
            assertThat(store.database().jobs().list(JobFilter.ALL).items()).hasSize(1);
        }
    }

    @Test
    void a_copy_of_an_open_folder_is_a_store_of_its_own() throws Exception {
        Path copy = temporary.resolve("copy");
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            store.database().migrate();
            assertThat(new ProcessBuilder("cp", "-a", folder().toString(), copy.toString())
                            .start()
                            .waitFor())
                    .isZero();
            // The copy names the first one's server, which goes on.
            ProcessHandle server = server(copy);
            assertThat(server).isEqualTo(server(folder()));
            try (EmbeddedStore second = EmbeddedStore.start(copy)) {
                assertThat(second.database().migrate()).isZero();
                second.database().jobs().create(NewJob.of("a", Json.EMPTY));
            }
            assertThat(server.isAlive()).isTrue();
            assertThat(store.database().jobs().list(JobFilter.ALL).items()).isEmpty();
        }
    }

    @Test
    void closing_twice_is_closing_once_and_the_database_is_closed() {
        EmbeddedStore store = EmbeddedStore.start(folder());
        store.close();
        store.close();
        assertThatThrownBy(() -> store.database().jobs().list(JobFilter.ALL)).isInstanceOf(IllegalStateException.class);
        assertThat(folder().resolve("data/postmaster.pid")).doesNotExist();
    }

    @Test
    void the_environment_names_the_folder_and_nothing_else_of_the_server() {
        Map<String, String> environment =
                Map.of("DATABASE_PATH", folder().toString(), "DATABASE_SCHEMA", "mine", "DATABASE_POOL_SIZE", "3");
        try (EmbeddedStore store = EmbeddedStore.fromEnv(environment)) {
            assertThat(store.database().schema()).isEqualTo("mine");
            assertThat(store.config().poolSize()).isEqualTo(3);
        }
        assertThatThrownBy(() -> EmbeddedStore.fromEnv(Map.of())).hasMessage("DATABASE_PATH must be set to a folder");
        assertThatThrownBy(() -> EmbeddedStore.fromEnv(Map.of("DATABASE_PATH", "x\0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DATABASE_PATH");
        for (String other : List.of("DATABASE_URL", "DATABASE_HOST", "DATABASE_PASSWORD", "DATABASE_NAME")) {
            assertThatThrownBy(() -> EmbeddedStore.fromEnv(Map.of("DATABASE_PATH", "never", other, "s3cr3t")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("DATABASE_PATH and " + other + " are both set; set one of them");
        }
        assertThatThrownBy(() -> EmbeddedStore.fromEnv(Map.of("DATABASE_PATH", "never", "DATABASE_POOL_SIZE", "many")))
                .hasMessageContaining("DATABASE_POOL_SIZE");
        assertThat(Path.of("never")).doesNotExist();
    }

    @Test
    void the_server_log_is_quiet_and_bounded() throws Exception {
        Path logs = folder().resolve("log");
        try (EmbeddedStore store = EmbeddedStore.start(folder())) {
            store.database().migrate();
            try (Connection connection = connection(store)) {
                assertThatThrownBy(() -> connection.createStatement().execute("select 's3cr3t'::int"))
                        .isInstanceOf(SQLException.class);
            }
            for (int i = 0; i < 10; i++) {
                Files.writeString(logs.resolve("server-2020-01-01T00-00-0" + i + ".log"), "old");
            }
        }
        EmbeddedStore.start(folder()).close();
        try (Stream<Path> files = Files.list(logs)) {
            List<Path> left = files.toList();
            assertThat(left.size()).isLessThanOrEqualTo(ServerLog.FILES + 1);
            for (Path file : left) {
                assertThat(Files.readString(file)).doesNotContain("s3cr3t").doesNotContain("ERROR");
            }
        }
    }

    private static ProcessHandle server(Path folder) {
        try {
            long pid = Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .get(0)
                    .strip());
            return ProcessHandle.of(pid).orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connection(EmbeddedStore store) throws SQLException {
        return DriverManager.getConnection(
                store.config().url(), store.config().user(), store.config().password());
    }

    private static void execute(EmbeddedStore store, String sql) throws SQLException {
        try (Connection connection = connection(store)) {
            connection.createStatement().execute(sql);
        }
    }

    private static String value(EmbeddedStore store, String sql) throws SQLException {
        try (Connection connection = connection(store);
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
