package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.Retry;
import dev.evalstore.internal.jdbc.Statements.PreparedText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * Sends one statement over a connection of its source: measured, its failure typed, in read committed, in one piece, and retried
 * where nothing can be done twice by it.
 */
record Execution(
        Statements statements, Runnable onRetry, @Nullable Duration timeout, Retry retry) {
    private static final int COPY_BUFFER = 64 * 1024;

    /** A use of a statement whose arguments are bound. */
    @FunctionalInterface
    interface OfStatement<T> {
        T apply(PreparedStatement statement, PreparedText text) throws SQLException;
    }

    Execution with(Statements others) {
        return new Execution(others, onRetry, timeout, retry);
    }

    Execution onRetry(Runnable count) {
        return new Execution(statements, count, timeout, retry);
    }

    Execution timeout(Duration time) {
        return new Execution(statements, onRetry, time, retry);
    }

    Execution retry(Retry other) {
        return new Execution(statements, onRetry, timeout, other);
    }

    /** Runs a statement, retried in auto-commit where that is safe. */
    <T> T run(Source here, Sql sql, boolean write, OfStatement<T> use) {
        return run(here, sql, statements.text(sql.text()), write, use);
    }

    /** Hands every row to the consumer, with a {@link FetchSize} of them in memory; inside a transaction. */
    <T> void stream(Source here, Sql sql, int most, RowMapper<T> mapper, Consumer<? super T> consumer) {
        run(here, sql, false, (statement, text) -> {
            FetchSize size = new FetchSize(most);
            int left = size.rows();
            statement.setFetchSize(left);
            binary(statement);
            try (ResultSet result = statement.executeQuery()) {
                Row row = new Row(result);
                while (result.next()) {
                    consumer.accept(mapper.map(row));
                    size.add(row.takeCharacters());
                    if (--left == 0) {
                        left = size.next();
                        result.setFetchSize(left);
                    }
                }
                return true;
            }
        });
    }

    /** Runs a read whose text neither this library nor the server keeps. */
    <T> T runOnce(Source here, Sql sql, OfStatement<T> use) {
        return run(here, sql, statements.textOnce(sql.text()), false, (statement, text) -> {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            return use.apply(statement, text);
        });
    }

    private <T> T run(Source here, Sql sql, PreparedText text, boolean write, OfStatement<T> use) {
        Use<T> once = connection -> {
            try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
                Values.bind(statement, sql.args());
                Pipelining.keepTogether(statement, text, sql);
                return use.apply(statement, text);
            }
        };
        if (here instanceof Source.Bound) {
            return once(here, text, write, once);
        }
        return Retries.run(
                retry,
                e -> Errors.isUndone(e) || (!write && Errors.isRetryable(e)),
                onRetry,
                () -> once(here, text, write, committed(here, text, once)));
    }

    long copyIn(Source here, String copy, BinaryCopy.Rows rows) {
        PreparedText text = statements.text(copy);
        return once(
                here, text, true, committed(here, text, connection -> BinaryCopy.run(connection, text.sql(), rows)));
    }

    /** What the stream throws is thrown as it is. */
    long copyIn(Source here, String copy, InputStream rows) {
        PreparedText text = statements.text(copy);
        return once(here, text, true, connection -> {
            try {
                return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(text.sql(), rows, COPY_BUFFER);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Runs a script of several statements that take no arguments. */
    void script(Source here, String name, String sql) {
        once(here, statements.text("/* " + name + " */"), true, connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(statements.routed(sql));
            }
        });
    }

    /** Runs one statement that must not run in a transaction; each of its locks is waited for that long at most. */
    void outsideTransaction(Source here, String name, Duration lockTimeout, String sql) {
        once(here, statements.text("/* " + name + " */"), true, connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(statements.routed("set lock_timeout = ") + lockTimeout.toMillis());
                try {
                    return statement.execute(statements.routed(sql));
                } finally {
                    statement.execute(statements.routed("reset lock_timeout"));
                }
            }
        });
    }

    /** The use in a transaction of read committed, where auto-commit would not give that, or not one transaction for all of the text. */
    <T> Use<T> committed(Source here, PreparedText text, Use<T> use) {
        if (here instanceof Source.Bound) {
            return use;
        }
        return connection -> {
            if (!isReadCommitted(here, connection, text)) {
                return Pipelining.together(statements, connection, own -> {
                    statements.isolation().readCommitted(own);
                    return use.apply(own);
                });
            }
            return text.several() && !text.pipelined().get()
                    ? Pipelining.together(statements, connection, use)
                    : use.apply(connection);
        };
    }

    /** Asked in front of the statement, which is not sent where this fails. */
    private boolean isReadCommitted(Source here, Connection connection, PreparedText text) {
        try {
            return statements.isolation().isReadCommitted(connection);
        } catch (SQLException e) {
            DatabaseException typed = Errors.translate(e, text.name(), false);
            here.failed(typed);
            throw typed;
        }
    }

    /** Uses a connection once. */
    <T> T once(Source here, PreparedText text, boolean write, Use<T> use) {
        boolean inTransaction = here instanceof Source.Bound;
        return VirtualThreads.uninterrupted(() -> uninterrupted(here, inTransaction, text, write, use));
    }

    private <T> T uninterrupted(Source here, boolean inTransaction, PreparedText text, boolean write, Use<T> use) {
        Source.Borrowed borrowed = here.borrow(text.name());
        Throwable failure = null;
        long start = System.nanoTime();
        try {
            statements.sending(text);
            if (!inTransaction && !borrowed.autoCommit()) {
                borrowed.connection().setAutoCommit(true);
            }
            return timeout == null || inTransaction
                    ? use.apply(borrowed.connection())
                    : StatementTimeout.withTimeout(timeout, borrowed.connection(), use);
        } catch (SQLException e) {
            DatabaseException typed = Errors.translate(borrowed.explained(e), text.name(), write && !inTransaction);
            typed = inTransaction ? Errors.asked(typed, borrowed.connection()) : typed;
            here.failed(typed);
            failure = typed;
            throw typed;
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            borrowed.giveBack(failure);
            statements.ended(text, System.nanoTime() - start, failure);
        }
    }

    /**
     * Numbers and times as bytes from the first use on, not from the driver's fifth: texts of them are most of the work of many
     * rows. Not so where the URL says that nothing is prepared, as some poolers need it.
     */
    private static void binary(PreparedStatement statement) throws SQLException {
        PGStatement own = statement.unwrap(PGStatement.class);
        if (own.getPrepareThreshold() != 0) {
            own.setPrepareThreshold(-1);
        }
    }
}
