package dev.evalstore.testing.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A second JVM that runs a main class, for code that must be killed or stopped, or needs a heap of its own. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread reader;

    private ChildJvm(Process process) {
        this.process = process;
        this.reader = daemon("child-" + process.pid(), this::read);
    }

    /**
     * Starts the main class, compiled quickly rather than well. What it writes to its standard error goes to {@code System.err}.
     *
     * @param options for the JVM, such as {@code -Xmx64m}; the class path is the main class's own unless {@code -cp} is among them
     */
    public static ChildJvm start(Class<?> main, List<String> options, String... arguments) {
        List<String> quick = new ArrayList<>(options);
        quick.add(0, "-XX:TieredStopAtLevel=1");
        try {
            return new ChildJvm(launch(main, quick, arguments));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the main class to its end and returns what it printed; compiled as usual, for measurements. */
    public static String output(Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        Process process = launch(main, options, arguments);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException(main.getSimpleName() + " ended with " + code);
            }
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process launch(Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        if (!options.contains("-cp")) {
            command.add("-cp");
            command.add(classPath(main.getClassLoader()));
        }
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        // Not inherited: a test's System.err is its own.
        daemon("child-errors-" + process.pid(), () -> copyErrors(process));
        return process;
    }

    private static void copyErrors(Process process) {
        try (BufferedReader errors = process.errorReader(StandardCharsets.UTF_8)) {
            errors.lines().forEach(System.err::println);
        } catch (IOException | UncheckedIOException e) {
            // The child is gone.
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Under {@code exec:java} classes come from a loader of Maven's, and {@code java.class.path} is Maven's own. */
    private static String classPath(ClassLoader loader) {
        return loader instanceof URLClassLoader urls
                ? Arrays.stream(urls.getURLs()).map(ChildJvm::file).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    private static String file(URL url) {
        try {
            return Path.of(url.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("! " + e.getMessage());
        }
    }

    /** {@link #await(String, Duration)} for two minutes at most. */
    public String await(String beginning) {
        return await(beginning, Duration.ofMinutes(2));
    }

    /** Waits for a line that begins so, and returns it; the lines before it are dropped. */
    public String await(String beginning, Duration atMost) {
        try {
            long deadline = System.nanoTime() + atMost.toNanos();
            while (System.nanoTime() < deadline) {
                String line = lines.poll(100, TimeUnit.MILLISECONDS);
                if (line != null && line.startsWith(beginning)) {
                    return line;
                }
                if (line == null && !process.isAlive() && lines.isEmpty()) {
                    throw new IllegalStateException(
                            "the child ended with " + process.exitValue() + " before " + beginning);
                }
            }
            throw new IllegalStateException("no line " + beginning + " within " + atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The lines that have come and were not taken; of a process that has ended, all of them. */
    public List<String> drain() {
        if (!process.isAlive()) {
            awaitReader();
        }
        List<String> taken = new ArrayList<>();
        lines.drainTo(taken);
        return taken;
    }

    /** The last lines of a process that has ended may still be in its pipe. */
    private void awaitReader() {
        try {
            reader.join(TimeUnit.SECONDS.toMillis(120));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** kill -9, and waits for the end. What it printed can still be read: the process itself would close the pipe. */
    public void kill() {
        process.toHandle().destroyForcibly();
        join();
    }

    /** Stops the process without its noticing. */
    public void pause() {
        Signals.send("STOP", process.pid());
    }

    /** Lets a stopped process go on. */
    public void resume() {
        Signals.send("CONT", process.pid());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for the end and returns the exit code. */
    public int join() {
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("the child did not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
