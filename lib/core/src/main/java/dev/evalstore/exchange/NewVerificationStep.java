package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A step to record, in place of an earlier state of the same step; {@link VerificationStep} describes the fields.
 *
 * @param step 1 to 1,000
 * @param name not blank, at most 200 characters
 * @param error not blank, and null unless the step failed; what is longer than 10,000 characters is cut, and says so
 * @param startedAt in the years 2000 to 2100; given exactly where the step is in progress, completed or failed
 * @param completedAt not before {@code startedAt}; given exactly where the step is completed or failed
 */
public record NewVerificationStep(
        int step,
        String name,
        VerificationStepStatus status,
        @Nullable Json output,
        @Nullable String error,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt) {
    static final int MAX_STEP = 1_000;

    public NewVerificationStep {
        Check.range("step", step, 1, MAX_STEP);
        Check.text("name", name, 1, 200);
        boolean ended = Objects.requireNonNull(status, "status") == VerificationStepStatus.COMPLETED
                || status == VerificationStepStatus.FAILED;
        SubmissionRules.size("output", output);
        error = error == null ? null : Check.error("error", error);
        if (error != null && status != VerificationStepStatus.FAILED) {
            throw new IllegalArgumentException("error must not be given unless the step failed");
        }
        Check.yearsOrNull("startedAt", startedAt);
        Check.yearsOrNull("completedAt", completedAt);
        if ((startedAt != null) != (ended || status == VerificationStepStatus.IN_PROGRESS)) {
            throw new IllegalArgumentException(
                    "startedAt must be given exactly where the step is in progress, completed or failed");
        }
        if ((completedAt != null) != ended) {
            throw new IllegalArgumentException(
                    "completedAt must be given exactly where the step is completed or failed");
        }
        if (completedAt != null && completedAt.isBefore(startedAt)) {
            throw new IllegalArgumentException("completedAt must not be before startedAt");
        }
    }

    /** A step that has not begun. */
    public static NewVerificationStep pending(int step, String name) {
        return new NewVerificationStep(step, name, VerificationStepStatus.PENDING, null, null, null, null);
    }

    /** A step that is not needed. */
    public static NewVerificationStep skipped(int step, String name) {
        return new NewVerificationStep(step, name, VerificationStepStatus.SKIPPED, null, null, null, null);
    }

    /** A step that is under way. */
    public static NewVerificationStep inProgress(int step, String name, Instant startedAt) {
        return new NewVerificationStep(step, name, VerificationStepStatus.IN_PROGRESS, null, null, startedAt, null);
    }

    /** A step that is complete. */
    public static NewVerificationStep completed(int step, String name, Instant startedAt, Instant completedAt) {
        return new NewVerificationStep(
                step, name, VerificationStepStatus.COMPLETED, null, null, startedAt, completedAt);
    }

    /** A step that failed. */
    public static NewVerificationStep failed(
            int step, String name, String error, Instant startedAt, Instant completedAt) {
        return new NewVerificationStep(step, name, VerificationStepStatus.FAILED, null, error, startedAt, completedAt);
    }

    public NewVerificationStep output(Json value) {
        return new NewVerificationStep(step, name, status, value, error, startedAt, completedAt);
    }
}
