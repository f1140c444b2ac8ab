package dev.evalstore.internal.jdbc;

/**
 * An interrupt closes the socket that a virtual thread reads from, and its connection is lost. So a statement of a virtual thread
 * that was interrupted before would cost a connection, and the pool's test of idle connections all of them. A platform thread's
 * socket does not heed interrupts. This is compiled for a Java that has no virtual threads.
 */
final class VirtualThreads {
    private static final String GROUP = "VirtualThreads";

    private VirtualThreads() {}

    /** Takes an interrupted virtual thread's interrupt away, for the time of a statement; true if there was one. */
    static boolean holdInterrupt() {
        return Thread.currentThread().isInterrupted() && isVirtual() && Thread.interrupted();
    }

    /** Interrupts the thread again. */
    static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isVirtual() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return group != null && group.getName().equals(GROUP);
    }
}
