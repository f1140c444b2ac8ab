package dev.evalstore.internal.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * A parsed connection URL. The driver, the pool and logs get only the part without credentials. Error messages name the
 * part that is wrong and never quote it.
 */
public record ConnectionUrl(
        String jdbcUrl, @Nullable String user, @Nullable String password, Map<String, String> parameters) {
    private static final String DRIVERS = "jdbc:postgresql:";
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::(?<port>[0-9]+))?");

    public static ConnectionUrl of(String host, int port, String database) {
        return new ConnectionUrl(jdbc(host + ":" + port, database), null, null, Map.of());
    }

    public static ConnectionUrl parse(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("url is empty");
        }
        if (text.startsWith(DRIVERS + "//")) {
            return parts(text.substring(DRIVERS.length() + 2));
        }
        if (text.startsWith(DRIVERS)) {
            // The driver's short form has the database alone.
            return parts("/" + text.substring(DRIVERS.length()));
        }
        if (text.startsWith("postgres://") || text.startsWith("postgresql://")) {
            return parts(text.substring(text.indexOf("//") + 2));
        }
        throw new IllegalArgumentException("url must begin with jdbc:postgresql:, postgres:// or postgresql://");
    }

    /** {@code [[user[:password]@]host[:port][,…]][/database][?name=value&…]}. */
    private static ConnectionUrl parts(String rest) {
        int query = rest.indexOf('?');
        Map<String, String> parameters = query < 0 ? new TreeMap<>() : parameters(rest.substring(query + 1));
        String beforeQuery = query < 0 ? rest : rest.substring(0, query);
        int slash = beforeQuery.indexOf('/');
        String authority = slash < 0 ? beforeQuery : beforeQuery.substring(0, slash);
        String path = slash < 0 ? "" : beforeQuery.substring(slash + 1);
        int at = authority.lastIndexOf('@');
        // A password with an unencoded slash would be read as a port and a database, and printed.
        if (path.contains("@") || path.contains("/")) {
            throw malformed();
        }
        Properties service = service(parameters.remove(DriverParameters.SERVICE));
        String hosts = authority.isEmpty() ? hosts(parameters, service) : authority.substring(at + 1);
        refuseTwice(parameters, DriverParameters.HOST);
        refuseTwice(parameters, DriverParameters.PORT);
        checkHosts(hosts);
        String database = decode("database", path);
        if (database.isEmpty()) {
            database = given(parameters, service, DriverParameters.DATABASE, "");
        }
        refuseTwice(parameters, DriverParameters.DATABASE);
        String user = parameters.remove("user");
        String password = parameters.remove("password");
        if (at >= 0) {
            String[] credentials = authority.substring(0, at).split(":", 2);
            user = decode("user", credentials[0]);
            password = credentials.length == 2 ? decode("password", credentials[1]) : password;
        }
        user = user != null ? user : service.getProperty("user");
        password = password != null ? password : service.getProperty("password");
        service.stringPropertyNames().forEach(name -> parameters.putIfAbsent(name, service.getProperty(name)));
        if (database.isEmpty()) {
            database = user != null ? user : "postgres";
        }
        return new ConnectionUrl(jdbc(hosts, database), user, password, parameters);
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "url must have host:port/database; is a character of the password not percent-encoded?");
    }

    private static void checkHosts(String hosts) {
        for (String host : hosts.split(",", -1)) {
            Matcher parts = HOST.matcher(host);
            if (!parts.matches()) {
                throw malformed();
            }
            String port = parts.group("port");
            if (port != null && (port.length() > 5 || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
                throw new IllegalArgumentException("url: port must be from 1 to 65535");
            }
        }
    }

    /** The hosts of a URL that names none before its path. */
    private static String hosts(Map<String, String> parameters, Properties service) {
        String[] names =
                given(parameters, service, DriverParameters.HOST, "localhost").split(",", -1);
        String[] ports =
                given(parameters, service, DriverParameters.PORT, "5432").split(",", -1);
        if (ports.length != 1 && ports.length != names.length) {
            throw new IllegalArgumentException("url: port must be one for all hosts, or one for each");
        }
        StringBuilder hosts = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            hosts.append(i == 0 ? "" : ",").append(names[i]).append(':').append(ports[ports.length == 1 ? 0 : i]);
        }
        return hosts.toString();
    }

    private static String given(Map<String, String> parameters, Properties service, String name, String otherwise) {
        String value = parameters.remove(name);
        return value != null ? value : service.getProperty(name, otherwise);
    }

    private static void refuseTwice(Map<String, String> parameters, String name) {
        if (parameters.containsKey(name)) {
            throw new IllegalArgumentException("url has host, port or database twice: before the ? and after it");
        }
    }

    /** What the driver's service file has under a name; nothing without a name. */
    private static Properties service(@Nullable String name) {
        if (name == null) {
            return new Properties();
        }
        Properties found = Driver.parseURL(DRIVERS + "///?service=" + encode(name), new Properties());
        if (found == null) {
            throw new IllegalArgumentException("url: the service is not in the driver's file of services");
        }
        return found;
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            String[] both = pair.split("=", 2);
            String name = ofUrl(() -> DriverParameters.name(both[0]));
            String value = decode(name, both.length == 2 ? both[1] : "");
            parameters.put(name, ofUrl(() -> DriverParameters.value(name, value)));
        }
        return parameters;
    }

    private static String ofUrl(Supplier<String> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("url: " + e.getMessage());
        }
    }

    private static String jdbc(String hosts, String database) {
        return DRIVERS + "//" + hosts + "/" + encode(database);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String decode(String part, String text) {
        try {
            // URLDecoder decodes forms, in which a plus means a space; in this URL it means a plus.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("url: " + part + " is not percent-encoded correctly");
        }
    }

    /** What a URL without credentials and parameters names; an address of IPv6 has no brackets. */
    public record Address(List<String> hosts, List<String> ports, String database) {}

    public static Address address(String jdbcUrl) {
        String[] parts = jdbcUrl.substring((DRIVERS + "//").length()).split("/", 2);
        List<String> hosts = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (String host : parts[0].split(",", -1)) {
            Matcher matcher = HOST.matcher(host);
            String port = matcher.matches() ? matcher.group("port") : null;
            String name = port == null ? host : host.substring(0, host.length() - port.length() - 1);
            hosts.add(name.startsWith("[") ? name.substring(1, name.length() - 1) : name);
            ports.add(port == null ? "5432" : port);
        }
        return new Address(List.copyOf(hosts), List.copyOf(ports), decode("database", parts[1]));
    }

    public String parameter(String name, String otherwise) {
        return parameters.getOrDefault(name, otherwise);
    }

    /** As the driver reads it: {@code sslmode}, or else what {@code ssl} means. */
    public String sslMode(String otherwise) {
        String bySsl = DriverParameters.sslMode(parameters.get("ssl"));
        return parameters.getOrDefault("sslmode", bySsl == null ? otherwise : bySsl);
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
        others.keySet().removeIf(DriverParameters::isComponent);
        return others;
    }

    @Override
    public String toString() {
        return jdbcUrl;
    }
}
