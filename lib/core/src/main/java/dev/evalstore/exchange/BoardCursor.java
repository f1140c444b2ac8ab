package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.internal.Check;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a board begins: so many entries after one that the viewer has seen. Entries that the viewer may not see
 * are only counted, so that a cursor says nothing of them.
 */
record BoardCursor(double boardScore, Instant submittedAt, UUID submissionId, long skipped) {
    private static final String LIST = "leaderboard_entries";

    /** Before the best entry. */
    private static final BoardCursor START =
            new BoardCursor(Double.NEGATIVE_INFINITY, Instant.EPOCH, new UUID(0, 0), 0);

    private static final int MAX_SKIPPED = 1_000_000_000;

    BoardCursor skipping(long more) {
        return new BoardCursor(boardScore, submittedAt, submissionId, skipped + more);
    }

    /** What tells a list of a board from those of others: of which board it is, and as of which moment or of which model. */
    static String list(Leaderboard board, @Nullable Object what) {
        String of = Objects.requireNonNull(board, "board").versionIds() + " " + board.board() + " " + what;
        return LIST + " " + UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
    }

    Cursor cursor(String list) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, submittedAt);
        String text = list + "|" + boardScore + "|" + micros + "|" + submissionId + "|" + skipped;
        return new Cursor(
                Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Refuses a text that {@link #cursor} did not make for this list. */
    static BoardCursor of(@Nullable Cursor cursor, String list) {
        if (cursor == null) {
            return START;
        }
        try {
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.UTF_8).split("\\|", -1);
            if (parts.length == 5 && parts[0].equals(list)) {
                double boardScore = Double.parseDouble(parts[1]);
                Instant submittedAt =
                        Check.time("cursor", Instant.EPOCH.plus(Long.parseLong(parts[2]), ChronoUnit.MICROS));
                int skipped = Check.range("cursor", Integer.parseInt(parts[4]), 0, MAX_SKIPPED);
                return new BoardCursor(boardScore, submittedAt, UUID.fromString(parts[3]), skipped);
            }
        } catch (RuntimeException e) {
            // Falls through: it is not a cursor of this list.
        }
        throw new IllegalArgumentException("cursor is not one of the list of " + LIST);
    }
}
