package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.exchange.ModelStatistics.Metric;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statistics of models: of each a row for every category and kind of metric. */
final class ModelFigures {
    static final Table<ModelStatistics> TABLE =
            Table.of("model statistics", "model_statistics", """
                    subject_provider, subject_name, subject_version, category, metric_kind, metric_unit,
                    metric_higher_is_better, metric_range_min, metric_range_max, scores_count, scores_min, scores_max,
                    scores_mean, scores_median, scores_p75, scores_p95, scores_stddev, best_rank, score_per_dollar,
                    computed_at""", ModelFigures::map);

    /** The catalogue's order, whatever the database's locale. */
    private static final String ORDER = """
            order by category collate "C", metric_kind collate "C", metric_unit collate "C", metric_higher_is_better,
                metric_range_min, metric_range_max""";

    private static final String STORED = """
            and subject_key = ? and not exists (
                select from evalstore.statistics_marks m
                where m.kind = 'model' and m.subject = subject_key and m.stale)
            {order}""".replace("{order}", ORDER);

    /** The cost of a submission is summed before the join, and known where that of each of its cases is. */
    private static final String COMPUTED = """
            select g.subject_key, g.subject_provider, g.subject_name, g.subject_version, g.category, g.metric_kind,
                g.metric_unit, g.metric_higher_is_better, g.metric_range_min, g.metric_range_max, g.scores_count,
                g.scores_min, g.scores_max, g.scores_mean, g.scores_median, g.scores_p75, g.scores_p95,
                g.scores_stddev, b.best_rank, g.score_per_dollar, statement_timestamp() as computed_at
            from (
                select s.subject_key, s.subject_provider, s.subject_name, s.subject_version, d.category,
                    v.primary_metric_kind as metric_kind, v.primary_metric_unit as metric_unit,
                    v.primary_metric_higher_is_better as metric_higher_is_better,
                    v.primary_metric_range_min as metric_range_min, v.primary_metric_range_max as metric_range_max,
                    array_agg(distinct s.version_id) as versions, {spread},
                    case when v.primary_metric_higher_is_better and sum(c.cost_usd) > 0
                        then greatest(-1e300, least(1e300, round(
                            sum(s.aggregate_score::numeric) filter (where c.cost_usd is not null) / sum(c.cost_usd),
                            307)))::float8 end as score_per_dollar
                from evalstore.submissions s
                join evalstore.benchmark_definitions d on d.id = s.definition_id and d.deleted_at is null
                join evalstore.definition_versions v on v.id = s.version_id
                cross join lateral (
                    select case when count(*) = count(o.cost_usd) then sum(o.cost_usd) end as cost_usd
                    from evalstore.submission_cases o where o.submission_id = s.id) c
                where s.subject_key = any (?::uuid[]) and s.deleted_at is null and s.visibility = 'public'
                group by s.subject_key, s.subject_provider, s.subject_name, s.subject_version, d.category,
                    v.primary_metric_kind, v.primary_metric_unit, v.primary_metric_higher_is_better,
                    v.primary_metric_range_min, v.primary_metric_range_max) g
            cross join lateral (
                select min(a.rank) as best_rank
                from evalstore.leaderboard_entries e
                cross join lateral (
                    select 1 + count(*) as rank from evalstore.leaderboard_entries o
                    where o.version_id = e.version_id and o.board = 'overall' and o.valid_to is null
                        and o.board_score < e.board_score) a
                where e.version_id = any (g.versions) and e.board = 'overall' and e.subject_key = g.subject_key
                    and e.valid_to is null) b""".replace("{spread}", ScoreSpread.COLUMNS);

    private static final String LIVE =
            TABLE.text("""
            /* model_statistics.live */ select {columns} from ({computed}) m {order}""").replace("{computed}", COMPUTED).replace("{order}", ORDER);

