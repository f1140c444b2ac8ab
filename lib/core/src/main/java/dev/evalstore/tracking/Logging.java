package dev.evalstore.tracking;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Logs batches: in one round trip and one commit, where all names are known and the points are not too many.
 *
 * <p>The lock of the experiment's row is the first statement. So batches of one experiment come one after the other, none waits
 * in a circle, and what the second statement reads stays so until it has written. That statement checks all, and then writes all
 * or nothing.
 */
final class Logging {
    /** What one statement takes, which bounds the memory of server and driver. */
    private static final int MAX_POINTS = 20_000;

    private static final int ATTEMPTS = 10;

    /** What there may be too many of, as the statement numbers them. */
    private static final List<String> COUNTED = List.of("params", "tags");

    /**
     * A point that is there already is not inserted again and not counted again; all else that a summary holds may be counted
     * twice. Metrics and params are found one by one by their key, and changed at the place where they were found, which stays
     * theirs under the lock: a join could be planned while the table is empty or for ten names, and meet thousands. An insert
     * that may meet a conflict costs more, and locks what it changes. Points are looked up too, but for those beyond the last
     * step of their metric. Params are counted only where the batch has new ones, and tags where it changes one. No column of
     * the answer is a text, or the driver would not send both statements in one piece.
     */
    private static final String LOG = """
            /* experiments.log */ select number from evalstore.experiments where id = ? for no key update;
            with experiment as materialized (
                select number, project, archived_at is not null as archived, tags, ?::jsonb as given
                from evalstore.experiments where id = ? and deleted_at is null),
            metric as materialized (
                select g.i, n.id, g.last_value, g.last_step, g.last_at, g.min_value, g.max_value, s.place,
                    coalesce(s.last_step, '-9223372036854775808') as known_step
                from experiment e
                cross join unnest(?::text[], ?::float8[], ?::int8[], ?::timestamptz[], ?::float8[], ?::float8[])
                    with ordinality as g (name, last_value, last_step, last_at, min_value, max_value, i)
                join evalstore.metric_names n on n.name = g.name
                left join lateral (
                    select x.ctid as place, x.last_step from evalstore.experiment_metrics x
                    where x.experiment = e.number and x.name_id = n.id limit 1) s on true),
            param as materialized (
                select g.i, n.id, g.kind, g.text_value, g.number_value, x.place,
                    case when x.place is not null
                        then (x.kind, x.text_value) is distinct from (g.kind, g.text_value) end as differs
                from experiment e
                cross join unnest(?::text[], ?::text[], ?::text[], ?::float8[])
                    with ordinality as g (name, kind, text_value, number_value, i)
                join evalstore.param_names n on n.name = g.name
                left join lateral (
                    select p.ctid as place, p.kind, p.text_value from evalstore.experiment_params p
                    where p.experiment = e.number and p.name_id = n.id limit 1) x on true),
            checked as materialized (
                select e.number, e.project, e.archived, e.given, m.ids, m.known_steps, p.other,
                    m.n < ? or p.n < ? as nameless,
                    case when p.added > 0 and p.added + (
                            select count(*) from (
                                select from evalstore.experiment_params x where x.experiment = e.number
                                order by x.name_id limit ?) l) > ? then 0
                        when not e.tags @> e.given and (
                            select count(*) from jsonb_object_keys(e.tags || e.given)) > ? then 1 end as too_many
                from experiment e
                cross join (select count(*) as n, array_agg(id order by i) as ids,
                    array_agg(known_step order by i) as known_steps from metric) m
                cross join (
                    select count(*) as n, count(*) filter (where differs is null) as added,
                        min(i) filter (where differs and not ?) as other from param) p),
            ready as materialized (
                select number, project, given, ids, known_steps from checked
                where not archived and not nameless and other is null and too_many is null),
            points as (
                insert into evalstore.metric_points (experiment, name_id, step, at, value)
                select r.number, r.ids[g.i], g.step, g.at, g.value
                from ready r cross join unnest(?::int[], ?::int8[], ?::timestamptz[], ?::float8[])
                    as g (i, step, at, value)
                where g.step > r.known_steps[g.i] or (
                    select true from evalstore.metric_points p where p.experiment = r.number
                        and p.name_id = r.ids[g.i] and p.step = g.step and p.at = g.at and p.value = g.value limit 1) is null
                returning name_id),
            counted as materialized (
                select r.number, r.project, m.id, m.last_value, m.last_step, m.last_at, c.n, m.min_value, m.max_value, m.place
                from ready r cross join metric m
                join (select name_id, count(*) as n from points group by name_id) c on c.name_id = m.id),
            new_metrics as (
                insert into evalstore.experiment_metrics (experiment, name_id, last_value, last_step, last_at,
                    value_count, min_value, max_value, project)
                select number, id, last_value, last_step, last_at, n, min_value, max_value, project
                from counted where place is null order by id),
            metrics as (
                update evalstore.experiment_metrics s set
                    last_value = case when (c.last_step, c.last_at, c.last_value)
                        > (s.last_step, s.last_at, s.last_value) then c.last_value else s.last_value end,
                    last_at = case when (c.last_step, c.last_at) > (s.last_step, s.last_at)
                        then c.last_at else s.last_at end,
                    last_step = greatest(s.last_step, c.last_step),
                    value_count = s.value_count + c.n,
                    min_value = least(s.min_value, c.min_value),
                    max_value = greatest(s.max_value, c.max_value)
                from counted c where s.ctid = c.place),
            new_params as (
                insert into evalstore.experiment_params
                    (experiment, name_id, number_value, project, kind, text_value)
                select r.number, p.id, p.number_value, r.project, p.kind, p.text_value
                from ready r cross join param p where p.place is null order by p.id),
            params as (
                update evalstore.experiment_params x set
                    number_value = p.number_value, kind = p.kind, text_value = p.text_value
                from ready r cross join param p where x.ctid = p.place and p.differs),
            tags as (
                update evalstore.experiments e set tags = e.tags || r.given, updated_at = statement_timestamp()
                from ready r where e.number = r.number and not e.tags @> r.given)
            select archived, nameless, other, too_many from checked""";

