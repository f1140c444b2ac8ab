package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The tokens and the money that an attempt used.
 *
 * @param inputTokens at least 0, or null
 * @param outputTokens at least 0, or null
 * @param costUsd US dollars, at least 0, at most nine decimals, or null
 */
public record Usage(
        @Nullable Long inputTokens,
        @Nullable Long outputTokens,
        @Nullable BigDecimal costUsd) {
    /** Nothing is known. */
    public static final Usage NONE = new Usage(null, null, null);

    public Usage {
        Check.notNegativeOrNull("inputTokens", inputTokens);
        Check.notNegativeOrNull("outputTokens", outputTokens);
        Check.usdOrNull("costUsd", costUsd);
    }

    /** Tokens in, tokens out, US dollars. */
    public static Usage of(long inputTokens, long outputTokens, BigDecimal costUsd) {
        return new Usage(inputTokens, outputTokens, costUsd);
    }

    /** The sum of both. */
    public Usage plus(Usage more) {
        return new Usage(
                sum(inputTokens, more.inputTokens), sum(outputTokens, more.outputTokens), sum(costUsd, more.costUsd));
    }

    private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
        return a == null ? b : b == null ? a : (Long) Math.addExact(a, b);
    }

    private static @Nullable BigDecimal sum(@Nullable BigDecimal a, @Nullable BigDecimal b) {
        return a == null ? b : b == null ? a : a.add(b);
    }
}
