package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.job.JobFilter;
import dev.evalstore.testing.JobTester;
import dev.evalstore.testing.Role;
import dev.evalstore.testing.TestStore;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Spring caches a context for all classes that need the same, so the store lasts as long as the JVM. */
@SpringBootTest
abstract class SpringStoreTest {
    private static ApplicationContext first;

    @Autowired
    ApplicationContext context;

    @Autowired
    Orders orders;

    @Autowired
    Database db;

    @Autowired
    JdbcTemplate jdbc;

    // begin: spring test
    static final TestStore STORE = TestStore.shared();

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry properties) {
        DatabaseConfig application = STORE.config().build();
        properties.add("spring.datasource.url", application::url);
        properties.add("spring.datasource.username", application::user);
        properties.add("spring.datasource.password", application::password);
        for (String background : new String[] {"runner", "dispatcher", "maintenance"}) {
            properties.add("evalstore." + background + ".enabled", () -> false);
        }
        // Own tables: the service's Flyway migrates as the owner.
        STORE.execute("grant create on schema public to evalstore_owner");
        DatabaseConfig owner = STORE.config(Role.OWNER).build();
        properties.add("spring.flyway.user", owner::user);
        properties.add("spring.flyway.password", owner::password);
    }

    @BeforeEach
    void empty() {
        STORE.reset();
    }
    // end

    @Test
    void an_order_is_run_in_an_empty_store_of_the_cached_context() {
        first = first == null ? context : first;
        assertSame(first, context);
        assertEquals(0, db.jobs().list(JobFilter.ALL).items().size());
        orders.place("a");
        JobTester jobs = new JobTester(STORE);
        jobs.assertEnqueued("ship", Map.of("item", "a"));
        jobs.runDueSuccessfully(runner -> runner.handle("ship", Parcel.class, job -> job.payload().item()));
        assertEquals("evalstore_app", jdbc.queryForObject("select current_user", String.class));
    }
}

class FirstSpringTest extends SpringStoreTest {}

class SecondSpringTest extends SpringStoreTest {}
