package dev.evalstore.tracking;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Predicates;
import dev.evalstore.internal.jdbc.Predicates.Comparison;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Field;
import dev.evalstore.search.Order;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Searches: a query is one statement, which finds the rows of a page and then reads the selected fields of those alone.
 *
 * <p>Rows are found in up to three steps, the later ones only where the page is not full yet. Without a metric as the first key
 * there is one step, over the experiments of the project. With one, the first step walks the metric's index in order and ends
 * with the page; then come the experiments with a NaN, then those without the metric.
 */
final class Searches {
    private static final String BEGIN = """
            /* experiments.search */ with""";

    private static final String SCOPE = """
            scope as materialized (select j.id from evalstore.projects j where j.name = ?),""";

    private static final String EXPLAIN = """
            /* experiments.explain */ explain (analyze, buffers)""";

    private static final String STEP = "{s} as materialized (select {keys}, r.number from (select {n} as number,";
    private static final String KEYED = "{c} as {k},";
    private static final String LAST_KEY = "{c} as {k}";

    private static final String EXPERIMENTS = """
            from evalstore.experiments e""";

    private static final String METRICS = """
            from evalstore.experiment_metrics o join evalstore.experiments e on e.number = o.experiment""";

    private static final String LIVE = """
            where e.deleted_at is null""";

    private static final String IN_PROJECT = """
            and e.project = (select s.id from scope s)""";

    private static final String OF_METRIC = """
            and o.project = (select s.id from scope s)
            and o.name_id = (select n.id from evalstore.metric_names n where n.name = ?)""";

    private static final String NUMBERS = """
            and o.last_value < 'NaN'""";

    private static final String NANS = """
            and o.last_value = 'NaN'""";

    private static final String WITHOUT_METRIC = """
            and (exists (select from evalstore.experiment_metrics m where m.experiment = e.number
            and m.project = (select s.id from scope s)
            and m.name_id = (select n.id from evalstore.metric_names n where n.name = ?))) is not true""";

    private static final String NOT_FULL = """
            and (select count(*) from s0) < ?""";

    private static final String STILL_NOT_FULL = """
            and (select count(*) from s0) + (select count(*) from s1) < ?""";

    private static final String END_OF_STEP = ") r where";

    private static final String ORDERED = "order by {order} limit ?)";

    private static final String PAGE = """
            , page as (
            select {columns}, number from {s}""";

    private static final String MORE = """
            union all select {columns}, number from {s}""";

    private static final String READ = """
            ) select e.id, page.number, {columns}""";

    private static final String ROWS = """
            join evalstore.experiments e on e.number = page.number""";

    private static final String END = """
            order by {order} limit ?""";

    private static final List<String> STEPS = List.of("s0", "s1", "s2");

    private final ExperimentQuery query;
    private final List<Order> orders;
    private final Field.@Nullable Metric metric;
    private final SearchKeys keys;
    private final @Nullable SearchCursor after;

    private Searches(ExperimentQuery query) {
        this.query = query;
        this.orders = query.orders().isEmpty() ? List.of(Order.descending(Attribute.CREATED_AT)) : query.orders();
        this.metric = query.project() != null && orders.get(0).field() instanceof Field.Metric first ? first : null;
        this.keys = new SearchKeys(joined("e.number", 0).keys());
        Cursor cursor = query.after();
        this.after = cursor == null ? null : SearchCursor.read(cursor, query, keys.types());
    }

    /** A row of a page, and its place. */
    private record Found(ExperimentRow row, SearchCursor place) {}

    static Page<ExperimentRow> page(Jdbc jdbc, ExperimentQuery query) {
        Searches search = new Searches(query);
        SearchFields fields = new SearchFields(query.fields());
        List<SearchKey.Type> types = search.keys.types();
        List<String> labels = search.keys.labels();
        SearchReader reader = new SearchReader(fields);
        List<Found> found =
                jdbc.list(search.sql(fields), row -> new Found(reader.read(row), SearchCursor.of(row, types, labels)));
        List<ExperimentRow> rows =
                found.stream().limit(query.limit()).map(Found::row).toList();
        return new Page<>(
                rows,
                found.size() <= query.limit()
                        ? null
                        : found.get(query.limit() - 1).place().write(query, types));
    }

    static String explain(Jdbc jdbc, ExperimentQuery query) {
        Sql search = new Searches(query).sql(new SearchFields(query.fields()));
        return String.join("\n", jdbc.list(Sql.of(EXPLAIN).and(search), row -> row.text("QUERY PLAN")));
    }

    private SearchKey.Joined joined(String number, int skipped) {
        return SearchKey.of(orders, skipped, number);
    }

    private Sql sql(SearchFields fields) {
        String project = query.project();
        Sql sql = Sql.of(BEGIN).andIf(project != null, SCOPE, project);
        List<Sql> steps = metric == null ? List.of(experiments()) : ofMetric(metric);
        for (int i = 0; i < steps.size(); i++) {
            sql = i == 0 ? sql.and(steps.get(i)) : sql.and(",").and(steps.get(i));
        }
        String columns = String.join(", ", keys.labels());
        for (int i = 0; i < steps.size(); i++) {
            sql = sql.and((i == 0 ? PAGE : MORE).replace("{columns}", columns).replace("{s}", STEPS.get(i)));
        }
        return sql.and(fields.before())
                .and(READ.replace("{columns}", String.join(", ", keys.qualified("page"))))
                .and(fields.columns(keys.order("page", 0)))
                .and(fields.page())
                .and(ROWS)
                .and(END.replace("{order}", keys.order("page", 0)), query.limit() + 1);
    }

