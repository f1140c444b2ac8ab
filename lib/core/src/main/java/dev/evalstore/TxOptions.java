package dev.evalstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction runs. {@link #DEFAULT} leaves isolation and access to the server's settings and does not retry.
 *
 * @param isolation the level, or null for the server's default
 * @param readOnly whether writes are refused by the server (25006)
 * @param retry how often the whole callback runs again after a transient failure
 */
public record TxOptions(@Nullable Isolation isolation, boolean readOnly, Retry retry) {
    /** The server's isolation level, reads and writes, no retry. */
    public static final TxOptions DEFAULT = new TxOptions(null, false, Retry.NONE);

    public TxOptions {
        Objects.requireNonNull(retry, "retry");
    }

    public TxOptions isolation(Isolation level) {
        return new TxOptions(level, readOnly, retry);
    }

    public TxOptions asReadOnly() {
        return new TxOptions(isolation, true, retry);
    }

    /**
     * The same options with another retry. A transaction that may be retried reads its id at the start, which costs one
     * round trip. If the connection is lost at commit, the library uses the id to ask the server whether the
     * transaction was stored.
     */
    public TxOptions retry(Retry times) {
        return new TxOptions(isolation, readOnly, times);
    }
}
