package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Which params a batch overwrites, for the audit log. Where nobody acts, nothing is read for it. */
final class ParamChanges {
    private static final String BEFORE = """
            /* experiment_params.before */ select n.name, p.kind, p.text_value
            from evalstore.experiments e
            join evalstore.experiment_params p on p.experiment = e.number
            join evalstore.param_names n on n.id = p.name_id
            where e.id = ? and n.name = any (?)""";

    private ParamChanges() {}

    /** Does the work, under the experiment's lock where params may be overwritten, and tells of those that were. */
    static Optional<Json> around(Jdbc jdbc, UUID id, LogRows rows, Runnable work) {
        if (!rows.overwrites() || rows.params().isEmpty() || jdbc.acting() == null) {
            work.run();
            return Optional.empty();
        }
        ExperimentRows.lock(jdbc, id);
        List<String> names = List.copyOf(rows.params().keySet());
        Map<String, ParamValue> from = new TreeMap<>();
        jdbc.list(Sql.of(BEFORE, id, SqlArray.texts(names, name -> name)), row -> put(row, from));
        from.entrySet()
                .removeIf(before -> before.getValue().equals(rows.params().get(before.getKey())));
        work.run();
        if (from.isEmpty()) {
            return Optional.empty();
        }
        Map<String, ParamValue> to = new TreeMap<>(rows.params());
        to.keySet().retainAll(from.keySet());
        return Optional.of(JsonCodec.difference(field(from), field(to), Set.of()));
    }

    private static boolean put(Row row, Map<String, ParamValue> params) throws SQLException {
        return params.put(row.text("name"), ExperimentRows.param(row)) == null;
    }

    private static String field(Map<String, ParamValue> params) {
        return JsonCodec.write(Map.of("params", params));
    }
}
