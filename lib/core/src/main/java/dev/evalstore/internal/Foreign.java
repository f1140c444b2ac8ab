package dev.evalstore.internal;

import org.slf4j.Logger;

/**
 * Calls the host's code where a failure of it must change nothing. It may throw anything: errors, checked exceptions that are not
 * declared, and exceptions that fail again when they are written to a log.
 */
public final class Foreign {
    private Foreign() {}

    /**
     * Runs it; whatever it throws is logged.
     *
     * @param what names it in the log, such as "the statement listener"
     * @return whether it returned
     */
    public static boolean run(Logger log, String what, Runnable code) {
        try {
            code.run();
            return true;
        } catch (Throwable e) {
            warn(log, what + " failed", e);
            return false;
        }
    }

    /** Logs a failure of the host's code, or at least its class. */
    public static void warn(Logger log, String message, Throwable e) {
        try {
            log.warn(message, e);
        } catch (Throwable unreadable) {
            log.warn("{}: {}", message, e.getClass().getName());
        }
    }

    /** The message of what was thrown; its class where there is none, or none can be read. */
    public static String message(Throwable e) {
        try {
            String message = e.getMessage();
            return message == null ? e.getClass().getName() : message;
        } catch (Throwable unreadable) {
            return e.getClass().getName();
        }
    }
}
