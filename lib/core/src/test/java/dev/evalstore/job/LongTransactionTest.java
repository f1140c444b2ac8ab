package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.audit.MonitoringFilter;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A long transaction makes lanes, months and namespaces without holding up others that need the same. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LongTransactionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
        database.admin("delete from evalstore.job_lanes");
    }

    /** Runs on another thread, to its end, while the caller's transaction is open. */
    private static void meanwhile(Runnable other) throws Exception {
        CompletableFuture.runAsync(other).get(30, TimeUnit.SECONDS);
    }

    private static NewJob in(String queue) {
        return job("j").queue(queue);
    }

    @Test
    void a_lane_that_a_long_transaction_made_is_there_for_others_at_once() throws Exception {
        try (Database other = Database.open(database.config().build())) {
            db.<Exception>useTransaction(tx -> {
                tx.jobs().create(in("one"));
                meanwhile(() -> other.jobs().create(in("one")));
                tx.jobs().createAll(List.of(in("three"), in("two"), in("two").fairKey("f")));
                meanwhile(() -> other.jobs().createAll(List.of(in("two"), in("three"))));
                throw new InterruptedException("rolled back");
            });
        } catch (InterruptedException rolledBack) {
            assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(3);
        }
        assertThat(db.jobs().create(in("one")).queue()).isEqualTo("one");
    }

    @Test
    void the_hosts_own_transaction_makes_them_so_too() throws Exception {
        try (Connection connection = database.connection();
                Database other = Database.open(database.config().build())) {
            connection.setAutoCommit(false);
            db.join(connection).jobs().create(in("host"));
            meanwhile(() -> other.jobs().create(in("host")));
            connection.commit();
        }
        assertThat(db.jobs().count(JobFilter.ALL.queue("host"))).isEqualTo(2);
    }

    @Test
    void two_transactions_that_make_two_lanes_in_opposite_order_both_commit() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        try (Database other = Database.open(database.config().build())) {
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> make(other, barrier, "b", "a"));
            make(db, barrier, "a", "b");
            second.get(30, TimeUnit.SECONDS);
        }
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(4);
    }

    private static void make(Database on, CyclicBarrier barrier, String first, String second) {
        on.useTransaction(tx -> {
            tx.jobs().create(in(first));
            try {
                barrier.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            tx.jobs().create(in(second));
        });
    }

    @Test
    void a_month_that_a_long_transaction_made_holds_up_neither_its_own_rows_nor_other_new_months() throws Exception {
        try (Database other = Database.open(database.config().build())) {
            db.useTransaction(tx -> {
                tx.monitoring().append(event("2041-03-01T00:00:00Z"));
                tx.audit().record(entry("2041-03-01T00:00:00Z"));
                meanwhile(() -> {
                    other.monitoring().append(event("2041-03-02T00:00:00Z"));
                    other.monitoring().append(event("2041-04-02T00:00:00Z"));
                    other.audit().record(entry("2041-05-02T00:00:00Z"));
                });
                // New months in a table that this transaction has used already.
                tx.monitoring().append(event("2041-06-01T00:00:00Z"));
                tx.monitoring().append(event("2041-07-01T00:00:00Z"));
                tx.audit().recordAll(List.of(entry("2041-09-01T00:00:00Z"), entry("2041-08-01T00:00:00Z")));
                meanwhile(() -> other.monitoring().append(event("2041-10-02T00:00:00Z")));
            });
        }
        assertThat(db.monitoring()
                        .count(MonitoringFilter.ALL.occurred(
                                Instant.parse("2041-01-01T00:00:00Z"), Instant.parse("2042-01-01T00:00:00Z"))))
                .isEqualTo(6);
        assertThat(db.audit().count(AuditFilter.ALL.action("long"))).isEqualTo(4);
    }

    private static NewMonitoringEvent event(String time) {
        return NewMonitoringEvent.of("long", "test").occurredAt(Instant.parse(time));
    }

    private static NewAuditEntry entry(String time) {
        return NewAuditEntry.of("long", "test", 1).occurredAt(Instant.parse(time));
    }

    @Test
    void a_namespace_that_a_long_transaction_made_is_there_for_others_at_once() throws Exception {
        byte[] key = "k".getBytes(StandardCharsets.UTF_8);
        try (Database other = Database.open(database.config().build())) {
            db.useTransaction(tx -> {
                tx.state("long", StateOptions.DEFAULT).put(key, key);
                meanwhile(() ->
                        other.state("long", StateOptions.DEFAULT).put("other".getBytes(StandardCharsets.UTF_8), key));
            });
            assertThat(other.state("long", StateOptions.DEFAULT).count()).isEqualTo(2);
        }
    }

    /** There is no second connection: the transaction makes what it needs itself. */
    @Test
    void a_pool_of_one_connection_is_enough() {
        try (Database one = Database.open(database.config().poolSize(1).build())) {
            one.useTransaction(tx -> {
                tx.jobs().create(in("lonely"));
                tx.monitoring().append(event("2042-03-01T00:00:00Z"));
                tx.state("lonely", StateOptions.DEFAULT).put(new byte[] {1}, new byte[] {2});
            });
        }
        assertThat(db.jobs().count(JobFilter.ALL.queue("lonely"))).isEqualTo(1);
    }

    @Test
    void a_transaction_of_one_snapshot_can_use_what_is_new() {
        for (Isolation isolation : Isolation.values()) {
            String name = "snapshot-" + isolation;
            int year = 2050 + isolation.ordinal();
            db.inTransaction(TxOptions.DEFAULT.isolation(isolation), tx -> {
                assertThat(tx.jobs().count(JobFilter.ALL.queue(name))).isZero();
                tx.jobs().create(in(name));
                tx.monitoring().append(event(year + "-03-01T00:00:00Z"));
                tx.state(name, StateOptions.DEFAULT).put(new byte[] {1}, new byte[] {2});
                return true;
            });
            assertThat(db.jobs().count(JobFilter.ALL.queue(name))).isEqualTo(1);
        }
    }
}
