package dev.evalstore;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is called at the beginning and at the end of every statement, for a host that keeps metrics or traces; see {@link
 * DatabaseOptions#listener()}. The calls are on the statement's thread, inside its transaction if there is one, so a
 * listener must be quick and thread-safe. Whatever a listener throws is logged and changes nothing.
 *
 * <p>Each beginning has one end on the same thread. Statements nest only when a row consumer runs statements itself.
 */
@FunctionalInterface
public interface StatementListener {
    /**
     * A statement is about to be sent; a host opens a span here. Does nothing unless overridden.
     *
     * @param name the operation as in {@link #ended}
     */
    default void began(String name) {}

    /**
     * A statement has ended.
     *
     * @param name the operation as in {@link OperationStats#name()}, one of a small fixed set; never its text or values
     * @param time from sending it to the end of reading its rows, without the wait for a connection
     * @param failure why it failed, or null
     */
    void ended(String name, Duration time, @Nullable Throwable failure);
}
