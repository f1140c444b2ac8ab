package dev.evalstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.SslMode;
import dev.evalstore.testkit.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

class EnvTest {
    @Test
    void a_url_alone_is_enough_and_the_rest_has_its_defaults() {
        DatabaseConfig config = DatabaseConfig.fromEnv(Map.of("DATABASE_URL", "postgres://joe:pw@db:5433/app"));
        assertThat(config.url()).isEqualTo("jdbc:postgresql://db:5433/app");
        assertThat(config.user()).isEqualTo("joe");
        assertThat(config.password()).isEqualTo("pw");
        assertThat(config.poolSize()).isEqualTo(20);
        assertThat(config.minimumIdle()).isEqualTo(2);
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.maxLifetime()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.statementTimeout()).isNull();
        assertThat(config.lockTimeout()).isNull();
        assertThat(config.applicationName()).isEqualTo("evalstore");
        assertThat(config.sslMode()).isEqualTo(SslMode.PREFER);
        assertThat(config.options()).isEqualTo(DatabaseOptions.DEFAULT);
    }

    @Test
    void every_variable_is_read(@TempDir Path folder) throws IOException {
        Path root = Files.writeString(folder.resolve("root.crt"), "x");
        Path cert = Files.writeString(folder.resolve("client.crt"), "x");
        Path key = Files.writeString(folder.resolve("client.key"), "x");
        Map<String, String> env = new HashMap<>();
        env.put("DATABASE_HOST", "db");
        env.put("DATABASE_PORT", "5433");
        env.put("DATABASE_NAME", "my app");
        env.put("DATABASE_USER", "joe");
        env.put("DATABASE_PASSWORD", "p@:/?#% ü");
        env.put("DATABASE_SCHEMA", "tenant_b");
        env.put("DATABASE_POOL_SIZE", "7");
        env.put("DATABASE_MIN_IDLE", "3");
        env.put("DATABASE_CONNECT_TIMEOUT", "500ms");
        env.put("DATABASE_IDLE_TIMEOUT", "20s");
        env.put("DATABASE_MAX_LIFETIME", "5m");
        env.put("DATABASE_STATEMENT_TIMEOUT", "1h");
        env.put("DATABASE_LOCK_TIMEOUT", "2s");
        env.put("DATABASE_APPLICATION_NAME", "mine");
        env.put("DATABASE_SSL_MODE", "verify-full");
        env.put("DATABASE_SSL_ROOT_CERT", root.toString());
        env.put("DATABASE_SSL_CERT", cert.toString());
        env.put("DATABASE_SSL_KEY", key.toString());
        env.put("DATABASE_SLOW_STATEMENT", "50ms");
        env.put("DATABASE_RETRY_ATTEMPTS", "5");
        env.put("DATABASE_DEBUG", "true");
        env.put("DATABASE_EVENTS", "job,run");
        env.put("DATABASE_SHARDING_COMMENTS", "true");

        DatabaseConfig config = DatabaseConfig.fromEnv(env);
        assertThat(config.url()).isEqualTo("jdbc:postgresql://db:5433/my%20app");
        assertThat(config.user()).isEqualTo("joe");
        assertThat(config.password()).isEqualTo("p@:/?#% ü");
        assertThat(config.options().schema()).isEqualTo("tenant_b");
        assertThat(config.poolSize()).isEqualTo(7);
        assertThat(config.minimumIdle()).isEqualTo(3);
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.maxLifetime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.statementTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(config.lockTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.applicationName()).isEqualTo("mine");
        assertThat(config.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(config.sslRootCert()).isEqualTo(root);
        assertThat(config.sslCert()).isEqualTo(cert);
        assertThat(config.sslKey()).isEqualTo(key);
        assertThat(config.options().slowStatement()).isEqualTo(Duration.ofMillis(50));
        assertThat(config.options().retry().attempts()).isEqualTo(5);
        assertThat(config.options().logStatements()).isTrue();
        assertThat(config.options().borrowing().shardingComments()).isTrue();
        assertThat(config.options().events()).containsExactlyInAnyOrder("run", "job");
    }

    @ParameterizedTest(name = "DATABASE_{0}={1}")
    @CsvSource({
        "PORT, s3cr3t",
        "PORT, 0",
        "PORT, 65536",
        "PORT, 99999999999",
        "PORT, ''",
        "POOL_SIZE, -1",
        "POOL_SIZE, 0",
        "POOL_SIZE, 1001",
        "POOL_SIZE, 2.5",
        "MIN_IDLE, s3cr3t",
        "CONNECT_TIMEOUT, 10",
        "CONNECT_TIMEOUT, 1ms",
        "IDLE_TIMEOUT, s3cr3t",
        "MAX_LIFETIME, 1s",
        "STATEMENT_TIMEOUT, -5s",
        "LOCK_TIMEOUT, 0ms",
        "SLOW_STATEMENT, 0s",
        "SSL_MODE, s3cr3t",
        "SSL_MODE, REQUIRE",
        "SSL_ROOT_CERT, /no/such/s3cr3t",
        "SSL_CERT, /no/such/s3cr3t",
        "SSL_KEY, /no/such/s3cr3t",
        "SCHEMA, S3cr3t",
        "SCHEMA, pg_s3cr3t",
        "SCHEMA, information_schema",
        "SCHEMA, 'a;drop schema b'",
        "SHARDING_COMMENTS, pgdog",
        "DEBUG, yes",
        "RETRY_ATTEMPTS, 0",
        "RETRY_ATTEMPTS, many",
        "USER, ' '",
        "NAME, ''",
        "APPLICATION_NAME, ' '",
        "HOST, 's3cr3t/x'",
        "PASSWORD, ''"
    })
    void a_bad_value_names_its_variable_and_is_not_quoted(String name, String value) {
        Map<String, String> env = new HashMap<>(Map.of("DATABASE_HOST", "db"));
        env.put("DATABASE_" + name, value);
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(env))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DATABASE_" + name)
                .hasMessageNotContaining("s3cr3t")
                .hasMessageNotContaining("S3cr3t");
    }

    @Test
    void a_nul_in_a_path_or_password_is_refused_without_being_quoted() {
        for (String name : new String[] {"DATABASE_SSL_ROOT_CERT", "DATABASE_PASSWORD"}) {
            assertThatThrownBy(() -> DatabaseConfig.fromEnv(Map.of("DATABASE_HOST", "db", name, "s3cr3t\0x")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name)
                    .hasMessageNotContaining("s3cr3t");
        }
    }

    @Test
    void a_bad_url_names_its_variable() {
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(Map.of("DATABASE_URL", "mysql://joe:s3cr3t@db")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DATABASE_URL")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void neither_url_nor_host_is_an_error_and_so_are_both() {
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(Map.of("DATABASE_USER", "joe")))
                .hasMessageContaining("DATABASE_URL or DATABASE_HOST");
        for (String other : new String[] {"DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME"}) {
            assertThatThrownBy(() -> DatabaseConfig.fromEnv(Map.of("DATABASE_URL", "postgres://db/app", other, "5432")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("DATABASE_URL")
                    .hasMessageContaining(other);
        }
    }

    @Test
    void a_folder_is_refused_and_the_artifact_that_opens_it_is_named() {
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(Map.of("DATABASE_PATH", "s3cr3t", "DATABASE_HOST", "db")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EmbeddedStore.fromEnv() of dev.evalstore:evalstore-embedded")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void what_does_not_fit_together_is_said() {
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(
                        Map.of("DATABASE_HOST", "db", "DATABASE_POOL_SIZE", "2", "DATABASE_MIN_IDLE", "3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DATABASE_")
                .hasMessageContaining("minimumIdle");
    }

    @ParameterizedTest(name = "DATABASE_{0} is DATABASE_{1}")
    @CsvSource({
        "POOLSIZE, POOL_SIZE",
        "POOL_SIZES, POOL_SIZE",
        "PASWORD, PASSWORD",
        "PASSWROD, PASSWORD",
        "SSLMODE, SSL_MODE",
        "ssl_mode, SSL_MODE",
        "SHEMA, SCHEMA",
        "STATEMENT_TIMEOUTS, STATEMENT_TIMEOUT",
        "USR, USER"
    })
    void a_misspelt_variable_is_refused_by_name_and_the_right_one_is_told(String misspelt, String meant) {
        assertThatThrownBy(
                        () -> DatabaseConfig.fromEnv(Map.of("DATABASE_HOST", "db", "DATABASE_" + misspelt, "s3cr3t")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DATABASE_" + misspelt)
                .hasMessageContaining("DATABASE_" + meant + "?")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void a_variable_like_one_that_is_set_and_any_other_is_named_in_a_warning() {
        try (LogCapture log = LogCapture.of("dev.evalstore.internal.config.Env", Level.WARN)) {
            assertThat(DatabaseConfig.fromEnv(Map.of(
                                    "DATABASE_URL", "postgres://db/app",
                                    "DATABASE_URI", "s3cr3t",
                                    "DATABASE_BACKUP_URL", "s3cr3t"))
                            .url())
                    .isEqualTo("jdbc:postgresql://db/app");
            assertThat(log.text())
                    .contains("DATABASE_BACKUP_URL", "DATABASE_URI")
                    .doesNotContain("s3cr3t");
        }
    }

    @Test
    void other_variables_are_left_alone() {
        assertThat(DatabaseConfig.fromEnv(Map.of("DATABASE_HOST", "db", "PATH", "x", "DATABASEX", "y"))
                        .url())
                .isEqualTo("jdbc:postgresql://db:5432/postgres");
    }
}
