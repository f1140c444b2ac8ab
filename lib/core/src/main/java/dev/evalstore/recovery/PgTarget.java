package dev.evalstore.recovery;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.config.ConnectionUrl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A configuration in libpq's terms: a connection string for the command line, where every user of the machine can read it, and
 * an environment for what they must not read. The environment is rather a place for the password than a file is: nothing is
 * left behind by a process that is killed, and on Linux, macOS and Windows no other user reads it.
 */
final class PgTarget {
    /** The driver's parameters that libpq has under another name. */
    private static final Map<String, String> COUNTERPARTS = Map.of(
            "channelBinding", "channel_binding",
            "gssEncMode", "gssencmode",
            "kerberosServerName", "krbsrvname",
            "requireAuth", "require_auth",
            "sslNegotiation", "sslnegotiation");

    /** Those that decide how a connection is made, in a way that libpq has not, or has on the command line alone. */
    private static final Set<String> WITHOUT_COUNTERPART = Set.of(
            "authenticationPluginClassName",
            "gsslib",
            "jaasApplicationName",
            "jaasLogin",
            "socketFactory",
            "socketFactoryArg",
            "sslfactory",
            "sslfactoryarg",
            "sslhostnameverifier",
            "sslpassword",
            "sslpasswordcallback",
            "sspiServiceClass",
            "useSpnego");

    private static final Map<String, String> SERVER_TYPES = Map.of(
            "primary", "primary",
            "master", "primary",
            "secondary", "standby",
            "slave", "standby",
            "preferSecondary", "prefer-standby",
            "preferSlave", "prefer-standby");

    private final String connection;
    private final @Nullable String password;
    private final @Nullable String options;

    private PgTarget(String connection, @Nullable String password, @Nullable String options) {
        this.connection = connection;
        this.password = password;
        this.options = options;
    }

    static PgTarget of(DatabaseConfig config) {
        Map<String, String> properties =
                Objects.requireNonNull(config, "config").properties();
        Set<String> refused = new TreeSet<>(properties.keySet());
        refused.retainAll(WITHOUT_COUNTERPART);
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(
                    "config has parameters of the driver that PostgreSQL's own tools have not: "
                            + String.join(", ", refused));
        }
        ConnectionUrl.Address address = ConnectionUrl.address(config.url());
        Map<String, @Nullable Object> parts = new LinkedHashMap<>();
        parts.put("host", String.join(",", address.hosts()));
        parts.put("port", String.join(",", address.ports()));
        parts.put("dbname", address.database());
        parts.put("user", config.user());
        parts.put("application_name", config.applicationName());
        parts.put("connect_timeout", Math.max(2, config.connectTimeout().toSeconds()));
        parts.put("sslmode", config.sslMode().libpqName());
        parts.put("sslrootcert", config.sslRootCert());
        parts.put("sslcert", config.sslCert());
        parts.put("sslkey", config.sslKey());
        String type =
                properties.getOrDefault("targetServerType", address.hosts().size() > 1 ? "primary" : "any");
        parts.put("target_session_attrs", SERVER_TYPES.get(type));
        COUNTERPARTS.forEach((drivers, libpqs) -> parts.put(libpqs, properties.get(drivers)));
        StringJoiner connection = new StringJoiner(" ");
        parts.forEach((name, value) -> {
            if (value != null) {
                connection.add(
                        name + "='" + value.toString().replace("\\", "\\\\").replace("'", "\\'") + "'");
            }
        });
        return new PgTarget(connection.toString(), config.password(), properties.get("options"));
    }

    /** The connection string, without a secret. */
    String connection() {
        return connection;
    }

    /** What the environment of this process says to libpq is meant for other connections. */
    void into(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(name -> name.startsWith("PG") && !(password == null && name.equals("PGPASSFILE")));
        if (password != null) {
            environment.put("PGPASSWORD", password);
        }
        if (options != null) {
            environment.put("PGOPTIONS", options);
        }
    }

    /** What a tool printed, without the password. */
    String masked(String output) {
        return password == null || password.isEmpty() ? output : output.replace(password, "***");
    }
}
