package dev.evalstore.version;

import java.time.Instant;
import java.util.Objects;

/**
 * A unit's version: equal values have seen the same commits, on whichever server and whatever was restored in between.
 * Versions have no order.
 *
 * @param value 16 hexadecimal digits
 * @param readAt when it was read, by the server's clock
 */
public record UnitVersion(String value, Instant readAt) {
    public UnitVersion {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(readAt, "readAt");
    }
}
