package dev.evalstore.examples;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/** How an example is called. */
final class Usage {
    private Usage() {}

    /** Ends the process with 2, and says how the example is called, unless it was called so. */
    static void require(boolean isRight, String usage) {
        if (!isRight) {
            System.err.println("usage: " + usage);
            System.exit(2);
        }
    }

    /** Whether the text is a time span longer than zero, such as {@code PT1H}. */
    static boolean isDuration(String text) {
        try {
            Duration time = Duration.parse(text);
            return !time.isZero() && !time.isNegative();
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** Whether the text is a whole number of at least 1. */
    static boolean isCount(String text) {
        return text.matches("0*[1-9][0-9]{0,8}");
    }
}
