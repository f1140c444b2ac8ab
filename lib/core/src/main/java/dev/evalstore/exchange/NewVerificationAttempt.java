package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A repetition of the run to record; {@link VerificationAttempt} describes the fields.
 *
 * @param score -1e300 to 1e300; given where it succeeded, and null where it crashed
 * @param duration whole milliseconds, at most 36,500 days
 * @param environmentHash 64 lower-case hexadecimal digits, or null
 * @param error not blank, and null where it succeeded; what is longer than 10,000 characters is cut, and says so
 * @param logsUrl of http or https, at most 2,000 characters, or null
 * @param startedAt in the years 2000 to 2100
 * @param completedAt not before {@code startedAt}
 */
public record NewVerificationAttempt(
        @Nullable Double score,
        Duration duration,
        @Nullable String environmentHash,
        boolean success,
        @Nullable String error,
        @Nullable String logsUrl,
        Instant startedAt,
        Instant completedAt) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    public NewVerificationAttempt {
        Check.figureOrNull("score", score);
        Check.periodOrZero("duration", duration);
        if (duration.getNano() % 1_000_000 != 0) {
            throw new IllegalArgumentException("duration must be whole milliseconds");
        }
        if (environmentHash != null && !HASH.matcher(environmentHash).matches()) {
            throw new IllegalArgumentException("environmentHash must be 64 lower-case hexadecimal digits");
        }
        error = error == null ? null : Check.error("error", error);
        if (success && score == null) {
            throw new IllegalArgumentException("score must be given where the attempt succeeded");
        }
        if (success && error != null) {
            throw new IllegalArgumentException("error must not be given where the attempt succeeded");
        }
        Check.urlOrNull("logsUrl", logsUrl);
        Check.yearsOrNull("startedAt", Objects.requireNonNull(startedAt, "startedAt"));
        Check.yearsOrNull("completedAt", Objects.requireNonNull(completedAt, "completedAt"));
        if (completedAt.isBefore(startedAt)) {
            throw new IllegalArgumentException("completedAt must not be before startedAt");
        }
    }

    /** A repetition that confirms the submission. */
    public static NewVerificationAttempt confirmed(double score, Instant startedAt, Instant completedAt) {
        return new NewVerificationAttempt(
                score, between(startedAt, completedAt), null, true, null, null, startedAt, completedAt);
    }

    /** A repetition that got another score. */
    public static NewVerificationAttempt refuted(double score, Instant startedAt, Instant completedAt) {
        return new NewVerificationAttempt(
                score, between(startedAt, completedAt), null, false, null, null, startedAt, completedAt);
    }

    /** A repetition that got no score. */
    public static NewVerificationAttempt crashed(String error, Instant startedAt, Instant completedAt) {
        return new NewVerificationAttempt(
                null,
                between(startedAt, completedAt),
                null,
                false,
                Objects.requireNonNull(error, "error"),
                null,
                startedAt,
                completedAt);
    }

    public NewVerificationAttempt environmentHash(String value) {
        return new NewVerificationAttempt(score, duration, value, success, error, logsUrl, startedAt, completedAt);
    }

    public NewVerificationAttempt logsUrl(String value) {
        return new NewVerificationAttempt(
                score, duration, environmentHash, success, error, value, startedAt, completedAt);
    }

    /** The time without pauses, where that is another than the time from start to end. */
    public NewVerificationAttempt duration(Duration value) {
        return new NewVerificationAttempt(
                score, value, environmentHash, success, error, logsUrl, startedAt, completedAt);
    }

    private static Duration between(Instant startedAt, Instant completedAt) {
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(completedAt, "completedAt");
        return startedAt.isAfter(completedAt)
                ? Duration.ZERO
                : Duration.between(startedAt, completedAt).truncatedTo(ChronoUnit.MILLIS);
    }
}
