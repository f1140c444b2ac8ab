package dev.evalstore.internal.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * An interrupt closes the socket that a virtual thread reads from, and its connection is lost. So a statement of a virtual thread
 * that was interrupted before would cost a connection, and the pool's test of idle connections all of them. A platform thread's
 * socket does not heed interrupts. This is compiled for a Java that has no virtual threads.
 */
final class VirtualThreads {
    private static final String GROUP = "VirtualThreads";

    private VirtualThreads() {}

    /** Something that speaks to the server. */
    @FunctionalInterface
    interface Call<T extends @Nullable Object, X extends Exception> {
        T run() throws X;
    }

    /** The same without a value. */
    @FunctionalInterface
    interface Action<X extends Exception> {
        void run() throws X;
    }

    /** {@link #uninterrupted} without a value. */
    static <X extends Exception> void run(Action<X> action) throws X {
        VirtualThreads.<Boolean, X>uninterrupted(() -> {
            action.run();
            return true;
        });
    }

    /** Makes the call; a virtual thread that was interrupted before is interrupted again afterwards. */
    static <T extends @Nullable Object, X extends Exception> T uninterrupted(Call<T, X> call) throws X {
        boolean held = Thread.currentThread().isInterrupted() && isVirtual() && Thread.interrupted();
        try {
            return call.run();
        } finally {
            if (held) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isVirtual() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return group != null && group.getName().equals(GROUP);
    }
}
