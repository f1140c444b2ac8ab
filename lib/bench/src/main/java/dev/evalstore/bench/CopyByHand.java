package dev.evalstore.bench;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** Rows written by a binary COPY by hand: what the library's batches stand beside. */
final class CopyByHand {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final long POSTGRES_EPOCH = 946_684_800_000_000L;

    private final DataOutputStream out;

    private CopyByHand(DataOutputStream out) {
        this.out = out;
    }

    /** A row's fields, their number first. */
    interface Fields {
        void write(CopyByHand out, int row) throws IOException;
    }

    /** Copies so many rows; its commit is that of the connection. */
    static void run(Connection connection, String copy, int rows, Fields fields) throws SQLException, IOException {
        DataOutputStream out =
                new DataOutputStream(new PGCopyOutputStream(connection.unwrap(PGConnection.class), copy, 64 * 1024));
        out.write(HEADER);
        CopyByHand by = new CopyByHand(out);
        for (int row = 0; row < rows; row++) {
            fields.write(by, row);
        }
        out.writeShort(-1);
        out.close();
    }

    CopyByHand row(int columns) throws IOException {
        out.writeShort(columns);
        return this;
    }

    CopyByHand uuid(UUID value) throws IOException {
        out.writeInt(16);
        out.writeLong(value.getMostSignificantBits());
        out.writeLong(value.getLeastSignificantBits());
        return this;
    }

    CopyByHand text(String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
        return this;
    }

    CopyByHand integer(int value) throws IOException {
        out.writeInt(4);
        out.writeInt(value);
        return this;
    }

    CopyByHand jsonb(String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length + 1);
        out.writeByte(1);
        out.write(bytes);
        return this;
    }

    CopyByHand time(Instant value) throws IOException {
        out.writeInt(8);
        out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, value) - POSTGRES_EPOCH);
        return this;
    }

    CopyByHand nothing() throws IOException {
        out.writeInt(-1);
        return this;
    }
}
