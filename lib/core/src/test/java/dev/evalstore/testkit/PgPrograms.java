package dev.evalstore.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * PostgreSQL's own tools, which the embedded server comes without: those of the folder that {@code -Dpg.tools} names, on the PATH,
 * or where packages of the major version put them.
 */
public final class PgPrograms {
    private PgPrograms() {}

    /** The folder of the tools of a major version; without one the test is skipped. */
    public static Path of(String major) {
        Stream<String> named = Stream.of(Objects.requireNonNullElse(System.getProperty("pg.tools"), ""));
        Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
        List<Path> found = Stream.of(
                        named, path, Stream.of("/usr/lib/postgresql/" + major + "/bin", "/usr/pgsql-" + major + "/bin"))
                .flatMap(folders -> folders)
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .filter(folder -> Files.isExecutable(folder.resolve("pg_verifybackup")))
                .filter(folder -> version(folder.resolve("pg_dump")).matches(".*\\) " + major + "[^0-9].*"))
                .toList();
        Assumptions.assumeFalse(
                found.isEmpty(),
                "no pg_dump, pg_basebackup and pg_verifybackup of PostgreSQL " + major
                        + " on the PATH or in -Dpg.tools, so what needs them is NOT tested");
        return found.get(0);
    }

    private static String version(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip() + " ";
        } catch (IOException e) {
            if (Files.isExecutable(program)) {
                throw new UncheckedIOException(e);
            }
            return "";
        }
    }
}
