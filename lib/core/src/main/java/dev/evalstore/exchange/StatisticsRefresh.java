package dev.evalstore.exchange;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Finds the statistics that lack something, and refreshes them. */
final class StatisticsRefresh {
    /** One call refreshes no more. */
    static final int MAX = 100_000;

    /** Each batch is one commit, and computes from all submissions of its subjects. */
    private static final int BATCH = 50;

    /**
     * What has a mark, what was submitted to since the last refresh, and what is a day old, since ranks and categories change
     * without a mark. A submission is stored some time after the moment that it has, at the commit of its transaction: ten
     * minutes are allowed for that, and the day for longer ones.
     */
    private static final String DUE = """
            /* statistics_progress.due */ with submitted as materialized (
                select s.definition_id, s.submitted_by, s.subject_key, max(s.created_at) as last_at
                from evalstore.submissions s
                where s.created_at >= coalesce(
                        (select p.covered_until - interval '10 minutes' from evalstore.statistics_progress p), '-infinity')
                    and s.deleted_at is null and s.visibility = 'public'
                group by s.definition_id, s.submitted_by, s.subject_key)
            select kind, subject from (
                select m.kind, m.subject from evalstore.statistics_marks m
                union
                select 'definition', n.definition_id from submitted n
                left join evalstore.definition_statistics t on t.definition_id = n.definition_id
                where t.computed_at >= n.last_at + interval '10 minutes' is not true
                union
                select 'user', n.submitted_by from submitted n
                left join evalstore.user_statistics t on t.user_id = n.submitted_by
                where n.submitted_by is not null and t.computed_at >= n.last_at + interval '10 minutes' is not true
                union
                select 'model', n.subject_key from submitted n
                where not exists (
                    select from evalstore.model_statistics t
                    where t.subject_key = n.subject_key and t.computed_at >= n.last_at + interval '10 minutes')
                union
                select 'definition', t.definition_id from evalstore.definition_statistics t
                where t.computed_at < statement_timestamp() - interval '1 day'
                union
                select 'user', t.user_id from evalstore.user_statistics t
                where t.computed_at < statement_timestamp() - interval '1 day'
                union
                select 'model', t.subject_key from evalstore.model_statistics t
                where t.computed_at < statement_timestamp() - interval '1 day') due
            order by kind, subject limit ?""";

    private static final String ADVANCE = """
            /* statistics_progress.advance */ insert into evalstore.statistics_progress as p (covered_until) values (?)
            on conflict on constraint statistics_progress_pkey do update set
                covered_until = greatest(p.covered_until, excluded.covered_until)""";

    private StatisticsRefresh() {}

    static Cleanup run(Jdbc jdbc) {
        Instant now = jdbc.now();
        List<Due> due = jdbc.list(Sql.of(DUE, MAX), Due::map);
        for (StatisticsKind kind : StatisticsKind.values()) {
            List<UUID> subjects = due.stream()
                    .filter(one -> one.kind() == kind)
                    .map(Due::subject)
                    .toList();
            for (int i = 0; i < subjects.size(); i += BATCH) {
                figures(kind).refresh(jdbc, subjects.subList(i, Math.min(i + BATCH, subjects.size())));
            }
        }
        boolean more = due.size() == MAX;
        if (!more) {
            jdbc.update(Sql.of(ADVANCE, now));
        }
        return new Cleanup(due.size(), more);
    }

    private static Figures<?> figures(StatisticsKind kind) {
        return switch (kind) {
            case DEFINITION -> DefinitionFigures.FIGURES;
            case USER -> UserFigures.FIGURES;
            case MODEL -> ModelFigures.FIGURES;
        };
    }

    private record Due(StatisticsKind kind, UUID subject) {
        static Due map(Row row) throws SQLException {
            return new Due(row.enumValue("kind", StatisticsKind.class), row.uuid("subject"));
        }
    }
}
