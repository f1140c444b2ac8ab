package dev.evalstore.examples.bench;

import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.PGConnection;

/**
 * {@code state}: single entries, batches and lists beside the same statements by hand on the same pool; what checkpoints cost as
 * the state grows, and restores as the changes do. {@code calls} are a side's reads in a round, {@code puts} its writes,
 * {@code entries} the size of the largest state.
 */
final class StateBench {
    private static final int KEYS = 1_000;
    private static final int THREADS = 20;
    private static final byte[] VALUE = new byte[200];
    private static final String GET = "select value from evalstore.state_entries where namespace_id = ? and key = ?"
            + " and (expires_at is null or expires_at > statement_timestamp())";
    private static final String PUT =
            "insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)"
                    + " values (?, ?, ?, nextval('evalstore.state_versions'), 0) on conflict (namespace_id, key) do update set"
                    + " value = excluded.value, version = nextval('evalstore.state_versions'), expires_at = null,"
                    + " expiry_minute = null, metadata = null, updated_at = excluded.updated_at returning version";
    private static final String LIST = "select key from evalstore.state_entries where namespace_id = ? and key >= ?"
            + " and (expires_at is null or expires_at > statement_timestamp()) order by key limit 1000";

    private final Lab lab;
    private final int largest;
    private final StateBackend plain;
    private final StateBackend checkpointed;

    private StateBench(Lab lab) {
        this.lab = lab;
        this.largest = lab.settings().number("entries", 1_000_000);
        this.plain = lab.db().state("bench-plain", StateOptions.PLAIN);
        this.checkpointed = lab.db().state("bench", StateOptions.DEFAULT);
    }

    static void run(Lab lab) throws Exception {
        StateBench bench = new StateBench(lab);
        bench.single();
        bench.threads();
        bench.batches();
        bench.checkpoints();
        bench.lists();
        bench.restores();
    }

    private static byte[] key(int i) {
        return String.format(Locale.ROOT, "key-%09d", i).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] anyKey() {
        return key(ThreadLocalRandom.current().nextInt(KEYS));
    }

    private static List<NewStateEntry> entries(int from, int number) {
        List<NewStateEntry> entries = new ArrayList<>(number);
        for (int i = from; i < from + number; i++) {
            entries.add(NewStateEntry.of(key(i), VALUE));
        }
        return entries;
    }

    private int idOf(StateBackend state) throws SQLException {
        state.count();
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select id from evalstore.state_namespaces where name = ?")) {
            statement.setString(1, state.namespace());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private void single() throws Exception {
        plain.putAll(entries(0, KEYS));
        checkpointed.putAll(entries(0, KEYS));
        int id = idOf(plain);
        compare(
                "state.get",
                lab.settings().number("calls", 20_000),
                "evalstore",
                "raw",
                () -> plain.get(anyKey()),
                () -> getByHand(id, anyKey()));
        int puts = lab.settings().number("puts", 2_000);
        compare("state.put", puts, "evalstore", "raw", () -> plain.put(anyKey(), VALUE), () -> putByHand(id, anyKey()));
        checkpointed.createCheckpoint();
        compare(
                "state.put_checkpointed",
                puts,
                "checkpointed",
                "plain",
                () -> checkpointed.put(anyKey(), VALUE),
                () -> plain.put(anyKey(), VALUE));
        compare(
                "state.put_all_100",
                puts / 10,
                "100 entries",
                "one entry",
                () -> {
                    plain.putAll(entries(0, 100));
                    return true;
                },
                () -> plain.put(anyKey(), VALUE));
    }

    private void compare(String bench, int calls, String one, String other, Callable<?> first, Callable<?> second)
            throws Exception {
        lab.report().progress(bench + ", us a call");
        Map<String, Double> micros =
                new Calls(lab, calls).side(one, first).side(other, second).medianMicros();
        lab.report().values(bench, micros, "us", Map.of("calls", calls, "rounds", lab.rounds()));
        lab.report().ratio(bench, micros, one, other);
    }

    private void threads() throws Exception {
        int id = idOf(plain);
        int calls = lab.settings().number("calls", 20_000);
        rate("state.get_threads", calls, () -> plain.get(anyKey()), () -> getByHand(id, anyKey()));
        rate(
                "state.put_threads",
                lab.settings().number("puts", 2_000) * 2,
                () -> plain.put(anyKey(), VALUE),
                () -> putByHand(id, anyKey()));
    }

    private void rate(String bench, int calls, Callable<?> library, Callable<?> hand) throws Exception {
        lab.report().progress(bench + ", calls a second by " + THREADS + " threads");
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> perSecond(calls, library))
                .side("raw", () -> perSecond(calls, hand))
                .medians();
        lab.report().values(bench, rates, "1/s", Map.of("threads", THREADS, "calls", calls, "rounds", lab.rounds()));
        lab.report().ratio(bench, rates, "evalstore", "raw");
    }

