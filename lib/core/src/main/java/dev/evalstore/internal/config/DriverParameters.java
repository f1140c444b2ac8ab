package dev.evalstore.internal.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The driver's connection parameters. Which there are is the driver's own list, so that a newer driver's are known too.
 * Error messages name the parameter and never quote its value.
 */
public final class DriverParameters {
    static final String HOST = "PGHOST";
    static final String PORT = "PGPORT";
    static final String DATABASE = "PGDBNAME";
    static final String SERVICE = "service";

    /** Those that the configuration has a component for, and the builder's setter. */
    private static final Map<String, String> SETTERS = Map.ofEntries(
            Map.entry(HOST, "host"),
            Map.entry(PORT, "port"),
            Map.entry(DATABASE, "database"),
            Map.entry(SERVICE, "url"),
            Map.entry("user", "user"),
            Map.entry("password", "password"),
            Map.entry("ApplicationName", "applicationName"),
            Map.entry("ssl", "sslMode"),
            Map.entry("sslmode", "sslMode"),
            Map.entry("sslrootcert", "sslRootCert"),
            Map.entry("sslcert", "sslCert"),
            Map.entry("sslkey", "sslKey"));

    /** The driver's names by {@link #plain}, which libpq's names for the same parameters mostly share. */
    private static final Map<String, String> KNOWN = new HashMap<>();

    static {
        for (PGProperty property : PGProperty.values()) {
            KNOWN.put(plain(property.getName()), property.getName());
        }
        KNOWN.put("host", HOST);
        KNOWN.put("port", PORT);
        KNOWN.put("dbname", DATABASE);
        KNOWN.put("targetsessionattrs", "targetServerType");
        KNOWN.put("krbsrvname", "kerberosServerName");
    }

    private DriverParameters() {}

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** The driver's name for a parameter that is named as the driver or libpq names it. */
    static String name(String given) {
        String known = KNOWN.get(plain(given));
        if (known == null) {
            throw new IllegalArgumentException("a parameter that the driver does not know: "
                    + (given.matches("[A-Za-z_]{1,40}") ? given : "(unprintable)"));
        }
        return known;
    }

    /** The driver's value for the driver's or libpq's. */
    static String value(String name, String given) {
        String value = switch (name) {
            case "targetServerType" -> serverType(given);
            case "loadBalanceHosts" -> balanced(given);
            default -> given;
        };
        if (name.equals("ssl")) {
            sslMode(value);
        }
        PGProperty property = Objects.requireNonNull(PGProperty.forName(name));
        String[] choices = property.getChoices();
        // This one takes a list of its choices.
        if (choices != null && !name.equals("requireAuth") && Stream.of(choices).noneMatch(value::equalsIgnoreCase)) {
            throw new IllegalArgumentException(name + " must be one of " + String.join(", ", choices));
        }
        String usual = property.getDefaultValue();
        // Of any other text the driver makes false, in silence.
        if (("true".equals(usual) || "false".equals(usual)) && !value.matches("true|false")) {
            throw new IllegalArgumentException(name + " must be true or false");
        }
        // Several hosts may have several ports.
        boolean isNumber = usual != null && usual.matches("-?[0-9]+") && !name.equals(PORT);
        if (isNumber && !value.matches("-?[0-9]{1,10}")) {
            throw new IllegalArgumentException(name + " must be a whole number");
        }
        return value;
    }

    /** A parameter as the builder is given it, by the driver's name. */
    public static Map.Entry<String, String> entry(String name, String value) {
        String known = name(name);
        if (SETTERS.containsKey(known)) {
            throw new IllegalArgumentException(
                    "the driver's parameter " + known + " has a setter of its own, " + SETTERS.get(known));
        }
        return Map.entry(known, value(known, value));
    }

    /** The same of several. */
    public static Map<String, String> checked(Map<String, String> parameters) {
        Map<String, String> all = new TreeMap<>();
        parameters.forEach((name, value) -> {
            Map.Entry<String, String> entry = entry(name, value);
            all.put(entry.getKey(), entry.getValue());
        });
        return Map.copyOf(all);
    }

    static boolean isComponent(String name) {
        return SETTERS.containsKey(name);
    }

    /** The mode that the driver makes of its parameter {@code ssl}; null without it. */
    static @Nullable String sslMode(@Nullable String ssl) {
        if (ssl == null) {
            return null;
        }
        return switch (ssl) {
            case "", "true" -> "verify-full";
            case "false" -> "prefer";
            default -> throw new IllegalArgumentException("ssl must be true or false; see sslmode");
        };
    }

    private static String serverType(String value) {
        return switch (value) {
            case "read-write" -> "primary";
            case "read-only", "standby" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            default -> value;
        };
    }

    private static String balanced(String value) {
        return switch (value) {
            case "random" -> "true";
            case "disable" -> "false";
            default -> value;
        };
    }
}
