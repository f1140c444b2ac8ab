package dev.evalstore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.SchemaException;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flyway's jars put into one, where of two files with one name the first is kept. */
class FatJarTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @TempDir
    static Path folder;

    /** Migrates, and says how it went. */
    public static final class Migrator {
        public static void main(String[] args) {
            DatabaseConfig config = DatabaseConfig.fromEnv(
                    Map.of("DATABASE_URL", args[0], "DATABASE_USER", args[1], "DATABASE_PASSWORD", args[2]));
            try (Database db = Database.open(config)) {
                System.out.println("applied " + db.migrate());
            } catch (SchemaException e) {
                System.out.println("refused " + e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_jar_that_lost_a_part_of_flyway_says_what_to_do(boolean coreFirst) throws Exception {
        Path core = jarOf(Flyway.class);
        Path postgres = jarOf(Class.forName("org.flywaydb.database.postgresql.PostgreSQLDatabaseType"));
        Path fat = merged(
                folder.resolve(coreFirst + ".jar"), coreFirst ? List.of(core, postgres) : List.of(postgres, core));
        List<String> classPath = new ArrayList<>(
                Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
        classPath.removeAll(List.of(core.toString(), postgres.toString()));
        classPath.add(fat.toString());
        DatabaseConfig config = database.owner().build();
        try (ChildJvm child = ChildJvm.start(
                Migrator.class,
                List.of("-cp", String.join(File.pathSeparator, classPath)),
                config.url(),
                String.valueOf(config.user()),
                String.valueOf(config.password()))) {
            assertThat(child.await("refused "))
                    .contains(coreFirst ? "org.flywaydb.database.postgresql" : "org.flywaydb.core")
                    .contains("META-INF/services")
                    .contains("ServicesResourceTransformer");
            assertThat(child.join()).isZero();
        }
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static Path merged(Path to, List<Path> jars) throws IOException {
        Set<String> there = new HashSet<>();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to))) {
            for (Path from : jars) {
                try (JarFile jar = new JarFile(from.toFile())) {
                    for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
                        JarEntry entry = all.nextElement();
                        if (there.add(entry.getName())) {
                            out.putNextEntry(new ZipEntry(entry.getName()));
                            jar.getInputStream(entry).transferTo(out);
                            out.closeEntry();
                        }
                    }
                }
            }
        }
        return to;
    }
}
