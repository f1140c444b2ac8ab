package dev.evalstore.governance;

import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules for a proposal, equal to the columns' constraints. */
final class ProposalRules {
    static final BigDecimal DEFAULT_THRESHOLD = new BigDecimal("0.66");

    private static final long MAX_QUORUM = 1_000_000_000_000L;
    private static final BigDecimal MIN_THRESHOLD = new BigDecimal("0.5");
    private static final int MAX_TEXT = 20_000;

    private ProposalRules() {}

    static String title(@Nullable String value) {
        return Check.text("title", value, 1, 200);
    }

    static String description(@Nullable String value) {
        return Check.text("description", value, 1, MAX_TEXT);
    }

    static String rationale(@Nullable String value) {
        return Check.text("rationale", value, 10, MAX_TEXT);
    }

    static @Nullable String notes(@Nullable String value) {
        return Check.textOrNull("notes", value, MAX_TEXT);
    }

    static @Nullable String discussionUrl(@Nullable String value) {
        return Check.urlOrNull("discussionUrl", value);
    }

    static long quorum(long value) {
        if (value < 1 || value > MAX_QUORUM) {
            throw new IllegalArgumentException("quorum must be from 1 to " + MAX_QUORUM);
        }
        return value;
    }

    static BigDecimal threshold(@Nullable BigDecimal value) {
        Objects.requireNonNull(value, "threshold");
        if (value.compareTo(MIN_THRESHOLD) < 0
                || value.compareTo(BigDecimal.ONE) > 0
                || value.stripTrailingZeros().scale() > 6) {
            throw new IllegalArgumentException("threshold must be from 0.5 to 1, with at most six decimals");
        }
        return value;
    }
}
