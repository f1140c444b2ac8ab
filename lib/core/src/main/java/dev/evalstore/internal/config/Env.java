package dev.evalstore.internal.config;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.Retry;
import dev.evalstore.SslMode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration from environment variables. A bad value is an error that names the variable, and not the
 * value.
 */
public final class Env {
    private static final Logger LOG = LoggerFactory.getLogger(Env.class);
    private static final String PREFIX = "DATABASE_";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private final Map<String, String> variables;
    private final Set<String> known = new HashSet<>();

    private Env(Map<String, String> variables) {
        this.variables = variables;
    }

    public static DatabaseConfig read(Map<String, String> variables) {
        Env env = new Env(variables);
        DatabaseConfig.Builder config = DatabaseConfig.builder();
        if (variables.containsKey("DATABASE_PATH")) {
            throw new IllegalArgumentException("DATABASE_PATH names a folder, and a store in a folder is opened by"
                    + " EmbeddedStore.fromEnv() of dev.evalstore:evalstore-embedded; set DATABASE_URL for a server");
        }
        boolean url = variables.containsKey("DATABASE_URL");
        if (!url && !variables.containsKey("DATABASE_HOST")) {
            throw new IllegalArgumentException("DATABASE_URL or DATABASE_HOST must be set");
        }
        for (String part : new String[] {"DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME"}) {
            if (url && variables.containsKey(part)) {
                throw new IllegalArgumentException("DATABASE_URL and " + part + " are both set; set one of them");
            }
        }
        env.with("URL", config::url);
        env.with("HOST", config::host);
        env.with("PORT", value -> config.port(whole(value)));
        env.with("NAME", config::database);
        env.with("USER", config::user);
        env.with("PASSWORD", config::password);
        env.with("REPLICA_URLS", value -> config.replicas(value.trim().split("\\s*,\\s*|\\s+", -1)));
        env.with("SCHEMA", config::schema);
        env.with("POOL_SIZE", value -> config.poolSize(whole(value)));
        env.with("MIN_IDLE", value -> config.minimumIdle(whole(value)));
        env.with("CONNECT_TIMEOUT", value -> config.connectTimeout(duration(value)));
        env.with("IDLE_TIMEOUT", value -> config.idleTimeout(duration(value)));
        env.with("MAX_LIFETIME", value -> config.maxLifetime(duration(value)));
        env.with("STATEMENT_TIMEOUT", value -> config.statementTimeout(duration(value)));
        env.with("LOCK_TIMEOUT", value -> config.lockTimeout(duration(value)));
        env.with("APPLICATION_NAME", config::applicationName);
        env.with("SSL_MODE", value -> config.sslMode(SslMode.of(value)));
        env.with("SSL_ROOT_CERT", value -> config.sslRootCert(file(value)));
        env.with("SSL_CERT", value -> config.sslCert(file(value)));
        env.with("SSL_KEY", value -> config.sslKey(file(value)));
        env.with("SLOW_STATEMENT", value -> config.slowStatement(duration(value)));
        env.with("RETRY_ATTEMPTS", value -> config.retry(Retry.times(whole(value))));
        env.with("EVENTS", value -> config.events(value.trim().split("\\s*,\\s*", -1)));
        env.with("SHARDING_COMMENTS", value -> config.shardingComments(bool(value)));
        env.with("DEBUG", value -> config.logStatements(bool(value)));
        env.nameOthers();
        try {
            return config.build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("DATABASE_ variables: " + e.getMessage(), e);
        }
    }

    private void with(String name, Consumer<String> use) {
        known.add(name);
        String value = variables.get(PREFIX + name);
        if (value == null) {
            return;
        }
        try {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("is set but empty");
            }
            use.accept(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PREFIX + name + ": " + e.getMessage(), e);
        }
    }

    /** A variable that is read by nobody is a setting that somebody believes in. */
    private void nameOthers() {
        Set<String> others = new TreeSet<>();
        for (String variable : variables.keySet()) {
            if (!variable.startsWith(PREFIX)) {
                continue;
            }
            String name = variable.substring(PREFIX.length());
            if (known.contains(name)) {
                continue;
            }
            Optional<String> meant = known.stream()
                    .filter(candidate -> !variables.containsKey(PREFIX + candidate) && isMisspelt(name, candidate))
                    .findFirst();
            if (meant.isPresent()) {
                throw new IllegalArgumentException(
                        variable + " is not read; did you mean " + PREFIX + meant.get() + "?");
            }
            others.add(variable);
        }
        if (!others.isEmpty()) {
            LOG.warn("these variables are not read: {}", others);
        }
    }

    /** Equal but for underscores and case, or but for a letter more, less or other, or two that changed places. */
    private static boolean isMisspelt(String name, String meant) {
        String a = name.replace("_", "").toUpperCase(Locale.ROOT);
        String b = meant.replace("_", "");
        if (a.length() < b.length()) {
            return isMisspelt(b, a);
        }
        int same = 0;
        while (same < b.length() && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        String restA = a.substring(same);
        String restB = b.substring(same);
        return restA.equals(restB)
                || !restA.isEmpty() && restA.substring(1).equals(restB)
                || sameAfterFirst(restA, restB)
                || restA.length() > 1
                        && restA.length() == restB.length()
                        && restA.charAt(0) == restB.charAt(1)
                        && restA.charAt(1) == restB.charAt(0)
                        && restA.substring(2).equals(restB.substring(2));
    }

    private static boolean sameAfterFirst(String a, String b) {
        return a.length() == b.length() && a.substring(1).equals(b.substring(1));
    }

    private static Path file(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path");
        }
    }

    private static int whole(String value) {
        if (!value.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("must be a whole number");
        }
        return Integer.parseInt(value);
    }

    private static boolean bool(String value) {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static Duration duration(String value) {
        Matcher parts = DURATION.matcher(value);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be a time such as 500ms, 10s, 5m or 1h");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
