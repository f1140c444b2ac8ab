package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.Retry;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Retries after a pause. */
final class Retries {
    private Retries() {}

    /** Returns the first success, or throws the last failure. */
    static <T> T run(Retry retry, Predicate<DatabaseException> passing, Runnable onRetry, Supplier<T> action) {
        for (int attempt = 1; ; attempt++) {
            try {
                return action.get();
            } catch (DatabaseException e) {
                if (attempt >= retry.attempts() || !passing.test(e)) {
                    throw e;
                }
                pause(retry, attempt, e);
                onRetry.run();
            }
        }
    }

    /** Waits before the next attempt; an interrupt ends the wait and throws the failure. */
    static void pause(Retry retry, int attempt, DatabaseException failure) {
        if (!pause(retry, attempt)) {
            throw failure;
        }
    }

    /** Waits before the next attempt; false where an interrupt ended the wait. */
    static boolean pause(Retry retry, int attempt) {
        try {
            Thread.sleep(retry.pauseAfter(attempt).toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
