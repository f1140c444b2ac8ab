package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads metrics. Points come in the order of their table's key, from its index alone where vacuum has been. */
final class MetricReads {
    static final int MIN_POINTS = 4;
    static final int MAX_POINTS = 10_000;

    /** A point is short, whatever it is. */
    private static final int FETCHED = 1_000;

    private static final String METRICS = """
            /* experiment_metrics.of_experiment */ select n.name, m.last_value, m.last_step, m.last_at, m.value_count,
                m.min_value, m.max_value
            from evalstore.experiments e
            join evalstore.experiment_metrics m on m.experiment = e.number
            join evalstore.metric_names n on n.id = m.name_id
            where e.id = ? and e.deleted_at is null""";

    static final String HISTORY = """
            /* metric_points.history */ select step, at, value from evalstore.metric_points
            where experiment = (select number from evalstore.experiments where id = ? and deleted_at is null)
                and name_id = (select id from evalstore.metric_names where name = ?)
                and step between ? and ?
            order by step, at, value""";

    /**
     * The first, the last, the smallest and the greatest point of each bucket: M4, by Jugel, Jerzak, Hackenbroich and Markl, "M4:
     * A Visualization-Oriented Time Series Data Aggregation", PVLDB 7 (10), 2014, section 4. Buckets are equally wide in
     * steps, or in time where all points have one step. Each is a range of steps, both ends included, which costs less a point
     * than a comparison of rows: it is read once for its extremes. The points that have those are then found with the value as
     * a condition on the index. The few points of a short history are all there.
     */
    static final String REDUCED = """
            /* metric_points.reduced */ with metric as materialized (
                select m.experiment, m.name_id, m.value_count > ? as is_long
                from evalstore.experiments e
                join evalstore.metric_names n on n.name = ?
                join evalstore.experiment_metrics m on m.experiment = e.number and m.name_id = n.id
                where e.id = ? and e.deleted_at is null),
            ends as materialized (
                select m.experiment, m.name_id, f.step as first_step, f.at as first_at, l.step as last_step,
                    l.at as last_at, f.step = l.step as is_one_step
                from metric m
                cross join lateral (
                    select step, at from evalstore.metric_points p
                    where p.experiment = m.experiment and p.name_id = m.name_id order by step, at, value limit 1) f
                cross join lateral (
                    select step, at from evalstore.metric_points p
                    where p.experiment = m.experiment and p.name_id = m.name_id
                    order by step desc, at desc, value desc limit 1) l
                where m.is_long),
            bounds as materialized (
                select experiment, name_id, i, i = b.n as is_last,
                    case when is_one_step then first_step
                        else (first_step + (last_step::numeric - first_step) * i / b.n)::bigint end as step,
                    case when is_one_step then first_at
                        + make_interval(secs => extract(epoch from last_at - first_at)::float8 * i / b.n) end as at
                from ends cross join (select ?::int as n) b cross join generate_series(0, b.n) i),
            buckets as materialized (
                select l.experiment, l.name_id, l.step as from_step,
                    case when u.is_last or u.at is not null then u.step when u.step > l.step then u.step - 1 end as to_step,
                    l.at as from_at, case when u.is_last and u.at is not null then 'infinity' else u.at end as to_at
                from (select *, i + 1 as next from bounds) l join bounds u on u.i = l.next),
            extremes as materialized (
                select b.*, x.low, x.high from buckets b cross join lateral (
                    select min(value) as low, max(value) filter (where value < 'NaN') as high
                    from evalstore.metric_points p where {in_bucket}) x)
            select q.* from buckets b cross join lateral (
                select step, at, value from evalstore.metric_points p where {in_bucket}
                order by step, at, value limit 1) q
            union select q.* from buckets b cross join lateral (
                select step, at, value from evalstore.metric_points p where {in_bucket}
                order by step desc, at desc, value desc limit 1) q
            union select q.* from extremes b cross join lateral (
                select step, at, value from evalstore.metric_points p where {in_bucket} and p.value = b.low
                order by step, at, value limit 1) q
            union select q.* from extremes b cross join lateral (
                select step, at, value from evalstore.metric_points p where {in_bucket} and p.value = b.high
                order by step, at, value limit 1) q
            union all select p.step, p.at, p.value from metric m join evalstore.metric_points p
                on p.experiment = m.experiment and p.name_id = m.name_id where not m.is_long
            order by step, at, value""".replace("{in_bucket}", """
            p.experiment = b.experiment and p.name_id = b.name_id
                and p.step between b.from_step and b.to_step
                and (b.to_at is null or p.at >= b.from_at and p.at < b.to_at)""");

    private MetricReads() {}

    static Map<String, MetricSummary> metrics(Jdbc jdbc, UUID id) {
        Map<String, MetricSummary> metrics = new TreeMap<>();
        jdbc.list(
                Sql.of(METRICS, Objects.requireNonNull(id, "id")),
                row -> metrics.put(row.text("name"), summary(row)) == null);
        return Collections.unmodifiableMap(metrics);
    }

    static void stream(Jdbc jdbc, UUID id, String name, StepRange range, Consumer<? super MetricPoint> consumer) {
        Objects.requireNonNull(id, "id");
        Names.check("name", name);
        Objects.requireNonNull(range, "range");
        Objects.requireNonNull(consumer, "consumer");
        jdbc.forEach(Sql.of(HISTORY, id, name, range.from(), range.to()), FETCHED, MetricReads::point, consumer);
    }

    static List<MetricPoint> reduced(Jdbc jdbc, UUID id, String name, int maxPoints) {
        Objects.requireNonNull(id, "id");
        Names.check("name", name);
        Check.range("maxPoints", maxPoints, MIN_POINTS, MAX_POINTS);
        return jdbc.list(Sql.of(REDUCED, maxPoints, name, id, maxPoints / 4), MetricReads::point);
    }

    /** A summary of columns with the table's names. */
    static MetricSummary summary(Row row) throws SQLException {
        return new MetricSummary(
                row.real("last_value"),
                row.bigint("last_step"),
                row.instant("last_at"),
                row.realOrNull("min_value"),
                row.realOrNull("max_value"),
                row.bigint("value_count"));
    }

    private static MetricPoint point(Row row) throws SQLException {
        return new MetricPoint(row.bigint("step"), row.instant("at"), row.real("value"));
    }
}
