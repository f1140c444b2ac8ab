package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.RestoreOptions;
import dev.evalstore.backup.RestoredKeys;
import dev.evalstore.job.JobLimit;
import dev.evalstore.reliability.Write.Trait;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.RestoredRows;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A store that every writing verb has written to, restored. */
class RestoredWritesTest {
    /** What removes the rows of the writes before. */
    private static final Pattern REMOVES = Pattern.compile("(?i)^maintenance|clear|cleanup");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    @TempDir
    Path folder;

    @Test
    @Tag("long")
    void every_table_is_as_it_was() throws Exception {
        fill();
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            Path backup = owner.backup()
                    .export(folder, ExportOptions.DEFAULT.hashes(true))
                    .path();
            owner.withSchema("restored").backup().restore(backup, RestoreOptions.DEFAULT.keys(RestoredKeys.KEEP));
        }
        TestServer server = TestServer.get();
        for (String table : RestoredRows.tables(server, database.name(), "evalstore")) {
            String before = RestoredRows.of(server, database.name(), "evalstore", table);
            assertThat(before).as("%s has rows", table).doesNotStartWith("0 ");
            assertThat(RestoredRows.of(server, database.name(), "restored", table))
                    .as(table)
                    .isEqualTo(before);
        }
    }

    /** Leaves rows in every table. */
    private static void fill() throws SQLException {
        // A refresh of statistics removes the marks that other writes leave.
        List<Write<?>> writes = Writes.all().stream()
                .filter(write ->
                        !write.is(Trait.OWNER) && !REMOVES.matcher(write.verb()).find())
                .sorted(Comparator.comparing(write -> !write.verb().startsWith("statistics.")))
                .toList();
        assertThat(WrittenStore.fill(database, database.db(), writes)).isGreaterThan(writes.size() * 9 / 10);
        database.db().jobs().limits().set(JobLimit.fairKey("somebody").maxRunning(2));
        database.db().state("watched", StateOptions.PLAIN.watched(true)).put(Lab.KEY, Lab.VALUE);
        // Maintenance marks large boards alone.
        database.admin(
                "insert into evalstore.leaderboard_marks (version_id, board, marked_at, board_score, better, submission_id)"
                        + " select version_id, board, statement_timestamp(), 0.5, 0, submission_id from evalstore.leaderboard_entries limit 1");
    }
}
