package dev.evalstore;

/**
 * Work inside a transaction.
 *
 * @param <T> the result
 * @param <X> the checked exception that the work may throw; {@code inTransaction} throws it unwrapped
 */
@FunctionalInterface
public interface TxWork<T, X extends Exception> {
    /** Runs inside the transaction; any exception rolls the transaction back. */
    T run(Tx tx) throws X;

    /**
     * Work without a result.
     *
     * @param <X> the checked exception that the work may throw
     */
    @FunctionalInterface
    interface Void<X extends Exception> {
        /** Runs inside the transaction; any exception rolls the transaction back. */
        void run(Tx tx) throws X;
    }
}
