package dev.evalstore.state;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one value is put.
 *
 * @param ttl the time to live from now, by the server's clock, 1 microsecond to 36,500 days; null for no expiry
 * @param metadata what {@link StateBackend#queryByMetadata} can search, or null for none
 * @param keepTtl whether an existing entry keeps its expiry, and its metadata unless new metadata is given
 * @param onlyIfAbsent whether an existing entry is a conflict
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

    public PutOptions ttl(Duration fromNow) {
        return new PutOptions(fromNow, metadata, keepTtl, onlyIfAbsent, ifVersion);
    }

    public PutOptions metadata(Json json) {
        return new PutOptions(ttl, json, keepTtl, onlyIfAbsent, ifVersion);
    }

    public PutOptions keepingTtl() {
        return new PutOptions(ttl, metadata, true, onlyIfAbsent, ifVersion);
    }

    public PutOptions ifAbsent() {
        return new PutOptions(ttl, metadata, keepTtl, true, ifVersion);
    }

    public PutOptions ifVersion(long expected) {
        return new PutOptions(ttl, metadata, keepTtl, onlyIfAbsent, expected);
    }

    boolean expectsAbsent() {
        return onlyIfAbsent || ifVersion != null && ifVersion == 0;
    }

    /** The server's resolution is a microsecond, so a shorter time to live would be zero. */
    static Duration ttl(Duration ttl, String field) {
        Check.positive(field, ttl);
        if (ttl.compareTo(Check.MAX_PERIOD) > 0 || ttl.toNanos() < 1_000) {
            throw new IllegalArgumentException(
                    field + " must be from 1 microsecond to " + Check.MAX_PERIOD.toDays() + " days");
        }
        return ttl;
    }
}
