package dev.evalstore.lock;

import java.time.Instant;

/**
 * A lease on a resource, as it was when it was acquired or extended. Two locks are equal when all their values are
 * equal.
 *
 * <p>{@code try (Lock lock = …)} releases it at the end of the block, as {@link LockRepository#release} does. It does
 * not extend the lease: what may outlast the lease calls {@link LockRepository#extend}.
 */
public final class Lock implements AutoCloseable {
    private final LockRow row;
    private final LockRepository locks;

    Lock(LockRow row, LockRepository locks) {
        this.row = row;
        this.locks = locks;
    }

    public String resource() {
        return row.resource();
    }

    /** The name of the process that holds the lock, for people to read. */
    public String holder() {
        return row.holder();
    }

    /**
     * Higher than every token that the resource had before. Pass it to whatever the holder writes to, so that a former
     * holder is refused there.
     */
    public long token() {
        return row.token();
    }

    /** When the lock was acquired, by the server's clock. */
    public Instant acquiredAt() {
        return row.acquiredAt();
    }

    /** When others may acquire the lock, by the server's clock. */
    public Instant expiresAt() {
        return row.expiresAt();
    }

    /** Releases the lock; a lock that is no longer held is no error. */
    @Override
    public void close() {
        locks.release(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Lock that && row.equals(that.row);
    }

    @Override
    public int hashCode() {
        return row.hashCode();
    }

    @Override
    public String toString() {
        return "Lock[resource=" + resource() + ", holder=" + holder() + ", token=" + token() + ", acquiredAt="
                + acquiredAt() + ", expiresAt=" + expiresAt() + "]";
    }
}