    private Logging() {}

    static void log(Jdbc jdbc, UUID id, LogBatch batch) {
        Objects.requireNonNull(id, "id");
        LogRows rows = LogRows.of(Objects.requireNonNull(batch, "batch"));
        log(
                jdbc,
                rows,
                () -> ExperimentReads.TABLE.act(
                        jdbc,
                        "log",
                        id,
                        on -> ParamChanges.around(on, id, rows, () -> write(on, id, rows)),
                        changes -> changes.orElse(null),
                        changes -> rows.size()));
    }

    /** Stores it as a part of another write, which leaves the audit entry. */
    static void store(Jdbc tx, UUID id, LogRows rows) {
        log(tx, rows, () -> write(tx, id, rows));
    }

    private static void log(Jdbc jdbc, LogRows rows, Runnable write) {
        if (rows.isEmpty()) {
            return;
        }
        UnknownOutcome outcome = new UnknownOutcome(jdbc);
        for (int attempt = 1; ; attempt++) {
            try {
                named(jdbc, rows, write);
                return;
            } catch (NamesGone e) {
                if (attempt >= ATTEMPTS) {
                    throw isOlder("names of metrics or params are being made", e);
                }
            } catch (ConstraintViolationException e) {
                throw e.kind() == ConstraintViolationException.Kind.UNIQUE ? isOlder("rows were logged", e) : e;
            } catch (TransientDatabaseException e) {
                // Another audit entry would say that it was done twice.
                if (jdbc.acting() != null) {
                    throw e;
                }
                outcome.retryAfter(e);
            } catch (ConflictException | NotFoundException e) {
                // Refused by what has changed since the attempt whose answer was lost.
                outcome.throwIfUnknown();
                throw e;
            }
        }
    }

    /** Only in a transaction whose snapshot is older than what is there: no other misses it under the lock. */
    private static TransientDatabaseException isOlder(String what, RuntimeException e) {
        return new TransientDatabaseException(what + " by another transaction; try again", "40001", false, e);
    }

