package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A second set of state tables is in no backup, which says so; its namespaces move by the state's own export. */
class OtherStateTablesTest {
    private static final StateOptions OTHER = StateOptions.DEFAULT.tablePrefix("other_");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_second_set_is_named_by_the_export_and_moves_by_the_states_own() throws IOException {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            owner.state("x", OTHER).createTables();
            owner.state("x", OTHER).put(bytes("k"), bytes("of the other set"));
            owner.state("x").put(bytes("k"), bytes("of the usual one"));

            ExportReport report = owner.backup().export(folder);
            ByteArrayOutputStream beside = new ByteArrayOutputStream();
            owner.state("x", OTHER).export(null, beside);

            assertThat(report.leftOut())
                    .containsExactly(
                            "other_changes",
                            "other_checkpoints",
                            "other_entries",
                            "other_history",
                            "other_incarnation",
                            "other_locks",
                            "other_namespaces");
            Database restored = owner.withSchema("restored");
            restored.backup().restore(report.path());
            assertThat(restored.state("x").get(bytes("k"))).hasValue(bytes("of the usual one"));

            StateBackend moved = restored.state("x", OTHER);
            assertThat(restored.state("x", OTHER).createTables()).isTrue();
            moved.importFrom(new ByteArrayInputStream(beside.toByteArray()));
            assertThat(moved.get(bytes("k"))).hasValue(bytes("of the other set"));
        }
    }
}
