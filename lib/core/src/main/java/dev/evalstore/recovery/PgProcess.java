package dev.evalstore.recovery;

import dev.evalstore.recovery.PgToolException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One call of a program: its time is bounded, and so is what is kept of its output. */
final class PgProcess {
    private static final int KEPT = 1 << 16;

    /** In which a tool that is ended tells the server so, and a reader gets the rest. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private PgProcess() {}

    /** Runs it to its end and returns the last of what it printed. */
    static String run(ProcessBuilder builder, PgCommand.Call call) {
        String name = Path.of(builder.command().get(0)).getFileName().toString();
        Process process;
        try {
            process = builder.redirectErrorStream(true).start();
            process.getOutputStream().close();
        } catch (IOException e) {
            // The system's message quotes no argument.
            throw new PgToolException(Reason.NOT_STARTED, name + " cannot be started", null, e);
        }
        Tail tail = new Tail(process.getInputStream());
        tail.start();
        boolean ended;
        try {
            ended = process.waitFor(call.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new PgToolException(Reason.INTERRUPTED, name + " was interrupted", null, e);
        }
        if (!ended) {
            end(process);
        }
        String output = tail.text();
        String shown = call.target() == null ? output : call.target().masked(output);
        if (!ended) {
            throw new PgToolException(Reason.TIMED_OUT, name + " did not end within " + call.timeout(), shown, null);
        }
        if (process.exitValue() != 0) {
            throw new PgToolException(
                    Reason.FAILED,
                    name + " ended with exit code " + process.exitValue() + "; output() has what it printed",
                    shown,
                    null);
        }
        return shown;
    }

    /** First in a way that lets it cancel what the server does for it. Its jobs are processes of their own. */
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        all.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads all there is, so that the program never waits, and keeps the end. */
    private static final class Tail extends Thread {
        private final InputStream from;
        private final byte[] kept = new byte[KEPT];
        private volatile long read;

        Tail(InputStream from) {
            super("evalstore-pg-tool");
            this.from = from;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                byte[] some = new byte[8192];
                for (int n = from.read(some); n >= 0; n = from.read(some)) {
                    long at = read;
                    for (int i = 0; i < n; i++) {
                        kept[(int) ((at + i) % KEPT)] = some[i];
                    }
                    read = at + n;
                }
            } catch (IOException e) {
                // The program was ended.
            }
        }

        /** What was read by the program's end; a process that outlives it may hold its output open. */
        String text() {
            try {
                join(GRACE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            long end = read;
            int length = (int) Math.min(end, KEPT);
            byte[] text = new byte[length];
            for (int i = 0; i < length; i++) {
                text[i] = kept[(int) ((end - length + i) % KEPT)];
            }
            return new String(text, StandardCharsets.UTF_8);
        }
    }
}
