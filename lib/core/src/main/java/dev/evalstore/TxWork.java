package dev.evalstore;

/**
 * What runs inside a transaction.
 *
 * @param <T> what it gives back
 * @param <X> the checked exception that it may throw, which comes out of {@code inTransaction} as itself
 */
@FunctionalInterface
public interface TxWork<T, X extends Exception> {
    /** Runs inside the transaction; whatever it throws rolls the transaction back. */
    T run(Tx tx) throws X;

    /**
     * The same without a value.
     *
     * @param <X> the checked exception that it may throw
     */
    @FunctionalInterface
    interface Void<X extends Exception> {
        /** Runs inside the transaction; whatever it throws rolls the transaction back. */
        void run(Tx tx) throws X;
    }
}
