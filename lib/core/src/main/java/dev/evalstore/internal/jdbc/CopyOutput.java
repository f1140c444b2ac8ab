package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Takes what {@code copy … to stdout} gives. */
@FunctionalInterface
public interface CopyOutput {
    /**
     * Takes a message. The server sends one for each row; in binary format the first has the header in front of the row, and the last
     * has the trailer. The bytes are the receiver's to keep.
     */
    void accept(byte[] message);

    /** The number of rows. Whatever the receiver throws ends the copy, and the connection can be used again. */
    static long run(Connection connection, String sql, CopyOutput output) throws SQLException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
        try {
            for (byte @Nullable [] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                output.accept(message);
            }
            return copy.getHandledRowCount();
        } catch (Throwable e) {
            try {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            } catch (SQLException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        }
    }
}
