package dev.evalstore.testkit;

import dev.evalstore.StatementListener;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hears every statement that tests run through it, and remembers those that have no name of their own: a name is {@code
 * jobs.claim}, and what a statement without one is called is no such thing.
 */
public final class StatementNames implements StatementListener {
    private static final Pattern NAME = Pattern.compile("[a-z_]+(\\.[a-z_]+)+");

    private final Set<String> strange = new ConcurrentSkipListSet<>();

    @Override
    public void ended(String name, Duration time, @Nullable Throwable failure) {
        if (!NAME.matcher(name).matches()) {
            strange.add(name);
        }
    }

    /** Which statements had no name. */
    public Set<String> strange() {
        return strange;
    }

    /** Fails if a statement had no name. */
    public void check() {
        if (!strange.isEmpty()) {
            throw new AssertionError("statements without a name of their own: " + strange);
        }
    }
}
