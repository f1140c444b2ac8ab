package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateEntry;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testing.LocalServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * A stream processor that survives its own death. It reads the rows of a gzipped CSV, sums a number column over windows of
 * 10,000 rows and by the text of another column, and keeps the sums in the store, with a checkpoint every 5,000 rows that says up
 * to which row they go. Killed in between, it restores the last checkpoint, skips the rows before it, and ends with the sums of
 * a run that was never interrupted.
 *
 * <p>Arguments: the file; {@code halt=<row>} to end there without a goodbye; {@code group=<column>} and {@code sum=<column>}, by
 * name, {@code task} and {@code value} unless given. {@code EVALSTORE_URL} names the server, which has to be the same in both runs:
 * without it there is no {@code halt}, which would leave an embedded server behind.
 *
 * <p>A row that cannot be summed is named with its field, and left out.
 */
public final class StreamWindowState {
    private static final int WINDOW = 10_000;
    private static final int EVERY = 5_000;
    private static final int BATCH = 500;

    /** The largest and the smallest exponent of a number: beyond them a sum has as many digits as there are between them. */
    private static final int MAX_EXPONENT = 400;

    private static final String USAGE = "StreamWindowState <csv.gz> [group=<column>] [sum=<column>]"
            + " [halt=<row>, with EVALSTORE_URL naming a server that outlives this process]";

    private final StateBackend state;
    private final PrintStream out;
    private final Map<String, BigDecimal> pending = new LinkedHashMap<>();

    StreamWindowState(StateBackend state, PrintStream out) {
        this.state = state;
        this.out = out;
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : List.of(args).subList(Math.min(1, args.length), args.length)) {
            Usage.require(setting.matches("(group|sum)=.+|halt=.*"), USAGE);
            settings.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        String halt = settings.get("halt");
        Usage.require(
                args.length > 0
                        && Files.isRegularFile(Path.of(args[0]))
                        && (halt == null || Usage.isCount(halt) && System.getenv("EVALSTORE_URL") != null),
                USAGE);
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new StreamWindowState(db.state("stream-window", StateOptions.DEFAULT), System.out)
                    .run(
                            Path.of(args[0]),
                            settings.getOrDefault("group", "task"),
                            settings.getOrDefault("sum", "value"),
                            halt == null ? -1 : Long.parseLong(halt));
        }
    }

    void run(Path file, String group, String sum, long halt) throws IOException {
        long done = resume();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            String first = in.readLine();
            // The mark that some programs put before everything else is no part of the first column's name.
            List<String> header = fields(first == null ? "" : first.replaceFirst("^\ufeff", ""));
            int groupAt = column(header, group);
            int sumAt = column(header, sum);
            long row = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (row++ < done) {
                    continue;
                }
                try {
                    List<String> fields = fields(line);
                    if (fields.size() != header.size()) {
                        throw new IllegalArgumentException(
                                "it has " + fields.size() + " fields, and the header " + header.size());
                    }
                    if (!fields.get(sumAt).isBlank()) {
                        pending.merge(
                                key((row - 1) / WINDOW, group, fields.get(groupAt)),
                                number(sum, fields.get(sumAt).strip()),
                                BigDecimal::add);
                    }
                } catch (IllegalArgumentException e) {
                    out.println("skipped " + file.getFileName() + ", row " + row + ": " + e.getMessage());
                }
                if (row % BATCH == 0) {
                    store();
                }
                if (row % EVERY == 0) {
                    state.createCheckpoint("row " + row, Json.of(Map.of("row", row)));
                    state.cleanupCheckpoints(2, null);
                }
                if (row == halt) {
                    out.println("halted at row " + row);
                    out.flush();
                    Runtime.getRuntime().halt(9);
                }
            }
            store();
            finish(row);
        }
    }

    private static String key(long window, String column, String group) {
        String key = "%06d/%s".formatted(window, group);
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        int most = StateOptions.DEFAULT.maxKeyBytes();
        if (bytes > most) {
            throw new IllegalArgumentException(column + " makes a key of " + bytes + " bytes; at most " + most);
        }
        return key;
    }

    private static BigDecimal number(String column, String cell) {
        try {
            BigDecimal number = new BigDecimal(cell);
            if (Math.abs((long) number.precision() - number.scale()) <= MAX_EXPONENT
                    && Math.abs((long) number.scale()) <= MAX_EXPONENT) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the field.
        }
        throw new IllegalArgumentException(
                column + " is \"" + cell + "\", which is no number of at most " + MAX_EXPONENT + " digits");
    }

    /** The row that the last checkpoint was taken at, with the state as it was then; from nothing where there is none. */
    private long resume() {
        List<Checkpoint> checkpoints = state.listCheckpoints();
        if (checkpoints.isEmpty()) {
            state.clear();
            return 0;
        }
        Checkpoint last = checkpoints.get(0);
        long restored = state.restoreCheckpoint(last.id());
        Json metadata = last.metadata();
        long row = metadata == null
                ? 0
                : ((Number) Objects.requireNonNull(metadata.asMap().get("row"))).longValue();
        out.println("resumed from row " + row + ", " + restored + " keys restored");
        return row;
    }

    private void store() {
        List<byte[]> keys = new ArrayList<>();
        pending.keySet().forEach(key -> keys.add(key.getBytes(StandardCharsets.UTF_8)));
        for (StateEntry entry : state.getAll(keys)) {
            String key = new String(entry.key(), StandardCharsets.UTF_8);
            pending.merge(key, new BigDecimal(new String(entry.value(), StandardCharsets.UTF_8)), BigDecimal::add);
        }
        List<NewStateEntry> batch = new ArrayList<>();
        pending.forEach((key, value) -> batch.add(NewStateEntry.of(
                key.getBytes(StandardCharsets.UTF_8), value.toPlainString().getBytes(StandardCharsets.UTF_8))));
        state.putAll(batch);
        pending.clear();
    }

    /** Says what came out, and forgets the checkpoints, so that the next run begins anew. */
    private void finish(long rows) {
        BigDecimal[] total = {BigDecimal.ZERO};
        int[] hash = {0};
        state.forEach(new byte[0], entry -> {
            String value = new String(entry.value(), StandardCharsets.UTF_8);
            total[0] = total[0].add(new BigDecimal(value));
            hash[0] = hash[0] * 31 + new String(entry.key(), StandardCharsets.UTF_8).hashCode() * 17 + value.hashCode();
        });
        out.println("rows " + rows + ", windows and groups " + state.count() + ", total " + total[0].toPlainString()
                + ", checksum " + Integer.toHexString(hash[0]));
        state.cleanupCheckpoints(0, null);
        state.cleanupHistory();
    }

    private static int column(List<String> header, String name) {
        int at = header.indexOf(name);
        if (at < 0) {
            throw new IllegalArgumentException("no column " + name + " in " + header);
        }
        return at;
    }

    /** Commas divide, except between quotation marks; a doubled one stands for itself. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(line.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
