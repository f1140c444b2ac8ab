package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;

/** The statistics of definitions. Each part has a subquery of its own: joined, they would multiply each other's rows. */
final class DefinitionFigures {
    static final Table<DefinitionStatistics> TABLE = Table.of(
                    "definition statistics", "definition_statistics", """
                    definition_id, submissions, models, providers, submitters, version_id, scores_count, scores_min,
                    scores_max, scores_mean, scores_median, scores_p75, scores_p95, scores_stddev, top_verified_id,
                    top_verified_score, first_submitted_at, last_submitted_at, computed_at""", DefinitionFigures::map)
            .key("definition_id");

    private static final String STORED = """
            and definition_id = ? and not exists (
                select from evalstore.statistics_marks m
                where m.kind = 'definition' and m.subject = definition_id and m.stale)""";

    /** A deleted definition has none. */
    private static final String COMPUTED = """
            select k.id as definition_id, n.submissions, n.models, n.providers, n.submitters, m.id as version_id,
                c.scores_count, c.scores_min, c.scores_max, c.scores_mean, c.scores_median, c.scores_p75, c.scores_p95,
                c.scores_stddev, t.id as top_verified_id, t.aggregate_score as top_verified_score,
                n.first_submitted_at, n.last_submitted_at, statement_timestamp() as computed_at
            from unnest(?::uuid[]) as k (id)
            left join evalstore.benchmark_definitions d on d.id = k.id and d.deleted_at is null
            cross join lateral (
                select count(*) as submissions, count(distinct s.subject_key) as models,
                    count(distinct s.subject_provider) as providers, count(distinct s.submitted_by) as submitters,
                    min(s.created_at) as first_submitted_at, max(s.created_at) as last_submitted_at
                from evalstore.submissions s
                where s.definition_id = d.id and s.deleted_at is null and s.visibility = 'public') n
            left join lateral (
                select v.id, array(
                    select o.id from evalstore.definition_versions o
                    where o.definition_id = d.id and o.primary_metric_name = v.primary_metric_name
                        and o.primary_metric_kind = v.primary_metric_kind
                        and o.primary_metric_unit is not distinct from v.primary_metric_unit
                        and o.primary_metric_higher_is_better = v.primary_metric_higher_is_better
                        and o.primary_metric_range_min is not distinct from v.primary_metric_range_min
                        and o.primary_metric_range_max is not distinct from v.primary_metric_range_max) as comparable
                from evalstore.definition_versions v
                where v.definition_id = d.id and exists (
                    select from evalstore.submissions s
                    where s.version_id = v.id and s.deleted_at is null and s.visibility = 'public')
                order by v.precedence desc limit 1) m on true
            cross join lateral (
                select {spread} from evalstore.submissions s
                where s.version_id = any (m.comparable) and s.deleted_at is null and s.visibility = 'public') c
            left join lateral (
                select s.id, s.aggregate_score from evalstore.submissions s
                where s.version_id = any (m.comparable) and s.deleted_at is null and s.visibility = 'public'
                    and s.verification_level in ('platform_verified', 'audited')
                order by s.board_score, s.created_at, s.id limit 1) t on true""".replace("{spread}", ScoreSpread.COLUMNS);

    private static final String LIVE = """
            /* definition_statistics.live */ {computed}""".replace("{computed}", COMPUTED);

    private static final String REFRESH = TABLE.text("""
            /* definition_statistics.refresh */ with counted as (
                delete from evalstore.statistics_marks where kind = 'definition' and subject = any (?::uuid[])),
            computed as ({computed})
            insert into evalstore.definition_statistics ({columns})
            select {columns} from computed
            where exists (select from evalstore.benchmark_definitions e where e.id = definition_id)
            on conflict on constraint definition_statistics_pkey do update set
                submissions = excluded.submissions, models = excluded.models, providers = excluded.providers,
                submitters = excluded.submitters, version_id = excluded.version_id,
                scores_count = excluded.scores_count, scores_min = excluded.scores_min,
                scores_max = excluded.scores_max, scores_mean = excluded.scores_mean,
                scores_median = excluded.scores_median, scores_p75 = excluded.scores_p75,
                scores_p95 = excluded.scores_p95, scores_stddev = excluded.scores_stddev,
                top_verified_id = excluded.top_verified_id, top_verified_score = excluded.top_verified_score,
                first_submitted_at = excluded.first_submitted_at, last_submitted_at = excluded.last_submitted_at,
                computed_at = excluded.computed_at
            returning {columns}""").replace("{computed}", COMPUTED);

    static final Figures<DefinitionStatistics> FIGURES =
            new Figures<>(StatisticsKind.DEFINITION, TABLE, STORED, LIVE, REFRESH);

    private DefinitionFigures() {}

    private static DefinitionStatistics map(Row row) throws SQLException {
        return new DefinitionStatistics(
                row.uuid("definition_id"),
                row.bigint("submissions"),
                row.bigint("models"),
                row.bigint("providers"),
                row.bigint("submitters"),
                row.uuidOrNull("version_id"),
                ScoreSpread.map(row),
                row.uuidOrNull("top_verified_id"),
                row.realOrNull("top_verified_score"),
                row.instantOrNull("first_submitted_at"),
                row.instantOrNull("last_submitted_at"),
                row.instant("computed_at"));
    }
}
