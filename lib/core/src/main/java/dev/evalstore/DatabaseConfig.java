package dev.evalstore;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.Secret;
import dev.evalstore.internal.config.ConnectionUrl;
import dev.evalstore.internal.config.DriverParameters;
import dev.evalstore.internal.config.Env;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The address of the database, and how connections to it are made. Immutable; made by {@link #builder()} or {@link
 * #fromEnv()}.
 *
 * @param url the JDBC URL without credentials and parameters. If it names several hosts, connections go to the one that
 *     accepts writes, unless the driver's parameter {@code targetServerType} says otherwise
 * @param user the role to connect as, or null for the driver's default
 * @param password its password, or null; never printed, and left out by {@code Json.of}
 * @param poolSize the maximum number of connections, 1 to 1,000; 20 unless given. Further threads wait
 * @param minimumIdle how many idle connections are kept open, 0 to {@code poolSize}; 2 unless given
 * @param connectTimeout the longest wait for a connection, 250 ms to 12 days; 10 s unless given
 * @param idleTimeout after how long an idle connection above {@code minimumIdle} is closed, 10 s to 36,500 days; 10 min
 *     unless given
 * @param maxLifetime after how long a connection is replaced, 30 s to 36,500 days; 30 min unless given. Keep it below
 *     the limit of firewalls and of the server
 * @param statementTimeout after how long the server cancels a statement (57014), 1 ms to 12 days; null for the server's
 *     setting. It is sent as a startup option, which poolers such as PgBouncer refuse: set it on the role there
 * @param lockTimeout after how long a statement that waits for a lock fails (55P03), 1 ms to 12 days; null for the
 *     server's setting. Sent like {@code statementTimeout}
 * @param applicationName the connections' name in {@code pg_stat_activity}; {@code evalstore} unless given
 * @param sslMode encryption and verification; {@code prefer} unless given here or by the URL's own
 *     parameters
 * @param sslRootCert PEM file of the trusted authorities, or null for the driver's default file
 * @param sslCert PEM file of the client's certificate, or null for none
 * @param sslKey file of the client's key, PKCS-8 as PEM or DER, or null for none. A key in a {@code .pem} file is read
 *     as RSA unless the driver's parameter {@code pemKeyAlgorithm} says otherwise
 * @param properties further parameters of the driver, by the driver's names. They take precedence over what the library
 *     sets itself
 * @param options schema, slow-statement threshold, statement log, retry, password hasher, listeners, JSON mapping, which events are
 *     appended, and whether statements carry a comment for a router
 * @param replicas the servers that {@link Database#reading()} reads from, at most {@link #MAX_REPLICAS}; none unless given
 */
public record DatabaseConfig(
        String url,
        @Nullable String user,
        @Secret @Nullable String password,
        int poolSize,
        int minimumIdle,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration maxLifetime,
        @Nullable Duration statementTimeout,
        @Nullable Duration lockTimeout,
        String applicationName,
        SslMode sslMode,
        @Nullable Path sslRootCert,
        @Nullable Path sslCert,
        @Nullable Path sslKey,
        @Secret Map<String, String> properties,
        DatabaseOptions options,
        List<DatabaseConfig> replicas) {
    /** So many replicas one database may have. */
    public static final int MAX_REPLICAS = 100;

    /** The driver counts the sum of two timeouts in milliseconds, in 32 bits. */
    private static final Duration MAX_TIMEOUT = Duration.ofDays(12);

    public DatabaseConfig {
        if (!url.matches("jdbc:postgresql://[^/?@#]+/[^/?@#]+")) {
            throw new IllegalArgumentException(
                    "url must be a JDBC URL without credentials and parameters; the builder takes others apart");
        }
        ConnectionUrl.parse(url);
        Check.range("poolSize", poolSize, 1, 1_000);
        Check.range("minimumIdle", minimumIdle, 0, poolSize);
        within("connectTimeout", connectTimeout, Duration.ofMillis(250), MAX_TIMEOUT);
        within("idleTimeout", idleTimeout, Duration.ofSeconds(10), Check.MAX_PERIOD);
        within("maxLifetime", maxLifetime, Duration.ofSeconds(30), Check.MAX_PERIOD);
        within("statementTimeout", statementTimeout, Duration.ofMillis(1), MAX_TIMEOUT);
        within("lockTimeout", lockTimeout, Duration.ofMillis(1), MAX_TIMEOUT);
        Check.text("applicationName", applicationName);
        Objects.requireNonNull(sslMode, "sslMode");
        if ((sslCert == null) != (sslKey == null)) {
            throw new IllegalArgumentException("sslCert and sslKey belong together");
        }
        properties = DriverParameters.checked(properties);
        Objects.requireNonNull(options, "options");
        replicas = List.copyOf(replicas);
        Check.range("replicas", replicas.size(), 0, MAX_REPLICAS);
        for (DatabaseConfig replica : replicas) {
            if (replica.url().contains(",") || !replica.replicas().isEmpty()) {
                throw new IllegalArgumentException("replicas must have one host each, and no replicas of their own");
            }
        }
        if (replicas.stream().map(DatabaseConfig::address).distinct().count() < replicas.size()) {
            throw new IllegalArgumentException("replicas must be different ones");
        }
    }

    private static void within(String field, @Nullable Duration value, Duration min, Duration max) {
        if (value != null && (value.compareTo(min) < 0 || value.compareTo(max) > 0)) {
            throw new IllegalArgumentException(
                    field + " must be from " + min.toMillis() + " ms to " + max.toDays() + " days");
        }
    }

    /** The configuration of a replica: this one, except for what the replica's URL has of its own. */
    private DatabaseConfig replica(ConnectionUrl own) {
        Map<String, String> drivers = new TreeMap<>(properties);
        // It says which of several hosts is taken, and the replica's is one.
        drivers.remove("targetServerType");
        drivers.putAll(own.otherParameters());
        boolean isOwnUser = own.user() != null;
        return new DatabaseConfig(
                own.jdbcUrl(),
                isOwnUser ? own.user() : user,
                isOwnUser || own.password() != null ? own.password() : password,
                poolSize,
                minimumIdle,
                connectTimeout,
                idleTimeout,
                maxLifetime,
                statementTimeout,
                lockTimeout,
                own.parameter("ApplicationName", applicationName),
                SslMode.of(own.sslMode(sslMode.libpqName())),
                own.file("sslrootcert") == null ? sslRootCert : own.file("sslrootcert"),
                own.file("sslcert") == null ? sslCert : own.file("sslcert"),
                own.file("sslkey") == null ? sslKey : own.file("sslkey"),
                drivers,
                options,
                List.of());
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with a connection URL, in any form that {@code DATABASE_URL} may have. */
    public static Builder builder(String url) {
        return new Builder().url(url);
    }

    /** {@link #fromEnv(Map)} with this process's environment. */
    public static DatabaseConfig fromEnv() {
        return fromEnv(System.getenv());
    }

    /**
     * Reads {@code DATABASE_URL} ({@code jdbc:postgresql://…} or {@code postgres://user:password@host:port/name?…}), or
     * {@code DATABASE_HOST}, {@code _PORT} and {@code _NAME}; and {@code DATABASE_REPLICA_URLS} (with commas or blanks
     * between them), {@code DATABASE_USER}, {@code _PASSWORD},
     * {@code _SCHEMA}, {@code _POOL_SIZE}, {@code _MIN_IDLE}, {@code _CONNECT_TIMEOUT}, {@code _IDLE_TIMEOUT},
     * {@code _MAX_LIFETIME}, {@code _STATEMENT_TIMEOUT}, {@code _LOCK_TIMEOUT}, {@code _APPLICATION_NAME},
     * {@code _SSL_MODE}, {@code _SSL_ROOT_CERT}, {@code _SSL_CERT}, {@code _SSL_KEY}, {@code _SLOW_STATEMENT},
     * {@code _RETRY_ATTEMPTS}, {@code _EVENTS} (with commas between them), {@code _SHARDING_COMMENTS} and {@code _DEBUG} (the statement log). Durations are written {@code 500ms}, {@code 10s},
     * {@code 5m} or {@code 1h}. Other variables that begin with {@code DATABASE_} are named in a warning.
     *
     * @throws IllegalArgumentException naming the variable, if one is missing, bad or misspelt, or contradicts another
     */
    public static DatabaseConfig fromEnv(Map<String, String> environment) {
        return Env.read(environment);
    }

    /** Host, port and database, without the rest of the URL. */
    String address() {
        return url.substring(url.indexOf("//") + 2);
    }

    /** Everything but the password, and the values of {@link #properties()}, which may hold one. */
    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url + ", user=" + user + ", password=" + (password == null ? "none" : "***")
                + ", poolSize=" + poolSize + ", minimumIdle=" + minimumIdle + ", connectTimeout=" + connectTimeout
                + ", idleTimeout=" + idleTimeout + ", maxLifetime=" + maxLifetime + ", statementTimeout="
                + statementTimeout + ", lockTimeout=" + lockTimeout + ", applicationName=" + applicationName
                + ", sslMode="
                + sslMode.libpqName() + ", properties=" + properties.keySet() + ", options=" + options + ", replicas="
                + replicas.stream().map(DatabaseConfig::address).toList() + "]";
    }

    /**
     * Collects settings; {@link DatabaseConfig} and {@link DatabaseOptions} describe those of the same names. A setter
     * refuses a bad value at once; {@link #build()} refuses values that do not fit together.
     */
    public static final class Builder {
        private @Nullable ConnectionUrl url;
        private @Nullable String host;
        private int port = 5432;
        private String database = "postgres";
        private @Nullable String user;
        private @Nullable String password;
        private int poolSize = 20;
        private @Nullable Integer minimumIdle;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration idleTimeout = Duration.ofMinutes(10);
        private Duration maxLifetime = Duration.ofMinutes(30);
        private @Nullable Duration statementTimeout;
        private @Nullable Duration lockTimeout;
        private @Nullable String applicationName;
        private @Nullable SslMode sslMode;
        private @Nullable Path sslRootCert;
        private @Nullable Path sslCert;
        private @Nullable Path sslKey;
        private final Map<String, String> properties = new TreeMap<>();
        private final List<ConnectionUrl> replicas = new ArrayList<>();
        private DatabaseOptions options = DatabaseOptions.DEFAULT;

        private Builder() {}

        /**
         * A {@code jdbc:postgresql://…} or {@code postgres://…} URL, with credentials and parameters if any. Characters
         * in them other than letters and digits are percent-encoded. Commas separate several hosts; see
         * {@link DatabaseConfig#url()}. A parameter may be any of the driver's, by the driver's name or libpq's.
         *
         * @throws IllegalArgumentException naming the part that is wrong, such as a port or a parameter
         */
        public Builder url(String text) {
            url = ConnectionUrl.parse(text);
            return this;
        }

        /** The host's name or address, in place of a URL. */
        public Builder host(String name) {
            Check.text("host", name);
            if (!name.matches("[A-Za-z0-9._:\\[\\]-]+")) {
                throw new IllegalArgumentException("host must be a host name or an address");
            }
            host = name;
            return this;
        }

        /** The port; 5432 unless given. */
        public Builder port(int number) {
            port = Check.range("port", number, 1, 65_535);
            return this;
        }

        /** The database's name; {@code postgres} unless given. */
        public Builder database(String name) {
            database = Check.text("database", name);
            return this;
        }

        /** The role to connect as. */
        public Builder user(String name) {
            user = Check.text("user", name);
            return this;
        }

        /** The role's password, unescaped. */
        public Builder password(String secret) {
            password = Check.content("password", secret);
            return this;
        }

        /**
         * A parameter of the driver that has no setter here, such as {@code prepareThreshold}, by the driver's name or
         * libpq's.
         *
         * @throws IllegalArgumentException if the driver does not know it or cannot use the value, or it has a setter
         */
        public Builder property(String name, String value) {
            Map.Entry<String, String> entry = DriverParameters.entry(name, value);
            properties.put(entry.getKey(), entry.getValue());
            return this;
        }

        /**
         * The replicas that {@link Database#reading()} reads from, in place of those before; URLs as for {@link #url}, of one
         * host each. Credentials, parameters and pool are the primary's, except for what a URL has of its own. A URL with a
         * user has its own password too, or none. A replica that is away delays nothing; see {@code lib/docs/replicas.md}.
         *
         * @throws IllegalArgumentException naming the replica by its number and what is wrong, without the URL
         */
        public Builder replicas(String... urls) {
            replicas.clear();
            for (String replica : Check.list("replicas", urls)) {
                try {
                    replicas.add(ConnectionUrl.parse(replica));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "replicas: number " + (replicas.size() + 1) + ": " + e.getMessage(), e);
                }
            }
            return this;
        }

        public Builder schema(String name) {
            options = options.schema(name);
            return this;
        }

        public Builder poolSize(int connections) {
            poolSize = Check.range("poolSize", connections, 1, 1_000);
            return this;
        }

        public Builder minimumIdle(int connections) {
            minimumIdle = Check.range("minimumIdle", connections, 0, 1_000);
            return this;
        }

        public Builder connectTimeout(Duration time) {
            within("connectTimeout", time, Duration.ofMillis(250), MAX_TIMEOUT);
            connectTimeout = time;
            return this;
        }

        public Builder idleTimeout(Duration time) {
            within("idleTimeout", time, Duration.ofSeconds(10), Check.MAX_PERIOD);
            idleTimeout = time;
            return this;
        }

        public Builder maxLifetime(Duration time) {
            within("maxLifetime", time, Duration.ofSeconds(30), Check.MAX_PERIOD);
            maxLifetime = time;
            return this;
        }

        public Builder statementTimeout(Duration time) {
            within("statementTimeout", time, Duration.ofMillis(1), MAX_TIMEOUT);
            statementTimeout = time;
            return this;
        }

        public Builder lockTimeout(Duration time) {
            within("lockTimeout", time, Duration.ofMillis(1), MAX_TIMEOUT);
            lockTimeout = time;
            return this;
        }

        public Builder applicationName(String name) {
            applicationName = Check.text("applicationName", name);
            return this;
        }

        public Builder sslMode(SslMode mode) {
            sslMode = Objects.requireNonNull(mode, "sslMode");
            return this;
        }

        public Builder sslRootCert(Path file) {
            sslRootCert = readable("sslRootCert", file);
            return this;
        }

        public Builder sslCert(Path file) {
            sslCert = readable("sslCert", file);
            return this;
        }

        public Builder sslKey(Path file) {
            sslKey = readable("sslKey", file);
            return this;
        }

        public Builder slowStatement(@Nullable Duration threshold) {
            options = options.slowStatement(threshold);
            return this;
        }

        public Builder logStatements(boolean atInfo) {
            options = options.logStatements(atInfo);
            return this;
        }

        public Builder retry(Retry times) {
            options = options.retry(times);
            return this;
        }

        public Builder passwordHasher(PasswordHasher hasher) {
            options = options.passwordHasher(hasher);
            return this;
        }

        public Builder listener(@Nullable StatementListener hears) {
            options = options.listener(hears);
            return this;
        }

        public Builder enqueueListener(@Nullable EnqueueListener hears) {
            options = options.enqueueListener(hears);
            return this;
        }

        public Builder jsonMapping(@Nullable JsonMapping mapping) {
            options = options.jsonMapping(mapping);
            return this;
        }

        /** See {@link DatabaseOptions#events(String...)}. */
        public Builder events(String... aggregateTypes) {
            options = options.events(aggregateTypes);
            return this;
        }

        /** See {@link DatabaseOptions#shardingComments(boolean)}. */
        public Builder shardingComments(boolean areSent) {
            options = options.shardingComments(areSent);
            return this;
        }

        private static Path readable(String field, Path file) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException(field + " is not a file that can be read");
            }
            return file;
        }

        /**
         * The configuration. A value from a setter takes precedence over the same value in the URL.
         *
         * @throws IllegalArgumentException naming the field, if not exactly one of URL and host is given, or values do
         *     not fit together
         */
        public DatabaseConfig build() {
            ConnectionUrl from = url;
            if ((from == null) == (host == null)) {
                throw new IllegalArgumentException("give either url or host, and not both");
            }
            if (from == null) {
                from = ConnectionUrl.of(Objects.requireNonNull(host), port, database);
            }
            Map<String, String> drivers = from.otherParameters();
            drivers.putAll(properties);
            DatabaseConfig primary = config(from, drivers, List.of());
            return config(from, drivers, replicas.stream().map(primary::replica).toList());
        }

        private DatabaseConfig config(ConnectionUrl from, Map<String, String> drivers, List<DatabaseConfig> readFrom) {
            return new DatabaseConfig(
                    from.jdbcUrl(),
                    user != null ? user : from.user(),
                    password != null ? password : from.password(),
                    poolSize,
                    minimumIdle != null ? minimumIdle : Math.min(2, poolSize),
                    connectTimeout,
                    idleTimeout,
                    maxLifetime,
                    statementTimeout,
                    lockTimeout,
                    applicationName != null ? applicationName : from.parameter("ApplicationName", "evalstore"),
                    sslMode != null ? sslMode : SslMode.of(from.sslMode(SslMode.PREFER.libpqName())),
                    sslRootCert != null ? sslRootCert : from.file("sslrootcert"),
                    sslCert != null ? sslCert : from.file("sslcert"),
                    sslKey != null ? sslKey : from.file("sslkey"),
                    drivers,
                    options,
                    readFrom);
        }
    }
}
