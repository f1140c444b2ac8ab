package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.recovery.RecoveryFinding.Kind;
import dev.evalstore.recovery.RecoveryReport.Unseen;
import dev.evalstore.testing.faults.ServerProcess;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that archives: badly, not at all, and well. The tests share it, and each leaves it better than before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecoveryReportTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final RecoveryObjective MEASURED = RecoveryObjective.DEFAULT.measuredRestore(Duration.ofMinutes(10));

    @TempDir
    static Path archive;

    private static OwnServer server;
    private static Database db;

    @BeforeAll
    static void start() {
        Map<String, String> settings = new HashMap<>(ServerProcess.DURABLE);
        settings.putAll(Map.of("archive_mode", "on", "wal_level", "replica"));
        server = OwnServer.start(settings, data -> {});
        String name = server.asTestServer().createEmpty();
        db = Database.open(server.as("evalstore_app", name).poolSize(1).build());
    }

    @AfterAll
    static void stop() {
        db.close();
        server.close();
    }

    private static String admin(String sql) {
        List<String> rows = server.asTestServer().query("postgres", sql);
        return rows.isEmpty() ? "" : rows.get(0);
    }

    private static void execute(String sql) {
        server.asTestServer().execute("postgres", sql);
    }

    private static void set(String name, String value) {
        execute("alter system set " + name + " = '" + value + "'");
        execute("select pg_reload_conf()");
        await().atMost(PATIENCE).until(() -> admin("show " + name).equals(value));
    }

    private static RecoveryReport report() {
        return db.recovery().report(MEASURED);
    }

    /** Without what the embedded server's version decides. */
    private static List<Kind> kinds(RecoveryReport report) {
        return report.findings().stream()
                .map(RecoveryFinding::kind)
                .filter(kind -> kind != Kind.CHECKSUMS_OFF)
                .toList();
    }

    /** The replica is started with the embedded server's own settings. */
    private static List<Kind> ofItself(RecoveryReport replica) {
        return kinds(replica).stream()
                .filter(kind -> kind != Kind.CRASH_UNSAFE && kind != Kind.ASYNCHRONOUS_COMMIT)
                .toList();
    }

    @Test
    @Order(1)
    void the_application_is_told_what_it_may_not_see_and_by_which_grant_it_would() {
        RecoveryReport report = report();

        assertThat(report.replica()).isFalse();
        assertThat(report.unseen()).extracting(Unseen::remedy).containsExactly("grant pg_monitor to evalstore_app");
        report.unseen().forEach(unseen -> execute(unseen.remedy()));
        assertThat(report().unseen()).isEmpty();
    }

    @Test
    @Order(2)
    void archiving_without_a_command_is_told() {
        RecoveryReport report = report();

        assertThat(kinds(report)).containsExactly(Kind.ARCHIVING_UNSET, Kind.NO_BASE_BACKUP, Kind.ARCHIVE_TIMEOUT);
        assertThat(report.isFine()).isFalse();
        assertThat(report.findings())
                .allSatisfy(finding -> assertThat(finding.remedy()).isNotBlank());
    }

    @Test
    @Order(3)
    void archiving_that_fails_is_told_with_its_failures() {
        set("archive_timeout", "1min");
        set("archive_command", "false");
        execute("select pg_switch_wal()");
        await().atMost(PATIENCE).until(() -> report().archiving().failed() > 0);

        RecoveryReport report = report();

        assertThat(kinds(report)).containsExactly(Kind.ARCHIVING_FAILS, Kind.NO_BASE_BACKUP);
        assertThat(report.archiving().isFailing()).isTrue();
    }

    @Test
    @Order(4)
    void archiving_that_works_and_a_base_backup_are_fine() throws Exception {
        // The command runs where the server does, and tells nothing of itself to the report.
        Files.setPosixFilePermissions(archive, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        set("archive_command", "cp %p " + archive + "/%f && : secret");
        await().atMost(PATIENCE).until(() -> !report().archiving().isFailing());
        assertThat(kinds(report())).containsExactly(Kind.NO_BASE_BACKUP);

        try (var session = server.asTestServer().admin("postgres");
                var statement = session.createStatement()) {
            statement.execute("select pg_backup_start('t', true)");
            statement.execute("select pg_backup_stop(true)");
        }
        RecoveryReport report = report();

        assertThat(kinds(report)).isEmpty();
        assertThat(report.unseen()).isEmpty();
        assertThat(report.isFine()).isEqualTo(report.findings().isEmpty());
        assertThat(report.lastBaseBackup())
                .isBetween(report.at().minus(PATIENCE), report.at().plusSeconds(1));
        assertThat(report.archiving().archived()).isPositive();
        assertThat(report).asString().doesNotContain("secret");
        assertThat(kinds(db.recovery().report()))
                .as("nothing was measured, and there is no replica")
                .containsExactly(Kind.RTO_UNKNOWN);
    }

    @Test
    @Order(5)
    void a_slot_that_nobody_reads_is_told_and_when_it_was_given_up() {
        execute("select pg_create_physical_replication_slot('left_behind', true)");
        RecoveryReport report = report();
        assertThat(kinds(report)).containsExactly(Kind.SLOT_INACTIVE);
        assertThat(report.slots()).extracting(ReplicationSlot::name).containsExactly("left_behind");
        assertThat(report.slots().get(0).limitBytes()).isNull();

        set("max_slot_wal_keep_size", "1MB");
        for (int i = 0; i < 3; i++) {
            execute("select pg_logical_emit_message(true, 't', 't')");
            execute("select pg_switch_wal()");
        }
        await().atMost(PATIENCE).until(() -> {
            execute("checkpoint");
            return kinds(report()).contains(Kind.SLOT_LOST);
        });
        assertThat(report().slots().get(0).limitBytes()).isEqualTo(1L << 20);
        execute("select pg_drop_replication_slot('left_behind')");
        assertThat(report().slots()).isEmpty();
    }

    @Test
    @Order(6)
    void a_replica_that_lags_is_told_by_the_primary_and_by_itself() {
        Assumptions.assumeTrue(
                server.canReplicate(), "this server's files make no replica, so the report on replicas is NOT tested");
        RecoveryObjective strict = MEASURED.rpo(Duration.ofMillis(500));
        try (OwnServer replica = server.replica("reader");
                Database there = Database.open(
                        replica.as("evalstore_app", "postgres").poolSize(1).build())) {
            await().atMost(PATIENCE)
                    .until(() -> report().replicas().stream().anyMatch(r -> "streaming".equals(r.state())));
            assertThat(kinds(db.recovery().report()))
                    .as("a replica can take over: no drill needs to be measured")
                    .isEmpty();
            RecoveryReport fine = there.recovery().report();
            assertThat(fine.replica()).isTrue();
            assertThat(ofItself(fine)).isEmpty();
            assertThat(fine.unseen()).extracting(Unseen::remedy).containsExactly("ask the primary");

            TestServer admin = replica.asTestServer();
            execute("create table replayed (n int)");
            await().atMost(PATIENCE)
                    .until(() -> !admin.query("postgres", "select to_regclass('replayed')::text")
                            .equals(Collections.singletonList(null)));
            admin.execute("postgres", "alter system set wal_receiver_status_interval = '1s'");
            admin.execute("postgres", "select pg_reload_conf()");
            admin.execute("postgres", "select pg_wal_replay_pause()");
            execute("create table received (n int)");

            await().atMost(PATIENCE).untilAsserted(() -> {
                RecoveryReport report = db.recovery().report(strict);
                assertThat(kinds(report)).contains(Kind.REPLICA_LAGS);
                assertThat(report.replicas().get(0).replayBytes()).isPositive();
            });
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ofItself(there.recovery().report(strict)))
                            .containsExactly(Kind.REPLAY_STOPPED, Kind.REPLICA_LAGS));
        }
    }

    @Test
    @Order(7)
    void a_server_that_does_not_archive_is_told() {
        try (Database plain = Database.open(
                TestServer.get().as("evalstore_app", "postgres").poolSize(1).build())) {
            assertThat(kinds(plain.recovery().report())).contains(Kind.ARCHIVING_OFF, Kind.RTO_UNKNOWN);
        }
    }
}
