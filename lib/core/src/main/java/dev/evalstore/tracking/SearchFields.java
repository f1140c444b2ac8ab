package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Field;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a search reads of the experiments of a page: the fields that were selected, or everything. */
record SearchFields(List<Field> selected) {
    private static final String METRIC = """
            , (select m.last_value from evalstore.experiment_metrics m where m.experiment = e.number
            and m.name_id = (select n.id from evalstore.metric_names n where n.name = ?)) as {f}""";

    private static final String PARAM = """
            , (select array[p.kind, p.text_value] from evalstore.experiment_params p where p.experiment = e.number
            and p.name_id = (select n.id from evalstore.param_names n where n.name = ?)) as {f}""";

    private static final String TAG = ", e.tags ->> ? as {f}";
    private static final String ATTRIBUTE = ", {c} as {f}";

    private static final String DATASET = """
            , (select {c} from evalstore.datasets d where d.id = e.dataset_id) as {f}""";

    private static final String PROJECT = """
            , (select j.name from evalstore.projects j where j.id = e.project) as {f}""";

    private static final String EVERYTHING = """
            , e.tags, m.metric_names, m.metric_values, p.param_names, p.param_kinds, p.param_texts""";

    /** The rows of all experiments of the page together: so a name is looked up once, and not once an experiment. */
    private static final String OF_EVERYTHING = """
            left join (
                select m.experiment, array_agg(n.name) as metric_names, array_agg(m.last_value) as metric_values
                from page g join evalstore.experiment_metrics m on m.experiment = g.number
                join evalstore.metric_names n on n.id = m.name_id
                group by m.experiment) m on m.experiment = e.number
            left join (
                select p.experiment, array_agg(n.name) as param_names, array_agg(p.kind) as param_kinds,
                    array_agg(p.text_value) as param_texts
                from page g join evalstore.experiment_params p on p.experiment = g.number
                join evalstore.param_names n on n.id = p.name_id
                group by p.experiment) p on p.experiment = e.number""";

    private static final String LABEL = "f{i}";

    /** What follows {@code select e.id}. */
    Sql columns() {
        List<? extends Field> fields = fields();
        Sql columns = Sql.NONE;
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            String label = label(i);
            if (field instanceof Field.Metric metric) {
                columns = columns.and(METRIC.replace("{f}", label), metric.name());
            } else if (field instanceof Field.Param param) {
                columns = columns.and(PARAM.replace("{f}", label), param.name());
            } else if (field instanceof Field.Tag tag) {
                columns = columns.and(TAG.replace("{f}", label), tag.name());
            } else {
                Attribute attribute = (Attribute) field;
                String text = SearchConditions.isOfDataset(attribute)
                        ? DATASET
                        : attribute == Attribute.PROJECT ? PROJECT : ATTRIBUTE;
                columns = columns.and(
                        text.replace("{c}", SearchConditions.column(attribute)).replace("{f}", label));
            }
        }
        return selected.isEmpty() ? columns.and(EVERYTHING) : columns;
    }

    /** What follows the experiments. */
    Sql joins() {
        return selected.isEmpty() ? Sql.of(OF_EVERYTHING) : Sql.NONE;
    }

    private List<? extends Field> fields() {
        return selected.isEmpty() ? List.of(Attribute.values()) : selected;
    }

    private static String label(int i) {
        return LABEL.replace("{i}", Integer.toString(i));
    }

    ExperimentRow read(Row row) throws SQLException {
        Map<Attribute, Object> attributes = new EnumMap<>(Attribute.class);
        Map<String, Double> metrics = new HashMap<>();
        Map<String, ParamValue> params = new HashMap<>();
        Map<String, String> tags = new HashMap<>();
        List<? extends Field> fields = fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            String label = label(i);
            if (field instanceof Field.Metric metric) {
                put(metrics, metric.name(), row.realOrNull(label));
            } else if (field instanceof Field.Param param) {
                List<String> pair = row.textsOrNull(label);
                put(params, param.name(), pair == null ? null : param(pair.get(0), pair.get(1)));
            } else if (field instanceof Field.Tag tag) {
                put(tags, tag.name(), row.textOrNull(label));
            } else {
                put(attributes, (Attribute) field, value(row, (Attribute) field, label));
            }
        }
        if (selected.isEmpty()) {
            tags.putAll(ExperimentRows.tags(row.text("tags")));
            everything(row, metrics, params);
        }
        return new ExperimentRow(row.uuid("id"), attributes, metrics, params, tags);
    }

    private static void everything(Row row, Map<String, Double> metrics, Map<String, ParamValue> params)
            throws SQLException {
        List<String> names = row.textsOrNull("metric_names");
        if (names != null) {
            List<Double> values = row.reals("metric_values");
            for (int i = 0; i < names.size(); i++) {
                metrics.put(names.get(i), values.get(i));
            }
        }
        List<String> paramNames = row.textsOrNull("param_names");
        if (paramNames != null) {
            List<String> kinds = row.texts("param_kinds");
            List<String> texts = row.texts("param_texts");
            for (int i = 0; i < paramNames.size(); i++) {
                params.put(paramNames.get(i), param(kinds.get(i), texts.get(i)));
            }
        }
    }

    private static ParamValue param(String kind, String text) {
        return new ParamValue(ParamKind.valueOf(kind.toUpperCase(Locale.ROOT)), text);
    }

    private static @Nullable Object value(Row row, Attribute attribute, String label) throws SQLException {
        return switch (attribute.type()) {
            case NUMBER -> row.numericOrNull(label);
            case TIME -> row.instantOrNull(label);
            case ID -> row.uuidOrNull(label);
            case TEXT, WORD, PARAM -> row.textOrNull(label);
        };
    }

    private static <K, V> void put(Map<K, V> map, K key, @Nullable V value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
