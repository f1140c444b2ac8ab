package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * Marks on large boards, so that a rank is counted from the nearest mark instead of from the best entry. A mark says how many
 * entries were better than a score at a moment that is past for good. It stays right for ever, so later moments are counted from
 * it too, with the entries that came and went since; boards without marks are counted as a whole.
 */
final class BoardMarks {
    /** Boards with fewer changes since their marks are counted as fast as new marks would let them be. */
    private static final int MIN_CHANGES = 4_000;

    private static final int BOARDS = 100;

    /** Jumps from board to board in an index. */
    private static final String DUE = """
            /* leaderboard_marks.due */ with recursive boards as (
                (select e.version_id, e.board from evalstore.leaderboard_entries e
                where e.valid_to is null and (e.version_id, e.board) > (?, ?)
                order by e.version_id, e.board limit 1)
                union all
                select n.version_id, n.board
                from boards b cross join lateral (
                    select e.version_id, e.board from evalstore.leaderboard_entries e
                    where e.valid_to is null and (e.version_id, e.board) > (b.version_id, b.board)
                    order by e.version_id, e.board limit 1) n)
            select b.version_id, b.board, (
                select count(*) from (
                    select from evalstore.leaderboard_entries e
                    where e.version_id = b.version_id and e.board = b.board and e.valid_from > coalesce((
                        select max(m.marked_at) from evalstore.leaderboard_marks m
                        where m.version_id = b.version_id and m.board = b.board), '-infinity')
                    limit ?) c) = ? as due
            from (select version_id, board from boards limit ?) b""";

    /** The first mark of a board is below every score, so that the latest marks are those from which everything is counted. */
    private static final String MARK = """
            /* leaderboard_marks.mark */ insert into evalstore.leaderboard_marks (
                version_id, board, marked_at, board_score, better, submission_id)
            select p.version_id, p.board, p.marked_at, case when p.place = 1 then '-infinity' else p.board_score end,
                p.better, p.submission_id
            from (
                select e.version_id, e.board, a.marked_at, e.board_score, e.submission_id,
                    row_number() over o as place, rank() over o - 1 as better
                from (select ?::timestamptz as marked_at) a
                join evalstore.leaderboard_entries e
                    on e.valid_from <= a.marked_at and (e.valid_to is null or e.valid_to > a.marked_at)
                where e.version_id = ? and e.board = ?
                window o as (order by e.board_score)) p
            where p.place % 500 = 1
            on conflict do nothing""";

    private BoardMarks() {}

    /** A board, as the search for boards goes on after it. */
    private record Found(UUID versionId, String board, boolean isDue) {}

    /** Marks all boards that have changed much since their last marks, and returns their number. */
    static long markAll(Jdbc jdbc) {
        long marked = 0;
        UUID version = new UUID(0, 0);
        String board = "";
        List<Found> found;
        do {
            Sql due = Sql.of(DUE, version, board, MIN_CHANGES, MIN_CHANGES, BOARDS);
            found = jdbc.list(due, row -> new Found(row.uuid("version_id"), row.text("board"), row.bool("due")));
            for (Found one : found) {
                marked += one.isDue() && mark(jdbc, one.versionId(), one.board()) ? 1 : 0;
                version = one.versionId();
                board = one.board();
            }
        } while (found.size() == BOARDS);
        return marked;
    }

    private static boolean mark(Jdbc jdbc, UUID version, String board) {
        Instant until = BoardMoments.finalUntil(jdbc);
        return until != null && jdbc.update(Sql.of(MARK, until.minus(1, ChronoUnit.MICROS), version, board)) > 0;
    }
}
