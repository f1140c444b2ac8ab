package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.SslMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgCommandTest {
    private static final String PASSWORD = "p'w\\\"d $HOME %p";
    private static final Path FOLDER = Path.of("-odd folder").toAbsolutePath();

    private static DatabaseConfig.Builder plain() {
        return DatabaseConfig.builder("jdbc:postgresql://db.example/platform")
                .user("owner")
                .password(PASSWORD);
    }

    private static String connection(PgCommand<?> command) {
        return command.arguments().stream()
                .filter(argument -> argument.startsWith("--dbname="))
                .findFirst()
                .orElseThrow()
                .substring("--dbname=".length());
    }

    private static String connection(DatabaseConfig config) {
        return connection(PgDump.of(config, FOLDER));
    }

    @Test
    void a_dump_is_of_the_schema_in_directory_format_by_jobs() {
        PgDump dump =
                PgDump.of(plain().schema("tenant_b").build(), FOLDER).jobs(7).programs(Path.of("/opt/pg"));

        assertThat(dump.arguments())
                .containsExactly(
                        "/opt/pg/pg_dump",
                        "--format=directory",
                        "--jobs=7",
                        "--schema=tenant_b",
                        "--strict-names",
                        "--file=" + FOLDER,
                        "--no-password",
                        "--dbname=host='db.example' port='5432' dbname='platform' user='owner' application_name='evalstore'"
                                + " connect_timeout='10' sslmode='prefer'");
    }

    @Test
    void what_is_refused_is_named() {
        PgDump dump = PgDump.of(plain().build(), FOLDER);
        PgRestore restore = PgRestore.of(plain().build(), FOLDER);

        assertThatThrownBy(() -> dump.jobs(0)).hasMessageStartingWith("jobs must be");
        assertThatThrownBy(() -> restore.jobs(257)).hasMessageStartingWith("jobs must be");
        assertThatThrownBy(() -> dump.timeout(Duration.ZERO)).hasMessageStartingWith("timeout must be");
        assertThatThrownBy(() -> PgDump.of(null, FOLDER)).hasMessage("config");
        assertThatThrownBy(() -> PgDump.of(plain().build(), null)).hasMessage("folder");
    }

    @Test
    void a_restore_is_one_transaction_or_several_jobs_and_ends_at_the_first_error() {
        PgRestore restore = PgRestore.of(plain().build(), FOLDER);

        assertThat(restore.arguments())
                .startsWith("pg_restore", "--format=directory", "--jobs=2", "--exit-on-error", "--no-password")
                .endsWith(FOLDER.toString())
                .hasSize(7);
        assertThat(restore.jobs(1).withoutOwners().arguments())
                .contains("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
                .doesNotContain("--jobs=1");
    }

    @Test
    void a_base_backup_streams_the_log_and_may_be_incremental() {
        PgBaseBackup full = PgBaseBackup.of(plain().build(), FOLDER);
        Path before = Path.of("/backups/sunday");

        assertThat(full.arguments())
                .startsWith(
                        "pg_basebackup",
                        "--pgdata=" + FOLDER,
                        "--format=plain",
                        "--wal-method=stream",
                        "--checkpoint=fast",
                        "--manifest-checksums=SHA256",
                        "--no-password");
        assertThat(full.incremental(before).arguments()).contains("--incremental=/backups/sunday/backup_manifest");
        assertThat(PgCombineBackup.of(FOLDER, before, List.of(Path.of("/backups/monday")))
                        .arguments())
                .containsExactly(
                        "pg_combinebackup",
                        "--output=" + FOLDER,
                        "--manifest-checksums=SHA256",
                        "/backups/sunday",
                        "/backups/monday");
    }

    @Test
    void several_hosts_and_addresses_are_written_as_libpq_reads_them() {
        assertThat(connection(DatabaseConfig.builder("jdbc:postgresql://[::1]:6543,db2,[fe80::2]/d")
                        .build()))
                .startsWith("host='::1,db2,fe80::2' port='6543,5432,5432' dbname='d' ")
                .contains("target_session_attrs='primary'")
                .doesNotContain("user=");
        assertThat(connection(DatabaseConfig.builder(
                                "postgres://db1,db2/d?target_session_attrs=prefer-standby&channel_binding=require")
                        .build()))
                .contains("target_session_attrs='prefer-standby'", "channel_binding='require'");
    }

    @Test
    void odd_characters_are_quoted_for_libpq() {
        DatabaseConfig config = DatabaseConfig.builder()
                .host("db")
                .database("a b='c' \\d host=evil?x=ü")
                .user("o'neil \\ password=x")
                .applicationName("it's mine")
                .build();

        assertThat(connection(config))
                .startsWith("host='db' port='5432' dbname='a b=\\'c\\' \\\\d host=evil?x=ü'"
                        + " user='o\\'neil \\\\ password=x' application_name='it\\'s mine'");
    }

    @Test
    void tls_goes_over(@TempDir Path files) throws Exception {
        Path root = Files.createFile(files.resolve("root's.crt"));
        Path cert = Files.createFile(files.resolve("c.crt"));
        Path key = Files.createFile(files.resolve("c.key"));

        assertThat(connection(plain().sslMode(SslMode.VERIFY_FULL)
                        .sslRootCert(root)
                        .sslCert(cert)
                        .sslKey(key)
                        .build()))
                .contains(
                        "sslmode='verify-full'",
                        "sslrootcert='" + root.toString().replace("'", "\\'") + "'",
                        "sslcert='" + cert + "'",
                        "sslkey='" + key + "'");
    }

    @Test
    void the_password_is_in_the_environment_alone() {
        DatabaseConfig config =
                plain().property("options", "-c role=" + PASSWORD).build();
        for (PgCommand<?> command :
                List.of(PgDump.of(config, FOLDER), PgRestore.of(config, FOLDER), PgBaseBackup.of(config, FOLDER))) {
            ProcessBuilder builder = command.processBuilder();

            assertThat(String.join(" ", builder.command())).doesNotContain("p'w", "p\\'w");
            assertThat(command.toString()).doesNotContain("p'w", "p\\'w");
            assertThat(builder.environment()).containsEntry("PGPASSWORD", PASSWORD);
            assertThat(builder.environment()).containsEntry("PGOPTIONS", "-c role=" + PASSWORD);
        }
    }

    @Test
    void what_the_environment_says_of_other_connections_does_not_count() {
        Map<String, String> ambient =
                Map.of("PGPASSWORD", "x", "PGHOST", "x", "PGSERVICE", "x", "PGPASSFILE", "f", "PATH", "p");
        Map<String, String> environment = new HashMap<>(ambient);
        PgTarget.of(plain().build()).into(environment);
        assertThat(environment).containsOnly(Map.entry("PGPASSWORD", PASSWORD), Map.entry("PATH", "p"));

        Map<String, String> without = new HashMap<>(ambient);
        PgTarget.of(DatabaseConfig.builder("jdbc:postgresql://db/d").build()).into(without);
        assertThat(without).as("the driver reads the file too").containsOnlyKeys("PGPASSFILE", "PATH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslpassword", "socketFactory", "sslfactory", "authenticationPluginClassName", "jaasLogin"})
    void a_way_to_connect_that_libpq_has_not_is_refused_by_name(String property) {
        DatabaseConfig config = plain().property(property, property.equals("jaasLogin") ? "true" : "secret.Value")
                .build();

        assertThatThrownBy(() -> PgDump.of(config, FOLDER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(property)
                .hasMessageNotContaining("secret.Value");
    }

    @Test
    void bounds_are_checked() {
        PgDump dump = PgDump.of(plain().build(), FOLDER);
        assertThatThrownBy(() -> dump.jobs(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dump.jobs(257)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dump.timeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThat(dump.jobs(3)).isNotSameAs(dump);
        assertThat(dump.arguments()).as("unchanged").contains("--jobs=2");
    }
}
