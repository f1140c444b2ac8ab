package dev.evalstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.SslMode;
import dev.evalstore.internal.config.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

class ConnectionUrlTest {
    private static DatabaseConfig config(String url) {
        return DatabaseConfig.builder().url(url).build();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ' ',
            nullValues = "-",
            value = {
                "postgres://joe:pw@db.example.com/app jdbc:postgresql://db.example.com/app joe pw",
                "postgresql://joe@db:5433/app jdbc:postgresql://db:5433/app joe -",
                "postgres://db/app jdbc:postgresql://db/app - -",
                "postgres://joe:pw@db jdbc:postgresql://db/joe joe pw",
                "postgres://db jdbc:postgresql://db/postgres - -",
                "jdbc:postgresql://db:5432/app?user=joe&password=pw jdbc:postgresql://db:5432/app joe pw",
                "jdbc:postgresql://joe:pw@db/app jdbc:postgresql://db/app joe pw",
                "postgres://joe:pw@a:1,b:2/app jdbc:postgresql://a:1,b:2/app joe pw",
                "postgres://joe:pw@[::1]:5432/app jdbc:postgresql://[::1]:5432/app joe pw",
                "postgres://j%40e:p%3Aw%2F%3F%23%25%20%C3%BC@db/my%20app jdbc:postgresql://db/my%20app j@e p:w/?#%~ü",
                "postgres://joe:a+b@db/app jdbc:postgresql://db/app joe a+b",
                "postgres://joe:a#b@c@db/app jdbc:postgresql://db/app joe a#b@c",
                "jdbc:postgresql:app jdbc:postgresql://localhost:5432/app - -",
                "jdbc:postgresql:///app jdbc:postgresql://localhost:5432/app - -",
                "postgres:///app?host=db&port=5433&user=joe jdbc:postgresql://db:5433/app joe -",
                "jdbc:postgresql:///?PGHOST=a,b&PGPORT=1,2&PGDBNAME=app jdbc:postgresql://a:1,b:2/app - -",
                "postgres:///?host=a,b&port=7&dbname=app jdbc:postgresql://a:7,b:7/app - -",
                "postgres://db:65535/app jdbc:postgresql://db:65535/app - -"
            })
    void a_url_is_taken_apart(String url, String jdbcUrl, String user, String password) {
        DatabaseConfig config = config(url);
        assertThat(config.url()).isEqualTo(jdbcUrl);
        assertThat(config.user()).isEqualTo(user);
        assertThat(config.password()).isEqualTo(password == null ? null : password.replace('~', ' '));
    }

