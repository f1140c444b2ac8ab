package dev.evalstore.bench.soak;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param at when it strikes, from the beginning
 * @param kind what it is
 * @param lasts how long until it is undone; zero where nothing is to be undone
 * @param client whom it strikes, where it strikes one
 * @param toServer which way, where it has one
 */
public record Fault(Duration at, Kind kind, Duration lasts, String client, boolean toServer) {
    /** What strikes. */
    public enum Kind {
        /** kill -9 of a client, which is started again. */
        KILL_CLIENT,
        /** SIGSTOP of a client for longer than its leases, then SIGCONT. */
        PAUSE_CLIENT,
        /** pg_terminate_backend of every second connection. */
        TERMINATE_SESSIONS,
        /** kill -9 of the postmaster, which is started again. */
        KILL_SERVER,
        /** An immediate stop of the server, which is started again. */
        STOP_SERVER,
        /** A transaction with a snapshot and a row lock that does nothing. */
        IDLE_TRANSACTION,
        /** The network holds every piece back for a while. */
        DELAY,
        /** The network ends every connection. */
        CUT,
        /** The network ends every connection in one direction. */
        HALF_CLOSE,
        /** The network breaks every connection off. */
        RESET,
        /** The network lets nothing through in one direction. */
        STALL
    }

    @Override
    public String toString() {
        return kind
                + switch (kind) {
                    case KILL_CLIENT, PAUSE_CLIENT -> " " + client;
                    case HALF_CLOSE, STALL -> toServer ? " to server" : " to clients";
                    default -> "";
                }
                + (lasts.isZero() ? "" : " for " + lasts.toMillis() + " ms");
    }
}
