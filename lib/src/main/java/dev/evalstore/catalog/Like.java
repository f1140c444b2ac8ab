package dev.evalstore.catalog;

/** Patterns of {@code like} that match text literally. */
final class Like {
    private Like() {}

    /** Matches what contains the text; its wildcards and escapes stand for themselves. */
    static String containing(String text) {
        return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }
}
