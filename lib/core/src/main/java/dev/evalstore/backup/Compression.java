package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.LoopThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

/** Compresses pieces of files on threads of its own. Each is complete by itself, and gzip reads one after the other as one. */
final class Compression implements AutoCloseable {
    private static final int LEVEL = 1;

    private final ExecutorService threads;

    Compression(int threads) {
        this.threads = Executors.newFixedThreadPool(threads, LoopThreads.named("evalstore-export"));
    }

    Future<byte[]> compress(byte[] bytes, int length) {
        return threads.submit(() -> gzip(bytes, length));
    }

    /** @throws BackupException if the thread is interrupted */
    static byte[] result(Future<byte[]> piece) {
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return piece.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.INTERRUPTED, "the export", "its thread was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("compression failed", e.getCause());
        }
    }

    private static byte[] gzip(byte[] bytes, int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length / 4 + 64);
        try (GZIPOutputStream gzip = new Fast(out)) {
            gzip.write(bytes, 0, length);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out, 16 * 1024);
            def.setLevel(LEVEL);
        }
    }
}
