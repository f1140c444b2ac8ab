package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.evalstore.Database;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.JobTester;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@Evalstore
class OrdersTest {
    @Test
    void an_order_is_run(Database db, JobTester jobs) {
        Benchmark run = new Orders(db).place("gpt-4");
        jobs.assertEnqueued("benchmark", Map.of("model", "gpt-4"));
        jobs.runDueSuccessfully(Orders::handlers);
        assertEquals(BenchmarkStatus.RUNNING, db.benchmarks().get(run.id()).status());
    }

    @Nested
    class Inside {
        @RepeatedTest(2)
        void a_test_begins_with_an_empty_store(Database db) {
            assertTrue(db.benchmarks().list(BenchmarkFilter.ALL, 10).items().isEmpty());
            new Orders(db).place("gpt-4");
        }
    }
}
