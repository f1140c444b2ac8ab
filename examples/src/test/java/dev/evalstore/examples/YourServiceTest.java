package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.embedded.EmbeddedStore;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobHandler;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.EvalstoreExtension;
import dev.evalstore.testing.JobTester;
import dev.evalstore.testing.TestStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The documents show this to those who test a service of their own, or have a store in a folder. */
class YourServiceTest {
    /** A service's own class. */
    record Orders(Database db) {
        void place(String model) {
            db.jobs().create(NewJob.of("benchmark", Json.of(new Order(model))));
        }

        static Object run(JobContext<Order> context) {
            return context.complete(tx -> Map.of("model", context.payload().model()));
        }
    }

    /** A payload. */
    record Order(String model) {}

    // begin: testing a service
    @Evalstore
    static class OrdersTest {
        @Test
        void an_order_is_run(Database db, JobTester jobs) {
            new Orders(db).place("gpt-4");
            jobs.assertEnqueued("benchmark", Map.of("model", "gpt-4"));
            jobs.runDueSuccessfully(runner -> runner.handle("benchmark", Order.class, Orders::run));
        }
    }
    // end

    @Nested
    class Tested extends OrdersTest {}

    @Nested
    class ByField {
        private final JobHandler<Order> handler = Orders::run;

        // begin: an extension in a field
        @RegisterExtension
        static final EvalstoreExtension evalstore = EvalstoreExtension.create();
        // end

        @Test
        void a_handler_alone_is_called_with_a_real_lease() throws Exception {
            JobTester jobs = evalstore.jobs();
            // begin: a handler alone
            JobContext<Order> context = jobs.context("benchmark", Order.class, new Order("gpt-4"));
            Object result = handler.run(context);
            // end
            assertThat(result).isEqualTo(Map.of("model", "gpt-4"));
        }

        @Test
        void time_is_moved() {
            Database db = evalstore.database();
            TestStore store = evalstore.store();
            // begin: time is moved
            db.jobs().create(NewJob.of("report", Json.EMPTY).delay(Duration.ofHours(8)));
            store.forward(Duration.ofHours(8));
            new JobTester(store).runDue(runner -> runner.handle("report", Json.class, context -> "sent"));
            // end
            evalstore.jobs().assertNotEnqueued("report");
        }
    }

    @Test
    void a_store_in_a_folder(@TempDir Path temporary) {
        Path folder = temporary.resolve("store");
        // begin: a store in a folder
        try (EmbeddedStore store = EmbeddedStore.start(folder)) {
            Database db = store.database();
            db.migrate();
            db.jobs().create(NewJob.of("benchmark", Json.EMPTY));
        }
        // end
        try (EmbeddedStore again = EmbeddedStore.start(folder)) {
            assertThat(again.database().jobs().list(JobFilter.ALL).items()).hasSize(1);
        }
    }
}
