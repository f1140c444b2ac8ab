package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.audit.AuditFilter;
import dev.evalstore.audit.MonitoringFilter;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.internal.schema.Partitions;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

class MaintenanceTest {
    private static final AtomicInteger turns = new AtomicInteger();
    private static final AtomicInteger failedTurns = new AtomicInteger();

    /** Two connections are enough, and are all that there are. */
    @RegisterExtension
    static final TestDatabase database =
            TestDatabase.migrated(config -> config.poolSize(2).listener((name, time, failure) -> {
                if (name.equals("one_process.lock")) {
                    (failure == null ? turns : failedTurns).incrementAndGet();
                }
            }));

    private static final Duration DAY = Duration.ofDays(1);

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.state_entries; delete from evalstore.state_changes");
        for (String table : List.of("audit_log", "monitoring_events")) {
            database.query("select relid::regclass::text from pg_partition_tree('evalstore." + table
                            + "') where isleaf")
                    .forEach(partition -> database.admin("drop table " + partition));
            database.query("select evalstore.create_partition('" + table + "', (now() at time zone 'UTC')::date)");
        }
    }

    private YearMonth now() {
        return Partitions.now(db.jdbc);
    }

    @Test
    void a_run_makes_the_partitions_of_three_months_ahead_and_the_next_finds_nothing_to_do() {
        MaintenanceReport report = db.maintenance().runOnce();

        assertThat(report.ran()).isTrue();
        assertThat(report.failures()).isEmpty();
        assertThat(report.steps())
                .extracting(MaintenanceReport.Step::name)
                .contains("partitions.audit_log", "partitions.monitoring_events");
        assertThat(Partitions.list(db.jdbc, "audit_log"))
                .containsExactly(now(), now().plusMonths(1), now().plusMonths(2), now().plusMonths(3));
        assertThat(db.health().partitionsAhead()).isEqualTo(3);
        assertThat(db.maintenance().runOnce().steps()).allMatch(step -> step.count() == 0);
        assertThat(db.maintenance(MaintenanceOptions.DEFAULT.monthsAhead(6))
                        .runOnce()
                        .failures())
                .isEmpty();
        assertThat(db.health().partitionsAhead()).isEqualTo(6);
    }

    @Test
    void three_years_pass_without_a_missing_partition() {
        YearMonth first = now();
        db.maintenance().asOf(first).runOnce();
        for (int month = 0; month < 36; month++) {
            YearMonth at = first.plusMonths(month);
            db.maintenance().asOf(at).runOnce();
            long made = partitionsMade();
            Instant end = at.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            // The JVM goes on into the next month before the maintenance has run there.
            for (Instant time : List.of(end.minus(1, ChronoUnit.MICROS), end)) {
                db.audit().record(NewAuditEntry.of("tick", "clock", month).occurredAt(time));
                db.monitoring().append(NewMonitoringEvent.of("tick", "clock").occurredAt(time));
            }
            assertThat(partitionsMade()).isEqualTo(made);
        }

        assertThat(db.audit().count(AuditFilter.ALL.action("tick"))).isEqualTo(72);
        assertThat(Partitions.list(db.jdbc, "audit_log")).hasSize(36 + 3);
    }

    private long partitionsMade() {
        return db.stats().operations().stream()
                .filter(operation -> operation.name().equals("partitions.create"))
                .mapToLong(OperationStats::calls)
                .sum();
    }

    @Test
    void of_those_who_would_maintain_at_once_one_does() throws Exception {
        try (Database other = Database.open(database.config().build());
                Connection busy = database.connection()) {
            busy.setAutoCommit(false);
            busy.createStatement()
                    .execute("select pg_advisory_xact_lock(hashtextextended('evalstore.maintenance.evalstore', 0))");
            MaintenanceReport report = other.maintenance().runOnce();
            assertThat(report.ran()).isFalse();
            assertThat(report.steps()).isEmpty();
            busy.rollback();

            List<MaintenanceReport> reports = Threads.together(
                    2, i -> () -> (i == 0 ? db : other).maintenance().runOnce());
            assertThat(reports).anyMatch(MaintenanceReport::ran);
            assertThat(reports).allMatch(r -> r.failures().isEmpty());
            assertThat(reports.stream()
                            .flatMap(r -> r.steps().stream())
                            .filter(step -> step.name().equals("partitions.audit_log"))
                            .mapToLong(MaintenanceReport.Step::count)
                            .sum())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_step_that_fails_is_reported_and_those_after_it_run() {
        Instant old = Instant.now().minus(100, ChronoUnit.DAYS);
        db.audit().record(NewAuditEntry.of("x", "y", null).occurredAt(old));
        db.monitoring().append(NewMonitoringEvent.of("x", "y").occurredAt(old));
        MaintenanceOptions keep =
                MaintenanceOptions.DEFAULT.auditRetention(Duration.ofDays(40)).eventRetention(Duration.ofDays(40));

        MaintenanceReport asApp = db.maintenance(keep).runOnce();

        assertThat(asApp.failures()).extracting(MaintenanceReport.Step::name).containsExactly("retention.audit_log");
        assertThat(asApp.failures().get(0).failure()).contains("42501");
        assertThat(asApp.steps())
                .filteredOn(step -> step.name().equals("retention.monitoring_events"))
                .allMatch(step -> step.count() == 1);
        assertThat(db.monitoring().count(MonitoringFilter.ALL)).isZero();
        assertThat(db.audit().count(AuditFilter.ALL)).isEqualTo(1);

        try (Database owner = Database.open(database.owner().build())) {
            assertThat(owner.maintenance(keep).runOnce().failures()).isEmpty();
        }
        assertThat(db.audit().count(AuditFilter.ALL)).isZero();
    }

    @Test
    void nothing_is_removed_for_its_age_unless_asked() {
        db.audit().record(NewAuditEntry.of("x", "y", null).occurredAt(Instant.parse("2001-01-01T00:00:00Z")));
        db.monitoring().append(NewMonitoringEvent.of("x", "y").occurredAt(Instant.parse("2001-01-01T00:00:00Z")));

        db.maintenance().runOnce();

        assertThat(db.audit().count(AuditFilter.ALL)).isEqualTo(1);
        assertThat(db.monitoring().count(MonitoringFilter.ALL)).isEqualTo(1);
    }

    @Test
    void jobs_of_lost_workers_come_back_and_ended_ones_go_after_their_time() {
        Worker worker = db.workers().register(NewWorker.of("w-1"));
        UUID taken = db.jobs().create(NewJob.of("t", Json.EMPTY)).id();
        assertThat(db.jobs().claim(worker, 1)).hasSize(1);
        UUID ended = db.jobs().create(NewJob.of("t", Json.EMPTY)).id();
        db.jobs().cancel(ended);
        database.admin("update evalstore.workers set last_heartbeat_at = last_heartbeat_at - interval '1 day'");

        MaintenanceReport report = db.maintenance(MaintenanceOptions.DEFAULT.jobRetention(Duration.ofDays(1)))
                .runOnce();

        assertThat(report.failures()).isEmpty();
        assertThat(report.steps())
                .filteredOn(step ->
                        step.name().equals("leases.expired") || step.name().equals("workers.stale"))
                .extracting(MaintenanceReport.Step::count)
                .containsExactly(1L, 0L);
        assertThat(db.jobs().get(taken).status()).isEqualTo(JobStatus.PENDING);
        assertThat(db.jobs().find(ended)).isPresent();
        db.maintenance(MaintenanceOptions.DEFAULT.jobRetention(Duration.ofMillis(1)))
                .runOnce();
        assertThat(db.jobs().find(ended)).isEmpty();
        assertThat(db.jobs().find(taken)).isPresent();
    }

    @Test
    void expired_state_of_every_namespace_is_swept() {
        for (StateBackend state : List.of(
                db.state(),
                db.state("plain", StateOptions.PLAIN),
                db.state("fed", StateOptions.DEFAULT.watched(true)))) {
            state.put(new byte[] {1}, new byte[] {1}, PutOptions.NONE.ttl(Duration.ofMillis(1)));
            state.put(new byte[] {2}, new byte[] {2});
        }
        // Two minutes on, as the sweeper sees it.
        database.admin("update evalstore.state_entries set expires_at = expires_at - interval '2 minutes',"
                + " expiry_minute = expiry_minute - 2 where expires_at is not null");

        assertThat(db.maintenance().runOnce().steps())
                .filteredOn(step -> step.name().equals("state.expired"))
                .extracting(MaintenanceReport.Step::count)
                .containsExactly(3L);
        assertThat(database.value("select count(*) from evalstore.state_entries"))
                .isEqualTo("3");
    }

    @Test
    void gone_workers_free_locks_and_old_changes_are_kept_for_a_week_and_no_longer() {
        Worker gone = db.workers().register(NewWorker.of("gone"));
        Worker there = db.workers().register(NewWorker.of("there"));
        db.workers().deregister(gone);
        StateBackend fed = db.state("followed", StateOptions.PLAIN.watched(true));
        fed.put(new byte[] {1}, new byte[] {1});
        db.locks().release(db.locks().tryAcquire("free", "one", DAY).orElseThrow());
        assertThat(db.locks().tryAcquire("held", "one", DAY.multipliedBy(30))).isPresent();
        MaintenanceOptions forEver =
                MaintenanceOptions.DEFAULT.workerRetention(null).feedRetention(null);
        List<String> steps = List.of("retention.workers", "locks.free", "retention.state_changes");
        database.admin("update evalstore.workers set gone_at = gone_at - interval '6 days';"
                + " update evalstore.state_locks set acquired_at = acquired_at - interval '6 days';"
                + " update evalstore.state_changes set created_at = created_at - interval '6 days'");
        assertThat(db.maintenance().runOnce().steps())
                .filteredOn(step -> steps.contains(step.name()))
                .hasSize(3)
                .allMatch(step -> step.count() == 0);

        database.admin("update evalstore.workers set gone_at = gone_at - interval '2 days';"
                + " update evalstore.state_locks set acquired_at = acquired_at - interval '2 days';"
                + " update evalstore.state_changes set created_at = created_at - interval '2 days'");
        assertThat(db.maintenance(forEver).runOnce().steps())
                .extracting(MaintenanceReport.Step::name)
                .doesNotContain("retention.workers", "retention.state_changes");
        assertThat(db.workers().find(gone.id())).isPresent();
        assertThat(db.maintenance().runOnce().failures()).isEmpty();
        assertThat(db.workers().find(gone.id())).isEmpty();
        assertThat(db.workers().find(there.id())).isPresent();
        assertThat(database.query("select resource from evalstore.state_locks")).containsExactly("held");
        assertThat(database.value("select count(*) from evalstore.state_changes"))
                .isEqualTo("0");
        assertThat(fed.contains(new byte[] {1})).isTrue();
    }

    @Test
    void a_step_that_has_too_much_to_do_leaves_the_rest_to_the_next_run_and_says_so() {
        db.state("much", StateOptions.PLAIN.watched(true)).put(new byte[] {1}, new byte[] {1});
        database.admin("insert into evalstore.state_changes (namespace_id, seq, kind, key, version, created_at)"
                + " select n.id, i, 'put', '\\x01', 1, now() - interval '8 days'"
                + " from evalstore.state_namespaces n cross join generate_series(-200500, -1) i where n.name = 'much'");

        MaintenanceReport first = db.maintenance().runOnce();

        assertThat(first.hasMore()).isTrue();
        assertThat(first.steps())
                .filteredOn(MaintenanceReport.Step::more)
                .extracting(step -> step.name() + " " + step.count())
                .containsExactly("retention.state_changes 100000");
        List<MaintenanceReport> reports = new CopyOnWriteArrayList<>();
        try (Maintenance.Schedule schedule = db.maintenance().start(Duration.ofHours(1), reports::add)) {
            assertThat(schedule).isNotNull();
            await().atMost(1, TimeUnit.MINUTES).until(() -> reports.size() == 2);
        }
        assertThat(reports).extracting(MaintenanceReport::hasMore).containsExactly(true, false);
        assertThat(database.value("select count(*) from evalstore.state_changes where seq < 0"))
                .isEqualTo("0");
    }

    @Test
    void too_few_months_ahead_are_seen_in_health_and_warned_of() {
        assertThat(db.health().partitionsAhead()).isZero();
        database.admin(String.format(
                "create table evalstore.orphan (day date not null) partition by range (day);"
                        + " create table evalstore.orphan_%s partition of evalstore.orphan for values from ('%s') to ('%s')",
                now().toString().replace('-', '_'),
                now().atDay(1),
                now().plusMonths(1).atDay(1)));
        try (LogCapture log = LogCapture.of(Maintenance.class.getName(), Level.WARN)) {
            // Nobody may insert into it, so nobody but its owner may make its partitions.
            assertThat(db.maintenance().runOnce().failures())
                    .extracting(MaintenanceReport.Step::name)
                    .containsExactly("partitions.orphan");
            assertThat(log.text()).contains("partitions.orphan failed").contains("only 0 months ahead");
        } finally {
            database.admin("drop table evalstore.orphan");
        }
    }

    @Test
    void a_schedule_runs_at_once_and_again_and_survives_a_failure_until_it_is_closed() {
        try (Maintenance.Schedule schedule = db.maintenance().start(Duration.ofSeconds(1))) {
            assertThat(schedule).isNotNull();
            await().until(() -> db.health().partitionsAhead() == 3);
            database.admin("revoke execute on function pg_try_advisory_xact_lock(bigint) from public");
            await().until(() -> failedTurns.get() > 0);
            database.admin("drop table evalstore.audit_log_"
                    + now().plusMonths(3).toString().replace('-', '_'));
            database.admin("grant execute on function pg_try_advisory_xact_lock(bigint) to public");
            await().until(() -> db.health().partitionsAhead() == 3);
        }
        int last = turns.get();
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).until(() -> turns.get() == last);
    }

    @Test
    void what_cannot_be_meant_is_refused_by_name() {
        assertThatThrownBy(() -> db.maintenance().start(Duration.ofMillis(999))).hasMessageContaining("interval");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.monthsAhead(1)).hasMessageContaining("monthsAhead");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.auditRetention(Duration.ZERO))
                .hasMessageContaining("auditRetention");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.jobRetention(Duration.ZERO))
                .hasMessageContaining("jobRetention");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.staleWorkers(Duration.ZERO))
                .hasMessageContaining("staleWorkers");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.workerRetention(Duration.ZERO))
                .hasMessageContaining("workerRetention");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.feedRetention(Duration.ZERO))
                .hasMessageContaining("feedRetention");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.eventRetention(Duration.ofDays(-1)))
                .hasMessageContaining("eventRetention");
        Duration tooLong = Duration.ofDays(36_500).plusNanos(1);
        assertThatThrownBy(() -> db.maintenance().start(tooLong)).hasMessageContaining("interval");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.staleWorkers(tooLong))
                .hasMessageContaining("staleWorkers");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.auditRetention(tooLong))
                .hasMessageContaining("auditRetention");
        assertThatThrownBy(() -> new MaintenanceOptions(3, DAY, Map.of("userRetention", DAY), false, null))
                .hasMessageContaining("retention must be one of");
    }

    @Test
    void the_longest_periods_are_taken_by_the_server() {
        Duration longest = Duration.ofDays(36_500);
        MaintenanceOptions options = MaintenanceOptions.DEFAULT
                .staleWorkers(longest)
                .workerRetention(longest)
                .jobRetention(longest)
                .resultRetention(longest)
                .auditRetention(longest)
                .eventRetention(longest)
                .domainEventRetention(longest)
                .feedRetention(longest);
        assertThat(db.maintenance(options).runOnce().failures()).isEmpty();
    }
}
