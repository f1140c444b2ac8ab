package dev.evalstore.exchange;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Finds the statistics that lack something, and refreshes them. */
final class StatisticsRefresh {
    /** So many subjects are looked for at a time. */
    private static final int PAGE = 10_000;

    /** Each batch is one commit, and computes from all submissions of its subjects. */
    private static final int BATCH = 50;

    /** In a statement before all others: whatever transaction is older than it has ended, and is seen by every refresh. */
    private static final String BEGIN = """
            /* statistics_progress.begin */ select statement_timestamp() as now,
                pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest""";

    /**
     * What has a mark, what was submitted to since the last refresh, and what is a day old, since ranks and categories change
     * without a mark. Submitted since are the rows of transactions that the last refresh may not have seen: their numbers are
     * not before the oldest that ran when it began, by the distance in 32 bits. A submission has the moment at which it was
     * sent: ten minutes are allowed until the commit of its transaction, and the day for longer ones.
     */
    private static final String DUE = """
            /* statistics_progress.due */ with submitted as materialized (
                select s.definition_id, s.submitted_by, s.subject_key
                from evalstore.submissions s
                left join evalstore.statistics_progress p on true
                where s.created_at >= coalesce(
                        (select o.covered_until - interval '10 minutes' from evalstore.statistics_progress o), '-infinity')
                    and (p.covered_xid is null
                        or (s.xmin::text::bigint - p.covered_xid % 4294967296 + 4294967296) % 4294967296 < 2147483648)
                    and s.deleted_at is null and s.visibility = 'public'
                group by s.definition_id, s.submitted_by, s.subject_key)
            select kind, subject from (
                select m.kind, m.subject from evalstore.statistics_marks m
                union
                select 'definition', n.definition_id from submitted n
                union
                select 'user', n.submitted_by from submitted n where n.submitted_by is not null
                union
                select 'model', n.subject_key from submitted n
                union
                select 'definition', t.definition_id from evalstore.definition_statistics t
                where t.computed_at < statement_timestamp() - interval '1 day'
                union
                select 'user', t.user_id from evalstore.user_statistics t
                where t.computed_at < statement_timestamp() - interval '1 day'
                union
                select 'model', t.subject_key from evalstore.model_statistics t
                where t.computed_at < statement_timestamp() - interval '1 day') due
            where (kind, subject) > (?, ?)
            order by kind, subject limit ?""";

    private static final String ADVANCE = """
            /* statistics_progress.advance */ insert into evalstore.statistics_progress as p (covered_until, covered_xid)
            values (?, ?)
            on conflict on constraint statistics_progress_pkey do update set
                covered_until = excluded.covered_until, covered_xid = excluded.covered_xid
            where p.covered_until < excluded.covered_until""";

    private StatisticsRefresh() {}

    /** When a refresh began, and the oldest transaction that ran then. */
    private record Begin(Instant now, long oldest) {}

    static Cleanup run(Jdbc jdbc) {
        Begin begin = jdbc.one(Sql.of(BEGIN), row -> new Begin(row.instant("now"), row.bigint("oldest")));
        int refreshed = 0;
        int found = 0;
        Due last = new Due("", new UUID(0, 0));
        List<Due> page;
        do {
            page = jdbc.list(
                    Sql.of(DUE, last.kind(), last.subject(), PAGE),
                    row -> new Due(row.text("kind"), row.uuid("subject")));
            for (StatisticsKind kind : StatisticsKind.values()) {
                List<UUID> subjects = page.stream()
                        .filter(one -> one.kind().equals(kind.name().toLowerCase(Locale.ROOT)))
                        .map(Due::subject)
                        .toList();
                for (int i = 0; i < subjects.size(); i += BATCH) {
                    refreshed +=
                            figures(kind).refreshFree(jdbc, subjects.subList(i, Math.min(i + BATCH, subjects.size())));
                }
            }
            found += page.size();
            last = page.isEmpty() ? last : page.get(page.size() - 1);
        } while (page.size() == PAGE);
        // What another transaction refreshes at the moment is left for the next time.
        if (refreshed == found) {
            jdbc.update(Sql.of(ADVANCE, begin.now(), begin.oldest()));
        }
        return new Cleanup(refreshed, false);
    }

    private static Figures<?> figures(StatisticsKind kind) {
        return switch (kind) {
            case DEFINITION -> DefinitionFigures.FIGURES;
            case USER -> UserFigures.FIGURES;
            case MODEL -> ModelFigures.FIGURES;
        };
    }

    private record Due(String kind, UUID subject) {}
}