    private static double perSecond(int calls, Callable<?> call) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            long start = System.nanoTime();
            List<Future<?>> futures = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                futures.add(executor.submit(() -> {
                    for (int i = 0; i < calls / THREADS; i++) {
                        call.call();
                    }
                    return true;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
            return calls / ((System.nanoTime() - start) / 1e9);
        } finally {
            executor.shutdownNow();
        }
    }

    private void batches() throws Exception {
        int size = 10_000;
        int id = idOf(plain);
        List<NewStateEntry> batch = entries(0, size);
        lab.report().progress("state.put_all, entries a second in batches of " + size);
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> {
                    long start = System.nanoTime();
                    plain.putAll(batch);
                    return size / ((System.nanoTime() - start) / 1e9);
                })
                .side("raw copy and upsert", () -> {
                    long start = System.nanoTime();
                    copyByHand(id, batch);
                    return size / ((System.nanoTime() - start) / 1e9);
                })
                .medians();
        lab.report().values("state.put_all", rates, "entries/s", Map.of("batch", size, "rounds", lab.rounds()));
        lab.report().ratio("state.put_all", rates, "evalstore", "raw copy and upsert");
    }

    /** A checkpoint, and beside it what a copy of the whole state costs. */
    private void checkpoints() throws Exception {
        Map<String, Double> medians = new LinkedHashMap<>();
        List<Integer> sizes = List.of(Math.max(1, largest / 1_000), Math.max(1, largest / 10), largest);
        int filled = 0;
        for (int size : sizes) {
            for (int from = filled; from < size; from += 10_000) {
                checkpointed.putAll(entries(from, Math.min(10_000, size - from)));
            }
            filled = size;
            lab.execute("vacuum analyze evalstore.state_entries");
            lab.report().progress("state.checkpoint of " + size + " entries, us");
            Map<String, Double> micros = new Rounds(lab)
                    .side("checkpoint", this::medianCheckpoint)
                    .side("full copy", () -> {
                        long start = System.nanoTime();
                        lab.execute(
                                "create table bench_copy as select * from evalstore.state_entries where epoch > 0",
                                "drop table bench_copy");
                        return (System.nanoTime() - start) / 1e3;
                    })
                    .medians();
            lab.report().values("state.checkpoint", micros, "us", Map.of("entries", size, "rounds", lab.rounds()));
            medians.put(Integer.toString(size), micros.get("checkpoint"));
        }
        double least = medians.values().stream().mapToDouble(m -> m).min().orElseThrow();
        double most = medians.values().stream().mapToDouble(m -> m).max().orElseThrow();
        lab.report().ratio("state.checkpoint", Map.of("largest", most, "smallest", least), "largest", "smallest");
    }

    /** Of twenty, since one commit more or less decides nothing. */
    private double medianCheckpoint() {
        double[] micros = new double[20];
        for (int i = 0; i < micros.length; i++) {
            long start = System.nanoTime();
            Checkpoint made = checkpointed.createCheckpoint();
            micros[i] = (System.nanoTime() - start) / 1e3;
            checkpointed.deleteCheckpoint(made.id());
        }
        return Rounds.median(micros);
    }

    private void lists() throws Exception {
        int id = idOf(checkpointed);
        compare(
                "state.list_keys",
                200,
                "evalstore",
                "raw",
                () -> checkpointed.listKeys(new byte[0], 1_000, anyKey()),
                () -> listByHand(id, anyKey()));
    }

    private void restores() throws Exception {
        Map<String, Double> millis = new LinkedHashMap<>();
        for (int changed : List.of(largest / 1_000, largest / 100, largest / 10)) {
            lab.report().progress("state.restore of " + changed + " changed keys, ms");
            List<NewStateEntry> batch = entries(0, Math.max(1, changed));
            Map<String, Double> median = new Rounds(lab)
                    .side("restore", () -> {
                        Checkpoint made = checkpointed.createCheckpoint();
                        checkpointed.putAll(batch);
                        long start = System.nanoTime();
                        checkpointed.restoreCheckpoint(made.id());
                        double took = (System.nanoTime() - start) / 1e6;
                        checkpointed.deleteCheckpoint(made.id());
                        checkpointed.cleanupHistory();
                        return took;
                    })
                    .medians();
            millis.put(changed + " changed", median.get("restore"));
        }
        lab.report().values("state.restore", millis, "ms", Map.of("entries", largest, "rounds", lab.rounds()));
    }

    private byte[] getByHand(int id, byte[] key) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(GET)) {
            statement.setInt(1, id);
            statement.setBytes(2, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBytes(1);
            }
        }
    }

    private long putByHand(int id, byte[] key) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(PUT)) {
            statement.setInt(1, id);
            statement.setBytes(2, key);
            statement.setBytes(3, VALUE);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private List<byte[]> listByHand(int id, byte[] from) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(LIST)) {
            statement.setInt(1, id);
            statement.setBytes(2, from);
            List<byte[]> keys = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(row.getBytes(1));
                }
            }
            return keys;
        }
    }

    /** Copies into a temporary table and upserts from it, in one transaction. */
    private void copyByHand(int id, List<NewStateEntry> batch) throws SQLException, java.io.IOException {
        StringBuilder rows = new StringBuilder();
        java.util.HexFormat hex = java.util.HexFormat.of();
        for (NewStateEntry entry : batch) {
            rows.append("\\\\x").append(hex.formatHex(entry.key()));
            rows.append("\t\\\\x").append(hex.formatHex(entry.value())).append('\n');
        }
        try (Connection connection = lab.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("create temporary table staged (key bytea, value bytea) on commit drop");
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy staged from stdin", new java.io.StringReader(rows.toString()));
                statement.execute(PUT.replace(
                                "values (?, ?, ?, nextval('evalstore.state_versions'), 0)",
                                "select " + id
                                        + ", key, value, nextval('evalstore.state_versions'), 0 from staged order by key")
                        .replace(" returning version", ""));
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }
}
