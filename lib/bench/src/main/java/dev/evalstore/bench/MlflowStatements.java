package dev.evalstore.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * What MLflow 3.17 sends to its tables, statement by statement, from plain JDBC: to log a batch, eleven statements in four commits;
 * for a page of a search, six. Its inserts have many rows each, and its updates one. What its connection pool asks before each
 * use is left out.
 */
final class MlflowStatements {
    private static final String RUN_COLUMNS =
            "run_uuid, name, source_type, source_name, entry_point_name, user_id, status,"
                    + " start_time, end_time, deleted_time, source_version, lifecycle_stage, artifact_uri, experiment_id";
    private static final String POINT_COLUMNS = "key, value, \"timestamp\", step, is_nan, run_uuid";

    /** How many keys it asks for at a time. */
    private static final int KEYS = 500;

    /** How many points of a history it asks for at a time. */
    private static final int HISTORY_PAGE = 25_000;

    private final DataSource pool;
    private final String schema;

    MlflowStatements(DataSource pool, String schema) {
        this.pool = pool;
        this.schema = schema;
    }

    /** A run as MLflow stores one; not timed. */
    String createRun() throws SQLException {
        String id = UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into " + schema
                        + ".runs (run_uuid, name, source_type, status, start_time, lifecycle_stage, experiment_id)"
                        + " values (?, 'a run', 'LOCAL', 'RUNNING', 0, 'active', 1)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
        return id;
    }

    /** One part of a batch, in a transaction of its own. */
    private interface Part {
        void run(Connection connection) throws SQLException;
    }

    /** Logs so many metrics at a step, and with them so many params and tags, or none. */
    void log(String run, int metrics, long step, int params, int tags) throws SQLException {
        inTransaction(outer -> {
            readRun(outer, run);
            if (params > 0) {
                inTransaction(connection -> logParams(connection, run, params));
            }
            inTransaction(connection -> logMetrics(connection, run, metrics, step));
            if (tags > 0) {
                inTransaction(connection -> setTags(connection, run, tags));
            }
        });
    }

    private void inTransaction(Part part) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            part.run(connection);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private int read(Connection connection, String sql, Object... arguments) throws SQLException {
        return rows(connection, sql, arguments).size();
    }

