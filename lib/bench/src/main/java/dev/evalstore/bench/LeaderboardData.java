package dev.evalstore.bench;

import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.ModelSubject;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Submissions by the million, made inside the server, their board by the library, and what the board was before. */
final class LeaderboardData {
    /** As {@link ModelSubject} makes it: of SHA-256 over the three texts, each after its length, a UUID of version 8. */
    private static final String KEY = "create or replace function pg_temp.subject_key(p text, n text) returns uuid"
            + " language sql immutable as $$ select encode(set_byte(set_byte(h, 6, get_byte(h, 6) & 15 | 128), 8,"
            + " get_byte(h, 8) & 63 | 128), 'hex')::uuid from (select substr(sha256(int4send(octet_length(p))"
            + " || convert_to(p, 'UTF8') || int4send(octet_length(n)) || convert_to(n, 'UTF8') || int4send(0)), 1, 16)) as k (h) $$";

    /** How far apart models are at most. */
    static final int RANGE = 1_048_576;

    /** By about so much a model's best of each part is above its best of the part before. */
    private static final int RISE = RANGE / 50;

    static final int PARTS = 3;

    private final Lab lab;
    private final DefinitionRepository definitions;

    LeaderboardData(Lab lab) {
        this.lab = lab;
        this.definitions = lab.db().exchange().definitions();
    }

    void empty() throws SQLException {
        lab.execute("truncate evalstore.benchmark_definitions, evalstore.submissions cascade", "checkpoint");
    }

    /** The one version of a definition that accepts submissions. */
    DefinitionVersion publish(String slug, NewDefinitionVersion version) {
        UUID definition = definitions
                .create(
                        NewBenchmarkDefinition.of(
                                slug, "Of " + slug, "Made to be measured.", DefinitionCategory.PERFORMANCE, "MIT"),
                        "1.0.0",
                        version)
                .id();
        definitions.submitForReview(definition);
        definitions.activate(definition);
        return definitions.latest(definition).orElseThrow();
    }

    /** As many further versions like this one, to which nobody submitted. */
    List<UUID> versions(DefinitionVersion like, int number) throws SQLException {
        String copied = "definition_id, semver_major, semver_patch, changelog, primary_metric_name,"
                + " primary_metric_description, primary_metric_kind, primary_metric_unit, aggregation, minimum_test_cases,"
                + " timeout_per_test_ms, max_retries, retry_delay_ms, max_concurrent";
        return rows("insert into evalstore.definition_versions (" + copied + ", semver_minor, precedence) select "
                        + copied
                        + ", i, '0000000001 ' || lpad(i::text, 10, '0') || ' 0000000000 ~' from evalstore.definition_versions,"
                        + " generate_series(1, " + number + ") i where id = '" + like.id() + "' returning id")
                .stream()
                .map(row -> UUID.fromString(row[0]))
                .toList();
    }

    Map<String, UUID> caseIds(DefinitionVersion version) throws SQLException {
        Map<String, UUID> ids = new HashMap<>();
        for (String[] row :
                rows("select case_key, id from evalstore.test_cases where version_id = '" + version.id() + "'")) {
            ids.put(row[0], UUID.fromString(row[1]));
        }
        return ids;
    }

    /**
     * The models are {@code model-0} and so on; each has as many submissions, one in ten of them verified by the platform.
     * They come in three parts, and each part has a better one of every model: so each has three entries. After each part
     * places are marked, as maintenance does it.
     *
     * @return a moment between the last two parts
     */
    Instant submit(DefinitionVersion version, int submissions, int models) throws Exception {
        Instant middle = Instant.EPOCH;
        for (int part = 0; part < PARTS; part++) {
            lab.report().progress("making submissions of " + models + " models, part " + (part + 1) + " of " + PARTS);
            long first = (long) submissions * part / PARTS + 1;
            long last = (long) submissions * (part + 1) / PARTS;
            lab.execute(
                    KEY,
                    "insert into evalstore.submissions (definition_id, version_id, model_provider, model_name, subject_provider,"
                            + " subject_name, subject_version, subject_key, submitter_label, aggregate_score, board_score,"
                            + " reported_score, verification_level, verified_at, execution_id, content_hash, started_at,"
                            + " completed_at) select '" + version.definitionId() + "', '" + version.id()
                            + "', 'bench', model, 'bench', model, '', key, 'bench', score, -score, score,"
                            + " case when i % 10 = 3 then 'platform_verified' else 'unverified' end,"
                            + " case when i % 10 = 3 then statement_timestamp() end, 'made-' || i,"
                            + " encode(sha256(convert_to('made-' || i, 'UTF8')), 'hex'), '2026-01-01Z', '2026-01-01Z'"
                            + " from generate_series(" + first + ", " + last
                            + ") i cross join lateral (select 'model-' || i % " + models
                            + ", (hashint8extended(i % " + models + ", 1) & 1073741823) / 1024.0 + (" + part
                            + " + (hashint8extended(i, 2) & 1073741823) / 1073741824.0) * " + RISE + ") as made"
                            + " (model, score) cross join lateral (select pg_temp.subject_key('bench', model)) as of_model (key)",
                    "drop function pg_temp.subject_key(text, text)",
                    "vacuum (freeze, analyze) evalstore.submissions");
            lab.db().exchange().leaderboards().rebuild(version.id());
            lab.execute("vacuum (freeze, analyze) evalstore.leaderboard_entries");
            settled();
            lab.db().exchange().leaderboards().markPlaces();
            middle = part < PARTS - 1 ? settled() : middle;
        }
        lab.execute("vacuum (freeze, analyze) evalstore.leaderboard_marks", "checkpoint");
        return middle;
    }

    /** The present, once it is past for good: then its places can be marked. */
    private Instant settled() throws Exception {
        String clock = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
        Instant now = Instant.parse(rows(clock).get(0)[0]);
        while (lab.db().exchange().leaderboards().asOf(now).provisional()) {
            Thread.sleep(50);
        }
        return now;
    }

    /** A model with as many better ones above it on the board. */
    ModelSubject subjectAt(DefinitionVersion version, int place) throws SQLException {
        return ModelSubject.of(
                "bench",
                rows("select s.subject_name from evalstore.leaderboard_entries e join evalstore.submissions s"
                                + " on s.id = e.submission_id where e.version_id = '" + version.id()
                                + "' and e.board = 'overall' and e.valid_to is null"
                                + " order by e.board_score, e.submitted_at, e.submission_id limit 1 offset " + place)
                        .get(0)[0]);
    }

    private List<String[]> rows(String query) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            int columns = result.getMetaData().getColumnCount();
            List<String[]> rows = new ArrayList<>();
            while (result.next()) {
                String[] row = new String[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = result.getString(i + 1);
                }
                rows.add(row);
            }
            return rows;
        }
    }
}