    private static void named(Jdbc jdbc, LogRows rows, Runnable write) {
        Names metrics = jdbc.shared(Names.METRICS);
        Names params = jdbc.shared(Names.PARAMS);
        metrics.make(jdbc, rows.metricNames());
        params.make(jdbc, rows.params().keySet());
        try {
            write.run();
        } catch (NamesGone e) {
            metrics.forget(rows.metricNames());
            params.forget(rows.params().keySet());
            throw e;
        }
    }

    private static void write(Jdbc jdbc, UUID id, LogRows rows) {
        List<LogRows> parts = rows.parts(MAX_POINTS);
        if (parts.size() == 1) {
            writePart(jdbc, id, rows);
            return;
        }
        jdbc.atomically(tx -> {
            parts.forEach(part -> writePart(tx, id, part));
            return true;
        });
    }

    private static void writePart(Jdbc jdbc, UUID id, LogRows rows) {
        Checked checked =
                jdbc.change(sql(id, rows), Checked::map).orElseThrow(() -> ExperimentReads.TABLE.notFound(id));
        if (checked.isArchived()) {
            throw new ConflictException("experiment " + id + " is archived: cannot log");
        }
        if (checked.isNameless()) {
            throw new NamesGone();
        }
        if (checked.other() != null) {
            String name = List.copyOf(rows.params().keySet()).get(checked.other() - 1);
            throw new ConflictException(
                    "experiment " + id + " has another value of the param " + name + ": cannot log");
        }
        if (checked.tooMany() != null) {
            String entries = COUNTED.get(checked.tooMany());
            throw new ConflictException(
                    "experiment " + id + " would have more than 10,000 " + entries + ": cannot log");
        }
    }

    private static Sql sql(UUID id, LogRows rows) {
        List<LogRows.Metric> metrics = rows.metrics();
        List<Map.Entry<String, ParamValue>> params = List.copyOf(rows.params().entrySet());
        List<Integer> places = new ArrayList<>();
        List<MetricPoint> points = new ArrayList<>();
        for (int i = 0; i < metrics.size(); i++) {
            for (MetricPoint point : metrics.get(i).points()) {
                places.add(i + 1);
                points.add(point);
            }
        }
        return Sql.of(
                LOG,
                id,
                rows.tagsAsJson(),
                id,
                SqlArray.texts(metrics, LogRows.Metric::name),
                SqlArray.reals(metrics, metric -> metric.last().value()),
                SqlArray.bigints(metrics, metric -> metric.last().step()),
                SqlArray.instants(metrics, metric -> metric.last().at()),
                SqlArray.reals(metrics, LogRows.Metric::min),
                SqlArray.reals(metrics, LogRows.Metric::max),
                SqlArray.texts(params, Map.Entry::getKey),
                SqlArray.words(params, param -> param.getValue().kind()),
                SqlArray.texts(params, param -> param.getValue().text()),
                SqlArray.reals(params, param -> param.getValue().number()),
                metrics.size(),
                params.size(),
                ExperimentRules.MAX_ENTRIES,
                ExperimentRules.MAX_ENTRIES,
                ExperimentRules.MAX_ENTRIES,
                rows.overwrites(),
                SqlArray.ints(places, place -> place),
                SqlArray.bigints(points, MetricPoint::step),
                SqlArray.instants(points, MetricPoint::at),
                SqlArray.reals(points, MetricPoint::value));
    }

    /** Names that were thought to be there are not; nothing was written. */
    private static final class NamesGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NamesGone() {
            super("names are gone", null, false, false);
        }
    }

    /**
     * What the statement found.
     *
     * @param other the place of the first param that has another value, or null
     * @param tooMany the place in {@link #COUNTED} of what there would be too many of, or null
     */
    private record Checked(
            boolean isArchived,
            boolean isNameless,
            @Nullable Integer other,
            @Nullable Integer tooMany) {
        static Checked map(Row row) throws SQLException {
            return new Checked(
                    row.bool("archived"),
                    row.bool("nameless"),
                    row.integerOrNull("other"),
                    row.integerOrNull("too_many"));
        }
    }
}