    @Test
    void parameters_become_settings_or_go_to_the_driver_by_its_names() {
        DatabaseConfig config = config("postgres://db/app?application_name=mine&sslmode=require&connect_timeout=3"
                + "&target_session_attrs=read-write&options=-c%20work_mem%3D1MB&prepareThreshold=1");
        assertThat(config.applicationName()).isEqualTo("mine");
        assertThat(config.sslMode()).isEqualTo(SslMode.REQUIRE);
        assertThat(config.properties())
                .isEqualTo(Map.of(
                        "connectTimeout", "3",
                        "targetServerType", "primary",
                        "options", "-c work_mem=1MB",
                        "prepareThreshold", "1"));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "read-write, primary",
        "read-only, secondary",
        "standby, secondary",
        "prefer-standby, preferSecondary",
        "primary, primary",
        "any, any"
    })
    void libpqs_words_for_the_servers_role_are_translated(String word, String drivers) {
        assertThat(config("postgres://db/app?target_session_attrs=" + word).properties())
                .containsEntry("targetServerType", drivers);
    }

    @Test
    void what_a_setter_gives_is_taken_before_the_url(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("root.crt"), "x");
        DatabaseConfig config = DatabaseConfig.builder()
                .url("postgres://joe:pw@db/app?application_name=a&sslmode=require&sslrootcert=/nowhere")
                .user("jane")
                .password("other")
                .applicationName("b")
                .sslMode(SslMode.VERIFY_CA)
                .sslRootCert(file)
                .build();
        assertThat(config.user()).isEqualTo("jane");
        assertThat(config.password()).isEqualTo("other");
        assertThat(config.applicationName()).isEqualTo("b");
        assertThat(config.sslMode()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(config.sslRootCert()).isEqualTo(file);
        assertThat(config.properties()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "ssl=true, VERIFY_FULL",
        "ssl, VERIFY_FULL",
        "ssl=false, PREFER",
        "ssl=true&sslmode=require, REQUIRE",
        "sslmode=disable&ssl=true, DISABLE",
        "application_name=a, PREFER"
    })
    void ssl_means_what_the_driver_makes_of_it(String parameters, SslMode mode) {
        DatabaseConfig config = config("jdbc:postgresql://db/app?" + parameters);
        assertThat(config.sslMode()).isEqualTo(mode);
        assertThat(config.properties()).isEmpty();
    }

    @Test
    void every_parameter_of_the_driver_is_taken_and_reaches_it_by_url_and_by_setter() {
        Set<String> components = Set.of(
                "user",
                "password",
                "ApplicationName",
                "ssl",
                "sslmode",
                "sslrootcert",
                "sslcert",
                "sslkey",
                "service",
                "PGHOST",
                "PGPORT",
                "PGDBNAME");
        for (PGProperty property : PGProperty.values()) {
            String name = property.getName();
            if (components.contains(name)) {
                assertThatThrownBy(() -> DatabaseConfig.builder().property(name, "x"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("setter");
                continue;
            }
            String usual = property.getDefaultValue();
            String value = property.getChoices() != null
                    ? property.getChoices()[0]
                    : usual == null || usual.isEmpty() ? "x" : usual;
            assertThat(config("jdbc:postgresql://db/app?" + name + "=" + value).properties())
                    .containsExactly(Map.entry(name, value));
            DatabaseConfig built =
                    DatabaseConfig.builder().host("db").property(name, value).build();
            assertThat(built.properties()).containsExactly(Map.entry(name, value));
            assertThat(Pools.hikari(built).getDataSourceProperties()).containsEntry(name, value);
        }
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "channel_binding=require, channelBinding, require",
        "gssencmode=disable, gssEncMode, disable",
        "sslnegotiation=direct, sslNegotiation, direct",
        "load_balance_hosts=random, loadBalanceHosts, true",
        "load_balance_hosts=disable, loadBalanceHosts, false",
        "require_auth=scram-sha-256, requireAuth, scram-sha-256",
        "krbsrvname=pg, kerberosServerName, pg",
        "sslpassword=x, sslpassword, x"
    })
    void libpqs_names_are_the_drivers(String parameter, String name, String value) {
        assertThat(config("postgres://db/app?" + parameter).properties()).containsExactly(Map.entry(name, value));
    }

    @Test
    void a_parameter_from_the_setter_is_taken_before_the_url() {
        DatabaseConfig config = DatabaseConfig.builder("postgres://db/app?prepareThreshold=3&tcpNoDelay=false")
                .property("prepareThreshold", "0")
                .property("channel_binding", "require")
                .build();
        assertThat(config.properties())
                .isEqualTo(Map.of("prepareThreshold", "0", "tcpNoDelay", "false", "channelBinding", "require"));
    }

    @Test
    void a_service_of_the_drivers_file_gives_what_the_url_leaves_out(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("pg_service.conf"),
                "[mine]\nhost=db.example.com\nport=5433\ndbname=app\nuser=joe\npassword=s3cr3t\nsslmode=require\n"
                        + "prepareThreshold=3\n");
        System.setProperty("org.postgresql.pgservicefile", file.toString());
        try {
            DatabaseConfig config = config("jdbc:postgresql:///?service=mine&prepareThreshold=0");
            assertThat(config.url()).isEqualTo("jdbc:postgresql://db.example.com:5433/app");
            assertThat(config.user()).isEqualTo("joe");
            assertThat(config.password()).isEqualTo("s3cr3t");
            assertThat(config.sslMode()).isEqualTo(SslMode.REQUIRE);
            assertThat(config.properties()).isEqualTo(Map.of("prepareThreshold", "0"));
            assertThat(config("postgres://jane@other/db?service=mine"))
                    .returns("jdbc:postgresql://other/db", DatabaseConfig::url)
                    .returns("jane", DatabaseConfig::user);
            assertThatThrownBy(() -> config("jdbc:postgresql:///?service=s3cr3t"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("service")
                    .hasMessageNotContaining("s3cr3t");
        } finally {
            System.clearProperty("org.postgresql.pgservicefile");
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "postgres://db:0/app, port",
        "postgres://db:99999/app, port",
        "postgres://db:65536/app, port",
        "postgres://db:99999999999/app, port",
        "'postgres://a:1,b:0/app', port",
        "'postgres:///app?host=a,b&port=1,2,3', port",
        "postgres:///app?port=0, port",
        "postgres://db/app?host=other, twice",
        "postgres://db/app?PGPORT=1, twice",
        "postgres://db/app?dbname=other, twice",
        "postgres://db/app?ssl=yes, ssl",
        "postgres://db/app?sslmode=full, sslmode",
        "postgres://db/app?channel_binding=s3cr3t, channelBinding",
        "postgres://db/app?tcpKeepAlive=1, tcpKeepAlive",
        "postgres://db/app?prepareThreshold=s3cr3t, prepareThreshold",
        "postgres://db/app?prepare_treshold=0, prepare_treshold"
    })
    void what_a_url_has_wrong_is_named(String url, String part) {
        assertThatThrownBy(() -> config(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("url")
                .hasMessageContaining(part)
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void a_setter_refuses_what_the_driver_would_not_know_or_not_understand() {
        for (String[] bad : new String[][] {
            {"nosuch", "s3cr3t"}, {"channelBinding", "s3cr3t"}, {"tcpNoDelay", "s3cr3t"}, {"socketTimeout", "s3cr3t"}
        }) {
            assertThatThrownBy(() -> DatabaseConfig.builder().property(bad[0], bad[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad[0])
                    .hasMessageNotContaining("s3cr3t");
        }
    }

    /** The password stands in each of them, and in none of the messages. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://joe:s3cr3t@db/app",
                "joe:s3cr3t@db/app",
                "jdbc:mysql://joe:s3cr3t@db/app",
                "postgres://joe:s3cr3t/x@db/app",
                "postgres://joe:1234/s3cr3t@db/app",
                "postgres://db/app/s3cr3t",
                "postgres://joe:s3cr3t%zz@db/app",
                "postgres://joe:s3cr3t@/app",
                "postgres://joe:s3cr3t@db/app?nosuch=s3cr3t",
                "postgres://db/app?s3cr3t s3cr3t=1",
                "postgres://db/app?password=s3cr3t%zz",
                "postgres://db/app?sslmode=s3cr3t",
                "postgres://joe:s3cr3t@db:port/app?sslmode=no"
            })
    void a_bad_url_is_refused_without_being_quoted(String url) {
        assertThatThrownBy(() -> config(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(url|sslMode).*")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void a_configuration_prints_no_password() {
        DatabaseConfig config = config("postgres://joe:s3cr3t@db/app?sslpassword=s3cr3t2");
        assertThat(config.toString())
                .contains("db/app", "joe", "***", "sslpassword")
                .doesNotContain("s3cr3t");
        assertThat(config("postgres://joe@db/app").toString()).contains("password=none");
    }

    @Test
    void a_record_made_by_hand_takes_no_parameter_that_has_a_component() {
        DatabaseConfig good = config("postgres://joe:pw@db/app");
        for (String name : new String[] {"sslmode", "password", "nosuch"}) {
            assertThatThrownBy(() -> new DatabaseConfig(
                            good.url(),
                            null,
                            null,
                            1,
                            0,
                            good.connectTimeout(),
                            good.idleTimeout(),
                            good.maxLifetime(),
                            null,
                            null,
                            "x",
                            SslMode.PREFER,
                            null,
                            null,
                            null,
                            Map.of(name, "s3cr3t"),
                            good.options(),
                            List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name)
                    .hasMessageNotContaining("s3cr3t");
        }
    }

    @Test
    void a_record_made_by_hand_takes_no_url_with_credentials() {
        DatabaseConfig good = config("postgres://joe:pw@db/app");
        for (String url : new String[] {
            "jdbc:postgresql://joe:s3cr3t@db/app",
            "jdbc:postgresql://db/app?password=s3cr3t",
            "jdbc:postgresql://db:99999/app",
            "postgres://db/app",
            ""
        }) {
            assertThatThrownBy(() -> new DatabaseConfig(
                            url,
                            null,
                            null,
                            1,
                            0,
                            good.connectTimeout(),
                            good.idleTimeout(),
                            good.maxLifetime(),
                            null,
                            null,
                            "x",
                            SslMode.PREFER,
                            null,
                            null,
                            null,
                            Map.of(),
                            good.options(),
                            List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("url")
                    .hasMessageNotContaining("s3cr3t");
        }
    }
}
