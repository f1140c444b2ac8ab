package dev.evalstore.analysis.export;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A buffer before a stream that it never closes. It remembers the stream's own exception, which the writers of the formats
 * wrap, each in its way.
 */
final class CarefulStream extends OutputStream {
    private final OutputStream stream;
    private final byte[] buffer = new byte[1 << 16];
    private int filled;
    private @Nullable IOException failure;

    CarefulStream(OutputStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > buffer.length - filled) {
            send();
        }
        if (length > buffer.length) {
            guarded(() -> stream.write(bytes, offset, length));
        } else {
            System.arraycopy(bytes, offset, buffer, filled, length);
            filled += length;
        }
    }

    /** Writers flush when it suits them; the stream is flushed at the end. */
    @Override
    public void flush() throws IOException {
        send();
        guarded(stream::flush);
    }

    private void send() throws IOException {
        int length = filled;
        filled = 0;
        // A copy, since the stream may keep the array.
        guarded(() -> stream.write(Arrays.copyOf(buffer, length)));
    }

    private void guarded(Write write) throws IOException {
        try {
            write.run();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** What is to be thrown for the exception: the stream's own, where it has thrown one. */
    RuntimeException cause(RuntimeException thrown) throws IOException {
        if (failure != null) {
            throw failure;
        }
        return thrown;
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }
}
