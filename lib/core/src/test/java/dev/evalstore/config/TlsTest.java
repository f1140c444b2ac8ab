package dev.evalstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.SslMode;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.Certificates;
import dev.evalstore.testkit.OwnServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server with TLS and one without; the certificates are made here. */
class TlsTest {
    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static Path ca;
    private static Path otherCa;
    private static OwnServer tls;
    private static OwnServer plain;
    private static String onTls;
    private static String onPlain;

    @BeforeAll
    static void start() throws Exception {
        certificates = Certificates.in(folder)
                .issue("server", "localhost", "-ext", "san=dns:localhost")
                .issue("client", "evalstore_reader");
        ca = certificates.certificate("ca", folder.resolve("ca.crt"));
        Path other = java.nio.file.Files.createDirectory(folder.resolve("other"));
        otherCa = Certificates.in(other).certificate("ca", other.resolve("ca.crt"));
        tls = OwnServer.start(
                Map.of(
                        "ssl",
                        "on",
                        "ssl_cert_file",
                        "server.crt",
                        "ssl_key_file",
                        "server.key",
                        "ssl_ca_file",
                        "ca.crt"),
                data -> {
                    certificates.certificate("server", data.resolve("server.crt"));
                    certificates.pemKey("server", data.resolve("server.key"));
                    certificates.certificate("ca", data.resolve("ca.crt"));
                });
        plain = OwnServer.start();
        onTls = tls.createMigrated();
        onPlain = plain.asTestServer().createEmpty();
    }

    @AfterAll
    static void stop() {
        tls.close();
        plain.close();
    }

    private static DatabaseConfig.Builder on(OwnServer server, String database) {
        return server.as("evalstore_app", database).connectTimeout(Duration.ofSeconds(5));
    }

