package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads boards, as they are or as of a moment. */
final class BoardReads {
    private static final int MAX_NEIGHBOURS = 400;

    private final Jdbc jdbc;
    private final @Nullable Instant moment;

    BoardReads(Jdbc jdbc, @Nullable Instant moment) {
        this.jdbc = jdbc;
        this.moment = moment;
    }

    /** An entry as it is read: its place in the order, what is counted before the first of the page, and what the viewer sees. */
    private record Place(
            double boardScore,
            Instant submittedAt,
            UUID submissionId,
            long better,
            long equal,
            @Nullable RankedSubmission seen) {
        static Place map(Row row) throws SQLException {
            return new Place(
                    row.real("board_score"),
                    row.instant("submitted_at"),
                    row.uuid("submission_id"),
                    row.bigint("better"),
                    row.bigint("equal"),
                    row.uuidOrNull("id") == null ? null : BoardRows.submission(row));
        }

        BoardCursor end() {
            return new BoardCursor(boardScore, submittedAt, submissionId, 0);
        }
    }

    Page<LeaderboardEntry> top(Leaderboard board, Viewer viewer, int limit, @Nullable Cursor after) {
        Check.limit(limit);
        String list = BoardCursor.list(board, moment);
        BoardCursor start = BoardCursor.of(after, list);
        Sql page = Sql.of(
                sql(board).page(),
                SqlArray.uuids(board.versionIds()),
                board.board(),
                moment(),
                start.boardScore(),
                start.submittedAt(),
                start.submissionId(),
                start.skipped(),
                limit + 1L);
        List<Place> places = read(board, page, viewer);
        List<LeaderboardEntry> entries = ranked(places);
        if (places.size() <= limit) {
            return new Page<>(entries, null);
        }
        BoardCursor end = start;
        for (Place place : places.subList(0, limit)) {
            end = place.seen() == null ? end.skipping(1) : place.end();
        }
        return new Page<>(entries.subList(0, limit), end.cursor(list));
    }

    Optional<LeaderboardEntry> rankOf(Leaderboard board, ModelSubject subject, Viewer viewer) {
        return around(board, subject, 0, viewer).stream().findFirst();
    }

    List<LeaderboardEntry> around(Leaderboard board, ModelSubject subject, int neighbours, Viewer viewer) {
        Check.range("neighbours", neighbours, 0, MAX_NEIGHBOURS);
        UUID key = Objects.requireNonNull(subject, "subject").key();
        Sql around = Sql.of(
                sql(board).around(),
                SqlArray.uuids(board.versionIds()),
                board.board(),
                moment(),
                key,
                neighbours,
                neighbours + 1);
        List<Place> places = read(board, around, viewer);
        boolean isSeen = places.stream()
                .anyMatch(place ->
                        place.seen() != null && place.seen().subject().key().equals(key));
        return isSeen ? ranked(places) : List.of();
    }

    List<Tier> tiers(Leaderboard board, TierMethod method, Viewer viewer, int limit) {
        Objects.requireNonNull(method, "method");
        return Tiers.of(top(board, viewer, limit, null).items());
    }

    private List<Place> read(Leaderboard board, Sql places, Viewer viewer) {
        Sql seen = places.and(Visibility.inLists(viewer)).and(BoardSql.ORDER);
        BoardVersions.check(jdbc, board.versionIds());
        return jdbc.list(seen, Place::map);
    }

    private BoardSql sql(Leaderboard board) {
        boolean isOfSeveral = board.versionIds().size() > 1;
        if (moment == null) {
            return isOfSeveral ? BoardSql.NOW_OF_SEVERAL : BoardSql.NOW;
        }
        return isOfSeveral ? BoardSql.PAST_OF_SEVERAL : BoardSql.PAST;
    }

    /** Boards as they are do not look at it. */
    private Instant moment() {
        return moment == null ? Instant.EPOCH : moment;
    }

    private static List<LeaderboardEntry> ranked(List<Place> places) {
        List<LeaderboardEntry> entries = new ArrayList<>();
        long rank = 0;
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (i == 0) {
                rank = place.better() + 1;
            } else if (place.boardScore() != places.get(i - 1).boardScore()) {
                rank = place.better() + place.equal() + i + 1;
            }
            entries.add(new LeaderboardEntry(rank, place.seen()));
        }
        return List.copyOf(entries);
    }
}