    private static final String REFRESH = TABLE.text("""
            /* model_statistics.refresh */ with wanted as (
                select u.subject_key from unnest(?::uuid[]) as u (subject_key)),
            counted as (
                delete from evalstore.statistics_marks
                where kind = 'model' and subject in (select w.subject_key from wanted w)),
            computed as ({computed}),
            gone as (
                delete from evalstore.model_statistics m
                where m.subject_key in (select w.subject_key from wanted w) and not exists (
                    select from computed c
                    where c.subject_key = m.subject_key and c.category = m.category and c.metric_kind = m.metric_kind
                        and c.metric_unit is not distinct from m.metric_unit
                        and c.metric_higher_is_better = m.metric_higher_is_better
                        and c.metric_range_min is not distinct from m.metric_range_min
                        and c.metric_range_max is not distinct from m.metric_range_max))
            insert into evalstore.model_statistics (subject_key, {columns})
            select subject_key, {columns} from computed
            on conflict on constraint model_statistics_metric_unique do update set
                scores_count = excluded.scores_count, scores_min = excluded.scores_min,
                scores_max = excluded.scores_max, scores_mean = excluded.scores_mean,
                scores_median = excluded.scores_median, scores_p75 = excluded.scores_p75,
                scores_p95 = excluded.scores_p95, scores_stddev = excluded.scores_stddev,
                best_rank = excluded.best_rank, score_per_dollar = excluded.score_per_dollar,
                computed_at = excluded.computed_at
            returning {columns}""").replace("{computed}", COMPUTED);

    static final Figures<ModelStatistics> FIGURES = new Figures<>(StatisticsKind.MODEL, TABLE, STORED, LIVE, REFRESH);

    private static final String OF_CATEGORY = TABLE.text("""
            /* model_statistics.list */ select {columns}, id, exists (
                select from evalstore.statistics_marks m
                where m.kind = 'model' and m.subject = subject_key and m.stale) as stale
            from evalstore.model_statistics where category = ?""");

    /** The names themselves would make cursors too long. */
    private static final Keyset<Listed> BY_SUBJECT =
            new Keyset<>("model_statistics", List.of("subject_key", "id"), "asc", "?, ?", Listed::key, Listed::args);

    private ModelFigures() {}

    /** A page of the stored ones of a category. In place of each stale one is what is computed, or nothing. */
    static Page<ModelStatistics> list(Jdbc jdbc, DefinitionCategory category, int limit, @Nullable Cursor after) {
        Page<Listed> page = BY_SUBJECT.read(jdbc, Sql.of(OF_CATEGORY, category), Listed::map, limit, after);
        Set<UUID> stale = new LinkedHashSet<>();
        page.items().stream()
                .filter(Listed::stale)
                .forEach(one -> stale.add(one.row().subject().key()));
        Map<Identity, ModelStatistics> live = new HashMap<>();
        if (!stale.isEmpty()) {
            FIGURES.live(jdbc, stale).forEach(one -> live.put(Identity.of(one), one));
        }
        List<ModelStatistics> rows = new ArrayList<>();
        for (Listed one : page.items()) {
            ModelStatistics row = one.stale() ? live.get(Identity.of(one.row())) : one.row();
            if (row != null) {
                rows.add(row);
            }
        }
        return new Page<>(rows, page.next());
    }

    private static ModelStatistics map(Row row) throws SQLException {
        return new ModelStatistics(
                new ModelSubject(row.text("subject_provider"), row.text("subject_name"), row.text("subject_version")),
                row.enumValue("category", DefinitionCategory.class),
                new Metric(
                        row.text("metric_kind"),
                        row.textOrNull("metric_unit"),
                        row.bool("metric_higher_is_better"),
                        row.realOrNull("metric_range_min"),
                        row.realOrNull("metric_range_max")),
                ScoreSpread.map(row),
                row.bigintOrNull("best_rank"),
                row.realOrNull("score_per_dollar"),
                row.instant("computed_at"));
    }

    private record Identity(ModelSubject subject, DefinitionCategory category, Metric metric) {
        static Identity of(ModelStatistics row) {
            return new Identity(row.subject(), row.category(), row.metric());
        }
    }

    private record Listed(ModelStatistics row, UUID id, boolean stale) {
        static Listed map(Row row) throws SQLException {
            return new Listed(ModelFigures.map(row), row.uuid("id"), row.bool("stale"));
        }

        static String key(Listed one) {
            return one.row().subject().key() + "|" + one.id();
        }

        static Object[] args(String key) {
            int bar = key.indexOf('|');
            return new Object[] {UUID.fromString(key.substring(0, bar)), UUID.fromString(key.substring(bar + 1))};
        }
    }
}
