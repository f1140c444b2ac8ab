package dev.evalstore.internal.schema;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Lease;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.audit.MonitoringFilter;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.matrix.MatrixFixture;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.testkit.ReplacedStore;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Months that were remembered, in a store that was replaced and has none of them. */
class ReplacedPartitionsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Map<String, Consumer<Database>> WRITES = Map.of(
            "audit_log", db -> db.audit().recordAll(List.of(NewAuditEntry.of("made", "thing", "1"))),
            "monitoring_events", db -> db.monitoring().append(NewMonitoringEvent.of("beat", "test")),
            "job_attempts", ReplacedPartitionsTest::endAnAttempt,
            "benchmark_results",
                    db -> db.matrix()
                            .results()
                            .record(
                                    new MatrixFixture(database).combination(),
                                    NewBenchmarkResult.of(null, null, 1.0, null)));

    private final Database db = database.db();

    private static void endAnAttempt(Database db) {
        Worker worker = db.workers().register(NewWorker.of("w"));
        db.jobs().create(job("t"));
        Lease lease = db.jobs().claim(worker, 1).get(0).lease();
        db.jobs().complete(lease, null);
    }

    @Test
    void each_partitioned_table_takes_rows_at_once() {
        WRITES.values().forEach(write -> write.accept(db));
        ReplacedStore.revertAndMigrate(database);
        WRITES.keySet()
                .forEach(table -> database.query("select format('drop table %s', inhrelid::regclass) from pg_inherits"
                                + " where inhparent = 'evalstore." + table + "'::regclass")
                        .forEach(database::admin));

        WRITES.forEach((table, write) -> {
            write.accept(db);
            assertThat(database.value("select count(*) from evalstore." + table))
                    .as(table)
                    .isEqualTo("1");
        });
    }

    @Test
    void a_transaction_that_meets_a_month_that_has_gone_may_run_again() {
        db.audit().record(NewAuditEntry.of("made", "thing", "1"));
        db.monitoring().append(NewMonitoringEvent.of("beat", "test"));
        dropMonths("audit_log");
        assertThatThrownBy(() -> db.useTransaction(tx -> tx.audit().record(NewAuditEntry.of("made", "thing", "2"))))
                .isInstanceOf(TransientDatabaseException.class);
        db.useTransaction(tx -> tx.audit().record(NewAuditEntry.of("made", "thing", "2")));
        dropMonths("monitoring_events");
        db.inTransaction(
                TxOptions.DEFAULT.retry(Retry.times(3)),
                tx -> tx.monitoring().append(NewMonitoringEvent.of("beat", "test")));

        assertThat(db.audit().count(AuditFilter.ALL)).isEqualTo(1);
        assertThat(db.monitoring().count(MonitoringFilter.ALL)).isEqualTo(1);
    }

    private static void dropMonths(String table) {
        database.query("select format('drop table %s', inhrelid::regclass) from pg_inherits where inhparent ="
                        + " 'evalstore." + table + "'::regclass")
                .forEach(database::admin);
    }
}
