package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Field;
import java.util.List;
import java.util.stream.IntStream;

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

    private static final String LOGGED = """
            ), logged as materialized (
                select page.*, m.*, p.* from page
                cross join lateral (
                    select array_agg(m.name_id) as metric_ids, array_agg(m.last_value) as metric_values
                    from evalstore.experiment_metrics m where m.experiment = page.number) m
                cross join lateral (
                    select array_agg(p.name_id) as param_ids, string_agg("left"(p.kind, 1), '') as param_kinds,
                        array_agg(p.text_value) as param_texts
                    from evalstore.experiment_params p where p.experiment = page.number) p""";

    /** Names are long and shared by the rows of a page: they come once, with its first row. */
    private static final String EVERYTHING = """
            , e.tags, metric_ids, metric_values, param_ids, param_kinds, param_texts,
            case when row_number() over (order by {order}) = 1 then array(
                select n.id || ' ' || n.name from evalstore.metric_names n where n.id = any (array(
                    select distinct unnest(d.ids) from (select distinct metric_ids as ids from logged) d)))
                end as metric_names,
            case when row_number() over (order by {order}) = 1 then array(
                select n.id || ' ' || n.name from evalstore.param_names n where n.id = any (array(
                    select distinct unnest(d.ids) from (select distinct param_ids as ids from logged) d)))
                end as param_names""";

    private static final String PAGE = "from page";
    private static final String OF_EVERYTHING = "from logged page";

    private static final String LABEL = "f{i}";

    /** What follows the page, without the bracket that ends it. */
    Sql before() {
        return selected.isEmpty() ? Sql.of(LOGGED) : Sql.NONE;
    }

    /** What follows {@code select e.id}, for a page in this order. */
    Sql columns(String order) {
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
        return selected.isEmpty() ? columns.and(EVERYTHING.replace("{order}", order)) : columns;
    }

    /** What the rows of the page are read from. */
    String page() {
        return selected.isEmpty() ? OF_EVERYTHING : PAGE;
    }

    /** What is read of each row, in the order of {@link #columns}. */
    List<? extends Field> fields() {
        return selected.isEmpty() ? List.of(Attribute.values()) : selected;
    }

    List<String> labels() {
        return IntStream.range(0, fields().size()).mapToObj(SearchFields::label).toList();
    }

    private static String label(int i) {
        return LABEL.replace("{i}", Integer.toString(i));
    }
}
