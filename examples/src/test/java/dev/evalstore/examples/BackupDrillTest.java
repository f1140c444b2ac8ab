package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupDrillTest {
    @TempDir
    Path folder;

    @Test
    void exports_drills_and_restores_into_another_schema() {
        List<String> lines;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .schema("backup_drill")
                        .build())) {
            db.migrate();
            Printed printed = new Printed();
            new BackupDrill(db, folder, 2_000, printed.stream()).run();
            lines = printed.lines();
        }
        assertThat(lines)
                .contains(
                        "claimed    1 job",
                        "verified   true",
                        "holds      a job is in one place",
                        "put back   1 leased job",
                        "equal      true");
        assertThat(lines).anyMatch(line -> line.matches("exporting  +\\d+ % evaluations"));
        assertThat(lines).anyMatch(line -> line.matches("restoring  +\\d+ % evaluations"));
        assertThat(lines).anyMatch(line -> line.matches("drill      a recovery takes \\d+ ms \\(the measured RTO\\)"));
        assertThat(lines)
                .anyMatch(line -> line.matches("restored   \\d+ rows into schema backup_drill_restored in .*"));
    }
}
