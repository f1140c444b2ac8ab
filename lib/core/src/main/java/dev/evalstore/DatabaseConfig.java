package dev.evalstore;

import dev.evalstore.account.PasswordHasher;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.config.ConnectionUrl;
import dev.evalstore.internal.config.Env;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is, and how it is used. Immutable; made by {@link #builder()} or {@link #fromEnv()}.
 *
 * @param url the JDBC URL without credentials and parameters. Where it names several hosts, connections go to the one that takes
 *     writes, unless the driver's parameter {@code targetServerType} says otherwise
 * @param user the role to connect as, or null for the driver's choice
 * @param password its password, or null; never printed
 * @param poolSize the most connections, 1 to 1,000; 20 unless given. More threads than that wait
 * @param minimumIdle how many connections are kept open when idle, 0 to {@code poolSize}; 2 unless given
 * @param connectTimeout the longest wait for a connection, at least 250 ms; 10 s unless given
 * @param idleTimeout after which an unused connection above {@code minimumIdle} is closed, at least 10 s; 10 min unless given
 * @param maxLifetime after which a connection is replaced, at least 30 s; 30 min unless given. Keep it below what a firewall or
 *     the server allows
 * @param statementTimeout after which the server cancels a statement (57014), at least 1 ms; null leaves the server's setting.
 *     Sent as a startup option, which poolers such as PgBouncer refuse: set it on the role there
 * @param lockTimeout after which a statement that waits for a lock fails (55P03), at least 1 ms; null leaves the server's
 *     setting. Sent like {@code statementTimeout}
 * @param applicationName how the connections appear in {@code pg_stat_activity}; {@code evalstore} unless given
 * @param sslMode encryption and trust; {@code prefer} unless given
 * @param sslRootCert PEM file of the authorities to trust, or null for the driver's default file
 * @param sslCert PEM file of the client's certificate, or null for none
 * @param sslKey file of the client's key, or null for none: PKCS-8 as PEM or as DER; a key in a {@code .pem} file is taken for RSA
 *     unless the driver's parameter {@code pemKeyAlgorithm} says otherwise
 * @param properties further parameters of the driver, by the driver's names
 * @param options schema, slow-statement threshold, statement log and retry
 */
public record DatabaseConfig(
        String url,
        @Nullable String user,
        @Nullable String password,
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
        Map<String, String> properties,
        DatabaseOptions options) {
    public DatabaseConfig {
        if (!url.matches("jdbc:postgresql://[^/?@#]+/[^/?@#]+")) {
            throw new IllegalArgumentException(
                    "url must be a JDBC URL without credentials and parameters; the builder takes others apart");
        }
        Check.range("poolSize", poolSize, 1, 1_000);
        Check.range("minimumIdle", minimumIdle, 0, poolSize);
        atLeast("connectTimeout", connectTimeout, Duration.ofMillis(250));
        atLeast("idleTimeout", idleTimeout, Duration.ofSeconds(10));
        atLeast("maxLifetime", maxLifetime, Duration.ofSeconds(30));
        atLeast("statementTimeout", statementTimeout, Duration.ofMillis(1));
        atLeast("lockTimeout", lockTimeout, Duration.ofMillis(1));
        Check.text("applicationName", applicationName);
        Objects.requireNonNull(sslMode, "sslMode");
        if ((sslCert == null) != (sslKey == null)) {
            throw new IllegalArgumentException("sslCert and sslKey belong together");
        }
        properties = Map.copyOf(properties);
        Objects.requireNonNull(options, "options");
    }

    private static void atLeast(String field, @Nullable Duration value, Duration least) {
        if (value != null && value.compareTo(least) < 0) {
            throw new IllegalArgumentException(field + " must be at least " + least.toMillis() + " ms");
        }
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with a connection URL, in any form that {@code DATABASE_URL} may have. */
    public static Builder builder(String url) {
        return new Builder().url(url);
    }

    /** {@link #fromEnv(Map)} of this process's environment. */
    public static DatabaseConfig fromEnv() {
        return fromEnv(System.getenv());
    }

    /**
     * Reads {@code DATABASE_URL} ({@code jdbc:postgresql://…} or {@code postgres://user:password@host:port/name?…}), or
     * {@code DATABASE_HOST}, {@code _PORT} and {@code _NAME}; and {@code DATABASE_USER}, {@code _PASSWORD}, {@code _SCHEMA},
     * {@code _POOL_SIZE}, {@code _MIN_IDLE}, {@code _CONNECT_TIMEOUT}, {@code _IDLE_TIMEOUT}, {@code _MAX_LIFETIME},
     * {@code _STATEMENT_TIMEOUT}, {@code _LOCK_TIMEOUT}, {@code _APPLICATION_NAME}, {@code _SSL_MODE}, {@code _SSL_ROOT_CERT},
     * {@code _SSL_CERT}, {@code _SSL_KEY}, {@code _SLOW_STATEMENT}, {@code _RETRY_ATTEMPTS} and {@code _DEBUG} (the statement
     * log). Durations are written {@code 500ms}, {@code 10s}, {@code 5m} or {@code 1h}.
     *
     * @throws IllegalArgumentException naming the variable, if one is missing, cannot be read, or contradicts another
     */
    public static DatabaseConfig fromEnv(Map<String, String> environment) {
        return Env.read(environment);
    }

    /** Everything but the password and the values of {@link #properties()}, which may hold another. */
    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url + ", user=" + user + ", password=" + (password == null ? "none" : "***")
                + ", poolSize=" + poolSize + ", minimumIdle=" + minimumIdle + ", connectTimeout=" + connectTimeout
                + ", idleTimeout=" + idleTimeout + ", maxLifetime=" + maxLifetime + ", statementTimeout="
                + statementTimeout + ", lockTimeout=" + lockTimeout + ", applicationName=" + applicationName
                + ", sslMode="
                + sslMode.word() + ", properties=" + properties.keySet() + ", options=" + options + "]";
    }

    /** Collects the settings; each setter refuses a bad value at once, {@link #build()} what does not fit together. */
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
        private DatabaseOptions options = DatabaseOptions.DEFAULT;

        private Builder() {}

        /**
         * A {@code jdbc:postgresql://…} or {@code postgres://…} URL, credentials and parameters included, percent-encoded where
         * they hold other than letters and digits. Several hosts are separated by commas; see {@link DatabaseConfig#url()}.
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

        /** The role's password, as it is: nothing in it needs escaping. */
        public Builder password(String secret) {
            password = Check.content("password", secret);
            return this;
        }

        /** See {@link DatabaseOptions#schema()}. */
        public Builder schema(String name) {
            options = options.schema(name);
            return this;
        }

        /** See {@link DatabaseConfig#poolSize()}. */
        public Builder poolSize(int connections) {
            poolSize = Check.range("poolSize", connections, 1, 1_000);
            return this;
        }

        /** See {@link DatabaseConfig#minimumIdle()}. */
        public Builder minimumIdle(int connections) {
            minimumIdle = Check.range("minimumIdle", connections, 0, 1_000);
            return this;
        }

        /** See {@link DatabaseConfig#connectTimeout()}. */
        public Builder connectTimeout(Duration time) {
            atLeast("connectTimeout", time, Duration.ofMillis(250));
            connectTimeout = time;
            return this;
        }

        /** See {@link DatabaseConfig#idleTimeout()}. */
        public Builder idleTimeout(Duration time) {
            atLeast("idleTimeout", time, Duration.ofSeconds(10));
            idleTimeout = time;
            return this;
        }

        /** See {@link DatabaseConfig#maxLifetime()}. */
        public Builder maxLifetime(Duration time) {
            atLeast("maxLifetime", time, Duration.ofSeconds(30));
            maxLifetime = time;
            return this;
        }

        /** See {@link DatabaseConfig#statementTimeout()}. */
        public Builder statementTimeout(Duration time) {
            atLeast("statementTimeout", time, Duration.ofMillis(1));
            statementTimeout = time;
            return this;
        }

        /** See {@link DatabaseConfig#lockTimeout()}. */
        public Builder lockTimeout(Duration time) {
            atLeast("lockTimeout", time, Duration.ofMillis(1));
            lockTimeout = time;
            return this;
        }

        /** See {@link DatabaseConfig#applicationName()}. */
        public Builder applicationName(String name) {
            applicationName = Check.text("applicationName", name);
            return this;
        }

        /** See {@link DatabaseConfig#sslMode()}. */
        public Builder sslMode(SslMode mode) {
            sslMode = Objects.requireNonNull(mode, "sslMode");
            return this;
        }

        /** See {@link DatabaseConfig#sslRootCert()}. */
        public Builder sslRootCert(Path file) {
            sslRootCert = readable("sslRootCert", file);
            return this;
        }

        /** See {@link DatabaseConfig#sslCert()}. */
        public Builder sslCert(Path file) {
            sslCert = readable("sslCert", file);
            return this;
        }

        /** See {@link DatabaseConfig#sslKey()}. */
        public Builder sslKey(Path file) {
            sslKey = readable("sslKey", file);
            return this;
        }

        /** See {@link DatabaseOptions#slowStatement()}. */
        public Builder slowStatement(@Nullable Duration threshold) {
            options = options.slowStatement(threshold);
            return this;
        }

        /** See {@link DatabaseOptions#logStatements()}. */
        public Builder logStatements(boolean atInfo) {
            options = options.logStatements(atInfo);
            return this;
        }

        /** See {@link DatabaseOptions#retry()}. */
        public Builder retry(Retry times) {
            options = options.retry(times);
            return this;
        }

        /** See {@link DatabaseOptions#passwordHasher()}. */
        public Builder passwordHasher(PasswordHasher hasher) {
            options = options.passwordHasher(hasher);
            return this;
        }

        /** See {@link DatabaseOptions#listener()}. */
        public Builder listener(@Nullable StatementListener hears) {
            options = options.listener(hears);
            return this;
        }

        private static Path readable(String field, Path file) {
            if (!java.nio.file.Files.isReadable(file)) {
                throw new IllegalArgumentException(field + " is not a file that can be read");
            }
            return file;
        }

        /**
         * The finished configuration. What both the URL and a setter give is taken from the setter.
         *
         * @throws IllegalArgumentException naming the field, if neither a URL nor a host is given, or both, or values do not fit
         */
        public DatabaseConfig build() {
            ConnectionUrl from = url;
            if ((from == null) == (host == null)) {
                throw new IllegalArgumentException("give either url or host, and not both");
            }
            if (from == null) {
                from = ConnectionUrl.of(Objects.requireNonNull(host), port, database);
            }
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
                    sslMode != null ? sslMode : SslMode.of(from.parameter("sslmode", SslMode.PREFER.word())),
                    sslRootCert != null ? sslRootCert : from.file("sslrootcert"),
                    sslCert != null ? sslCert : from.file("sslcert"),
                    sslKey != null ? sslKey : from.file("sslkey"),
                    from.otherParameters(),
                    options);
        }
    }
}
