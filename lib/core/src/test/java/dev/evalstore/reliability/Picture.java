package dev.evalstore.reliability;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.postgresql.PGStatement;

/**
 * All rows of all tables, without what differs from run to run: ids and numbers from sequences are left out, times are told as
 * past, now or future. Two runs of one write from one beginning give equal pictures if it was done equally often.
 */
final class Picture {
    /** The schema of the second set of state tables that a write may make. */
    static final String SECOND_SET = "evalstore_second";

    /** From sequences, or from the clock. */
    private static final Set<String> NUMBERS = Set.of(
            "seq",
            "token",
            "start_position",
            "secret",
            "version",
            "lane",
            "generation",
            "worker",
            "id",
            "namespace_id",
            "number",
            "experiment",
            "project",
            "name_id",
            "key_id",
            "key_hash",
            "token_hash",
            // Of ids among others.
            "content_hash",
            "rate_slots",
            "mark",
            "xid",
            "expiry_minute",
            "change_floor",
            "covered_xid",
            "entity_id");

    /** What is made on the way to a write and does no harm when the write is not done. */
    private static final Set<String> BESIDE =
            Set.of("job_lanes", "config_lanes", "projects", "param_names", "metric_names");

    /** What a {@code Database} remembers the numbers of, or that it is there. */
    private static final Set<String> KEPT =
            Set.of("job_lanes", "state_namespaces", "state_incarnation", "projects", "param_names", "metric_names");

    private static final String COLUMNS = """
            select c.relname, a.attname, a.atttypid::regtype::text as type
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                and c.relname <> 'evalstore_schema_history' and a.attnum > 0 and not a.attisdropped
            order by c.relname, a.attnum""";

    private static final String OLD_PARTITIONS =
            "select relname::text from pg_class where relnamespace = 'evalstore'::regnamespace and relispartition"
                    + " and relkind = 'r' and relname ~ '_200[0-9]_[0-9]{2}$'";

    /** What no row tells: a second set of tables, and that tables were vacuumed by hand. */
    private static final String BESIDE_ROWS = " union all select 'table ' || relname from pg_class"
            + " where relnamespace = to_regnamespace('" + SECOND_SET + "') and relkind = 'r'"
            + " union all select 'vacuumed ' || relname from pg_stat_all_tables"
            + " where schemaname = 'evalstore' and relname ~ '^state_(entries|history|changes)$' and vacuum_count > 0";

    private static final String SETTLE = """
            do $$ begin
                for i in 1..2000 loop
                    exit when not exists (
                        select from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
                            and pid <> pg_backend_pid() and xact_start is not null);
                    perform pg_sleep(0.002);
                    perform pg_stat_clear_snapshot();
                end loop;
            end $$""";

    private final Connection admin;
    private final TreeMap<String, PreparedStatement> rowsOf = new TreeMap<>();
    private final PreparedStatement beside;

    /** Names the tables that have rows. A write fills few of them, and to read all would take most of the time. */
    private final PreparedStatement filled;

    private final String tables;

    Picture(Connection admin) throws SQLException {
        this.admin = admin;
        TreeMap<String, List<String>> columnsOf = new TreeMap<>();
        try (var statement = admin.createStatement();
                ResultSet columns = statement.executeQuery(COLUMNS)) {
            while (columns.next()) {
                columnsOf
                        .computeIfAbsent(columns.getString(1), name -> new ArrayList<>())
                        .add(shown(columns.getString(2), columns.getString(3)));
            }
        }
        for (var table : columnsOf.entrySet()) {
            if (!BESIDE.contains(table.getKey())) {
                rowsOf.put(table.getKey(), admin.prepareStatement(rows(table.getKey(), table.getValue())));
            }
        }
        this.beside = admin.prepareStatement(
                "select 'partition ' || p.relname from (" + OLD_PARTITIONS + ") p (relname)" + BESIDE_ROWS);
        this.filled = admin.prepareStatement(rowsOf.keySet().stream()
                .map(table -> "select '" + table + "' where exists (select from evalstore." + table + ")")
                .collect(Collectors.joining(" union all ")));
        // As a function its plans are made once.
        try (var statement = admin.createStatement()) {
            statement.execute(
                    "set jit = off; create function pg_temp.clear() returns void language plpgsql as $$ begin "
                            + columnsOf.keySet().stream()
                                    .filter(table -> !KEPT.contains(table))
                                    .map(table -> "delete from evalstore." + table + "; ")
                                    .collect(Collectors.joining())
                            + "update evalstore.state_namespaces set epoch = 1, kept_epoch = 0, change_floor = 0; end $$");
        }
        this.tables =
                columnsOf.keySet().stream().map(table -> "evalstore." + table).collect(Collectors.joining(", "));
        for (PreparedStatement statement : rowsOf.values()) {
            planOnce(statement);
        }
        planOnce(beside);
        planOnce(filled);
    }

