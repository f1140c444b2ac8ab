package dev.evalstore;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a job belongs to, as <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a> writes it.
 *
 * @param parent the header {@code traceparent}: version, trace, span and flags; at most 200 characters
 * @param state the header {@code tracestate}; at most 4,096 printable ASCII characters, null for none
 */
public record TraceContext(String parent, @Nullable String state) {
    private static final Pattern PARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[ -~]*)?");
    private static final Pattern STATE = Pattern.compile("[ -~\\t]+");
    private static final int MAX_PARENT = 200;
    private static final int MAX_STATE = 4_096;

    public TraceContext {
        Objects.requireNonNull(parent, "parent");
        if (!isParent(parent)) {
            throw new IllegalArgumentException("parent is no traceparent");
        }
        if (state != null && !isState(state)) {
            throw new IllegalArgumentException("state is no tracestate of at most 4096 characters");
        }
    }

    /** Of the header {@code traceparent} alone. */
    public static TraceContext of(String parent) {
        return new TraceContext(parent, null);
    }

    /** What stands in a job's row, by whomever written: what is no trace is read as null, and the job runs all the same. */
    public static @Nullable TraceContext stored(@Nullable String parent, @Nullable String state) {
        return parent == null || !isParent(parent)
                ? null
                : new TraceContext(parent, state != null && isState(state) ? state : null);
    }

    private static boolean isParent(String parent) {
        return parent.length() <= MAX_PARENT && PARENT.matcher(parent).matches();
    }

    private static boolean isState(String state) {
        return state.length() <= MAX_STATE && STATE.matcher(state).matches();
    }
}
