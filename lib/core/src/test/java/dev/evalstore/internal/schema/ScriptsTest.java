package dev.evalstore.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ScriptsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @Test
    void the_list_has_every_script_of_the_folders() throws IOException {
        assertThat(names("../../migrations")).isEqualTo(files("V"));
        assertThat(names("../../migrations/undo")).isEqualTo(files("U"));
    }

    @Test
    void the_scripts_are_found_by_a_class_loader_that_cannot_list_folders() throws Exception {
        ClassLoader loader = new FilesOnly(ScriptsTest.class.getClassLoader());
        assertThat(loader.getResource("dev/evalstore/migration")).isNull();
        DatabaseConfig config = database.owner().build();
        @SuppressWarnings("unchecked")
        var migrator = (Function<List<String>, Integer>)
                loader.loadClass(Migrator.class.getName()).getConstructor().newInstance();
        List<String> access = List.of(config.url(), String.valueOf(config.user()), String.valueOf(config.password()));
        assertThat(migrator.apply(access)).isEqualTo(ScriptNames.ALL.size());
        assertThat(migrator.apply(access)).isZero();

        // What Flyway finds and sums up by itself is what was applied.
        MigrationInfo[] found = Flyway.configure()
                .dataSource(config.url(), config.user(), config.password())
                .locations("filesystem:../../migrations")
                .defaultSchema("evalstore")
                .table("evalstore_schema_history")
                .placeholders(Map.of("schema", "evalstore"))
                .load()
                .info()
                .applied();
        assertThat(Arrays.stream(found).filter(one -> one.getChecksum() != null))
                .hasSize(ScriptNames.ALL.size())
                .allSatisfy(one -> {
                    assertThat(one.isChecksumMatching()).isTrue();
                    assertThat(one.isDescriptionMatching()).isTrue();
                    assertThat(one.isTypeMatching()).isTrue();
                    assertThat(ScriptNames.ALL).contains(one.getScript().replaceAll("^V|\\.sql$", ""));
                });
    }

    private static List<String> files(String prefix) {
        return ScriptNames.ALL.stream().map(name -> prefix + name + ".sql").toList();
    }

    private static List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[VU][0-9].*\\.sql"))
                    .sorted()
                    .toList();
        }
    }

    /** Migrates the database at an address, by a user with a password, and returns how many scripts ran. */
    public static final class Migrator implements Function<List<String>, Integer> {
        @Override
        public Integer apply(List<String> access) {
            try (Database db = Database.open(DatabaseConfig.fromEnv(Map.of(
                    "DATABASE_URL", access.get(0),
                    "DATABASE_USER", access.get(1),
                    "DATABASE_PASSWORD", access.get(2))))) {
                int applied = db.migrate();
                db.validate();
                return applied;
            }
        }
    }

    /** The library anew, by a loader that opens files by their names and knows no folders, as in a native image. */
    private static final class FilesOnly extends ClassLoader {
        FilesOnly(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.evalstore.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                byte[] bytes = bytes(name.replace('.', '/') + ".class");
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                return defineClass(name, bytes, 0, bytes.length);
            }
        }

        @Override
        public @Nullable URL getResource(String name) {
            byte[] bytes = name.startsWith("dev/evalstore/") ? bytes(name) : null;
            return name.startsWith("dev/evalstore/")
                    ? bytes == null ? null : url(name, bytes)
                    : super.getResource(name);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            URL file = name.startsWith("dev/evalstore/") ? getResource(name) : null;
            return name.startsWith("dev/evalstore/")
                    ? Collections.enumeration(file == null ? List.of() : List.of(file))
                    : super.getResources(name);
        }

        /** Of a file; null of a folder. */
        private byte @Nullable [] bytes(String name) {
            try (InputStream in = name.contains(".") ? getParent().getResourceAsStream(name) : null) {
                return in == null ? null : in.readAllBytes();
            } catch (IOException e) {
                return null;
            }
        }

        @SuppressWarnings("deprecation")
        private static URL url(String name, byte[] bytes) {
            try {
                return new URL("memory", "", -1, "/" + name, new URLStreamHandler() {
                    @Override
                    protected URLConnection openConnection(URL url) {
                        return new URLConnection(url) {
                            @Override
                            public void connect() {}

                            @Override
                            public InputStream getInputStream() {
                                return new ByteArrayInputStream(bytes);
                            }
                        };
                    }
                });
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
