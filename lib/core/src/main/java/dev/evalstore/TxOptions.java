package dev.evalstore;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction runs. {@link #DEFAULT} leaves isolation and access to the server's settings and does not retry.
 *
 * @param isolation the level, or null for the server's default
 * @param readOnly whether writes are refused by the server (25006)
 * @param retry how often the whole callback runs again after a transient failure
 * @param token is handed the {@link CommitToken} of the commit, or null for nobody
 */
public record TxOptions(
        @Nullable Isolation isolation,
        boolean readOnly,
        Retry retry,
        @Nullable Consumer<? super CommitToken> token) {
    /** The server's isolation level, reads and writes, no retry. */
    public static final TxOptions DEFAULT = new TxOptions(null, false, Retry.NONE, null);

    public TxOptions {
        Objects.requireNonNull(retry, "retry");
    }

    public TxOptions isolation(Isolation level) {
        return new TxOptions(level, readOnly, retry, token);
    }

    public TxOptions asReadOnly() {
        return new TxOptions(isolation, true, retry, token);
    }

    /**
     * The same options with another retry. A transaction that may be retried reads its id at the start, which costs one
     * round trip. If the connection is lost at commit, the library uses the id to ask the server whether the
     * transaction was stored.
     */
    public TxOptions retry(Retry times) {
        return new TxOptions(isolation, readOnly, times, token);
    }

    /**
     * The same options, handing the consumer the commit's token, which comes with the commit's answer. It is called after
     * the commit, before {@code inTransaction} returns, and not if the server could not tell the position. Whatever it
     * throws is logged.
     */
    public TxOptions token(@Nullable Consumer<? super CommitToken> receiver) {
        return new TxOptions(isolation, readOnly, retry, receiver);
    }
}
