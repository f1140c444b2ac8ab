package dev.evalstore.state;

import java.util.Arrays;

/**
 * A key whose entry differs between two moments in value, metadata or expiry.
 *
 * @param key the key
 * @param kind how it differs
 */
public record StateDifference(byte[] key, Kind kind) {
    @Override
    public boolean equals(Object other) {
        return other instanceof StateDifference difference
                && kind == difference.kind
                && Arrays.equals(key, difference.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key) * 31 + kind.hashCode();
    }

    @Override
    public String toString() {
        return "StateDifference[" + kind + ", key of " + key.length + " bytes]";
    }

    /** How it differs. */
    public enum Kind {
        /** Only the second has it. */
        ADDED,
        /** Both have it, and not the same. */
        CHANGED,
        /** Only the first has it. */
        REMOVED
    }
}
