package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** The binary format of COPY, as far as it must be known to cut it between rows: a header, rows, and a trailer. */
final class BinaryRows {
    /** The length of the signature, the flags and the empty extension. */
    static final int HEADER = 19;

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};

    private BinaryRows() {}

    static byte[] header() {
        return Arrays.copyOf(SIGNATURE, HEADER);
    }

    static byte[] trailer() {
        return new byte[] {-1, -1};
    }

    static boolean isTrailer(byte[] message, int from) {
        return message.length == from + 2 && message[from] == -1 && message[from + 1] == -1;
    }

    /** The rows of a file, which is read to its end. */
    static long count(BackupInput file) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(file, 64 * 1024));
        long rows = 0;
        try {
            in.skipNBytes(HEADER);
            for (int fields = in.readShort(); fields >= 0; fields = in.readShort()) {
                for (int i = 0; i < fields; i++) {
                    in.skipNBytes(Math.max(0, in.readInt()));
                }
                rows++;
            }
            in.transferTo(OutputStream.nullOutputStream());
            return rows;
        } catch (EOFException e) {
            throw new BackupException(Kind.CONTENT_DIFFERS, file.place(), "ends within a row", e);
        }
    }
}
