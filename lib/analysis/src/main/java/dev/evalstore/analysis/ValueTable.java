package dev.evalstore.analysis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The values that are compared, in columns: a row for each item, or for each answer, that any member has.
 *
 * @param items the item keys, in the order of their UTF-8; rows of one item stand together
 * @param repeats which repeat, in ascending order within an item; 0 where repeats are averaged
 * @param values of each member one for each row; NaN where it has none
 * @param clusters the number of each row's item, from 0
 */
record ValueTable(String[] items, int[] repeats, double[][] values, int[] clusters) {
    ValueTable(String[] items, int[] repeats, double[][] values) {
        this(items, repeats, values, clusters(items));
    }

    /** Samples of what several members have in common: of each the values, all of the same rows. */
    record Shared(double[][] values, int[] clusters) {
        int size() {
            return clusters.length;
        }
    }

    private static int[] clusters(String[] items) {
        int[] clusters = new int[items.length];
        for (int row = 1; row < items.length; row++) {
            clusters[row] = clusters[row - 1] + (items[row].equals(items[row - 1]) ? 0 : 1);
        }
        return clusters;
    }

    int rows() {
        return items.length;
    }

    /** The rows of which all these members have a value. */
    Shared shared(int... members) {
        int[] rows = new int[rows()];
        int[] ofRows = new int[rows()];
        int count = 0;
        for (int row = 0; row < rows(); row++) {
            boolean all = true;
            for (int member : members) {
                all &= !Double.isNaN(values[member][row]);
            }
            if (all) {
                ofRows[count] = clusters[row];
                rows[count++] = row;
            }
        }
        double[][] columns = new double[members.length][count];
        for (int i = 0; i < members.length; i++) {
            double[] column = values[members[i]];
            for (int k = 0; k < count; k++) {
                // Zero has one sign.
                columns[i][k] = column[rows[k]] + 0.0;
            }
        }
        return new Shared(columns, Arrays.copyOf(ofRows, count));
    }

    /** Whether an item has several rows. */
    boolean hasRepeats() {
        return rows() > 0 && clusters[rows() - 1] < rows() - 1;
    }

    /** How many rows at least so many members have a value of. */
    int heldBy(int atLeast) {
        int count = 0;
        for (int row = 0; row < rows(); row++) {
            int holders = 0;
            for (double[] column : values) {
                holders += Double.isNaN(column[row]) ? 0 : 1;
            }
            count += holders >= atLeast ? 1 : 0;
        }
        return count;
    }

    /**
     * The SHA-256 of the rows, 64 hexadecimal digits, as {@link Comparison} documents it.
     *
     * @param head lines of text before the members
     * @param counts numbers after them
     */
    String sha256(List<String> head, List<UUID> members, List<Integer> counts) {
        Hash hash = new Hash();
        for (String line : head) {
            hash.text(line);
        }
        for (UUID member : members) {
            hash.text(member.toString());
        }
        counts.forEach(hash::number);
        hash.number(rows());
        for (int row = 0; row < rows(); row++) {
            hash.text(items[row]);
            hash.number(repeats[row]);
            for (double[] column : values) {
                // One NaN, and one zero.
                hash.number(Double.doubleToLongBits(column[row] + 0.0));
            }
        }
        return hash.hex();
    }

    /** Numbers as eight bytes, the highest first; texts as the number of their bytes in UTF-8, and those. */
    private static final class Hash {
        private static final int ROOM = 1 << 16;

        private final MessageDigest digest = digest();
        private final ByteBuffer room = ByteBuffer.allocate(ROOM);

        void number(long value) {
            need(Long.BYTES);
            room.putLong(value);
        }

        void text(String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            number(bytes.length);
            if (bytes.length > ROOM) {
                need(ROOM);
                digest.update(bytes);
            } else {
                need(bytes.length);
                room.put(bytes);
            }
        }

        String hex() {
            need(ROOM);
            return HexFormat.of().formatHex(digest.digest());
        }

        private void need(int bytes) {
            if (room.remaining() < bytes) {
                digest.update(room.array(), 0, room.position());
                room.clear();
            }
        }

        private static MessageDigest digest() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
