package dev.evalstore.internal.jdbc;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.DatabaseException;
import dev.evalstore.NotFoundException;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a write whose answer may have been lost, over all its attempts. Whatever becomes of the later attempts, the
 * first one that was lost may have been stored: from then on the outcome is unknown, until the row itself is seen.
 */
public final class UnknownOutcome {
    private final Jdbc jdbc;
    private final Retry retry;
    private int attempt = 1;
    private @Nullable TransientDatabaseException first;

    public UnknownOutcome(Jdbc jdbc) {
        this.jdbc = jdbc;
        this.retry = jdbc.options().retry();
    }

    /**
     * Reads the result of a write that is already stored. If the read fails, the write's outcome is unknown to the caller, except
     * inside a transaction, which the failure rolls back.
     */
    public static <T> T readBack(Jdbc jdbc, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (NotFoundException | ConflictException e) {
            throw e;
        } catch (DatabaseException e) {
            if (jdbc.inTransaction()) {
                throw e;
            }
            throw new TransientDatabaseException(
                    "stored, and could not be read again: " + e.getMessage(), e.sqlState(), true, e);
        }
    }

    /** Whether an earlier attempt may have been stored. */
    public boolean mayBeStored() {
        return first != null;
    }

    /** Comes back, after a pause, where another attempt makes sense; otherwise throws what the caller must know. */
    public void retryAfter(TransientDatabaseException e) {
        if (first == null && (jdbc.inTransaction() || !e.outcomeUnknown())) {
            throw e;
        }
        if (first == null) {
            first = e;
        } else {
            first.addSuppressed(e);
        }
        if (attempt >= retry.attempts()) {
            throw first;
        }
        Retries.pause(retry, attempt, first);
        attempt++;
    }

    /** Ends the attempts: nothing more can be learnt. */
    public void throwIfUnknown() {
        if (first != null) {
            throw first;
        }
    }

    /**
     * Inserts a row that carries its own id, and repeats that after a lost connection: either it is new, or its id tells that it
     * is stored already.
     *
     * @param again reads the row by its id
     */
    public static <T> T insert(Jdbc jdbc, Sql insert, RowMapper<T> mapper, Sql again) {
        return insert(jdbc, () -> jdbc.change(insert, mapper).orElseThrow(), mapper, again, () -> true);
    }

    /**
     * The same for a row that may be used up and gone again before it is looked for.
     *
     * @param insert inserts the row and returns it
     * @param stays whether a stored row stays, which is asked after a lost connection. Where it does not, the row is not sent a
     *     second time, and the outcome is unknown unless the row is still there
     */
    public static <T> T insert(Jdbc jdbc, Supplier<T> insert, RowMapper<T> mapper, Sql again, BooleanSupplier stays) {
        UnknownOutcome outcome = new UnknownOutcome(jdbc);
        while (true) {
            try {
                if (!outcome.mayBeStored() || stays.getAsBoolean()) {
                    return insert.get();
                }
                Optional<T> stored = jdbc.find(again, mapper);
                if (stored.isPresent()) {
                    return stored.get();
                }
            } catch (TransientDatabaseException e) {
                outcome.retryAfter(e);
                continue;
            } catch (ConstraintViolationException e) {
                if (!outcome.mayBeStored()) {
                    throw e;
                }
                return readBack(jdbc, () -> jdbc.find(again, mapper)).orElseThrow(() -> e);
            }
            outcome.throwIfUnknown();
        }
    }

    /**
     * The one row of a read that leaves a mark behind, if there is one. To leave it twice does no harm, so after a lost
     * connection the statement is sent again like a read; where that does not help, the mark may be stored, as after a write.
     */
    public static <T> Optional<T> findAndTouch(Jdbc jdbc, Sql sql, RowMapper<T> mapper) {
        UnknownOutcome outcome = new UnknownOutcome(jdbc);
        try {
            return Retries.run(
                    outcome.retry,
                    e -> !jdbc.inTransaction() && outcome.isLost(e),
                    jdbc.onRetry(),
                    () -> jdbc.change(sql, mapper));
        } catch (TransientDatabaseException e) {
            outcome.throwIfUnknown();
            throw e;
        }
    }

    private boolean isLost(DatabaseException e) {
        if (first == null && e instanceof TransientDatabaseException lost && lost.outcomeUnknown()) {
            first = lost;
        }
        return e instanceof TransientDatabaseException && Errors.isConnectionLoss(e.sqlState()) && !Errors.isUndone(e);
    }
}
