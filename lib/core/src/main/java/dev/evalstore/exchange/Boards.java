package dev.evalstore.exchange;

import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.EachMapper;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnitChanges;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps the open entries of the boards, in the transaction of whoever changes a submission.
 *
 * <p>A model of a version is locked in a statement before the one that looks for its best submission, so of two callers the later
 * one sees what the earlier has done. Beside it each writer holds a shared lock on the second by its clock, until its commit is
 * visible: {@link BoardMoments} reads there since when entries may still be on their way.
 */
final class Boards {
    /** Lock order: the models by version and key, then the second. */
    private static final String LOCK = """
            /* leaderboard_entries.lock */ select l.models, l.is_read_committed,
                pg_advisory_xact_lock_shared(
                    hashtext('evalstore.leaderboard_entries'),
                    (floor(extract(epoch from clock_timestamp())) - 2147483648)::int)
            from (
                select count(pg_advisory_xact_lock(hashtextextended(
                        'evalstore.leaderboard_entries ' || o.version_id || ' ' || o.subject_key, 0))) as models,
                    current_setting('transaction_isolation') = 'read committed' as is_read_committed
                from (
                    select distinct u.version_id, u.subject_key
                    from unnest(?::uuid[], ?::uuid[]) as u (version_id, subject_key)
                    order by u.version_id, u.subject_key) o) l;
            """;

    /**
     * The best of each level is the first entry of an index, however many submissions the model has. An entry begins after
     * everything that the model's entries ended or began with, also where the clock was set back. Nothing is written in an older
     * snapshot, which would not have what the lock waited for.
     */
    static final String RECOMPUTE = """
            /* leaderboard_entries.recompute */ with subjects as materialized (
                select distinct u.version_id, u.subject_key
                from unnest(?::uuid[], ?::uuid[]) as u (version_id, subject_key)
                where current_setting('transaction_isolation') = 'read committed'),
            best as materialized (
                select u.version_id, u.subject_key, l.level, b.id, b.board_score, b.created_at
                from subjects u
                cross join (values (1, 'unverified'), (2, 'community_verified'), (3, 'platform_verified'), (4, 'audited'))
                    as l (level, word)
                cross join lateral (
                    select s.id, s.board_score, s.created_at from evalstore.submissions s
                    where s.version_id = u.version_id and s.subject_key = u.subject_key and s.verification_level = l.word
                        and s.visibility = 'public' and s.deleted_at is null
                    order by s.board_score, s.created_at, s.id limit 1) b),
            official as materialized (
                select u.version_id, u.subject_key, b.id, b.board_score, b.created_at
                from subjects u
                cross join (values ('community_verified'), ('platform_verified'), ('audited')) as l (word)
                cross join lateral (
                    select s.id, s.board_score, s.created_at from evalstore.submissions s
                    where s.version_id = u.version_id and s.subject_key = u.subject_key and s.verification_level = l.word
                        and s.visibility = 'public' and s.deleted_at is null and s.official
                    order by s.board_score, s.created_at, s.id limit 1) b),
            wanted as materialized (
                select distinct on (c.version_id, c.subject_key, c.board)
                    c.version_id, c.subject_key, c.board, c.id, c.board_score, c.created_at
                from (
                    select b.version_id, b.subject_key, x.board, b.id, b.board_score, b.created_at
                    from best b
                    join (values ('overall', 1), ('community', 2), ('verified', 3), ('audited', 4)) as x (board, level)
                        on b.level >= x.level
                    union all
                    select o.version_id, o.subject_key, 'official', o.id, o.board_score, o.created_at from official o) c
                order by c.version_id, c.subject_key, c.board, c.board_score, c.created_at, c.id),
            present as materialized (
                select u.version_id, u.subject_key, x.board, e.submission_id, e.valid_from, e.valid_to
                from subjects u
                cross join (values ('overall'), ('community'), ('verified'), ('audited'), ('official')) as x (board)
                cross join lateral (
                    select l.submission_id, l.valid_from, l.valid_to from evalstore.leaderboard_entries l
                    where l.version_id = u.version_id and l.subject_key = u.subject_key and l.board = x.board
                    order by l.valid_from desc limit 1) e),
            moment as materialized (
                select greatest(
                    clock_timestamp(), max(coalesce(p.valid_to, p.valid_from)) + interval '1 microsecond') as at
                from present p),
            closed as (
                update evalstore.leaderboard_entries e set valid_to = m.at
                from moment m, present p
                    left join wanted w using (version_id, subject_key, board)
                -- By the primary key: a condition on the entry's end would offer the server the index of a whole board.
                where e.version_id = p.version_id and e.subject_key = p.subject_key and e.board = p.board
                    and e.valid_from = p.valid_from and p.valid_to is null and p.submission_id is distinct from w.id
                returning e.version_id, e.board),
            opened as (
                insert into evalstore.leaderboard_entries (
                    version_id, board, subject_key, submission_id, board_score, submitted_at, valid_from)
                select w.version_id, w.board, w.subject_key, w.id, w.board_score, w.created_at, m.at
                from wanted w
                cross join moment m
                left join present p on p.version_id = w.version_id and p.subject_key = w.subject_key
                    and p.board = w.board and p.valid_to is null
                -- Reads all of what is closed, so that it is closed before.
                where p.submission_id is distinct from w.id and (select count(*) from closed) >= 0
                returning version_id, board),
            touched as (
                insert into evalstore.unit_changes (unit)
                select 'board:' || c.version_id || ':' || c.board from closed c
                union
                select 'board:' || o.version_id || ':' || o.board from opened o)
            select (select count(*) from closed) as closed, (select count(*) from opened) as opened""";

    private static final EachMapper<Long> CHANGES = Boards::changes;

    private Boards() {}

    /**
     * Looks up the best submission of each subject for each board, and closes and opens entries where it is another than
     * the entry's. Called after the change, which the caller's transaction sees. The subjects stay locked until it ends.
     *
     * @return how many entries were closed or opened
     * @throws IllegalStateException if the transaction is not read committed; nothing is written
     */
    static long recompute(Jdbc tx, Collection<BoardSubject> subjects) {
        if (subjects.isEmpty()) {
            return 0;
        }
        SqlArray versions = SqlArray.uuids(subjects, BoardSubject::versionId);
        SqlArray keys = SqlArray.uuids(subjects, BoardSubject::key);
        List<Long> counts = tx.returningEach(Sql.of(LOCK, versions, keys).and(RECOMPUTE, versions, keys), CHANGES);
        if (counts.get(1) > 0) {
            UnitChanges.touched(tx, units(subjects));
        }
        return counts.get(1);
    }

    /** Stores that the boards of the subjects' versions show something else, also where their entries are the same. */
    static void touch(Jdbc tx, Collection<BoardSubject> subjects) {
        UnitChanges.touch(tx, units(subjects));
    }

    private static Set<String> units(Collection<BoardSubject> subjects) {
        return subjects.stream()
                .flatMap(subject -> Stream.of(Board.values()).map(board -> UnitNames.board(subject.versionId(), board)))
                .collect(Collectors.toSet());
    }

    private static long changes(int statement, Row row) throws SQLException {
        if (statement == 1) {
            return row.bigint("closed") + row.bigint("opened");
        }
        if (!row.bool("is_read_committed")) {
            throw new IllegalStateException("a change of a submission needs the isolation level read committed");
        }
        return row.bigint("models");
    }
}
