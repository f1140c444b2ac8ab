package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.internal.Uuids;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Facts;
import dev.evalstore.search.RandomConditions;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Random experiments, stored by plain SQL, and what an oracle must know of them. */
final class SearchedExperiments {
    /** What is asked about. Nobody has a user or a model version. */
    static final List<Attribute> ATTRIBUTES = List.of(Attribute.values());

    private static final String INSERT = """
            insert into evalstore.experiments (id, project, name, description, kind, status, tags, notes, error,
                started_at, completed_at, total_cost_usd, input_tokens, output_tokens, dataset_id, archived_at,
                created_at, updated_at, deleted_at)
            values (?, (select id from evalstore.projects where name = ?), ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?)
            returning number""";

    private static final String METRICS = """
            insert into evalstore.experiment_metrics (experiment, name_id, last_value, last_step, last_at, value_count, project)
            select ?, n.id, g.v, 1, now(), 1, (select id from evalstore.projects where name = ?)
            from unnest(?, ?) g (name, v) join evalstore.metric_names n on n.name = g.name""";

    private static final String PARAMS = """
            insert into evalstore.experiment_params (experiment, name_id, number_value, kind, text_value, project)
            select ?, n.id, g.v, case when g.v is null then 'string' else 'number' end, g.t,
                (select id from evalstore.projects where name = ?)
            from unnest(?, ?, ?) g (name, v, t) join evalstore.param_names n on n.name = g.name""";

    private final Random random;
    private final RandomConditions draw;
    private final List<String> projects;
    private final List<Facts> datasets = new ArrayList<>();
    private final Map<UUID, Integer> numbers = new HashMap<>();

    SearchedExperiments(Random random, List<String> projects) {
        this.random = random;
        this.draw = new RandomConditions(random, List.of(), ATTRIBUTES);
        this.projects = projects;
    }

    /** The newest first. */
    Comparator<Facts> newestFirst() {
        return Comparator.comparing(facts -> -numbers.getOrDefault(id(facts), 0));
    }

    /** The greatest number among them. */
    int lastOf(List<Facts> some) {
        return some.stream()
                .mapToInt(facts -> numbers.getOrDefault(id(facts), 0))
                .max()
                .orElse(0);
    }

    static UUID id(Facts facts) {
        return (UUID) facts.attributes().get(Attribute.ID);
    }

