package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads in which params and metrics experiments differ. */
final class Differences {
    private static final int MAX_EXPERIMENTS = 100;

    /** A row for each experiment without a name, and one for each value that is not the same in all. */
    private static final String COMPARE = """
            /* experiments.compare */ with chosen as materialized (
                select g.i::int as i, e.number from unnest(?::uuid[]) with ordinality as g (id, i)
                join evalstore.experiments e on e.id = g.id and e.deleted_at is null),
            params as (
                select p.name_id from chosen c join evalstore.experiment_params p on p.experiment = c.number
                group by p.name_id
                having count(*) < ? or min(p.text_value) <> max(p.text_value) or min(p.kind) <> max(p.kind)),
            metrics as (
                select m.name_id from chosen c join evalstore.experiment_metrics m on m.experiment = c.number
                group by m.name_id having count(*) < ? or min(m.last_value) <> max(m.last_value))
            select i, null as name, null as kind, null as text_value, null::float8 as last_value,
                null::int8 as last_step, null::timestamptz as last_at, null::int8 as value_count,
                null::float8 as min_value, null::float8 as max_value from chosen
            union all
            select c.i, n.name, p.kind, p.text_value, null, null, null, null, null, null
            from params d cross join chosen c
            join evalstore.experiment_params p on p.experiment = c.number and p.name_id = d.name_id
            join evalstore.param_names n on n.id = d.name_id
            union all
            select c.i, n.name, null, null, m.last_value, m.last_step, m.last_at, m.value_count, m.min_value, m.max_value
            from metrics d cross join chosen c
            join evalstore.experiment_metrics m on m.experiment = c.number and m.name_id = d.name_id
            join evalstore.metric_names n on n.id = d.name_id""";

    private final List<UUID> experiments;
    private final boolean[] found;
    private final Map<String, List<@Nullable ParamValue>> params = new TreeMap<>();
    private final Map<String, List<@Nullable MetricSummary>> metrics = new TreeMap<>();

    private Differences(List<UUID> experiments) {
        this.experiments = experiments;
        this.found = new boolean[experiments.size()];
    }

    static ExperimentDifferences of(Jdbc jdbc, Collection<UUID> ids) {
        List<UUID> experiments = Check.list("ids", new ArrayList<>(Objects.requireNonNull(ids, "ids"))).stream()
                .distinct()
                .toList();
        if (experiments.size() < 2 || experiments.size() > MAX_EXPERIMENTS) {
            throw new IllegalArgumentException("ids must be 2 to " + MAX_EXPERIMENTS + " experiments");
        }
        Differences differences = new Differences(experiments);
        jdbc.list(
                Sql.of(COMPARE, SqlArray.uuids(experiments), experiments.size(), experiments.size()),
                differences::read);
        return differences.result();
    }

    private boolean read(Row row) throws SQLException {
        int place = row.integer("i") - 1;
        String name = row.textOrNull("name");
        if (name == null) {
            found[place] = true;
        } else if (row.textOrNull("kind") != null) {
            cells(params, name)
                    .set(place, new ParamValue(row.enumValue("kind", ParamKind.class), row.text("text_value")));
        } else {
            cells(metrics, name).set(place, MetricReads.summary(row));
        }
        return true;
    }

    private <V> List<@Nullable V> cells(Map<String, List<@Nullable V>> rows, String name) {
        return rows.computeIfAbsent(
                name, n -> new ArrayList<>(Collections.nCopies(experiments.size(), (@Nullable V) null)));
    }

    private ExperimentDifferences result() {
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                throw ExperimentReads.TABLE.notFound(experiments.get(i));
            }
        }
        return new ExperimentDifferences(
                experiments,
                params.entrySet().stream()
                        .map(row -> new ExperimentDifferences.Param(row.getKey(), row.getValue()))
                        .toList(),
                metrics.entrySet().stream()
                        .map(row -> new ExperimentDifferences.Metric(row.getKey(), row.getValue()))
                        .toList());
    }
}
