package dev.evalstore.internal.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * A parsed connection URL. The driver, the pool and logs get only the part without credentials. Error messages name the
 * part that is wrong and never quote it.
 */
public record ConnectionUrl(
        String jdbcUrl, @Nullable String user, @Nullable String password, Map<String, String> parameters) {
    private static final Set<String> OWN = Set.of("ApplicationName", "sslmode", "sslrootcert", "sslcert", "sslkey");

    private static final String HOST = "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?";

    /** The driver's names of parameters that libpq names otherwise. */
    private static final Map<String, String> LIBPQ = Map.of(
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "target_session_attrs", "targetServerType");

    public static ConnectionUrl of(String host, int port, String database) {
        return new ConnectionUrl(jdbc(host + ":" + port, database), null, null, Map.of());
    }

    public static ConnectionUrl parse(String text) {
        if (text.startsWith("jdbc:postgresql://")) {
            return parts(text.substring("jdbc:postgresql://".length()));
        }
        if (text.startsWith("postgres://") || text.startsWith("postgresql://")) {
            return parts(text.substring(text.indexOf("//") + 2));
        }
        throw new IllegalArgumentException("url must begin with jdbc:postgresql://, postgres:// or postgresql://");
    }

    /** {@code [user[:password]@]host[:port][,…][/database][?name=value&…]}. */
    private static ConnectionUrl parts(String rest) {
        int query = rest.indexOf('?');
        Map<String, String> parameters = query < 0 ? new TreeMap<>() : parameters(rest.substring(query + 1));
        String beforeQuery = query < 0 ? rest : rest.substring(0, query);
        int slash = beforeQuery.indexOf('/');
        String authority = slash < 0 ? beforeQuery : beforeQuery.substring(0, slash);
        String path = slash < 0 ? "" : beforeQuery.substring(slash + 1);
        int at = authority.lastIndexOf('@');
        String hosts = authority.substring(at + 1);
        // A password with an unencoded slash would be read as a port and a database, and printed.
        if (!hosts.matches(HOST + "(," + HOST + ")*") || path.contains("@") || path.contains("/")) {
            throw new IllegalArgumentException(
                    "url must have host:port/database; is a character of the password not percent-encoded?");
        }
        String database = decode("database", path);
        String user = parameters.remove("user");
        String password = parameters.remove("password");
        if (at >= 0) {
            String[] credentials = authority.substring(0, at).split(":", 2);
            user = decode("user", credentials[0]);
            password = credentials.length == 2 ? decode("password", credentials[1]) : password;
        }
        if (database.isEmpty()) {
            database = user != null ? user : "postgres";
        }
        return new ConnectionUrl(jdbc(hosts, database), user, password, parameters);
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            String[] both = pair.split("=", 2);
            String name = LIBPQ.getOrDefault(both[0], both[0]);
            if (PGProperty.forName(name) == null) {
                throw new IllegalArgumentException("url has a parameter that the driver does not know: "
                        + (name.matches("[A-Za-z_]{1,40}") ? name : "(unprintable)"));
            }
            String value = decode(name, both.length == 2 ? both[1] : "");
            parameters.put(name, name.equals("targetServerType") ? serverType(value) : value);
        }
        return parameters;
    }

    /** The driver's value for libpq's. */
    private static String serverType(String value) {
        return switch (value) {
            case "read-write" -> "primary";
            case "read-only" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            case "standby" -> "secondary";
            default -> value;
        };
    }

    private static String jdbc(String hosts, String database) {
        return "jdbc:postgresql://" + hosts + "/"
                + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String decode(String part, String text) {
        try {
            // URLDecoder decodes forms, in which a plus means a space; in this URL it means a plus.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("url: " + part + " is not percent-encoded correctly");
        }
    }

    public String parameter(String name, String otherwise) {
        return parameters.getOrDefault(name, otherwise);
    }

    public @Nullable Path file(String name) {
        String value = parameters.get(name);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("url: " + name + " must be a path");
        }
    }

    /** The parameters for which the configuration has no component. */
    public Map<String, String> otherParameters() {
        Map<String, String> others = new LinkedHashMap<>(parameters);
        others.keySet().removeAll(OWN);
        return others;
    }

    @Override
    public String toString() {
        return jdbcUrl;
    }
}
