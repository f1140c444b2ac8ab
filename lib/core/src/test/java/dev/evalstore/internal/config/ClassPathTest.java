package dev.evalstore.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** Hosts that manage the versions of what the library needs, and lower them. */
class ClassPathTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @Test
    void a_driver_with_known_vulnerabilities_is_warned_of() {
        assertThat(ClassPath.driverProblem("PostgreSQL JDBC Driver 42.7.14")).isNull();
        assertThat(ClassPath.driverProblem("PostgreSQL JDBC Driver 42.7.13")).isNull();
        assertThat(ClassPath.driverProblem("PostgreSQL JDBC Driver 42.8.0")).isNull();
        assertThat(ClassPath.driverProblem("PostgreSQL JDBC Driver 43.0.0")).isNull();
        assertThat(ClassPath.driverProblem("PostgreSQL JDBC Driver, built by hand"))
                .isNull();
        for (String old : List.of("42.7.12", "42.7.8", "42.6.99", "41.9.99")) {
            assertThat(ClassPath.driverProblem("PostgreSQL JDBC Driver " + old))
                    .contains(old)
                    .contains("42.7.13 or newer");
        }
    }

    @Test
    void with_the_builds_own_versions_opening_says_nothing() {
        try (LogCapture log = LogCapture.of(ClassPath.class.getName(), Level.WARN)) {
            Database.open(database.config().build()).close();
            assertThat(log.text()).isEmpty();
        }
    }

    /** What an application would see, where the host's bill of materials has 2.19 or 2.20. */
    public static final class Opener implements Callable<String> {
        @Override
        public String call() {
            try {
                Database.using(new org.postgresql.ds.PGSimpleDataSource());
                return "opened";
            } catch (IllegalStateException e) {
                return e.getMessage();
            }
        }
    }

    @Test
    void older_annotations_of_jackson_fail_when_a_database_is_opened_and_the_remedy_is_said() throws Exception {
        assertThat(opened("")).isEqualTo("opened");
        assertThat(opened("com.fasterxml.jackson.annotation.JsonSerializeAs"))
                .contains("jackson-annotations", "2.21 or newer", "Spring Boot 3");
    }

    private static String opened(String missing) throws Exception {
        try (URLClassLoader loader = new Without(missing)) {
            Object opener = loader.loadClass(Opener.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            return (String) ((Callable<?>) opener).call();
        }
    }

    /** The same class path without one class. */
    private static final class Without extends URLClassLoader {
        private final String missing;

        Without(String missing) throws MalformedURLException {
            super(classPath(), ClassLoader.getPlatformClassLoader());
            this.missing = missing;
        }

        private static URL[] classPath() throws MalformedURLException {
            List<URL> all = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                all.add(Path.of(entry).toUri().toURL());
            }
            return all.toArray(URL[]::new);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(missing)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
