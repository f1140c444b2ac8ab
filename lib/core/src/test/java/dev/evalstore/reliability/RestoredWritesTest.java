package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.RestoreOptions;
import dev.evalstore.backup.RestoredKeys;
import dev.evalstore.reliability.Write.Trait;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A store that every writing verb has written to, restored. */
class RestoredWritesTest {
    /** What a restore changes on purpose. */
    private static final Set<String> REPAIRED = Set.of(
            "config_leases",
            "config_ready",
            "domain_events",
            "event_cursors",
            "event_parked",
            "evalstore_schema_history",
            "job_finished",
            "job_leases",
            "job_ready",
            "job_unique",
            "replica_heartbeats",
            "state_incarnation",
            "state_locks",
            "statistics_progress",
            "unit_changes",
            "user_tokens",
            "verification_leases",
            "verification_ready",
            "workers");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    @Test
    @Tag("long")
    void every_table_is_as_it_was() throws Exception {
        int written = fill();
        assertThat(written).isGreaterThan(100);
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            Path backup = owner.backup()
                    .export(folder, ExportOptions.DEFAULT.hashes(true))
                    .path();
            owner.withSchema("restored").backup().restore(backup, RestoreOptions.DEFAULT.keys(RestoredKeys.KEEP));
        }
        List<String> tables = database.query("select relname::text from pg_class where relkind in ('r', 'p')"
                + " and not relispartition and relnamespace = 'evalstore'::regnamespace order by 1");
        List<String> filled = new ArrayList<>();
        for (String table : tables) {
            if (!REPAIRED.contains(table)) {
                String before = rows("evalstore", table);
                assertThat(rows("restored", table)).as(table).isEqualTo(before);
                if (!before.startsWith("0 ")) {
                    filled.add(table);
                }
            }
        }
        assertThat(filled).hasSizeGreaterThan(20);
    }

    private static String rows(String schema, String table) {
        return database.value(
                "select count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) order by t::text)), '') from "
                        + schema + "." + table + " t");
    }

    /** What a write needs may be in the way of the next one's, which is then left out. */
    private static int fill() throws Exception {
        int written = 0;
        TestServer server = TestServer.get();
        try (Connection admin = server.admin(database.name())) {
            Lab lab = new Lab(database.db(), admin);
            for (Write<?> write : Writes.all()) {
                if (!write.is(Trait.OWNER) && !write.verb().startsWith("maintenance") && write(lab, write)) {
                    written++;
                }
            }
        }
        return written;
    }

    private static <C> boolean write(Lab lab, Write<C> write) {
        try {
            write.call().on(lab.db(), write.before().apply(lab));
            return true;
        } catch (Exception e) {
            return false;
        }
    }
}
