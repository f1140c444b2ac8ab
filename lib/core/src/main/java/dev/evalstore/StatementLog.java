package dev.evalstore;

import dev.evalstore.internal.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which statements are logged, by the logger {@code dev.evalstore.sql}. Values are never logged.
 *
 * @param slowStatement statements that take longer are logged at WARN with their time; null for never
 * @param logStatements whether each statement's text is logged at INFO; otherwise at DEBUG
 */
public record StatementLog(@Nullable Duration slowStatement, boolean logStatements) {
    /** Slow after one second, statements at DEBUG. */
    public static final StatementLog DEFAULT = new StatementLog(Duration.ofSeconds(1), false);

    public StatementLog {
        Check.periodOrNull("slowStatement", slowStatement);
    }

    public StatementLog slowStatement(@Nullable Duration threshold) {
        return new StatementLog(threshold, logStatements);
    }

    public StatementLog logStatements(boolean atInfo) {
        return new StatementLog(slowStatement, atInfo);
    }
}