    /** One step over experiments. */
    private Sql experiments() {
        SearchKey.Joined joined = joined("e.number", 0);
        SearchConditions conditions = new SearchConditions("e.number", query.project() != null, null, false);
        return step(0, "e.number", joined.keys())
                .and(EXPERIMENTS)
                .and(all(joined.joins()))
                .and(LIVE)
                .andIf(query.project() != null, IN_PROJECT)
                .and("and")
                .and(conditions.of(query.condition()))
                .and(end(-1));
    }

    /** Numbers, then NaN, then what is missing; without those that come before the cursor. */
    private List<Sql> ofMetric(Field.Metric first) {
        int from =
                after == null ? SearchKey.RANK_NUMBER : (Integer) after.keys().get(0);
        List<Sql> steps = new ArrayList<>();
        if (from == SearchKey.RANK_NUMBER && mayMeet(first, SearchKey.RANK_NUMBER)) {
            steps.add(withMetric(steps.size(), first, SearchKey.RANK_NUMBER));
        }
        if (from <= SearchKey.RANK_NAN && mayMeet(first, SearchKey.RANK_NAN)) {
            steps.add(withMetric(steps.size(), first, SearchKey.RANK_NAN));
        }
        if (steps.isEmpty() || mayMeet(first, SearchKey.RANK_MISSING)) {
            steps.add(withoutMetric(steps.size(), first));
        }
        return steps;
    }

    private boolean mayMeet(Field.Metric first, int rank) {
        return new SearchRanks(first, rank).mayMeet(query.condition());
    }

    private Sql withMetric(int step, Field.Metric first, int rank) {
        boolean isNumber = rank == SearchKey.RANK_NUMBER;
        SearchKey.Joined joined = joined("o.experiment", 1);
        SearchConditions conditions = new SearchConditions("o.experiment", true, first, true);
        Sql sql = step(step, "o.experiment", ranked(rank, isNumber ? "o.last_value" : "0::float8", joined.keys()))
                .and(METRICS)
                .and(all(joined.joins()))
                .and(LIVE)
                .and(OF_METRIC, first.name())
                .and(isNumber ? NUMBERS : NANS);
        SearchCursor place = after;
        if (isNumber && place != null) {
            Comparison notBefore = orders.get(0).descending() ? Comparison.AT_MOST : Comparison.AT_LEAST;
            sql = sql.and("and")
                    .and(Predicates.compare(
                            "o.last_value", notBefore, place.keys().get(1)));
        }
        return full(step, sql).and("and").and(conditions.of(query.condition())).and(end(rank));
    }

    private Sql withoutMetric(int step, Field.Metric first) {
        SearchKey.Joined joined = joined("e.number", 1);
        SearchConditions conditions = new SearchConditions("e.number", true, first, false);
        Sql sql = step(step, "e.number", ranked(SearchKey.RANK_MISSING, "0::float8", joined.keys()))
                .and(EXPERIMENTS)
                .and(all(joined.joins()))
                .and(LIVE)
                .and(IN_PROJECT)
                .and(WITHOUT_METRIC, first.name());
        return full(step, sql).and("and").and(conditions.of(query.condition())).and(end(SearchKey.RANK_MISSING));
    }

    private List<SearchKey> ranked(int rank, String value, List<SearchKey> others) {
        List<SearchKey> ranked = new ArrayList<>();
        ranked.add(new SearchKey(Sql.of(Integer.toString(rank)), SearchKey.Type.RANK, false));
        ranked.add(
                new SearchKey(Sql.of(value), SearchKey.Type.REAL, orders.get(0).descending()));
        ranked.addAll(others);
        return ranked;
    }

    /** No step does anything where those before it have found a page. */
    private Sql full(int step, Sql sql) {
        return sql.andIf(step == 1, NOT_FULL, query.limit() + 1).andIf(step == 2, STILL_NOT_FULL, query.limit() + 1);
    }

    private Sql step(int step, String number, List<SearchKey> expressions) {
        Sql sql = Sql.of(STEP.replace("{s}", STEPS.get(step))
                .replace("{n}", number)
                .replace("{keys}", String.join(", ", keys.qualified("r"))));
        List<String> labels = keys.labels();
        for (int i = 0; i < expressions.size(); i++) {
            Sql key = expressions.get(i).expression();
            String text = i == expressions.size() - 1 ? LAST_KEY : KEYED;
            sql = sql.and(new Sql(text.replace("{c}", key.text()).replace("{k}", labels.get(i)), key.args()));
        }
        return sql;
    }

    /** @param rank that of all rows of the step, or -1 where the ranks differ */
    private Sql end(int rank) {
        SearchCursor place = after;
        int first = rank < 0 ? 0 : rank == SearchKey.RANK_NUMBER ? 1 : 2;
        Sql later = place == null || (rank >= 0 && rank > (Integer) place.keys().get(0))
                ? Sql.of("true")
                : keys.later(place, first);
        return Sql.of(END_OF_STEP)
                .and(later)
                .and(ORDERED.replace("{order}", keys.order("r", first)), query.limit() + 1);
    }

    private static Sql all(List<Sql> parts) {
        Sql all = Sql.NONE;
        for (Sql part : parts) {
            all = all.and(part);
        }
        return all;
    }
}
