package dev.evalstore.state;

import java.time.Instant;
import java.util.Arrays;

/**
 * One change in the feed of a watched namespace. It says that a key changed; read the key for its present value.
 *
 * @param kind what happened
 * @param key the key
 * @param version the version that was put or removed
 * @param at when the statement ran that made the change
 */
public record StateChange(Kind kind, byte[] key, long version, Instant at) {
    @Override
    public boolean equals(Object other) {
        return other instanceof StateChange change
                && kind == change.kind
                && version == change.version
                && Arrays.equals(key, change.key)
                && at.equals(change.at);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version) * 31 + Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "StateChange[" + kind + ", key of " + key.length + " bytes, version " + version + "]";
    }

    /** What happened. */
    public enum Kind {
        /** A value was put, or put back by a restore. */
        PUT,
        /** The entry was deleted, or removed by a restore. */
        DELETE,
        /** The entry had expired, and a clean-up removed it. */
        EXPIRE
    }
}