    /** The rows, each value an object. */
    private static List<Object[]> rows(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            List<Object[]> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    Object[] values = new Object[columns];
                    for (int i = 0; i < columns; i++) {
                        values[i] = row.getObject(i + 1);
                    }
                    rows.add(values);
                }
            }
            return rows;
        }
    }

    private void readRun(Connection connection, String run) throws SQLException {
        String sql = "select " + RUN_COLUMNS + " from " + schema + ".runs where run_uuid = ?";
        if (read(connection, sql, run) != 1) {
            throw new IllegalStateException("there is no run");
        }
    }

    private void logParams(Connection connection, String run, int params) throws SQLException {
        readRun(connection, run);
        read(connection, "select key, value, run_uuid from " + schema + ".params where ? = run_uuid", run);
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < params; i++) {
            Collections.addAll(arguments, "param_" + i, "v" + i, run);
        }
        insert(connection, "params (key, value, run_uuid)", 3, arguments);
    }

    private void logMetrics(Connection connection, String run, int metrics, long step) throws SQLException {
        readRun(connection, run);
        long time = TrackingSample.BEGIN.plusSeconds(step).toEpochMilli();
        Map<String, Double> fresh = new LinkedHashMap<>();
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < metrics; i++) {
            double value = TrackingSample.value(i, step);
            fresh.put("metric_" + i, value);
            Collections.addAll(arguments, "metric_" + i, value, time, step, false, run);
        }
        insert(connection, "metrics (" + POINT_COLUMNS + ")", 6, arguments);
        updateLatest(connection, run, fresh, time, step);
        arguments.clear();
        fresh.forEach((key, value) -> Collections.addAll(arguments, key, value, time, step, false, run));
        insert(connection, "latest_metrics (" + POINT_COLUMNS + ")", 6, arguments);
    }

    /** Updates the metrics that are there, and takes them from the map. */
    private void updateLatest(Connection connection, String run, Map<String, Double> fresh, long time, long step)
            throws SQLException {
        List<String> keys = fresh.keySet().stream().sorted().toList();
        List<String> known = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += KEYS) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + KEYS));
            List<Object[]> there = keysOf(connection, "key", run, some, "");
            if (!there.isEmpty()) {
                List<String> locked = there.stream().map(row -> (String) row[0]).toList();
                keysOf(connection, POINT_COLUMNS, run, locked, " order by run_uuid, key for update");
                known.addAll(locked);
            }
        }
        String update = "update " + schema
                + ".latest_metrics set value = ?, \"timestamp\" = ?, step = ? where key = ? and run_uuid = ?";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            for (String key : known) {
                statement.setDouble(1, Objects.requireNonNull(fresh.remove(key)));
                statement.setLong(2, time);
                statement.setLong(3, step);
                statement.setString(4, key);
                statement.setString(5, run);
                statement.executeUpdate();
            }
        }
    }

    private List<Object[]> keysOf(Connection connection, String columns, String run, List<String> keys, String rest)
            throws SQLException {
        List<Object> arguments = new ArrayList<>();
        arguments.add(run);
        arguments.addAll(keys);
        return rows(
                connection,
                "select " + columns + " from " + schema + ".latest_metrics where run_uuid = ? and key in ("
                        + marks(keys.size()) + ")" + rest,
                arguments.toArray());
    }

    private void setTags(Connection connection, String run, int tags) throws SQLException {
        readRun(connection, run);
        List<Object> keys = new ArrayList<>();
        keys.add(run);
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < tags; i++) {
            keys.add("tag_" + i);
            Collections.addAll(arguments, "tag_" + i, "x" + i, run);
        }
        String sql = "select key, value, run_uuid from " + schema + ".tags where run_uuid = ? and key in ("
                + marks(tags) + ")";
        read(connection, sql, keys.toArray());
        insert(connection, "tags (key, value, run_uuid)", 3, arguments);
    }

    private void insert(Connection connection, String into, int columns, List<Object> arguments) throws SQLException {
        if (arguments.isEmpty()) {
            return;
        }
        String row = "(" + marks(columns) + ")";
        String sql = "insert into " + schema + "." + into + " values "
                + String.join(", ", Collections.nCopies(arguments.size() / columns, row));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.size(); i++) {
                statement.setObject(i + 1, arguments.get(i));
            }
            statement.executeUpdate();
        }
    }

    private static String marks(int number) {
        return String.join(", ", Collections.nCopies(number, "?"));
    }

    /**
     * The first runs of the searched project whose metric is greater than a number and whose param is a text, by that metric, the
     * greatest first; each with all that was logged. Returns how many values came with them.
     */
    int search(double above, String param, int limit) throws SQLException {
        int[] values = {0};
        inTransaction(connection -> {
            List<Object[]> runs = rows(
                    connection,
                    SEARCH.formatted(schema),
                    "metric_0",
                    above,
                    "param_0",
                    param,
                    "metric_0",
                    1,
                    "active",
                    limit + 1);
            Object[] ids = runs.stream().limit(limit).map(row -> row[0]).toArray();
            String in = " where run_uuid in (" + marks(ids.length) + ")";
            values[0] += read(connection, "select run_uuid, key, value from " + schema + ".tags" + in, ids);
            values[0] += read(connection, "select run_uuid, key, value from " + schema + ".params" + in, ids);
            values[0] += read(connection, "select " + POINT_COLUMNS + " from " + schema + ".latest_metrics" + in, ids);
            read(connection, INPUTS.formatted(schema, marks(ids.length)), ids);
            read(connection, OUTPUTS.formatted(schema, marks(ids.length)), ids);
        });
        return values[0];
    }

    /** The columns of one table, since another has columns of the same names. */
    private static final String SEARCH = "select distinct r." + RUN_COLUMNS.replace(", ", ", r.")
            + ", case when o.is_nan then 1 when o.value is null then 2 else 0 end as clause_1, o.value from %1$s.runs r"
            + " join (select " + POINT_COLUMNS + " from %1$s.latest_metrics where key = ? and value > ?"
            + " and is_nan = false) m on r.run_uuid = m.run_uuid"
            + " join (select key, value, run_uuid from %1$s.params where key = ? and value = ?) p"
            + " on r.run_uuid = p.run_uuid"
            + " left join (select " + POINT_COLUMNS + " from %1$s.latest_metrics where key = ?) o"
            + " on r.run_uuid = o.run_uuid"
            + " where r.experiment_id in (?) and r.lifecycle_stage in (?)"
            + " order by clause_1, o.value desc, r.start_time desc, r.run_uuid limit ? offset 0";

    private static final String INPUTS =
            "select i.input_uuid, i.destination_id, d.dataset_uuid, d.experiment_id, d.name, d.digest,"
                    + " d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile, t.name, t.value"
                    + " from %1$s.inputs i join %1$s.datasets d on i.source_id = d.dataset_uuid"
                    + " left join %1$s.input_tags t on t.input_uuid = i.input_uuid"
                    + " where i.destination_type = 'RUN' and i.destination_id in (%2$s) order by i.destination_id";

    private static final String OUTPUTS =
            "select input_uuid, source_type, source_id, destination_type, destination_id, step"
                    + " from %1$s.inputs where source_type = 'RUN_OUTPUT' and source_id in (%2$s)"
                    + " and destination_type = 'MODEL_OUTPUT'";

    /** All points of a metric, by pages. */
    int history(String run, String key) throws SQLException {
        String sql = "select " + POINT_COLUMNS + " from " + schema + ".metrics where run_uuid = ? and key = ?"
                + " order by \"timestamp\", step, value limit ? offset ?";
        int[] points = {0};
        int[] page = {0};
        do {
            inTransaction(connection ->
                    page[0] = Math.min(HISTORY_PAGE, read(connection, sql, run, key, HISTORY_PAGE + 1, points[0])));
            points[0] += page[0];
        } while (page[0] == HISTORY_PAGE);
        return points[0];
    }

    /** So many points of a metric, the first of as many equal parts, and the last of all. */
    int sampled(String run, String key, int most) throws SQLException {
        String sql = "select value, \"timestamp\", step, is_nan from (select value, \"timestamp\", step, is_nan,"
                + " row_number() over (partition by bucket order by step, \"timestamp\", value, is_nan) as rn"
                + " from (select value, \"timestamp\", step, is_nan, ntile(" + most + ")"
                + " over (order by step, \"timestamp\", value, is_nan) as bucket from " + schema
                + ".metrics where run_uuid = ? and key = ?) b) n where rn = 1 order by step, \"timestamp\", value, is_nan";
        String last =
                "select value, \"timestamp\", step, is_nan from " + schema + ".metrics where run_uuid = ? and key = ?"
                        + " order by step desc, \"timestamp\" desc, value desc, is_nan desc limit 1";
        int[] points = {0};
        inTransaction(connection -> {
            readRun(connection, run);
            points[0] = read(connection, sql, run, key);
            read(connection, last, run, key);
        });
        return points[0];
    }
}
