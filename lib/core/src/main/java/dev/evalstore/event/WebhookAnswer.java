package dev.evalstore.event;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver answered.
 *
 * @param retryAfter the header of that name, or null
 * @param date the header of that name, or null
 */
record WebhookAnswer(
        int status, @Nullable String retryAfter, @Nullable String date) {
    private static final int GONE = 410;

    /** @param now by this process's clock, where the receiver does not say what time it is */
    WebhookOutcome outcome(Duration maxRetryAfter, Instant now) {
        if (status >= 200 && status < 300) {
            return WebhookOutcome.DELIVERED;
        }
        String error = "the receiver answered " + status
                + (status >= 300 && status < 400 ? "; redirects are not followed" : "");
        return status == GONE
                ? new WebhookOutcome(WebhookOutcome.Kind.GONE, error, null)
                : new WebhookOutcome(WebhookOutcome.Kind.FAILED, error, wait(maxRetryAfter, now));
    }

    /** Seconds or a date, by RFC 9110, section 10.2.3. */
    private @Nullable Duration wait(Duration max, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        if (retryAfter.matches("[0-9]+")) {
            Duration asked =
                    Duration.ofSeconds(retryAfter.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(retryAfter));
            return asked.compareTo(max) > 0 ? max : asked;
        }
        Instant until = time(retryAfter);
        Instant from = date == null ? now : time(date);
        if (until == null) {
            return null;
        }
        Duration asked = Duration.between(from == null ? now : from, until);
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(max) > 0 ? max : asked;
    }

    private static @Nullable Instant time(String header) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
