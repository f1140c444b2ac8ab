package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.UUID;

/**
 * Marks by which statistics learn what they have not counted. A mark is a row that is only inserted, in the commit of the
 * change: whoever changes submissions neither waits for a refresh nor for another change. Of a new submission there is no
 * mark, since a refresh finds it by its time.
 */
final class StatisticsMarks {
    private static final String MARK = """
            /* statistics_marks.mark */ insert into evalstore.statistics_marks (kind, subject, stale)
            select m.kind, m.subject, ?
            from (values ('definition', ?::uuid), ('user', ?::uuid), ('model', ?::uuid)) as m (kind, subject)
            where m.subject is not null""";

    private static final String MARK_ALL = """
            /* statistics_marks.mark_all */ insert into evalstore.statistics_marks (kind, subject, stale)
            select 'definition', d.id, true from evalstore.benchmark_definitions d where d.id = ?
            union
            select m.kind, m.subject, true
            from evalstore.submissions s
            cross join lateral (values ('user', s.submitted_by), ('model', s.subject_key)) as m (kind, subject)
            where s.definition_id = ? and s.deleted_at is null and s.visibility = 'public' and m.subject is not null""";

    private StatisticsMarks() {}

    /** The submission was public, and is hidden, deleted or revoked: what counts it is not read until it is refreshed. */
    static void mark(Jdbc tx, Submission submission) {
        mark(tx, submission, true);
    }

    /** The submission counts for more than before: the next refresh by maintenance counts it. */
    static void markDue(Jdbc tx, Submission submission) {
        mark(tx, submission, false);
    }

    private static void mark(Jdbc tx, Submission submission, boolean stale) {
        tx.update(Sql.of(
                MARK,
                stale,
                submission.definitionId(),
                submission.submittedBy(),
                submission.subject().key()));
    }

    /** The definition is deleted, in an earlier statement, which new submissions wait for: none of its submissions counts any more. */
    static void markAll(Jdbc tx, UUID definition) {
        tx.update(Sql.of(MARK_ALL, definition, definition));
    }
}
