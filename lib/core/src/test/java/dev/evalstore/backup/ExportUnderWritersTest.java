package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Money goes from one entry of the state to another, with an event and a job in the same commit: it adds up in a backup's files, and
 * in the store that is restored from them.
 */
class ExportUnderWritersTest {
    private static final int WRITERS = 4;

    /** Entries hold a number of eight bytes. */
    private static final String BALANCE = """
            select coalesce(sum(('x' || encode(value, 'hex'))::bit(64)::bigint), 0) from {copy}.state_entries""";

    private static final String MONEY_IN_JOBS =
            "select coalesce(sum((payload ->> 'amount')::bigint), 0) from {copy}.jobs where job_type = 'move'";

    private static final String MONEY_IN_EVENTS = """
            select coalesce(sum((payload ->> 'amount')::bigint), 0) from {copy}.domain_events where event_type = 'money.moved'""";

    private static final String MONEY_RECEIVED = """
            select coalesce(sum(('x' || encode(value, 'hex'))::bit(64)::bigint), 0) from {copy}.state_entries
            where key = convert_to('to', 'UTF8')""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(WRITERS + 3));

    @TempDir
    private Path folder;

    private static void move(Database db, long amount) {
        db.useTransaction(tx -> {
            tx.state().increment("from", -amount);
            tx.events()
                    .append(NewDomainEvent.of("money.moved", "account", "from")
                            .payload(Json.of(Map.of("amount", amount))));
            tx.state().increment("to", amount);
            tx.jobs().create(NewJob.of("move", Json.of(Map.of("amount", amount))));
        });
    }

    @Test
    void a_backup_shows_one_moment_of_a_store_that_is_written_to() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong moved = new AtomicLong();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<ExportReport> reports = new ArrayList<>();
        List<Future<?>> running = new ArrayList<>();
        try {
            for (int i = 0; i < WRITERS; i++) {
                running.add(writers.submit(() -> {
                    while (!stop.get()) {
                        move(database.db(), 1 + moved.incrementAndGet() % 7);
                    }
                }));
            }
            for (int i = 0; i < 4; i++) {
                long before = moved.get();
                org.awaitility.Awaitility.await().until(() -> moved.get() > before + 20);
                long during = moved.get();
                int number = i;
                reports.add(database.db()
                        .backup()
                        .export(folder, ExportOptions.DEFAULT.name("n" + number).progress(progress -> {
                            // Every table is followed by commits, so that two moments would differ.
                            if (progress.table().matches("domain_events|jobs")) {
                                long now = moved.get();
                                org.awaitility.Awaitility.await().until(() -> moved.get() > now + 4);
                            }
                        })));
                assertThat(moved.get()).isGreaterThan(during);
            }
        } finally {
            stop.set(true);
            writers.shutdown();
        }
        for (Future<?> writer : running) {
            writer.get();
        }
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            long received = 0;
            for (ExportReport report : reports) {
                LoadedBackup.load(
                        database, report.path(), database.db().backup().verify(report.path()));
                received = adds("copy");
            }
            Database restored = owner.withSchema("restored");
            restored.backup().restore(reports.get(reports.size() - 1).path());
            assertThat(adds("restored")).isEqualTo(received);
            goesOn(restored, received);
        }
    }

    /** How much was received, in state as in events and jobs. */
    private static long adds(String schema) {
        assertThat(number(schema, BALANCE)).isZero();
        long received = number(schema, MONEY_RECEIVED);
        assertThat(received).isPositive();
        assertThat(number(schema, MONEY_IN_EVENTS)).isEqualTo(received);
        assertThat(number(schema, MONEY_IN_JOBS)).isEqualTo(received);
        return received;
    }

    private static long number(String schema, String sql) {
        return Long.parseLong(database.value(sql.replace("{copy}", schema)));
    }

    /** The restored store takes the next transfer, and its jobs can be worked off. */
    private static void goesOn(Database restored, long received) {
        move(restored, 5);
        assertThat(adds("restored")).isEqualTo(received + 5);
        Worker worker = restored.workers().register(NewWorker.of("w"));
        long worked = 0;
        for (List<ClaimedJob> claimed = restored.jobs().claim(worker, 100);
                !claimed.isEmpty();
                claimed = restored.jobs().claim(worker, 100)) {
            for (ClaimedJob job : claimed) {
                worked += job.job().payload().as(Amount.class).amount();
                restored.jobs().complete(job.lease(), null);
            }
        }
        assertThat(worked).isEqualTo(received + 5);
    }

    private record Amount(long amount) {}
}
