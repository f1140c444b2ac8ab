package dev.evalstore.version;

/** A listener that is called until this is closed. */
@FunctionalInterface
public interface Listening extends AutoCloseable {
    /** Ends it; closing it again does nothing. */
    @Override
    void close();
}
