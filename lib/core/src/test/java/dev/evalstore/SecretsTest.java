package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Looks for planted secrets in what {@link SecretsMain} leaves behind, in a JVM where everything logs at TRACE. */
class SecretsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void nothing_that_was_planted_comes_out_anywhere(@TempDir Path folder) throws Exception {
        String role = "secrets_" + database.name();
        database.admin("create role " + role + " login in role evalstore_app password '" + SecretsMain.DATABASE_PASSWORD
                + "'");
        Path log = folder.resolve("log");
        Path said = folder.resolve("said");
        Path key = folder.resolve("key");
        List<String> sessions;
        try (ChildJvm child = ChildJvm.start(
                SecretsMain.class,
                List.of(
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                        "-Dorg.slf4j.simpleLogger.log.com.zaxxer.hikari=trace",
                        "-Dorg.slf4j.simpleLogger.log.org.flywaydb=trace",
                        "-Dorg.slf4j.simpleLogger.logFile=" + log),
                database.config().build().url(),
                role,
                said.toString(),
                key.toString())) {
            int failures = Integer.parseInt(child.await("used ").substring("used ".length()));
            assertThat(failures)
                    .as("how often it failed; a server that trusts everybody lets two in")
                    .isBetween(30, 32);
            sessions = database.query("select concat_ws(' ', application_name, query) from pg_stat_activity"
                    + " where usename = '" + role + "'");
        }
        database.admin("drop role " + role);

        List<String> secrets = Files.readAllLines(key).stream()
                .map(text -> text.split("_"))
                .map(parts -> parts[parts.length - 2])
                .toList();
        assertThat(secrets).hasSize(4).allMatch(secret -> secret.length() == 43);
        List<String> logged = Files.readAllLines(log);
        List<String> printed = Files.readAllLines(said);
        assertThat(logged).anyMatch(line -> line.contains("insert into evalstore.users"));
        assertThat(logged).anyMatch(line -> line.contains("slow statement"));
        assertThat(logged).anyMatch(line -> line.contains("DEBUG com.zaxxer.hikari"));
        assertThat(printed).anyMatch(line -> line.contains("ConstraintViolationException"));
        assertThat(printed).anyMatch(line -> line.contains("java.lang:type=Memory"));
        assertThat(sessions).isNotEmpty();
        for (List<String> place : List.of(logged, printed, sessions)) {
            assertThat(place)
                    .filteredOn(line ->
                            line.contains(SecretsMain.MARK) || secrets.stream().anyMatch(line::contains))
                    .isEmpty();
        }
    }
}
