package dev.evalstore.tenant;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How work over all tenants runs.
 *
 * @param parallel how many tenants at a time, 1 to 32; 4 unless given. A migration takes up to four connections beside
 *     the pool
 * @param lockTimeout how long a statement of a migration or a drop waits for each lock, at most an hour; ten seconds
 *     unless given
 * @param progress is told after each tenant, by one thread at a time; whatever it throws is logged
 * @param dropForeign whether a drop takes objects that the library did not make, and is not refused for them; false
 *     unless given
 */
public record TenantOptions(
        int parallel, Duration lockTimeout, Consumer<TenantProgress> progress, boolean dropForeign) {
    private static final Duration MAX_LOCK_TIMEOUT = Duration.ofHours(1);

    /** Four at a time, and ten seconds for a lock. */
    public static final TenantOptions DEFAULT = new TenantOptions(4, Duration.ofSeconds(10), done -> {}, false);

    public TenantOptions {
        Check.range("parallel", parallel, 1, 32);
        Check.atMost("lockTimeout", Check.positive("lockTimeout", lockTimeout), MAX_LOCK_TIMEOUT);
        if (lockTimeout.toMillis() == 0) {
            // Which the server takes for no timeout.
            throw new IllegalArgumentException("lockTimeout must be at least a millisecond");
        }
        Objects.requireNonNull(progress, "progress");
    }

    public TenantOptions parallel(int tenants) {
        return new TenantOptions(tenants, lockTimeout, progress, dropForeign);
    }

    public TenantOptions lockTimeout(Duration time) {
        return new TenantOptions(parallel, time, progress, dropForeign);
    }

    public TenantOptions progress(Consumer<TenantProgress> told) {
        return new TenantOptions(parallel, lockTimeout, told, dropForeign);
    }

    public TenantOptions dropForeign(boolean taken) {
        return new TenantOptions(parallel, lockTimeout, progress, taken);
    }
}
