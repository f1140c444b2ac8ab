package dev.evalstore.bench;

import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;

/** The matrix's own statements, bound and read by hand: one worker's claims and completions. */
final class MatrixHand {
    private static final int LEASE_SECONDS = 600;

    private final DataSource pool;
    private final Worker worker;
    private final String claim;
    private final String claimed;
    private final String complete;
    private final int gateClass;
    private final int lane;
    private int rank = Integer.MIN_VALUE;
    private long seq = Long.MIN_VALUE;

    /** A row as the library makes one of it. */
    record Claimed(
            UUID id,
            long seq,
            long token,
            UUID version,
            UUID machine,
            UUID framework,
            String workload,
            int batch,
            int length,
            int rank,
            int attempts,
            OffsetDateTime createdAt,
            OffsetDateTime deadline) {}

    /** A lease as the claim returns it. */
    private record Lease(long token, OffsetDateTime deadline) {}

    MatrixHand(DataSource pool, Recorder recorder, Worker worker, int lane) {
        this.pool = pool;
        this.worker = worker;
        this.lane = lane;
        Recorder.Recorded recorded = recorder.last("configs.claim");
        this.claim = withoutPromotion(recorded.sql());
        this.gateClass = (Integer) recorded.bindings().get(0).arguments()[1];
        this.claimed = recorder.last("configs.claimed").sql();
        this.complete = recorder.last("configs.complete").sql();
    }

    /** Most claims do not move what is due: that is done once in a while. */
    private static String withoutPromotion(String claim) {
        int begin = claim.indexOf("with due as materialized");
        String end = "from moved;";
        return begin < 0
                ? claim
                : claim.substring(0, begin) + claim.substring(claim.indexOf(end, begin) + end.length());
    }

    List<Claimed> claim(int limit) throws SQLException {
        Map<Long, Lease> leases = leases(limit);
        if (leases.isEmpty()) {
            return List.of();
        }
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(claimed)) {
            statement.setArray(
                    1, connection.createArrayOf("int8", leases.keySet().toArray()));
            List<Claimed> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Lease lease = Objects.requireNonNull(leases.get(row.getLong("seq")));
                    rows.add(new Claimed(
                            row.getObject("id", UUID.class),
                            row.getLong("seq"),
                            lease.token(),
                            row.getObject("model_version_id", UUID.class),
                            row.getObject("hardware_config_id", UUID.class),
                            row.getObject("framework_id", UUID.class),
                            row.getString("workload_type"),
                            row.getInt("batch_size"),
                            row.getInt("sequence_length"),
                            row.getInt("priority_rank"),
                            row.getInt("max_attempts"),
                            row.getObject("created_at", OffsetDateTime.class),
                            lease.deadline()));
                }
            }
            rows.sort(Comparator.comparingInt(Claimed::rank).thenComparingLong(Claimed::seq));
            rank = rows.get(rows.size() - 1).rank();
            seq = rows.get(rows.size() - 1).seq();
            return rows;
        }
    }

    private Map<Long, Lease> leases(int limit) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(claim)) {
            statement.setInt(1, gateClass);
            // A generation has sixteen random bits below its number, by which gates are spread.
            statement.setInt(2, (int) ((worker.generation() >> 16) % 4));
            statement.setArray(3, connection.createArrayOf("int4", new Object[] {lane}));
            statement.setArray(4, connection.createArrayOf("int4", new Object[] {rank}));
            statement.setArray(5, connection.createArrayOf("int8", new Object[] {seq}));
            statement.setArray(6, connection.createArrayOf("float8", new Object[] {0.0}));
            statement.setArray(7, connection.createArrayOf("float8", new Object[] {0.0}));
            statement.setLong(8, worker.generation());
            statement.setInt(9, limit);
            statement.setInt(10, Integer.MAX_VALUE);
            statement.setInt(11, LEASE_SECONDS);
            statement.execute();
            statement.getMoreResults();
            Map<Long, Lease> leases = new HashMap<>();
            try (ResultSet row = Objects.requireNonNull(statement.getResultSet())) {
                while (row.next()) {
                    leases.put(
                            row.getLong("seq"),
                            new Lease(row.getLong("token"), row.getObject("deadline", OffsetDateTime.class)));
                }
            }
            return leases;
        }
    }

    /** The figures are the same for all: what differs is not what costs. */
    int complete(List<Claimed> claimed) throws SQLException {
        int rows = claimed.size();
        Object[] seqs = new Object[rows];
        Object[] tokens = new Object[rows];
        Object[] ids = new Object[rows];
        for (int i = 0; i < rows; i++) {
            seqs[i] = claimed.get(i).seq();
            tokens[i] = claimed.get(i).token();
            ids[i] = Ids.next();
        }
        Object[] nulls = new Object[rows];
        Object[] figures = new Object[rows];
        java.util.Arrays.fill(figures, 100.0);
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(complete)) {
            statement.setArray(1, connection.createArrayOf("int8", seqs));
            statement.setArray(2, connection.createArrayOf("int8", tokens));
            statement.setArray(3, connection.createArrayOf("uuid", ids));
            statement.setArray(4, connection.createArrayOf("date", nulls));
            for (int i = 5; i <= 12; i++) {
                statement.setArray(i, connection.createArrayOf("float8", figures));
            }
            for (int i = 13; i <= 15; i++) {
                statement.setArray(i, connection.createArrayOf("float8", nulls));
            }
            statement.setArray(16, connection.createArrayOf("jsonb", nulls));
            try (ResultSet lost = statement.executeQuery()) {
                int n = rows;
                while (lost.next()) {
                    n--;
                }
                return n;
            }
        }
    }
}
