package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;

/** The statistics of users. */
final class UserFigures {
    static final Table<UserStatistics> TABLE = Table.of("user statistics", "user_statistics", """
                    user_id, submissions, verified, definitions, mean_score, best_rank, best_verified_rank,
                    proposals, votes, reviews, computed_at""", UserFigures::map)
            .key("user_id");

    private static final String STORED = """
            and user_id = ? and not exists (
                select from evalstore.statistics_marks m
                where m.kind = 'user' and m.subject = user_id and m.stale)""";

    /** A score within its metric's range, as {@link UserStatistics} says. By decimal numbers, which neither over- nor underflow. */
    private static final String SHARE = """
            case when r.high > r.low then greatest(0, least(1, case when v.primary_metric_higher_is_better
                then s.aggregate_score::numeric - r.low else r.high - s.aggregate_score::numeric end
                / (r.high - r.low))) end""";

    /** Of a user's entries on one board the best gives the rank, so as many are counted as there are boards. */
    private static final String COMPUTED = """
            select k.id as user_id, n.submissions, n.verified, n.definitions, n.mean_score, b.best_rank,
                b.best_verified_rank, g.proposals, g.votes, g.reviews, statement_timestamp() as computed_at
            from unnest(?::uuid[]) as k (id)
            cross join lateral (
                select count(*) as submissions,
                    count(*) filter (where s.verification_level in ('platform_verified', 'audited')) as verified,
                    count(distinct s.definition_id) as definitions, round(avg({share}), 307)::float8 as mean_score
                from evalstore.submissions s
                join evalstore.benchmark_definitions d on d.id = s.definition_id and d.deleted_at is null
                join evalstore.definition_versions v on v.id = s.version_id
                left join lateral (
                    select v.primary_metric_range_min::numeric as low, v.primary_metric_range_max::numeric as high
                    where v.normalization <> 'z_score'
                        and num_nulls(v.primary_metric_range_min, v.primary_metric_range_max) = 0
                    union all
                    select 0, 1
                    where v.normalization <> 'z_score'
                        and num_nulls(v.primary_metric_range_min, v.primary_metric_range_max) > 0
                        and exists (select from evalstore.test_cases t where t.version_id = v.id)) r on true
                where s.submitted_by = k.id and s.deleted_at is null and s.visibility = 'public') n
            cross join lateral (
                select min(a.rank) filter (where e.board = 'overall') as best_rank,
                    min(a.rank) filter (where e.board = 'verified') as best_verified_rank
                from (
                    select e.version_id, e.board, min(e.board_score) as board_score
                    from evalstore.submissions s
                    join evalstore.benchmark_definitions d on d.id = s.definition_id and d.deleted_at is null
                    join evalstore.leaderboard_entries e on e.submission_id = s.id
                    where s.submitted_by = k.id and s.deleted_at is null and s.visibility = 'public'
                        and e.valid_to is null and e.board in ('overall', 'verified')
                    group by e.version_id, e.board) e
                cross join lateral (
                    select 1 + count(*) as rank from evalstore.leaderboard_entries o
                    where o.version_id = e.version_id and o.board = e.board and o.valid_to is null
                        and o.board_score < e.board_score) a) b
            cross join lateral (
                select
                    (select count(*) from evalstore.proposals p where p.created_by = k.id) as proposals,
                    (select count(*) from evalstore.votes v where v.user_id = k.id) as votes,
                    (select count(*) from evalstore.reviews r
                        where r.reviewer_id = k.id and r.status = 'completed') as reviews) g""".replace("{share}", SHARE);

    private static final String LIVE = """
            /* user_statistics.live */ {computed}""".replace("{computed}", COMPUTED);

    private static final String REFRESH = TABLE.text("""
            /* user_statistics.refresh */ with counted as (
                delete from evalstore.statistics_marks where kind = 'user' and subject = any (?::uuid[])),
            computed as ({computed})
            insert into evalstore.user_statistics ({columns})
            select {columns} from computed where exists (select from evalstore.users e where e.id = user_id)
            on conflict on constraint user_statistics_pkey do update set
                submissions = excluded.submissions, verified = excluded.verified, definitions = excluded.definitions,
                mean_score = excluded.mean_score, best_rank = excluded.best_rank,
                best_verified_rank = excluded.best_verified_rank, proposals = excluded.proposals,
                votes = excluded.votes, reviews = excluded.reviews, computed_at = excluded.computed_at
            returning {columns}""").replace("{computed}", COMPUTED);

    static final Figures<UserStatistics> FIGURES = new Figures<>(StatisticsKind.USER, TABLE, STORED, LIVE, REFRESH);

    private UserFigures() {}

    private static UserStatistics map(Row row) throws SQLException {
        return new UserStatistics(
                row.uuid("user_id"),
                row.bigint("submissions"),
                row.bigint("verified"),
                row.bigint("definitions"),
                row.realOrNull("mean_score"),
                row.bigintOrNull("best_rank"),
                row.bigintOrNull("best_verified_rank"),
                row.bigint("proposals"),
                row.bigint("votes"),
                row.bigint("reviews"),
                row.instant("computed_at"));
    }
}
