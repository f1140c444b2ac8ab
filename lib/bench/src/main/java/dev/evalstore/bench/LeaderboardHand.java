package dev.evalstore.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** A submission by hand: its row, and its metrics as a batch or its cases by COPY, in one transaction; no board is told of it. */
final class LeaderboardHand {
    private static final String SUBMISSION = "insert into evalstore.submissions (id, definition_id, version_id,"
            + " model_provider, model_name, subject_provider, subject_name, subject_version, subject_key,"
            + " submitter_label, aggregate_score, board_score, reported_score, execution_id, content_hash, started_at,"
            + " completed_at) values (?, ?, ?, ?, ?, ?, ?, '', ?, 'bench', ?, ?, ?, ?, ?, ?, ?)";
    private static final String METRIC =
            "insert into evalstore.submission_metrics (submission_id, name, value, unit) values (?, ?, ?, ?)";
    private static final String CASES =
            "copy evalstore.submission_cases (submission_id, version_id, case_id, passed, score,"
                    + " latency_ms, input_tokens, output_tokens, output) from stdin";
    private static final String PROVIDER = "bench";
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final OffsetDateTime RUN = OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private final DataSource pool;
    private final UUID definition;
    private final UUID version;

    /** What a case came to, with an output in which COPY escapes nothing. */
    record Case(UUID id, boolean passed, double score, String output) {}

    LeaderboardHand(DataSource pool, UUID definition, UUID version) {
        this.pool = pool;
        this.definition = definition;
        this.version = version;
    }

    /** With the metrics of these names; the score is the value of each. Returns its id. */
    UUID submitMetrics(String model, double score, String execution, List<String> metrics) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement metric = connection.prepareStatement(METRIC)) {
            connection.setAutoCommit(false);
            UUID id = insert(connection, model, score, execution);
            for (String name : metrics) {
                metric.setObject(1, id);
                metric.setString(2, name);
                metric.setDouble(3, score);
                metric.setString(4, "ms");
                metric.addBatch();
            }
            metric.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
            return id;
        }
    }

    void submitCases(String model, double score, String execution, List<Case> cases) throws SQLException, IOException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            UUID id = insert(connection, model, score, execution);
            StringBuilder rows = new StringBuilder();
            for (Case one : cases) {
                rows.append(id)
                        .append('\t')
                        .append(version)
                        .append('\t')
                        .append(one.id())
                        .append('\t')
                        .append(one.passed())
                        .append('\t')
                        .append(one.score())
                        .append("\t250\t100\t50\t")
                        .append(one.output())
                        .append('\n');
            }
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            CASES,
                            new ByteArrayInputStream(rows.toString().getBytes(StandardCharsets.UTF_8)),
                            64 * 1024);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private UUID insert(Connection connection, String model, double score, String execution) throws SQLException {
        UUID id = Ids.next();
        try (PreparedStatement submission = connection.prepareStatement(SUBMISSION)) {
            submission.setObject(1, id);
            submission.setObject(2, definition);
            submission.setObject(3, version);
            submission.setString(4, PROVIDER);
            submission.setString(5, model);
            submission.setString(6, PROVIDER);
            submission.setString(7, model);
            submission.setObject(8, UUID.nameUUIDFromBytes(model.getBytes(StandardCharsets.UTF_8)));
            submission.setDouble(9, score);
            submission.setDouble(10, -score);
            submission.setDouble(11, score);
            submission.setString(12, execution);
            submission.setString(13, HASH);
            submission.setObject(14, RUN);
            submission.setObject(15, RUN);
            submission.execute();
        }
        return id;
    }
}
