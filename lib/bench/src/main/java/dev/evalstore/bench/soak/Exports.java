package dev.evalstore.bench.soak;

import dev.evalstore.NotFoundException;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.MemoryStateBackend;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Exports the accounts as they are and as they were, and imports them into a copy; now and then an export that was cut. */
final class Exports extends Room {
    static final String EXPORT = "export";
    static final String IMPORT = "import";

    Exports(Site site) {
        super(site, Stage.STATE, "exports");
    }

    @Override
    void step() throws IOException {
        StateBackend accounts = Money.accounts(db);
        List<Checkpoint> checkpoints = accounts.listCheckpoints();
        boolean now = checkpoints.isEmpty() || random.nextBoolean();
        try {
            byte[] export = export(
                    accounts,
                    now
                            ? null
                            : checkpoints
                                    .get(random.nextInt(checkpoints.size()))
                                    .id());
            List<StateEntry> entries = entries(export);
            journal.line(Journal.Status.OK, Stage.STATE, EXPORT, site.name(), Money.holding(entries));
            String name = site.name() + ":" + Money.amounts(entries);
            if (random.nextInt(4) == 0) {
                importCut(name, Arrays.copyOf(export, random.nextInt(export.length)));
            } else {
                journal.write(
                        Stage.STATE, IMPORT, name, () -> Money.copy(db).importFrom(new ByteArrayInputStream(export)));
            }
        } catch (NotFoundException e) {
            // The checkpoint was forgotten meanwhile.
        }
        pause(100, 400);
    }

    private static byte[] export(StateBackend accounts, @Nullable UUID checkpoint) throws IOException {
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        accounts.export(checkpoint, export);
        return export.toByteArray();
    }

    private static List<StateEntry> entries(byte[] export) throws IOException {
        MemoryStateBackend memory = new MemoryStateBackend();
        memory.importFrom(new ByteArrayInputStream(export));
        return Money.all(memory);
    }

    private void importCut(String name, byte[] export) {
        try {
            journal.write(Stage.STATE, IMPORT, name, () -> Money.copy(db).importFrom(new ByteArrayInputStream(export)));
            journal.line(Journal.Status.SURPRISE, Stage.STATE, IMPORT, name, "a cut export was imported");
        } catch (IOException e) {
            journal.line(Journal.Status.REFUSED, Stage.STATE, IMPORT, name, "");
        }
    }
}
