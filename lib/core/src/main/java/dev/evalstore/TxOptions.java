package dev.evalstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction runs. {@link #DEFAULT} leaves isolation and access to the server's settings and does not retry.
 *
 * @param isolation the level, or null for the server's default
 * @param readOnly whether writes are refused by the server (25006)
 * @param retry how often the whole callback is run again after a failure that may pass
 */
public record TxOptions(@Nullable Isolation isolation, boolean readOnly, Retry retry) {
    /** The server's isolation level, read and write, no retry. */
    public static final TxOptions DEFAULT = new TxOptions(null, false, Retry.NONE);

    public TxOptions {
        Objects.requireNonNull(retry, "retry");
    }

    /** The same options at another isolation level. */
    public TxOptions isolation(Isolation level) {
        return new TxOptions(level, readOnly, retry);
    }

    /** The same options, with writes refused. */
    public TxOptions asReadOnly() {
        return new TxOptions(isolation, true, retry);
    }

    /**
     * The same options with another retry. A transaction that may be retried also notes its id at the start (one round trip),
     * so that after a connection lost at commit the library can ask the server whether it was stored.
     */
    public TxOptions retry(Retry times) {
        return new TxOptions(isolation, readOnly, times);
    }
}
