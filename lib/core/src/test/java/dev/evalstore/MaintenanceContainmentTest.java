package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/** Neither the host's code nor one bad namespace keeps maintenance from the rest of its work. */
class MaintenanceContainmentTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @Test
    void an_error_of_the_reports_consumer_does_not_end_the_schedule() {
        List<MaintenanceReport> reports = new CopyOnWriteArrayList<>();
        try (LogCapture log = LogCapture.of(Maintenance.class.getName(), Level.WARN)) {
            var schedule = db.maintenance().start(Duration.ofSeconds(1), report -> {
                reports.add(report);
                Thread.currentThread().interrupt();
                if (reports.size() == 1) {
                    throw new ExceptionInInitializerError("no metrics");
                }
                throw new IllegalStateException("full");
            });
            try (schedule) {
                await().atMost(1, TimeUnit.MINUTES).until(() -> reports.size() >= 3);
            }
            assertThat(log.text()).contains("the consumer of maintenance reports failed");
        }
        assertThat(reports).allMatch(report -> report.failures().isEmpty());
    }

    @Test
    void a_thread_that_was_interrupted_waits_for_the_run_in_progress_and_stays_interrupted() throws Exception {
        CountDownLatch reporting = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean reported = new AtomicBoolean();
        CompletableFuture<List<Boolean>> closed = new CompletableFuture<>();
        var schedule = db.maintenance().start(Duration.ofHours(1), report -> {
            reporting.countDown();
            try {
                end.await();
                reported.set(true);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(reporting.await(60, TimeUnit.SECONDS)).isTrue();
        Thread closing = new Thread(() -> {
            Thread.currentThread().interrupt();
            schedule.close();
            closed.complete(List.of(reported.get(), Thread.interrupted()));
        });
        closing.start();
        // It waits with the first interrupt taken, or has ended.
        await().atMost(1, TimeUnit.MINUTES)
                .until(() -> closed.isDone()
                        || closing.getState() == Thread.State.TIMED_WAITING && !closing.isInterrupted());
        closing.interrupt();
        end.countDown();
        assertThat(closed.get(60, TimeUnit.SECONDS)).containsExactly(true, true);
    }

    /** A pool waits a minute for a connection, and a silent server is waited for as long; closing waits for neither. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closing_without_a_database_takes_no_longer_than_it_may(boolean silent) throws Exception {
        CountDownLatch reported = new CountDownLatch(1);
        try (TcpProxy proxy = database.proxy()) {
            Database far = Database.open(database.through(proxy)
                    .connectTimeout(Duration.ofMinutes(1))
                    .build());
            var schedule = far.maintenance().start(Duration.ofSeconds(1), report -> reported.countDown());
            assertThat(reported.await(60, TimeUnit.SECONDS)).isTrue();
            if (silent) {
                proxy.stall(TcpProxy.Way.TO_CLIENT);
            } else {
                proxy.refuse(true);
                proxy.reset();
            }
            await().atMost(1, TimeUnit.MINUTES).until(MaintenanceContainmentTest::waitsForServer);
            CompletableFuture.runAsync(schedule::close).get(15, TimeUnit.SECONDS);
            proxy.refuse(false);
            proxy.resume();
            far.close();
        }
    }

    private static boolean waitsForServer() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("evalstore-maintenance"))
                .flatMap(thread -> Arrays.stream(thread.getValue()))
                .anyMatch(frame -> List.of("getConnection", "processResults").contains(frame.getMethodName()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The set whose name comes first is damaged, and so are statements over it. */
    @Test
    void a_damaged_set_of_state_tables_is_named_and_the_others_are_cleaned() {
        StateOptions damaged = StateOptions.DEFAULT.tablePrefix("a_");
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            owner.state("n", damaged).createTables();
        }
        db.state("n", damaged).put(bytes("k"), bytes("v"), PutOptions.expiringAfter(Duration.ofHours(1)));
        db.state("n", StateOptions.DEFAULT).put(bytes("k"), bytes("v"), PutOptions.expiringAfter(Duration.ofHours(1)));
        database.admin("update evalstore.state_entries set expires_at = expires_at - interval '2 hours',"
                + " expiry_minute = expiry_minute - 120");
        database.admin("alter table evalstore.a_entries rename column expiry_minute to other");

        MaintenanceReport.Step expired = db.maintenance().runOnce().steps().stream()
                .filter(step -> step.name().equals("state.expired"))
                .findFirst()
                .orElseThrow();
        assertThat(expired.failure()).contains("a_");
        assertThat(expired.count()).isEqualTo(1);
        assertThat(database.value("select count(*) from evalstore.state_entries"))
                .isEqualTo("0");
        database.admin("alter table evalstore.a_entries rename column other to expiry_minute");
    }

    /** Maintenance of one namespace waits for a lock that somebody holds for long. */
    @Test
    void a_namespace_that_cannot_be_cleaned_is_named_and_the_others_are() throws Exception {
        for (String name : List.of("x-first", "y-second")) {
            db.state(name, StateOptions.DEFAULT)
                    .put(bytes("k"), bytes("v"), PutOptions.expiringAfter(Duration.ofHours(1)));
        }
        database.admin("update evalstore.state_entries set expires_at = expires_at - interval '2 hours',"
                + " expiry_minute = expiry_minute - 120");
        database.admin(
                """
                create function public.refuse() returns trigger language plpgsql as $$ begin
                    raise exception 'refused' using errcode = 'ZZ001';
                end $$;
                create trigger refuse before delete on evalstore.state_entries for each row
                    when (old.namespace_id = (%s)) execute function public.refuse()""".formatted(database.value("select id from evalstore.state_namespaces where name = 'x-first'")));
        MaintenanceReport report = db.maintenance().runOnce();
        MaintenanceReport.Step expired = report.steps().stream()
                .filter(step -> step.name().equals("state.expired"))
                .findFirst()
                .orElseThrow();
        database.admin("drop trigger refuse on evalstore.state_entries; drop function public.refuse()");
        assertThat(expired.failure()).contains("x-first");
        assertThat(expired.count()).isEqualTo(1);
        assertThat(
                        database.query(
                                "select n.name from evalstore.state_entries e join evalstore.state_namespaces n on n.id = e.namespace_id"))
                .containsExactly("x-first");
        database.admin("truncate evalstore.state_entries");
    }
}
