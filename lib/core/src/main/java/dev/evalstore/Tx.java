package dev.evalstore;

import dev.evalstore.internal.audit.AuditRows;
import dev.evalstore.internal.jdbc.Acting;
import dev.evalstore.internal.jdbc.Jdbc;
import java.sql.Connection;

/**
 * The repositories inside one transaction. A {@code Tx} belongs to one thread, lives as long as the callback that
 * received it, and must not be kept; later calls throw {@link IllegalStateException}.
 */
public final class Tx extends Repositories {
    private final Connection connection;

    Tx(Jdbc jdbc, Connection connection) {
        super(jdbc);
        this.connection = connection;
    }

    /**
     * The transaction's own connection, for SQL of the host's own in the same commit. Do not commit, roll back, close
     * or keep the connection.
     *
     * @throws IllegalStateException after the transaction has ended
     */
    public Connection connection() {
        jdbc.requireOpen();
        return connection;
    }

    /**
     * Throws if this transaction can only be rolled back, because a statement in it failed. PostgreSQL answers the
     * commit of such a transaction by a rollback, which the driver reports as success. {@code inTransaction} asks by
     * itself. A host that may have swallowed an exception calls this before it commits a {@linkplain Database#join
     * joined} transaction. Asks no server.
     *
     * @throws DatabaseException with SQLSTATE 25P02 if a statement failed
     * @throws IllegalStateException after the transaction has ended
     */
    public void requireCommittable() {
        jdbc.requireCommittable();
    }

    /** The same transaction on behalf of an actor; see {@link Database#actingAs(ActingContext)}. */
    @Override
    public Tx actingAs(ActingContext context) {
        return new Tx(jdbc.actingAs(new Acting(context, AuditRows::append)), connection);
    }

    /** {@link #actingAs(ActingContext)} without a request. */
    @Override
    public Tx actingAs(Actor actor) {
        return actingAs(ActingContext.of(actor));
    }

    /**
     * Runs the work in a savepoint of this transaction. If the work throws, only its own writes are rolled back.
     *
     * @throws X what the work throws
     */
    public <T, X extends Exception> T inTransaction(TxWork<T, X> work) throws X {
        return jdbc.inTransaction(TxOptions.DEFAULT, (nested, c) -> work.run(new Tx(nested, c)));
    }

    /**
     * {@link #inTransaction} without a value.
     *
     * @throws X what the work throws
     */
    public <X extends Exception> void useTransaction(TxWork.Void<X> work) throws X {
        this.<Boolean, X>inTransaction(tx -> {
            work.run(tx);
            return true;
        });
    }
}
