package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documents show this to those who test a service of their own. */
class YourServiceTest {
    // begin: testing a service
    static LocalServer postgres;
    static Database db;

    @BeforeAll
    static void start() {
        postgres = LocalServer.start();
        db = Database.open(DatabaseConfig.builder().url(postgres.url()).build());
        db.migrate();
    }

    @AfterAll
    static void stop() {
        db.close();
        postgres.close();
    }
    // end

    @Test
    void each_test_may_have_a_schema_of_its_own() {
        Database own = db.withSchema("test_1");
        own.migrate();
        Worker worker = own.workers().register(NewWorker.of("w"));

        assertThat(own.workers().find(worker.id())).isPresent();
        assertThat(db.workers().find(worker.id())).isEmpty();
    }
}
