package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class OrdersTest {
    static Service service;
    static Orders orders;
    static Database db;
    static JdbcTemplate jdbc;

    @BeforeAll
    static void start() {
        service = new Service();
        orders = service.bean(Orders.class);
        db = service.bean(Database.class);
        jdbc = service.bean(JdbcTemplate.class);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void empty() {
        jdbc.execute("truncate orders, order_lines");
    }

    /** Items by JDBC, by JPA, and of jobs. */
    static List<List<String>> stored() {
        return List.of(
                jdbc.queryForList("select item from orders order by item", String.class),
                jdbc.queryForList("select item from order_lines order by item", String.class),
                jdbc.queryForList(
                        "select payload ->> 'item' from evalstore.jobs where payload ->> 'item' like '"
                                + prefix() + "%' order by 1",
                        String.class));
    }

    static int test;

    /** Jobs of other tests stay. */
    static String prefix() {
        return "test " + test + ": ";
    }

    static List<List<String>> all(String... items) {
        List<String> named = List.of(items);
        return List.of(named, named, named);
    }

    static String next(String item) {
        return prefix() + item;
    }

    @BeforeEach
    void number() {
        test++;
    }

    /** Shares Spring's transaction of the data source, and of JPA. */
    static TransactionTemplate template(PlatformTransactionManager manager, int propagation) {
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setPropagationBehavior(propagation);
        return template;
    }

    static TransactionTemplate transaction() {
        return template(
                service.bean(PlatformTransactionManager.class), TransactionDefinition.PROPAGATION_REQUIRED);
    }

    @Test
    void an_order_and_its_job_are_stored_together() {
        UUID job = orders.place(next("a"));
        assertEquals(all(next("a")), stored());
        assertEquals(JobStatus.COMPLETED, ended(job).status());
    }

    @Test
    void an_order_that_fails_leaves_neither() {
        assertThrows(IllegalStateException.class, () -> orders.placeAndFail(next("a")));
        assertEquals(all(), stored());
    }

    @Test
    void a_transaction_that_may_only_roll_back_leaves_neither() {
        orders.placeAndGiveUp(next("a"));
        assertEquals(all(), stored());
    }

    @Test
    void what_requires_a_transaction_of_its_own_stays_when_the_outer_one_rolls_back() {
        assertThrows(IllegalStateException.class, () -> transaction().executeWithoutResult(status -> {
            orders.placeApart(next("inner"));
            orders.placeAndFail(next("outer"));
        }));
        assertEquals(all(next("inner")), stored());

        number();
        empty();
        transaction().executeWithoutResult(status -> {
            orders.place(next("outer"));
            assertThrows(
                    IllegalStateException.class,
                    () -> template(
                                    service.bean(PlatformTransactionManager.class),
                                    TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                            .executeWithoutResult(inner -> orders.placeAndFail(next("inner"))));
        });
        assertEquals(all(next("outer")), stored());
    }

    @Test
    void a_nested_transaction_is_a_savepoint_of_rows_and_jobs() {
        // Hibernate has no savepoints, so JPA has no part in it.
        JdbcTransactionManager manager = new JdbcTransactionManager(service.bean(DataSource.class));
        template(manager, TransactionDefinition.PROPAGATION_REQUIRED).executeWithoutResult(status -> {
            placeByJdbc("outer");
            assertThrows(
                    IllegalStateException.class,
                    () -> template(manager, TransactionDefinition.PROPAGATION_NESTED)
                            .executeWithoutResult(inner -> {
                                placeByJdbc("inner");
                                throw new IllegalStateException();
                            }));
        });
        List<String> outer = List.of(next("outer"));
        assertEquals(List.of(outer, List.of(), outer), stored());
    }

    @Test
    void after_a_commit_a_job_is_stored_beside_the_transaction_that_spring_still_shows() {
        transaction().executeWithoutResult(status -> {
            orders.place(next("a"));
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    db.apart().jobs().create(NewJob.of("ship", Json.of(new Parcel(next("b")))));
                }
            });
        });
        List<String> order = List.of(next("a"));
        assertEquals(List.of(order, order, List.of(next("a"), next("b"))), stored());
    }

    private static void placeByJdbc(String item) {
        jdbc.update("insert into orders (item) values (?)", next(item));
        db.jobs().create(NewJob.of(
                "ship", Json.of(new Parcel(next(item)))));
    }

    @Test
    void five_hundred_virtual_threads_share_ten_connections() throws Exception {
        assumeTrue(
                Runtime.version().feature() >= 21,
                "SKIPPED: virtual threads need Java 21; this is " + Runtime.version().feature());
        VirtualThreadTaskExecutor threads = new VirtualThreadTaskExecutor("order-");
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<UUID>> placed = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String item = next(Integer.toString(i)) + ".";
            FutureTask<UUID> task = new FutureTask<>(() -> {
                begin.await();
                return orders.place(item);
            });
            threads.execute(task);
            placed.add(task);
        }
        begin.countDown();
        for (Future<UUID> task : placed) {
            assertEquals(JobStatus.COMPLETED, ended(task.get(60, TimeUnit.SECONDS)).status());
        }
        assertEquals(List.of(500, 500, 500), stored().stream().map(List::size).toList());
    }

    static Job ended(UUID id) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Job job = db.jobs().get(id);
        while (job.status() == JobStatus.PENDING || job.status() == JobStatus.RUNNING) {
            assertTrue(System.nanoTime() < until, () -> "the job has not ended");
            Thread.onSpinWait();
            job = db.jobs().get(id);
        }
        return job;
    }

    @Test
    void a_payload_is_read_with_its_type_arguments() {
        Json parcels = Json.of(List.of(new Parcel("a"), new Parcel("b")));
        Job job = ended(db.jobs().create(NewJob.of("ship-all", parcels)).id());
        assertEquals(Json.of(List.of("a", "b")).canonical(), job.result().canonical());
    }

    @Test
    void health_is_served() throws Exception {
        String health = service.get("/actuator/health");
        assertTrue(health.contains("\"evalstore\":{\"status\":\"UP\""), health);
    }

    @Test
    void meters_are_served() throws Exception {
        ended(orders.place(next("a")));
        String meters = service.get("/actuator/prometheus");
        assertTrue(meters.contains("evalstore_jobs_claimed_total{type=\"ship\""), meters);
        assertTrue(meters.contains("evalstore_ready"), meters);
    }

    @Test
    void the_trace_of_a_job_is_that_of_its_request() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        String id = service.post("/orders?item=a", "traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
        Job job = ended(UUID.fromString(id.replace("\"", "")));
        assertEquals(trace, job.result().as(Shipping.Shipped.class).trace());
    }
}
