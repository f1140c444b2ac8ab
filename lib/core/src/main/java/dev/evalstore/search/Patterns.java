package dev.evalstore.search;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Patterns of {@code like}, for what is matched before the database is asked. */
final class Patterns {
    /** MLflow's words beside ours. */
    static final Map<String, String> MLFLOW_STATUS = Map.of(
            "SCHEDULED", "created",
            "RUNNING", "running",
            "FINISHED", "completed",
            "FAILED", "failed",
            "KILLED", "cancelled");

    private Patterns() {}

    /** The words of the clause's field that are like its pattern, ours or MLflow's. */
    static List<String> words(Clause.Like like) {
        return like.field() instanceof Attribute attribute
                ? attribute.words().stream()
                        .filter(word ->
                                matches(like, word) || attribute == Attribute.STATUS && isMlflowLike(like, word))
                        .toList()
                : List.of();
    }

    private static boolean isMlflowLike(Clause.Like like, String word) {
        return MLFLOW_STATUS.entrySet().stream()
                .anyMatch(mlflow -> mlflow.getValue().equals(word) && matches(like, mlflow.getKey()));
    }

    private static boolean matches(Clause.Like like, String word) {
        return matches(like.pattern(), word, like.anyCase());
    }

    /** Whether all of the text is matched. Takes time by the product of the lengths, whatever the pattern. */
    static boolean matches(String pattern, String text, boolean anyCase) {
        return anyCase
                ? matches(pattern.toLowerCase(Locale.ROOT), text.toLowerCase(Locale.ROOT))
                : matches(pattern, text);
    }

    /** Goes on after the last percent sign with one more character skipped, as often as what follows it does not fit. */
    private static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int afterPercent = -1;
        int retryAt = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '%') {
                afterPercent = ++p;
                retryAt = t;
            } else if (p < pattern.length() && fits(pattern, p, text.charAt(t))) {
                p += pattern.charAt(p) == '\\' ? 2 : 1;
                t++;
            } else if (afterPercent >= 0) {
                p = afterPercent;
                t = ++retryAt;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '%') {
            p++;
        }
        return p == pattern.length();
    }

    private static boolean fits(String pattern, int p, char c) {
        char expected = pattern.charAt(p);
        return expected == '\\' ? pattern.charAt(p + 1) == c : expected == '_' || expected == c;
    }
}
