package dev.evalstore.internal.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.evalstore.internal.JsonCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a host that manages versions itself left the library what it needs, told before the first statement. */
public final class ClassPath {
    /** The first without known vulnerabilities. */
    static final List<Integer> MIN_DRIVER = List.of(42, 7, 13);

    private static final Logger LOG = LoggerFactory.getLogger(ClassPath.class);
    private static final Pattern VERSION = Pattern.compile("([0-9]+)\\.([0-9]+)\\.([0-9]+)");

    private ClassPath() {}

    /**
     * Warns of an old driver.
     *
     * @throws IllegalStateException if Jackson cannot work, with the remedy
     */
    public static void check() {
        String problem = driverProblem(driver());
        if (problem != null) {
            LOG.warn(problem);
        }
        try {
            JsonCodec.write(Map.of());
        } catch (LinkageError e) {
            String there = JsonCreator.class.getPackage().getImplementationVersion();
            throw new IllegalStateException(
                    "Jackson 3 does not work with the class path's jackson-annotations"
                            + (there == null ? "" : " " + there)
                            + ": it needs com.fasterxml.jackson.core:jackson-annotations 2.21 or newer. A host that manages"
                            + " Jackson 2, as Spring Boot 3 does, must manage this version",
                    e);
        }
    }

    /** By the method, though it is deprecated: the constants in its place would be compiled into this class. */
    @SuppressWarnings("deprecation")
    private static String driver() {
        return Driver.getVersion();
    }

    /** What to say of a driver that names itself so; null for nothing. */
    static @Nullable String driverProblem(String name) {
        Matcher version = VERSION.matcher(name);
        if (!version.find()) {
            return null;
        }
        int[] there = new int[3];
        int[] needed = MIN_DRIVER.stream().mapToInt(Integer::intValue).toArray();
        for (int i = 0; i < there.length; i++) {
            there[i] = Integer.parseInt(version.group(i + 1));
        }
        return Arrays.compare(there, needed) >= 0
                ? null
                : name + " has known vulnerabilities: use org.postgresql:postgresql 42.7.13 or newer";
    }
}