    private static void planOnce(PreparedStatement statement) throws SQLException {
        statement.unwrap(PGStatement.class).setPrepareThreshold(1);
    }

    private static String rows(String table, List<String> shown) {
        // To say twice that a unit has changed is as good as once.
        String times = table.equals("unit_changes") ? "1" : "count(*)";
        return "select " + times + " || ' x ' || line from (select '" + table + ": ' || concat_ws(', ', "
                + String.join(", ", shown) + ") as line from evalstore." + table + ") l group by line";
    }

    private static String shown(String column, String type) {
        String name = "t_" + column;
        String value = '"' + column + '"';
        boolean isPosition = column.equals("position") && type.equals("bigint");
        if (type.equals("uuid") || isPosition || NUMBERS.contains(column)) {
            value = "case when " + value + " is not null then '*' end";
        } else if (type.startsWith("timestamp") || type.equals("date")) {
            value = "case when %1$s < statement_timestamp() - interval '2 hours' then 'past'".formatted(value)
                    + " when %1$s > statement_timestamp() + interval '2 hours' then 'future' when %1$s is not null then 'now' end"
                            .formatted(value);
        } else {
            // Within texts and documents: ids, hashes, times, positions and the public parts of keys.
            value = "regexp_replace(" + value
                    + "::text, '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"
                    + "|\"keyId\": [^}]*|\"(startP|p)osition\": [0-9]+', '*', 'g')";
        }
        return "'" + name.substring(2) + "=' || " + value;
    }

    /** Clears away what the runs before have left behind, which each picture would look through. */
    void vacuum() throws SQLException {
        try (var statement = admin.createStatement()) {
            statement.execute("vacuum " + tables);
        }
    }

    /** Deletes all rows but those of lanes and namespaces, the partitions of long ago, and the second set of tables. */
    void clear() throws SQLException {
        try (var statement = admin.createStatement()) {
            statement.execute(
                    "set session_replication_role = replica; select pg_temp.clear(); reset session_replication_role");
            statement.execute("drop schema if exists " + SECOND_SET + " cascade");
            for (String partition : lines(OLD_PARTITIONS)) {
                statement.execute("drop table evalstore." + partition);
            }
        }
    }

    /** Everything, sorted, once the sessions that were cut off have noticed. */
    List<String> take() throws SQLException {
        try (var statement = admin.createStatement()) {
            statement.execute(SETTLE);
        }
        List<String> all = new ArrayList<>(lines(beside));
        for (String table : lines(filled)) {
            all.addAll(lines(rowsOf.get(table)));
        }
        all.sort(null);
        return all;
    }

    private static List<String> lines(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            return sorted(result);
        }
    }

    private List<String> lines(String sql) throws SQLException {
        try (var statement = admin.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return sorted(result);
        }
    }

    private static List<String> sorted(ResultSet result) throws SQLException {
        List<String> lines = new ArrayList<>();
        while (result.next()) {
            lines.add(result.getString(1));
        }
        lines.sort(null);
        return lines;
    }
}
