package dev.evalstore.lock;

/**
 * Work under a lock.
 *
 * @param <T> the result
 * @param <X> the checked exception that the work may throw; {@link LockRepository#withLock} throws it unwrapped
 */
@FunctionalInterface
public interface LockWork<T, X extends Exception> {
    /** Runs while the lock is held. */
    T run(Lock lock) throws X;

    /**
     * Work without a result.
     *
     * @param <X> the checked exception that the work may throw
     */
    @FunctionalInterface
    interface Void<X extends Exception> {
        /** Runs while the lock is held. */
        void run(Lock lock) throws X;
    }
}
