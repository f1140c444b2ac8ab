package dev.evalstore.bench.soak;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.ExportReport;
import dev.evalstore.backup.RestoreOptions;
import dev.evalstore.backup.RestoredKeys;
import dev.evalstore.bench.soak.Journal.Status;
import dev.evalstore.bench.soak.Journals.Line;
import dev.evalstore.testing.faults.ServerProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;

/**
 * A backup that was taken while all clients worked, restored on another server. What a client was told before the backup began is in
 * it; what it was told after that may be in it.
 */
final class MovedStore implements AutoCloseable {
    /** What was still to come at that moment. */
    private static final List<String> TO_COME = List.of(
            "a job has not ended",
            "a configuration has not ended",
            "a configuration has not exactly one result",
            "a configuration ended without an attempt",
            "an event was not delivered:",
            "a change that the follower was to be given was acknowledged and is not there");

    /** The stage's own tables are in no backup. Rows are only added to them, so those of the backup's moment can be told. */
    private static final String THEN = "copy (select * from soak.%s where pg_visible_in_snapshot("
            + "xmin::text::xid8, '%s'::pg_snapshot)) to stdout";

    private static final List<String> TABLES =
            List.of("effects", "orders", "turns", "deleted", "dropped", "said", "heard");

    private final Journals journals;
    private final ExportReport backup;
    private final ServerProcess server;

    private MovedStore(Journals journals, ExportReport backup) {
        this.journals = journals;
        this.backup = backup;
        this.server = ServerProcess.start(Map.of());
    }

    /** Takes the backup, and restores it. */
    static MovedStore take(int port, Path folder) throws SQLException, IOException {
        Journals before = Journals.read(folder);
        ExportReport backup;
        try (Database owner = owner(port)) {
            backup = owner.backup().export(folder.resolve("backups"), ExportOptions.DEFAULT.hashes(true));
        }
        MovedStore moved = new MovedStore(between(before, Journals.read(folder)), backup);
        try {
            moved.restore(port);
            return moved;
        } catch (SQLException | IOException | RuntimeException e) {
            moved.close();
            throw e;
        }
    }

    private static Database owner(int port) {
        return Database.open(DatabaseConfig.builder()
                .url(Stage.url(port, "evalstore_owner"))
                .poolSize(3)
                .build());
    }

    /** An answer that came after the first look tells nothing of the moment, and the question stays. Of changes it was given no more. */
    private static Journals between(Journals before, Journals after) {
        Set<Line> told = new HashSet<>(before.lines());
        return after.without(line -> !told.contains(line)
                && (line.status() == Status.OK || line.what().equals(Follower.WATCH)));
    }

    private void restore(int from) throws SQLException, IOException {
        Stage.prepareCopy(server.port());
        try (Database owner = owner(server.port())) {
            owner.backup().restore(backup.path(), RestoreOptions.DEFAULT.keys(RestoredKeys.KEEP));
        }
        try (Connection here = Stage.admin(from);
                Connection there = Stage.admin(server.port())) {
            for (String table : TABLES) {
                ByteArrayOutputStream rows = new ByteArrayOutputStream();
                here.unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut(THEN.formatted(table, backup.manifest().snapshot()), rows);
                there.unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy soak." + table + " from stdin", new ByteArrayInputStream(rows.toByteArray()));
            }
        }
    }

    /** What does not hold in the restored store as the connection sees it, but for what was still to come. */
    List<String> check(Connection admin) throws SQLException {
        return SoakRun.check(journals, admin, server.port()).stream()
                .filter(found -> TO_COME.stream().noneMatch(found::startsWith))
                .toList();
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
