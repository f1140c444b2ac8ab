package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link LeaderboardRepository} that only read. */
public sealed class LeaderboardReads extends Leaderboards permits LeaderboardRepository {
    private static final String HISTORY = """
            /* leaderboard_entries.history */ select e.valid_from, e.valid_to, {submission}
            from evalstore.leaderboard_entries e join evalstore.submissions s on s.id = e.submission_id
            where e.version_id = any (?) and e.subject_key = ? and e.board = ?""".replace("{submission}", BoardRows.SUBMISSION);

    final Jdbc jdbc;

    LeaderboardReads(Jdbc jdbc) {
        super(jdbc, null);
        this.jdbc = jdbc;
    }

    /**
     * The common board of all versions of a major number, prereleases among them, as they are now: versions that are
     * published later are not on it.
     *
     * @param major 0 or more
     * @throws NotFoundException if the definition does not exist, or has no version of this major number
     * @throws ConflictException if not all of them have the same primary metric, by name, kind, unit, range and direction;
     *     it names those that differ from the latest one. {@link Leaderboard#of(List, Board)} takes the others
     */
    public Leaderboard ofMajor(UUID definition, int major, Board board) {
        Objects.requireNonNull(definition, "definition");
        Check.range("major", major, 0, Integer.MAX_VALUE);
        return new Leaderboard(BoardVersions.ofMajor(jdbc, definition, major), board);
    }

    /**
     * The boards as they stood at a moment. Looks once, now, whether what they return may still change; where it may,
     * {@link PastLeaderboards#provisional} is true. It always is in a transaction of another isolation level than read
     * committed, which reads an older state than that of now, and on a standby.
     *
     * @param moment by the server's clock, in the years 1 to 9999, cut to microseconds; may be yet to come
     */
    public PastLeaderboards asOf(Instant moment) {
        Check.time("moment", moment);
        return new PastLeaderboards(jdbc, moment, BoardMoments.isProvisional(jdbc, moment));
    }

    /**
     * A page of the submissions that were the model's best on the board, the latest first, each with since when and until
     * when; on the board of several versions those of each. Submissions that the viewer may not see now are left out.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @return empty when the model never had a place there
     * @throws IllegalArgumentException if the limit is out of range, or the cursor belongs to another list
     */
    public Page<LeaderboardPeriod> history(
            Leaderboard board, ModelSubject subject, Viewer viewer, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(subject, "subject");
        Sql history = Sql.of(HISTORY, SqlArray.uuids(board.versionIds()), subject.key(), board.board())
                .and(Visibility.inLists(viewer));
        return latestFirst(BoardCursor.list(board, subject))
                .read(jdbc, history, LeaderboardReads::period, limit, after);
    }

    private static Keyset<LeaderboardPeriod> latestFirst(String list) {
        return Keyset.newestFirst(
                list,
                "valid_from",
                "submission_id",
                LeaderboardPeriod::validFrom,
                period -> period.submission().id());
    }

    private static LeaderboardPeriod period(Row row) throws SQLException {
        return new LeaderboardPeriod(
                BoardRows.submission(row), row.instant("valid_from"), row.instantOrNull("valid_to"));
    }
}
