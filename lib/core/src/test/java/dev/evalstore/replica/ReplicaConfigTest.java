package dev.evalstore.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.CommitToken;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.SslMode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaConfigTest {
    @Test
    void a_replica_has_what_its_url_has_and_else_what_the_primary_has() {
        DatabaseConfig config = DatabaseConfig.builder(
                        "postgres://ada:s3cr3t@one,two/app?sslmode=require&targetServerType=primary")
                .poolSize(7)
                .replicas("postgres://three/app", "postgres://bob:other@four/app?sslmode=disable")
                .build();
        assertThat(config.replicas())
                .extracting(DatabaseConfig::url)
                .containsExactly("jdbc:postgresql://three/app", "jdbc:postgresql://four/app");
        assertThat(config.replicas()).extracting(DatabaseConfig::user).containsExactly("ada", "bob");
        assertThat(config.replicas()).extracting(DatabaseConfig::password).containsExactly("s3cr3t", "other");
        assertThat(config.replicas())
                .extracting(DatabaseConfig::sslMode)
                .containsExactly(SslMode.REQUIRE, SslMode.DISABLE);
        assertThat(config.replicas()).extracting(DatabaseConfig::poolSize).containsExactly(7, 7);
        assertThat(config.replicas().get(0).properties()).doesNotContainKey("targetServerType");
        assertThat(config.toString()).contains("three/app", "four/app").doesNotContain("s3cr3t", "other");
        // Another user's password is not sent for it.
        assertThat(DatabaseConfig.builder("postgres://ada:s3cr3t@one/app")
                        .replicas("postgres://bob@two/app")
                        .build()
                        .replicas()
                        .get(0)
                        .password())
                .isNull();
    }

    @Test
    void a_bad_url_is_named_by_its_number_and_without_its_secrets() {
        for (String bad : List.of(
                "http://ada:s3cr3t@h/db", "postgres://ada:s3cr3t@h:99999/db", "postgres://h/db?nope=s3cr3t", "")) {
            assertThatThrownBy(
                            () -> DatabaseConfig.builder("postgres://one/app").replicas("postgres://two/app", bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("replicas: number 2: ")
                    .hasMessageNotContaining("s3cr3t");
        }
        assertThatThrownBy(() -> DatabaseConfig.builder("postgres://one/app")
                        .replicas("postgres://two,three/app")
                        .build())
                .hasMessageContaining("replicas must have one host each");
        assertThatThrownBy(() -> DatabaseConfig.builder("postgres://one/app")
                        .replicas("postgres://two/app", "postgres://two/app")
                        .build())
                .hasMessageContaining("replicas must be different ones");
    }

    @Test
    void the_environment_lists_them() {
        Map<String, String> environment = Map.of(
                "DATABASE_URL",
                "postgres://one/app",
                "DATABASE_REPLICA_URLS",
                "postgres://two/app, postgres://three/app");
        assertThat(DatabaseConfig.fromEnv(environment).replicas()).hasSize(2);
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(Map.of(
                        "DATABASE_URL", "postgres://one/app", "DATABASE_REPLICA_URLS", "mysql://ada:s3cr3t@two/app")))
                .hasMessageStartingWith("DATABASE_REPLICA_URLS: replicas: number 1: ")
                .hasMessageNotContaining("s3cr3t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgres://ada:s3cr3t@two/app,,postgres://three/app | 2",
                "postgres://ada:s3cr3t@two/app , | 2",
                "',postgres://ada:s3cr3t@two/app' | 1",
                "',' | 1",
                "' ' | 1",
            })
    void an_empty_replica_in_the_environment_is_refused_by_the_variables_name_and_its_number(String urls, int number) {
        assertThatThrownBy(() -> DatabaseConfig.fromEnv(
                        Map.of("DATABASE_URL", "postgres://one/app", "DATABASE_REPLICA_URLS", urls)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("DATABASE_REPLICA_URLS: replicas: number " + number + ": url is empty");
    }

    @Test
    void a_token_is_read_back_from_its_text() {
        for (CommitToken token : List.of(
                new CommitToken(-1, 1, 1), new CommitToken(7_123_456_789_012L, Integer.MAX_VALUE, Long.MAX_VALUE))) {
            assertThat(CommitToken.parse(token.toString())).isEqualTo(token);
            assertThat(token.toString()).matches("[a-z0-9.]{46}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3cr3t",
                "ct1.0000000000000001.00000001.000000000000001",
                "ct1.0000000000000001.00000000.0000000000000001",
                "ct1.0000000000000001.00000001.0000000000000000",
                "ct1.0000000000000001.00000001.ffffffffffffffff",
                "ct1.0000000000000001.ffffffff.0000000000000001",
                "ct2.0000000000000001.00000001.0000000000000001",
                "ct1.0000000000000001.00000001.0000000000000001\n",
            })
    void text_that_is_no_token_is_refused_and_not_repeated(String text) {
        assertThatThrownBy(() -> CommitToken.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("text is not that of a token");
    }
}
