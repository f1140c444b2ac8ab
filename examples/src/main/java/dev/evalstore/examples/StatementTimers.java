package dev.evalstore.examples;

import dev.evalstore.DatabaseException;
import dev.evalstore.StatementListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hangs Micrometer on the library: a timer {@code evalstore.statement} by operation and outcome, which is {@code ok} or the
 * SQLSTATE. Both come from small fixed sets, so the number of timers is bounded.
 *
 * @param registry where the timers are kept
 */
public record StatementTimers(MeterRegistry registry) implements StatementListener {
    @Override
    public void ended(String name, Duration time, @Nullable Throwable failure) {
        registry.timer("evalstore.statement", "operation", name, "outcome", outcome(failure))
                .record(time);
    }

    private static String outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return "ok";
        }
        return failure instanceof DatabaseException e ? Objects.requireNonNullElse(e.sqlState(), "other") : "other";
    }
}
