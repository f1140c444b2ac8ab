package dev.evalstore.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the server itself complained of. */
final class ServerLog {
    /** Settings with which its lines tell who, and with which SQLSTATE. No spaces: they go through a shell. */
    static final Map<String, String> SETTINGS = Map.of(
            "log_line_prefix", "%m/%p/%a/state=%e/",
            "log_lock_waits", "on",
            "log_min_messages", "warning",
            "log_statement", "none");

    /** Deadlocks, internal errors and damaged data, and statements that are none. */
    private static final Pattern BAD = Pattern.compile("/state=(40P01|XX\\w{3}|42\\w{3}|22\\w{3})/|PANIC:");

    /** The answer about a commit whose id a crash made the server forget: the library asks, and takes it for unknown. */
    private static final Pattern FORGOTTEN =
            Pattern.compile("/state=22023/ERROR: +transaction ID \\d+ is in the future");

    private ServerLog() {}

    static void check(Path log, Violations violations) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> bad = lines.filter(line -> {
                        Matcher found = BAD.matcher(line);
                        return found.find()
                                && !FORGOTTEN.matcher(line).find()
                                && (line.contains("ERROR:") || line.contains("PANIC:") || line.contains("FATAL:"));
                    })
                    .toList();
            violations.each("the server's log", bad);
        }
    }

    static long lockWaits(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("still waiting for")).count();
        }
    }
}