    private static boolean isEncrypted(DatabaseConfig config) throws SQLException {
        try (Database db = Database.open(config)) {
            return db.<Boolean, SQLException>inTransaction(tx -> {
                try (var statement = tx.connection().createStatement();
                        ResultSet result =
                                statement.executeQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
                    result.next();
                    return result.getBoolean(1);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void a_server_without_tls_is_refused_by_every_mode_that_asks_for_it(SslMode mode) {
        assertThatThrownBy(() -> Database.open(
                        on(plain, onPlain).sslMode(mode).sslRootCert(ca).build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("SSL");
    }

    @ParameterizedTest
    @EnumSource(names = {"DISABLE", "ALLOW", "PREFER"})
    void a_server_without_tls_is_taken_by_every_mode_that_does_not(SslMode mode) throws SQLException {
        assertThat(isEncrypted(on(plain, onPlain).sslMode(mode).build())).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void a_server_with_tls_and_a_certificate_of_ours_is_taken(SslMode mode) throws SQLException {
        assertThat(isEncrypted(on(tls, onTls).sslMode(mode).sslRootCert(ca).build()))
                .isTrue();
    }

    @Test
    void without_an_authority_require_encrypts_and_trusts_anybody() throws SQLException {
        assertThat(isEncrypted(on(tls, onTls).sslMode(SslMode.REQUIRE).build())).isTrue();
        assertThat(isEncrypted(on(tls, onTls).sslMode(SslMode.PREFER).build())).isTrue();
        assertThat(isEncrypted(on(tls, onTls).sslMode(SslMode.DISABLE).build())).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFY_CA", "VERIFY_FULL"})
    void a_certificate_of_another_authority_is_refused(SslMode mode) {
        assertThatThrownBy(() -> Database.open(
                        on(tls, onTls).sslMode(mode).sslRootCert(otherCa).build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("SSL");
    }

    @Test
    void verify_full_refuses_a_certificate_for_another_host_and_verify_ca_does_not() throws SQLException {
        String byAddress = "jdbc:postgresql://127.0.0.1:" + tls.port() + "/" + onTls;
        assertThat(isEncrypted(on(tls, onTls)
                        .url(byAddress)
                        .sslMode(SslMode.VERIFY_CA)
                        .sslRootCert(ca)
                        .build()))
                .isTrue();
        assertThatThrownBy(() -> Database.open(on(tls, onTls)
                        .url(byAddress)
                        .sslMode(SslMode.VERIFY_FULL)
                        .sslRootCert(ca)
                        .build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("127.0.0.1");
    }

    /** The driver makes {@code verify-full} of it, and would connect in plain text if our default stood instead. */
    @Test
    void ssl_in_the_url_asks_for_tls() throws SQLException {
        String url = "jdbc:postgresql://localhost:%d/%s?ssl=true";
        assertThatThrownBy(() -> Database.open(on(plain, onPlain)
                        .url(url.formatted(plain.port(), onPlain))
                        .sslRootCert(ca)
                        .build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("SSL");
        assertThatThrownBy(() -> Database.open(on(tls, onTls)
                        .url(url.formatted(tls.port(), onTls))
                        .sslRootCert(otherCa)
                        .build()))
                .isExactlyInstanceOf(DatabaseException.class);
        assertThat(isEncrypted(on(tls, onTls)
                        .url(url.formatted(tls.port(), onTls))
                        .sslRootCert(ca)
                        .build()))
                .isTrue();
        assertThat(isEncrypted(on(tls, onTls)
                        .url(url.formatted(tls.port(), onTls) + "&sslfactory=org.postgresql.ssl.NonValidatingFactory")
                        .sslMode(SslMode.REQUIRE)
                        .build()))
                .isTrue();
    }

    /** A pool that is opened without a connection meets it at the first statement. */
    @Test
    void a_server_without_tls_is_no_transient_failure_of_a_running_pool_either() {
        HikariConfig pool =
                Pools.hikari(on(plain, onPlain).sslMode(SslMode.REQUIRE).build());
        pool.setInitializationFailTimeout(-1);
        pool.setConnectionTimeout(500);
        try (Database db = Database.open(pool)) {
            assertThatThrownBy(() -> db.benchmarks().count(BenchmarkFilter.ALL))
                    .isExactlyInstanceOf(DatabaseException.class)
                    .hasMessageContaining("SSL");
        }
    }

    @Test
    void a_file_that_is_no_certificate_is_no_transient_failure() throws IOException {
        Path nothing = Files.writeString(folder.resolve("nothing.crt"), "nothing");
        assertThatThrownBy(() -> Database.open(on(tls, onTls)
                        .sslMode(SslMode.VERIFY_CA)
                        .sslRootCert(nothing)
                        .build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("nothing.crt");
        assertThatThrownBy(() -> Database.open(on(tls, onTls)
                        .url("jdbc:postgresql://localhost:" + tls.port() + "/" + onTls
                                + "?sslmode=verify-ca&sslrootcert=" + folder.resolve("none.crt"))
                        .build()))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("none.crt");
    }

    @Test
    void the_url_can_say_all_of_it() throws SQLException {
        assertThat(isEncrypted(DatabaseConfig.fromEnv(Map.of(
                        "DATABASE_URL",
                        "postgres://evalstore_app:test-only@localhost:" + tls.port() + "/" + onTls
                                + "?sslmode=verify-full&sslrootcert=" + ca))))
                .isTrue();
        assertThat(isEncrypted(DatabaseConfig.fromEnv(Map.of(
                        "DATABASE_URL",
                        "postgres://evalstore_app:test-only@localhost:" + tls.port() + "/" + onTls,
                        "DATABASE_SSL_MODE",
                        "verify-full",
                        "DATABASE_SSL_ROOT_CERT",
                        ca.toString()))))
                .isTrue();
    }

    /** The role logs in by its certificate and has no other way. */
    @ParameterizedTest
    @ValueSource(strings = {"client.pk8", "client.der", "client.pem", "client.key"})
    void a_client_shows_its_certificate_with_a_key_in_each_form(String keyFile) throws SQLException {
        Path certificate = certificates.certificate("client", folder.resolve("client.crt"));
        Path key = keyFile.endsWith("pk8") || keyFile.endsWith("der")
                ? certificates.derKey("client", folder.resolve(keyFile))
                : certificates.pemKey("client", folder.resolve(keyFile));
        DatabaseConfig.Builder reader = tls.as("evalstore_reader", onTls)
                .connectTimeout(Duration.ofSeconds(5))
                .sslMode(SslMode.VERIFY_FULL)
                .sslRootCert(ca);
        assertThatThrownBy(() -> Database.open(reader.build()))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).startsWith("28"));
        assertThat(isEncrypted(reader.sslCert(certificate).sslKey(key).build())).isTrue();
    }

    @Test
    void all_else_works_as_without() {
        try (Database db = Database.open(
                on(tls, onTls).sslMode(SslMode.VERIFY_FULL).sslRootCert(ca).build())) {
            var run = db.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 0));
            assertThat(db.benchmarks().get(run.id())).isEqualTo(run);
        }
    }
}
