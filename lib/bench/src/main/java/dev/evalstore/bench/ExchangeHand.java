package dev.evalstore.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** A definition, its first version and its test cases by hand: two inserts and three COPYs in one transaction. */
final class ExchangeHand {
    private static final String DEFINITION = "insert into evalstore.benchmark_definitions (id, slug, name, description,"
            + " category, license) values (?, ?, ?, ?, 'accuracy', 'MIT')";
    private static final String VERSION = "insert into evalstore.definition_versions (id, definition_id, semver_major,"
            + " semver_minor, semver_patch, precedence, changelog, primary_metric_name, primary_metric_description,"
            + " primary_metric_kind, aggregation, timeout_per_test_ms, max_retries, retry_delay_ms, max_concurrent)"
            + " values (?, ?, 1, 0, 0, '0000000001 0000000000 0000000000 ~', 'The first version.', 'accuracy',"
            + " 'The share of right answers.', 'accuracy', 'mean', 60000, 3, 1000, 10)";
    private static final String CASES =
            "copy evalstore.test_cases (id, version_id, case_key, name, weight, difficulty, tags,"
                    + " prompt_template, variables, few_shot_examples, input_format, reference_output, evaluation_method, sort_order)"
                    + " from stdin";
    private static final String OUTPUTS =
            "copy evalstore.expected_outputs (case_id, position, output_text, kind, match_config, priority) from stdin";
    private static final String CONSTRAINTS =
            "copy evalstore.output_constraints (case_id, position, kind, config, required, severity) from stdin";

    private final DataSource pool;

    /** A test case as both ways of storing need it; no text holds what COPY would have escaped. */
    record Case(String key, String name, String tag, String prompt, String variables, String answer, int sortOrder) {}

    ExchangeHand(DataSource pool) {
        this.pool = pool;
    }

    void create(String slug, String name, String description, List<Case> cases) throws SQLException, IOException {
        try (Connection connection = pool.getConnection();
                PreparedStatement definition = connection.prepareStatement(DEFINITION);
                PreparedStatement version = connection.prepareStatement(VERSION)) {
            connection.setAutoCommit(false);
            UUID definitionId = Ids.next();
            definition.setObject(1, definitionId);
            definition.setString(2, slug);
            definition.setString(3, name);
            definition.setString(4, description);
            definition.execute();
            UUID versionId = Ids.next();
            version.setObject(1, versionId);
            version.setObject(2, definitionId);
            version.execute();
            store(connection, versionId, cases);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static void store(Connection connection, UUID version, List<Case> cases) throws SQLException, IOException {
        StringBuilder rows = new StringBuilder();
        StringBuilder outputs = new StringBuilder();
        StringBuilder constraints = new StringBuilder();
        for (Case one : cases) {
            UUID id = Ids.next();
            row(
                    rows,
                    id,
                    version,
                    one.key(),
                    one.name(),
                    1,
                    "medium",
                    "{" + one.tag() + "}",
                    one.prompt(),
                    one.variables(),
                    "[]",
                    "plain_text",
                    one.answer(),
                    "{}",
                    one.sortOrder());
            row(outputs, id, 0, one.answer(), "exact", "{}", 0);
            row(constraints, id, 0, "length", "{\"max\":2000}", true, "error");
        }
        copy(connection, CASES, rows);
        copy(connection, OUTPUTS, outputs);
        copy(connection, CONSTRAINTS, constraints);
    }

    private static void row(StringBuilder rows, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            rows.append(i == 0 ? "" : "\t").append(fields[i]);
        }
        rows.append('\n');
    }

    private static void copy(Connection connection, String copy, StringBuilder rows) throws SQLException, IOException {
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(copy, new ByteArrayInputStream(rows.toString().getBytes(StandardCharsets.UTF_8)), 64 * 1024);
    }
}
