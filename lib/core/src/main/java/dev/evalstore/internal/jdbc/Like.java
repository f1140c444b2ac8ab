package dev.evalstore.internal.jdbc;

/** Patterns of {@code like} that match text literally. */
public final class Like {
    private Like() {}

    /** Matches what contains the text; its wildcards and escapes stand for themselves. */
    public static String containing(String text) {
        return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }
}
