package dev.evalstore.state;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one value is put.
 *
 * @param ttl how long from now, by the server's clock, the entry is there; null for without end
 * @param metadata what can be asked for with {@link StateBackend#queryByMetadata}, or null for none
 * @param keepTtl whether an entry that is there keeps its expiry, and its metadata unless other is given
 * @param onlyIfAbsent whether an entry that is there is a conflict
 * @param ifVersion the version that the entry must have, 0 for absent; null for any
 */
public record PutOptions(
        @Nullable Duration ttl,
        @Nullable Json metadata,
        boolean keepTtl,
        boolean onlyIfAbsent,
        @Nullable Long ifVersion) {
    /** No expiry, no metadata, no condition. */
    public static final PutOptions NONE = new PutOptions(null, null, false, false, null);

    private static final Duration LONGEST = Duration.ofDays(36_500);

    public PutOptions {
        if (ttl != null) {
            ttl(ttl, "ttl");
        }
        if (ttl != null && keepTtl) {
            throw new IllegalArgumentException("ttl and keepTtl contradict each other");
        }
        if (onlyIfAbsent && ifVersion != null) {
            throw new IllegalArgumentException("onlyIfAbsent and ifVersion contradict each other");
        }
        if (ifVersion != null) {
            Check.notNegative("ifVersion", ifVersion);
        }
    }

    /** {@link #NONE} with an expiry. */
    public static PutOptions expiringAfter(Duration ttl) {
        return NONE.ttl(ttl);
    }

    /** The same with an expiry; longer than zero, at most 36,500 days. */
    public PutOptions ttl(Duration fromNow) {
        return new PutOptions(fromNow, metadata, keepTtl, onlyIfAbsent, ifVersion);
    }

    /** The same with metadata. */
    public PutOptions metadata(Json json) {
        return new PutOptions(ttl, json, keepTtl, onlyIfAbsent, ifVersion);
    }

    /** The same, leaving the expiry as it is. */
    public PutOptions keepingTtl() {
        return new PutOptions(ttl, metadata, true, onlyIfAbsent, ifVersion);
    }

    /** The same, only where no entry is. */
    public PutOptions ifAbsent() {
        return new PutOptions(ttl, metadata, keepTtl, true, ifVersion);
    }

    /** The same, only over the given version; 0 means where no entry is. */
    public PutOptions ifVersion(long expected) {
        return new PutOptions(ttl, metadata, keepTtl, onlyIfAbsent, expected);
    }

    boolean expectsAbsent() {
        return onlyIfAbsent || ifVersion != null && ifVersion == 0;
    }

    /** Microseconds are the server's resolution: what is shorter would be over before it began. */
    static Duration ttl(Duration ttl, String field) {
        Check.positive(field, ttl);
        if (ttl.compareTo(LONGEST) > 0 || ttl.toNanos() < 1_000) {
            throw new IllegalArgumentException(field + " must be from 1 microsecond to " + LONGEST.toDays() + " days");
        }
        return ttl;
    }
}
