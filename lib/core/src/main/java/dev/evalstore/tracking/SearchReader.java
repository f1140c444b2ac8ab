package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Field;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one page, in their order: the first one brings the names that all need. */
final class SearchReader {
    private final List<? extends Field> fields;
    private final List<String> labels;
    private final boolean isWhole;
    private final Map<Integer, String> metricNames = new HashMap<>();
    private final Map<Integer, String> paramNames = new HashMap<>();

    SearchReader(SearchFields selection) {
        this.fields = selection.fields();
        this.labels = selection.labels();
        this.isWhole = selection.selected().isEmpty();
    }

    ExperimentRow read(Row row) throws SQLException {
        Map<Attribute, Object> attributes = new EnumMap<>(Attribute.class);
        // Sorted, so that the row copies them without comparing.
        Map<String, Double> metrics = new TreeMap<>();
        Map<String, ParamValue> params = new TreeMap<>();
        Map<String, String> tags = new TreeMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            String label = labels.get(i);
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
        if (isWhole) {
            tags.putAll(ExperimentRows.tags(row.text("tags")));
            everything(row, metrics, params);
        }
        return new ExperimentRow(row.uuid("id"), attributes, metrics, params, tags);
    }

    private void everything(Row row, Map<String, Double> metrics, Map<String, ParamValue> params) throws SQLException {
        remember(row.textsOrNull("metric_names"), metricNames);
        remember(row.textsOrNull("param_names"), paramNames);
        List<Integer> metricIds = row.integersOrNull("metric_ids");
        if (metricIds != null) {
            List<Double> values = row.reals("metric_values");
            for (int i = 0; i < metricIds.size(); i++) {
                metrics.put(Objects.requireNonNull(metricNames.get(metricIds.get(i))), values.get(i));
            }
        }
        List<Integer> paramIds = row.integersOrNull("param_ids");
        if (paramIds != null) {
            String kinds = row.text("param_kinds");
            List<String> texts = row.texts("param_texts");
            for (int i = 0; i < paramIds.size(); i++) {
                params.put(
                        Objects.requireNonNull(paramNames.get(paramIds.get(i))),
                        new ParamValue(kind(kinds.charAt(i)), texts.get(i)));
            }
        }
    }

    private static void remember(@Nullable List<String> numbered, Map<Integer, String> names) {
        if (numbered != null) {
            for (String pair : numbered) {
                int blank = pair.indexOf(' ');
                names.put(Integer.valueOf(pair.substring(0, blank)), pair.substring(blank + 1));
            }
        }
    }

    private static ParamKind kind(char letter) {
        return letter == 's' ? ParamKind.STRING : letter == 'n' ? ParamKind.NUMBER : ParamKind.BOOLEAN;
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
