package dev.evalstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                "postgres://joe:a#b@c@db/app jdbc:postgresql://db/app joe a#b@c"
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
    void a_record_made_by_hand_takes_no_url_with_credentials() {
        DatabaseConfig good = config("postgres://joe:pw@db/app");
        for (String url : new String[] {
            "jdbc:postgresql://joe:s3cr3t@db/app", "jdbc:postgresql://db/app?password=s3cr3t", "postgres://db/app", ""
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
                            good.options()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("url")
                    .hasMessageNotContaining("s3cr3t");
        }
    }
}
