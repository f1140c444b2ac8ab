package dev.evalstore.recovery;

import org.jspecify.annotations.Nullable;

/** A tool of PostgreSQL's was not run, did not end well, or made what is not whole. What it began to write is removed. */
public final class PgToolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient @Nullable String output;

    /** Why. */
    public enum Reason {
        /** The program is not there, or may not be started. */
        NOT_STARTED,
        /** The tool's major version does not fit the server's. */
        VERSION,
        /** The folder to write is there, or its {@code .part} from a call that broke off or is under way. */
        EXISTS,
        /** A folder or file cannot be made, read, or given its name: no right, no room, a file where a folder is to be. */
        UNUSABLE,
        /** The tool did not end in time, and was ended. */
        TIMED_OUT,
        /** The calling thread was interrupted, and the tool was ended. */
        INTERRUPTED,
        /** The tool said that it failed. */
        FAILED,
        /** The tool said that it succeeded, and what it made is not whole. */
        INCOMPLETE
    }

    PgToolException(Reason reason, String message, @Nullable String output, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.output = output;
    }

    public Reason reason() {
        return reason;
    }

    /**
     * The last 64 KB of what the tool printed, without the password; empty if nothing. It may hold values of rows, such as those
     * of a key that is there twice: keep it out of logs that others read.
     */
    public String output() {
        return output == null ? "" : output;
    }
}
