package dev.evalstore.bench;

import java.sql.SQLException;

/**
 * Experiments made inside the server: in the project "searched" some with everything that one has, and in other projects more of
 * them with a few values each. MLflow's tables get the same values.
 */
final class TrackingData {
    /** A number in [0, 1) that depends on the experiment and the attribute, the same on both sides. */
    private static final String RANDOM = "(hashint8extended(i, j) & 1048575) / 1048576.0::double precision";

    private static final String DIGIT = "(hashint8extended(i, j + 100) & 1048575) % 10";

    /** What the other projects' experiments have of metrics and of params. */
    private static final int FEW = 2;

    private final Lab lab;

    TrackingData(Lab lab) {
        this.lab = lab;
    }

    /** So many experiments in the searched project, and so many others in all, in 999 projects. */
    void fill(String schema, int searched, int others) throws SQLException {
        lab.execute(
                sql(schema, "insert into %s.projects (name) values ('searched')"),
                sql(
                        schema,
                        "insert into %s.projects (name) select 'project ' || p from generate_series(1, 999) p where "
                                + others + " > 0"),
                sql(schema, names("metric", TrackingSample.METRICS)),
                sql(schema, names("param", TrackingSample.PARAMS)));
        fillProjects(schema, "1", 1, searched, TrackingSample.METRICS, TrackingSample.PARAMS, TrackingSample.TAGS);
        fillProjects(schema, "2 + i % 999", searched + 1, searched + others, FEW, FEW, 0);
        for (String table : new String[] {"experiments", "experiment_metrics", "experiment_params", "projects"}) {
            lab.execute(sql(schema, "vacuum (freeze, analyze) %s." + table));
        }
        lab.execute(sql(schema, "analyze %s.metric_names"), sql(schema, "analyze %s.param_names"), "checkpoint");
    }

    private static String names(String kind, int number) {
        return "insert into %s." + kind + "_names (name) select '" + kind + "_' || j from generate_series(0, "
                + (number - 1) + ") j order by j";
    }

    /** Without looking at the foreign keys, which hold by construction: that would be the longest part of this. */
    private void fillProjects(String schema, String project, int from, int to, int metrics, int params, int tags)
            throws SQLException {
        String all = " from generate_series(" + from + ", " + to + ") i";
        lab.execute("set session_replication_role = replica; "
                + sql(
                        schema,
                        "insert into %s.experiments (project, name, kind, status, started_at, tags, created_at, updated_at)"
                                + " select " + project + ", 'experiment ' || i, 'evaluation', 'running', at, "
                                + (tags == 0
                                        ? "'{}'"
                                        : "(select jsonb_object_agg('tag_' || j, 'x' || " + DIGIT
                                                + ") from generate_series(0, " + (tags - 1) + ") j)")
                                + ", at, at from (select i, now() - make_interval(secs => i) as at" + all + ") e; ")
                + sql(
                        schema,
                        "insert into %s.experiment_metrics (experiment, name_id, project, last_value, last_step, last_at,"
                                + " value_count, min_value, max_value) select i, n.id, " + project
                                + ", v, 0, now(), 1, v, v" + all + ", generate_series(0, " + (metrics - 1) + ") j,"
                                + " lateral (select " + RANDOM + " as v) r, %s.metric_names n"
                                + " where n.name = 'metric_' || j; ")
                + sql(
                        schema,
                        "insert into %s.experiment_params (experiment, name_id, project, kind, text_value)"
                                + " select i, n.id, " + project + ", 'string', 'v' || " + DIGIT + all
                                + ", generate_series(0, " + (params - 1) + ") j, %s.param_names n"
                                + " where n.name = 'param_' || j; ")
                + "set session_replication_role = origin");
    }

    /** The searched project's experiments in MLflow's tables, in the project of that number. */
    void fillMlflow(String schema, String project, int searched) throws SQLException {
        String all = " from generate_series(1, " + searched + ") i";
        String attribute = all + ", generate_series(0, %d) j";
        lab.execute(
                sql(
                        schema,
                        "insert into %s.runs (run_uuid, name, source_type, user_id, status, start_time, lifecycle_stage,"
                                + " artifact_uri, experiment_id) select md5(i::text), 'experiment ' || i, 'LOCAL', 'ada',"
                                + " 'RUNNING', 1700000000000 - i, 'active', '/tmp/' || i, " + project + all),
                sql(
                        schema,
                        "insert into %s.latest_metrics (key, value, \"timestamp\", step, is_nan, run_uuid)"
                                + " select 'metric_' || j, " + RANDOM + ", 1700000000000, 0, false, md5(i::text)"
                                + attribute.formatted(TrackingSample.METRICS - 1)),
                sql(
                        schema,
                        "insert into %s.params (key, value, run_uuid) select 'param_' || j, 'v' || " + DIGIT
                                + ", md5(i::text)" + attribute.formatted(TrackingSample.PARAMS - 1)),
                sql(
                        schema,
                        "insert into %s.tags (key, value, run_uuid) select 'tag_' || j, 'x' || " + DIGIT
                                + ", md5(i::text)" + attribute.formatted(TrackingSample.TAGS - 1)));
        for (String table : new String[] {"runs", "latest_metrics", "params", "tags"}) {
            lab.execute(sql(schema, "vacuum (freeze, analyze) %s." + table));
        }
        lab.execute("checkpoint");
    }

    /** So many points of one metric of a run, in MLflow's tables. */
    void fillHistory(String schema, String run, String key, int points) throws SQLException {
        lab.execute(
                sql(
                        schema,
                        "insert into %s.metrics (key, value, \"timestamp\", step, is_nan, run_uuid) select '" + key
                                + "', random(), 1700000000000 + s, s, false, '" + run + "' from generate_series(1, "
                                + points + ") s"),
                sql(schema, "vacuum (freeze, analyze) %s.metrics"));
    }

    private static String sql(String schema, String text) {
        return text.replace("%s", schema);
    }
}
