package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.job.NewJob;
import dev.evalstore.recovery.PgToolException.Reason;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.PgPrograms;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** With PostgreSQL's own tools, of the server's major version. */
class PgToolsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String COUNTS =
            "select format('%s %s', c.oid::regclass, (xpath('//c/text()', query_to_xml(format("
                    + "'select count(*) as c from %s', c.oid::regclass), false, true, '')))[1])"
                    + " from pg_class c where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p')"
                    + " order by 1";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    private static int major() {
        return Integer.parseInt(database.value("show server_version").replaceFirst("[^0-9].*", ""));
    }

    private static Path programs() {
        return PgPrograms.of(Integer.toString(major()));
    }

    private DatabaseConfig owner(String name) {
        return TestServer.get().as("evalstore_owner", name).poolSize(2).build();
    }

    @Test
    void a_dump_and_its_restore_are_the_same_store() {
        Path programs = programs();
        database.db().benchmarks().create(NewBenchmark.of("ü\t\\", "p", "m", "d", 1));
        Worker worker = database.db().workers().register(NewWorker.of("w"));
        database.db().jobs().create(NewJob.of("t", Json.of(Map.of("a", 1))));
        Lease lease = database.db().jobs().claim(worker, 1).get(0).lease();
        DatabaseConfig from = owner(database.name());
        String other = TestServer.get().createEmpty();
        try (Database source = Database.open(from);
                Database target = Database.open(owner(other))) {
            PgToolResult dumped = source.recovery()
                    .run(PgDump.of(from, folder.resolve("-a dump's"))
                            .programs(programs)
                            .timeout(PATIENCE));
            PgRestore restore = PgRestore.of(owner(other), dumped.folder())
                    .programs(programs)
                    .timeout(PATIENCE);
            PgToolResult restored = target.recovery().run(restore);

            assertThat(restored.tables()).isEqualTo(dumped.tables()).isGreaterThan(50);
            assertThat(TestServer.get().query(other, COUNTS))
                    .hasSize(dumped.tables())
                    .isEqualTo(database.query(COUNTS));
            target.validate();
            target.backup().afterRestore();
            assertThatThrownBy(() -> target.jobs().complete(lease, Json.EMPTY))
                    .as("the work of before the dump is ready again, and belongs to nobody")
                    .isInstanceOf(LeaseLostException.class);
            assertThat(target.jobs().claim(target.workers().register(NewWorker.of("x")), 1))
                    .hasSize(1);
            assertThatThrownBy(() -> target.recovery().run(restore.jobs(1)))
                    .as("the schema is there")
                    .isInstanceOfSatisfying(
                            PgToolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
        } finally {
            TestServer.get().drop(other);
        }
    }

    @Test
    void a_role_that_may_not_read_all_makes_no_dump() {
        Path programs = programs();
        DatabaseConfig reader =
                TestServer.get().as("evalstore_reader", database.name()).build();
        assertThatThrownBy(() -> database.db()
                        .recovery()
                        .run(PgDump.of(reader, folder.resolve("d"))
                                .programs(programs)
                                .timeout(PATIENCE)))
                .isInstanceOfSatisfying(
                        PgToolException.class, e -> assertThat(e.output()).contains("permission denied"));
        assertThat(folder).isEmptyDirectory();
    }

    /** The embedded server of the other tests trusts everybody. */
    @Test
    @Tag("long")
    void what_the_server_refuses_is_in_the_output() {
        Path programs = programs();
        try (OwnServer server = OwnServer.start()) {
            String name = server.createMigrated();
            DatabaseConfig right = server.as("evalstore_owner", name).build();
            DatabaseConfig wrong = server.as("evalstore_owner", name)
                    .password("not the password")
                    .build();
            try (Database db = Database.open(right)) {
                assertThatThrownBy(() -> db.recovery()
                                .run(PgDump.of(wrong, folder.resolve("d"))
                                        .programs(programs)
                                        .timeout(PATIENCE)))
                        .isInstanceOfSatisfying(PgToolException.class, e -> {
                            assertThat(e.reason()).isEqualTo(Reason.FAILED);
                            assertThat(e.output())
                                    .contains("authentication failed")
                                    .doesNotContain("not the password");
                        });
                assertThat(folder).isEmptyDirectory();
                db.recovery().run(PgDump.of(right, folder.resolve("d")).programs(programs));
            }
        }
    }

    @Test
    @Tag("long")
    void a_full_backup_and_an_incremental_one_are_one_server() throws Exception {
        Path programs = programs();
        boolean isIncremental = major() >= 17;
        try (OwnServer server = OwnServer.start(isIncremental ? Map.of("summarize_wal", "on") : Map.of(), data -> {});
                Database db = Database.open(
                        server.as("postgres", "postgres").poolSize(2).build())) {
            server.asTestServer().execute("postgres", "create table t as select 1 as n");
            DatabaseConfig config = server.as("postgres", "postgres").build();
            PgBaseBackup full = PgBaseBackup.of(config, folder.resolve("full"))
                    .programs(programs)
                    .timeout(PATIENCE);
            Path backup = db.recovery().run(full).folder();
            if (isIncremental) {
                server.asTestServer().execute("postgres", "insert into t values (2)");
                Path monday = db.recovery()
                        .run(PgBaseBackup.of(config, folder.resolve("monday"))
                                .programs(programs)
                                .timeout(PATIENCE)
                                .incremental(backup))
                        .folder();
                backup = db.recovery()
                        .run(PgCombineBackup.of(folder.resolve("both"), backup, List.of(monday))
                                .programs(programs)
                                .timeout(PATIENCE))
                        .folder();
            } else {
                assertThatThrownBy(() -> db.recovery().run(full.incremental(folder.resolve("full"))))
                        .isInstanceOfSatisfying(
                                PgToolException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.VERSION));
            }
            try (OwnServer copy = OwnServer.fromBackup(backup, Map.of())) {
                assertThat(copy.asTestServer().query("postgres", "select n::text from t order by n"))
                        .isEqualTo(isIncremental ? List.of("1", "2") : List.of("1"));
            }
        }
    }
}
