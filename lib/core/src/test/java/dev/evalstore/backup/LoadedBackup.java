package dev.evalstore.backup;

import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** A backup's rows in tables of another schema, to ask what it holds. They have no constraints, and no generated columns. */
final class LoadedBackup {
    private LoadedBackup() {}

    /** Loads every table into the schema {@code copy}. */
    static void load(TestDatabase database, Path backup, BackupManifest manifest) throws SQLException, IOException {
        database.admin("drop schema if exists copy cascade; create schema copy");
        try (Connection session = TestServer.get().admin(database.name())) {
            var copies = session.unwrap(PGConnection.class).getCopyAPI();
            for (BackupTable table : manifest.tables()) {
                String columns = String.join("\", \"", table.columns());
                database.admin("create table copy." + table.name() + " as select \"" + columns + "\" from "
                        + manifest.schema() + "." + table.name() + " where false");
                for (BackupFile file : table.files()) {
                    try (BackupInput in = BackupInput.open(new BackupFolder(backup), table, file)) {
                        copies.copyIn(
                                "copy copy." + table.name() + " from stdin"
                                        + (manifest.binary() ? " (format binary)" : ""),
                                in);
                    }
                }
            }
        }
    }

    /** The tables whose rows in the schema {@code copy} are not those of the store. */
    static List<String> differing(TestDatabase database, BackupManifest manifest) {
        List<String> differing = new ArrayList<>();
        for (BackupTable table : manifest.tables()) {
            String columns = "\"" + String.join("\", \"", table.columns()) + "\"";
            // A row as text is compared: json has no equality.
            String rows = "(select row(%s)::text from %s.%s)";
            String there = rows.formatted(columns, manifest.schema(), table.name());
            String here = rows.formatted(columns, "copy", table.name());
            if (!database.value("select (select count(*) from (" + there + " except all " + here
                            + ") a) + (select count(*) from (" + here + " except all " + there + ") b)")
                    .equals("0")) {
                differing.add(table.name());
            }
        }
        return differing;
    }
}
