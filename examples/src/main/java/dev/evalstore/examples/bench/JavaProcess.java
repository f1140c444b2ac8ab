package dev.evalstore.examples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Runs a main class of ours in a JVM of its own, for those that need a heap or an end of their own. */
public final class JavaProcess {
    private JavaProcess() {}

    /**
     * Starts it; its standard error goes to ours. The caller reads its output and waits for its end.
     *
     * @param options for the JVM, such as {@code -Xmx64m}
     */
    public static Process start(Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(classPath(main.getClassLoader()));
        command.add(main.getName());
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Runs it to its end and gives what it printed. */
    public static String output(Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(main, options, arguments);
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

    /** Under {@code exec:java} our classes come from a loader of Maven's, and {@code java.class.path} is Maven's own. */
    private static String classPath(ClassLoader loader) {
        if (loader instanceof URLClassLoader urls) {
            return Arrays.stream(urls.getURLs())
                    .map(JavaProcess::file)
                    .collect(Collectors.joining(System.getProperty("path.separator")));
        }
        return System.getProperty("java.class.path");
    }

    private static String file(URL url) {
        try {
            return Path.of(url.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
