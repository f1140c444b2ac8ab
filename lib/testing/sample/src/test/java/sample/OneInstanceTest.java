package sample;

import static org.junit.jupiter.api.Assertions.assertSame;

import dev.evalstore.Database;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.JobTester;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Evalstore
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneInstanceTest {
    private final Orders orders;
    private final Database given;

    OneInstanceTest(Database given) {
        this.given = given;
        this.orders = new Orders(given);
    }

    @BeforeAll
    void an_order_before_all_is_gone_before_the_test() {
        orders.place("gpt-3");
    }

    @Test
    void a_service_may_be_made_in_the_constructor(Database db, JobTester jobs) {
        assertSame(given, db);
        jobs.assertNotEnqueued("benchmark");
        orders.place("gpt-4");
        jobs.assertEnqueued("benchmark");
    }
}