    void prepare(Connection connection) throws SQLException {
        for (String table : List.of("metric_names", "param_names")) {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into evalstore." + table + " (name) select unnest(?) on conflict do nothing")) {
                insert.setArray(1, connection.createArrayOf("text", RandomConditions.NAMES.toArray()));
                insert.execute();
            }
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into evalstore.projects (name) select unnest(?)")) {
            insert.setArray(1, connection.createArrayOf("text", projects.toArray()));
            insert.execute();
        }
        for (int i = 0; i < 3; i++) {
            Map<Attribute, Object> facts = new HashMap<>();
            facts.put(Attribute.DATASET_ID, Uuids.next());
            facts.put(Attribute.DATASET_NAME, text());
            facts.put(Attribute.DATASET_VERSION, Integer.toString(i));
            if (i > 0) {
                facts.put(Attribute.DATASET_CHECKSUM, "0123456789abcdef".repeat(4));
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into evalstore.datasets (id, name, version_label, checksum, format) values (?, ?, ?, ?, 'csv')")) {
                insert.setObject(1, facts.get(Attribute.DATASET_ID));
                insert.setObject(2, facts.get(Attribute.DATASET_NAME));
                insert.setObject(3, facts.get(Attribute.DATASET_VERSION));
                insert.setObject(4, facts.get(Attribute.DATASET_CHECKSUM));
                insert.execute();
            }
            datasets.add(new Facts(Map.of(), Map.of(), Map.of(), facts));
        }
    }

    /** Stores one more; deleted ones are there and are never found. */
    Facts insert(Connection connection, boolean isDeleted) throws SQLException {
        Facts facts = draw();
        Map<Attribute, Object> row = facts.attributes();
        String project = (String) row.get(Attribute.PROJECT);
        int number;
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            Object[] values = {
                row.get(Attribute.ID),
                project,
                row.get(Attribute.NAME),
                row.get(Attribute.DESCRIPTION),
                row.get(Attribute.KIND),
                row.get(Attribute.STATUS),
                Json.of(facts.tags()).text(),
                row.get(Attribute.NOTES),
                row.get(Attribute.ERROR),
                row.get(Attribute.STARTED_AT),
                row.get(Attribute.COMPLETED_AT),
                row.get(Attribute.TOTAL_COST_USD),
                row.get(Attribute.INPUT_TOKENS),
                row.get(Attribute.OUTPUT_TOKENS),
                row.get(Attribute.DATASET_ID),
                row.get(Attribute.ARCHIVED_AT),
                row.get(Attribute.CREATED_AT),
                row.get(Attribute.UPDATED_AT),
                isDeleted ? draw.pickTime() : null
            };
            for (int i = 0; i < values.length; i++) {
                insert.setObject(
                        i + 1,
                        values[i] instanceof Instant time ? OffsetDateTime.ofInstant(time, ZoneOffset.UTC) : values[i]);
            }
            try (ResultSet result = insert.executeQuery()) {
                result.next();
                number = result.getInt(1);
            }
        }
        numbers.put(id(facts), number);
        List<String> metrics = List.copyOf(facts.metrics().keySet());
        run(
                connection,
                METRICS,
                number,
                project,
                connection.createArrayOf("text", metrics.toArray()),
                connection.createArrayOf(
                        "float8", metrics.stream().map(facts.metrics()::get).toArray()));
        List<String> params = List.copyOf(facts.params().keySet());
        run(
                connection,
                PARAMS,
                number,
                project,
                connection.createArrayOf("text", params.toArray()),
                connection.createArrayOf(
                        "float8",
                        params.stream()
                                .map(name -> facts.params().get(name).number())
                                .toArray()),
                connection.createArrayOf(
                        "text",
                        params.stream()
                                .map(name -> facts.params().get(name).text())
                                .toArray()));
        return facts;
    }

    private static void run(Connection connection, String sql, int number, String project, Array... arrays)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, number);
            insert.setString(2, project);
            for (int i = 0; i < arrays.length; i++) {
                insert.setArray(3 + i, arrays[i]);
            }
            insert.execute();
        }
    }

    private Facts draw() {
        Facts drawn = draw.facts();
        Map<Attribute, Object> row = new HashMap<>();
        String status = draw.pick(Attribute.STATUS.words());
        boolean hasEnded = !status.equals("created") && !status.equals("running");
        Instant started = draw.pickTime();
        row.put(Attribute.ID, Uuids.next());
        row.put(Attribute.PROJECT, draw.pick(projects));
        row.put(Attribute.NAME, text());
        row.put(Attribute.KIND, draw.pick(Attribute.KIND.words()));
        row.put(Attribute.STATUS, status);
        row.put(Attribute.CREATED_AT, draw.pickTime());
        row.put(Attribute.UPDATED_AT, draw.pickTime());
        row.put(Attribute.TOTAL_COST_USD, new BigDecimal(random.nextInt(20)).movePointLeft(1));
        row.put(Attribute.INPUT_TOKENS, new BigDecimal(random.nextInt(3)));
        row.put(Attribute.OUTPUT_TOKENS, new BigDecimal(random.nextInt(3)));
        put(row, Attribute.DESCRIPTION, random.nextBoolean() ? text() : null);
        put(row, Attribute.NOTES, random.nextBoolean() ? text() : null);
        put(row, Attribute.ERROR, status.equals("failed") ? text() : null);
        put(row, Attribute.STARTED_AT, status.equals("created") ? null : started);
        put(row, Attribute.COMPLETED_AT, hasEnded ? started.plusNanos(random.nextInt(3) * 500_000L) : null);
        put(row, Attribute.ARCHIVED_AT, random.nextInt(3) == 0 ? draw.pickTime() : null);
        if (random.nextBoolean()) {
            row.putAll(draw.pick(datasets).attributes());
        }
        return new Facts(drawn.metrics(), drawn.params(), drawn.tags(), row);
    }

    private String text() {
        String text = draw.pick(RandomConditions.TEXTS);
        return text.isBlank() ? "blank" : text;
    }

    private static void put(Map<Attribute, Object> row, Attribute attribute, @Nullable Object value) {
        if (value != null) {
            row.put(attribute, value);
        }
    }
}
