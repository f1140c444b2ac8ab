package dev.evalstore.analysis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A JDK 25, which makes the same bytes as the one in use. */
public final class OtherJdk {
    private OtherJdk() {}

    /** Its home. Where there is none, the test is skipped and says what is not shown. */
    public static Path home(String what) throws IOException {
        Optional<Path> home = find();
        if (home.isEmpty()) {
            System.err.println("SKIPPED: " + what
                    + " on JDK 25; set JAVA_HOME_25_X64 or JAVA_25_HOME to one, or install it in /usr/lib/jvm");
        }
        assumeTrue(home.isPresent(), "a JDK 25");
        return home.orElseThrow();
    }

    private static Optional<Path> find() throws IOException {
        List<Path> homes = new ArrayList<>();
        Stream.of("JAVA_HOME_25_X64", "JAVA_25_HOME")
                .map(System::getenv)
                .filter(home -> home != null)
                .forEach(home -> homes.add(Path.of(home)));
        homes.add(Path.of(System.getProperty("java.home")));
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (Stream<Path> all = Files.list(installed)) {
                all.sorted().forEach(homes::add);
            }
        }
        for (Path home : homes) {
            Path release = home.resolve("release");
            if (Files.isRegularFile(release) && Files.readString(release).contains("JAVA_VERSION=\"25")) {
                return Optional.of(home);
            }
        }
        return Optional.empty();
    }
}
