package dev.evalstore.state;

import dev.evalstore.internal.Check;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Keys as the server orders them: byte by byte, unsigned, the shorter first. */
record Bytes(byte[] array) implements Comparable<Bytes> {
    static final byte[] NONE = {};

    /** A key or prefix that is given as text, in UTF-8. */
    static byte[] of(String text) {
        return Check.content("key", text).getBytes(StandardCharsets.UTF_8);
    }

    /** The smallest key above every key with the prefix; null if there is none, as for an empty or all-0xFF prefix. */
    static byte @Nullable [] after(byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
            length--;
        }
        if (length == 0) {
            return null;
        }
        byte[] bound = Arrays.copyOf(prefix, length);
        bound[length - 1]++;
        return bound;
    }

    boolean startsWith(byte[] prefix) {
        return array.length >= prefix.length && Arrays.mismatch(array, 0, prefix.length, prefix, 0, prefix.length) < 0;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, other.array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
