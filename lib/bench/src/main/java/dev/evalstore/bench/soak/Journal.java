package dev.evalstore.bench.soak;

import dev.evalstore.ConflictException;
import dev.evalstore.DatabaseException;
import dev.evalstore.LeaseLostException;
import dev.evalstore.TransientDatabaseException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Function;

/**
 * What a client did and was told, a line each, handed to the system at once: it survives the client's own end. A line that was
 * cut off by that end says nothing.
 */
final class Journal implements AutoCloseable {
    /** What became of something. */
    enum Status {
        /** It is about to be tried. */
        TRY,
        /** It was acknowledged: it is there. */
        OK,
        /** It may be there or not. */
        UNKNOWN,
        /** It is not there: undone, or never begun. */
        FAILED,
        /** The lease was lost, and so it is not there. */
        LOST,
        /** The library declined, and so it is not there. */
        REFUSED,
        /** Something that should not happen. */
        SURPRISE
    }

    /** A write to the store. */
    @FunctionalInterface
    interface Write<T, X extends Exception> {
        T run() throws X;
    }

    private static final String STATEMENT_TIMEOUT = "57014";

    private final FileOutputStream out;

    Journal(Path file) {
        try {
            out = new FileOutputStream(file.toFile(), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does a write that has a name of its own, and notes before and after what became of it; every exception goes on. */
    <T, X extends Exception> T write(String room, String what, String name, Write<T, X> write) throws X {
        return write(room, what, name, write, result -> "");
    }

    /** The same, with something of the result in the line. */
    <T, X extends Exception> T write(
            String room, String what, String name, Write<T, X> write, Function<T, String> detail) throws X {
        line(Status.TRY, room, what, name, "");
        try {
            T result = write.run();
            line(Status.OK, room, what, name, detail.apply(result));
            return result;
        } catch (LeaseLostException e) {
            line(Status.LOST, room, what, name, "");
            throw e;
        } catch (ConflictException e) {
            line(Status.REFUSED, room, what, name, "");
            throw e;
        } catch (TransientDatabaseException e) {
            line(e.outcomeUnknown() ? Status.UNKNOWN : Status.FAILED, room, what, name, String.valueOf(e.sqlState()));
            throw e;
        } catch (DatabaseException e) {
            // The server cancelled it and undid it; anything else is a surprise to the room.
            if (STATEMENT_TIMEOUT.equals(e.sqlState())) {
                line(Status.FAILED, room, what, name, STATEMENT_TIMEOUT);
            }
            throw e;
        } catch (Exception e) {
            // The writer's own SQL inside a transaction, which nothing survives.
            if (isFaultsDoing(e)) {
                line(Status.FAILED, room, what, name, String.valueOf(((SQLException) e).getSQLState()));
            }
            throw e;
        }
    }

    /** Whether a statement of the writer's own met a fault: a lost connection, a server that takes no writes, a cancellation. */
    private static boolean isFaultsDoing(Throwable e) {
        return e instanceof SQLException own
                && (own.getSQLState() == null
                        || own.getSQLState().matches("08...|40...|53...|57...|25006|25P03|55P03"));
    }

    /** An acknowledged operation that nothing has to be found of. */
    void done(String room, String what) {
        line(Status.OK, room, what, "-", "");
    }

    /** Something that should not happen, unless it is one of the things that do under faults. */
    void failure(String room, String what, Throwable e) {
        boolean expected = e instanceof TransientDatabaseException
                || isFaultsDoing(e)
                || e instanceof DatabaseException d && STATEMENT_TIMEOUT.equals(d.sqlState());
        if (!expected) {
            line(Status.SURPRISE, room, what, "-", e.toString());
        }
    }

    void line(Status status, String room, String what, String name, String detail) {
        String line = String.join(
                "\t",
                Long.toString(System.currentTimeMillis()),
                status.name(),
                room,
                what,
                name,
                detail.replaceAll("[\t\n\r]", " "));
        try {
            // One call is one piece: threads need no lock between them.
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
