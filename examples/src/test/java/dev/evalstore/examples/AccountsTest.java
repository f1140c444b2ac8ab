package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static LocalServer server;

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void the_tour_tells_what_became_of_a_user_and_a_key() throws Exception {
        Printed printed = new Printed();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Database db = Database.open(DatabaseConfig.builder(server.url())
                .schema("accounts_tour")
                .listener(new StatementTimers(meters))
                .build())) {
            db.migrate();
            new AccountsTour(db, meters, printed.stream()).run();
            db.revertTo(0);
        }

        List<String> lines = printed.lines();
        assertThat(lines).anyMatch(line -> line.matches("the same address +in capitals is refused by idx_users_email"));
        assertThat(lines)
                .anyMatch(line -> line.matches("log in +right password true, wrong password false, unknown.*false,.*"));
        assertThat(lines).anyMatch(line -> line.matches("verify +results:write true, users:write false"));
        assertThat(lines).anyMatch(line -> line.matches("rotate .*old true, new true"));
        assertThat(lines).anyMatch(line -> line.matches("revoke +old false, new true"));
        assertThat(lines).anyMatch(line -> line.matches("audit +update by admin-console in req-42: 1 field.*"));
        assertThat(lines).anyMatch(line -> line.matches("tamper .*42501"));
        assertThat(lines).anyMatch(line -> line.matches("leave .*ada is another user"));
        assertThat(lines).filteredOn(line -> line.startsWith("meter")).hasSize(3);
        assertThat(meters.find("evalstore.statement")
                        .tag("operation", "users.create")
                        .tag("outcome", "23505")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void the_daemon_runs_as_often_as_it_was_told_and_prints_each_step() throws Exception {
        Printed printed = new Printed();
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema("maintained").build())) {
            db.migrate();
            new MaintenanceDaemon(db, printed.stream()).run(Duration.ofSeconds(1), new CountDownLatch(2));
            db.revertTo(0);
        }

        assertThat(printed.lines())
                .filteredOn(line -> line.matches("partitions\\.audit_log +0 done in \\d+ ms"))
                .hasSize(2);
        assertThat(printed.lines())
                .filteredOn(line -> line.matches("months ahead +3"))
                .hasSize(2);
    }
}
