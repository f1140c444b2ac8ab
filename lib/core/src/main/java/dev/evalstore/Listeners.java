package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * The host's code that hears of what the library does, for metrics and traces.
 *
 * @param statements of every statement, or null
 * @param enqueues of jobs that are enqueued, or null
 */
public record Listeners(
        @Nullable StatementListener statements, @Nullable EnqueueListener enqueues) {
    /** Nobody hears. */
    public static final Listeners NONE = new Listeners(null, null);

    public Listeners statements(@Nullable StatementListener hears) {
        return new Listeners(hears, enqueues);
    }

    public Listeners enqueues(@Nullable EnqueueListener hears) {
        return new Listeners(statements, hears);
    }
}
