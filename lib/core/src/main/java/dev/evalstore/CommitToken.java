package dev.evalstore;

import dev.evalstore.internal.Check;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far the primary's log had been written when it was asked: a replica that has come so far shows every commit before. It is
 * no secret and says nothing of the data. {@link #toString()} is its text, for a header or a cookie; {@link #parse} reads that.
 *
 * @param system the database system's identifier, as {@code pg_control_system()} gives it
 * @param timeline the timeline of its log, which changes at each failover; at least 1
 * @param position the position in the log, in bytes; at least 1
 */
public record CommitToken(long system, int timeline, long position) {
    private static final Pattern TEXT =
            Pattern.compile("ct1\\.(?<system>[0-9a-f]{16})\\.(?<timeline>[0-9a-f]{8})\\.(?<position>[0-9a-f]{16})");

    public CommitToken {
        Check.range("timeline", timeline, 1, Integer.MAX_VALUE);
        if (position < 1) {
            throw new IllegalArgumentException("position must be at least 1");
        }
    }

    /**
     * The token of a text.
     *
     * @throws IllegalArgumentException if it is the text of no token
     */
    public static CommitToken parse(String text) {
        Matcher parts = TEXT.matcher(Objects.requireNonNull(text, "text"));
        if (!parts.matches()) {
            throw new IllegalArgumentException("text is not that of a token");
        }
        long timeline = HexFormat.fromHexDigitsToLong(parts.group("timeline"));
        long position = HexFormat.fromHexDigitsToLong(parts.group("position"));
        if (timeline < 1 || timeline > Integer.MAX_VALUE || position < 1) {
            throw new IllegalArgumentException("text is not that of a token");
        }
        return new CommitToken(HexFormat.fromHexDigitsToLong(parts.group("system")), (int) timeline, position);
    }

    /** The token's text: 46 letters, digits and dots. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return "ct1." + hex.toHexDigits(system) + "." + hex.toHexDigits(timeline) + "." + hex.toHexDigits(position);
    }
}
