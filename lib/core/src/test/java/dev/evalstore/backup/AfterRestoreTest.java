package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.User;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventStart;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.PulledEvents;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.lock.Lock;
import dev.evalstore.lock.LockLostException;
import dev.evalstore.state.ChangesCompactedException;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What was given out before a backup, used on the restored store. */
class AfterRestoreTest {
    private static final long JUMP = 1L << 40;
    private static final StateOptions WATCHED = StateOptions.DEFAULT.watched(true);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    static Path folder;

    private static Database owner;
    private static Database kept;
    private static Database suspended;
    private static RestoreReport report;
    private static Worker worker;
    private static Lease lease;
    private static Lock lock;
    private static Cursor watched;
    private static PulledEvents pulled;
    private static String resetToken;
    private static IssuedApiKey key;
    private static Cursor page;
    private static long version;
    private static long position;
    private static List<String> numbersBefore;

    @BeforeAll
    static void restore() {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        owner = Database.open(database.owner().build());
        Database db = database.db();
        worker = db.workers().register(NewWorker.of("w"));
        db.jobs().createAll(List.of(NewJob.of("a", Json.EMPTY), NewJob.of("a", Json.EMPTY)));
        lease = db.jobs().claim(worker, 1).get(0).lease();
        lock = db.locks().tryAcquire("lock", "me", Duration.ofHours(1)).orElseThrow();
        StateBackend state = db.state("watched", WATCHED);
        state.put("k", bytes("v"));
        watched = state.watch(bytes(""), null, 10).next();
        version = state.getEntry("k").orElseThrow().version();
        User user = db.users().create(NewUser.of("a@example.org", "ann").password("correct horse battery"));
        resetToken = db.users()
                .tokens()
                .issue(user.id(), TokenPurpose.PASSWORD_RESET, Duration.ofHours(1))
                .secret();
        key = db.apiKeys().create(NewApiKey.of(user.id(), "key", "read"));
        db.events()
                .subscriptions()
                .subscribe(NewEventSubscription.of("s", EventDelivery.PULL).start(EventStart.beginning()));
        position = db.events().append(NewDomainEvent.of("made", "thing", "1")).position();
        db.events().append(NewDomainEvent.of("made", "thing", "1"));
        pulled = db.events().next("s", "me", 1, Duration.ofHours(1)).orElseThrow();
        db.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 1));
        db.benchmarks().create(NewBenchmark.of("b", "p", "m", "d", 1));
        page = db.benchmarks().list(BenchmarkFilter.ALL, 1, null).next();
        numbersBefore = numbers("evalstore");
        Path backup = owner.backup()
                .export(folder, ExportOptions.DEFAULT.hashes(true))
                .path();
        kept = owner.withSchema("kept");
        report = kept.backup().restore(backup, RestoreOptions.DEFAULT.keys(RestoredKeys.KEEP));
        suspended = owner.withSchema("suspended");
        suspended.backup().restore(backup);
    }

    @AfterAll
    static void close() {
        owner.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Each jumping sequence with its last number. */
    private static List<String> numbers(String schema) {
        return database.query(
                "select sequencename || ' ' || coalesce(last_value, 0) from pg_sequences where schemaname = '" + schema
                        + "' and sequencename = any ('{" + String.join(",", Repairs.JUMPING)
                        + "}') order by sequencename");
    }

    @Test
    void a_lease_of_before_completes_nothing_and_the_job_is_ready_again() {
        assertThatThrownBy(() -> kept.jobs().complete(lease, null)).isInstanceOf(LeaseLostException.class);
        assertThat(kept.jobs().get(lease.id()).status()).isEqualTo(JobStatus.PENDING);
        assertThat(kept.jobs().get(lease.id()).attempt()).isZero();
        assertThat(report.repairs().jobs()).isEqualTo(1);
    }

    @Test
    void a_worker_of_before_is_gone() {
        assertThatThrownBy(() -> kept.jobs().claim(worker, 1)).isInstanceOf(WorkerGoneException.class);
        assertThat(report.repairs().workers()).isEqualTo(1);
    }

    @Test
    void a_lock_of_before_is_free_and_its_next_token_is_higher() {
        assertThatThrownBy(() -> kept.useTransaction(tx -> tx.locks().require(lock)))
                .isInstanceOf(LockLostException.class);
        assertThat(kept.locks().release(lock)).isFalse();
        Lock next = kept.locks().tryAcquire("lock", "me", Duration.ofHours(1)).orElseThrow();
        assertThat(next.token()).isGreaterThan(lock.token() + (JUMP << 16) - (1 << 17));
        assertThat(report.repairs().locks()).isEqualTo(1);
    }

    @Test
    void a_token_of_a_feed_of_before_is_refused() {
        StateBackend state = kept.state("watched", WATCHED);
        assertThatThrownBy(() -> state.watch(bytes(""), watched, 10)).isInstanceOf(ChangesCompactedException.class);
        assertThat(state.watch(bytes(""), null, 10).changes().get(0).version()).isEqualTo(version);
    }

    @Test
    void a_version_of_before_is_still_the_entrys_and_the_next_one_is_higher() {
        StateBackend state = kept.state("watched", WATCHED);
        assertThat(state.getEntry("k").orElseThrow().version()).isEqualTo(version);
        state.put("other", bytes("v"));
        assertThat(state.getEntry("other").orElseThrow().version()).isGreaterThan(version + (JUMP << 16) - (1 << 17));
    }

    @Test
    void events_pulled_before_cannot_be_acknowledged_and_are_delivered_again() {
        assertThatThrownBy(() ->
                        kept.events().acknowledge(pulled.lease(), pulled.lease().upTo()))
                .isInstanceOf(LeaseLostException.class);
        PulledEvents again = kept.events().next("s", 10).orElseThrow();
        assertThat(again.events().get(0).position()).isEqualTo(position);
        assertThat(report.repairs().subscriptions()).isEqualTo(1);
        assertThat(kept.events().append(NewDomainEvent.of("made", "thing", "1")).position())
                .isGreaterThan(position + JUMP);
    }

    @Test
    void a_one_time_token_of_before_does_nothing() {
        assertThat(kept.users().tokens().resetPassword(resetToken, "another password"))
                .isEmpty();
        assertThat(database.value("select count(*) from kept.user_tokens")).isEqualTo("0");
    }

    @Test
    void keys_are_kept_or_suspended_as_chosen() {
        assertThat(report.repairs().keptKeys()).isEqualTo(1);
        assertThat(report.repairs().keys()).isZero();
        assertThat(kept.apiKeys().verify(key.secret(), "read")).isPresent();
        assertThat(suspended.apiKeys().verify(key.secret(), "read")).isEmpty();
        suspended.apiKeys().setActive(key.key().id(), true);
        assertThat(suspended.apiKeys().verify(key.secret(), "read")).isPresent();
        assertThat(kept.users().authenticate("ann", "correct horse battery")).isPresent();
    }

    @Test
    void a_cursor_of_a_list_stays_valid() {
        assertThat(kept.benchmarks().list(BenchmarkFilter.ALL, 1, page).items()).hasSize(1);
    }

    @Test
    void each_jumping_sequence_went_on_by_two_to_the_fortieth() {
        var before = new TreeMap<String, Long>();
        numbersBefore.forEach(line -> before.put(line.split(" ")[0], Long.parseLong(line.split(" ")[1])));
        assertThat(before.keySet()).containsExactlyInAnyOrderElementsOf(Repairs.JUMPING);
        for (String line : numbers("suspended")) {
            assertThat(Long.parseLong(line.split(" ")[1]))
                    .as(line)
                    .isGreaterThanOrEqualTo(before.get(line.split(" ")[0]) + JUMP);
        }
    }

    @Test
    void two_restores_are_two_lives() {
        assertThat(database.query("select incarnation::text from evalstore.state_incarnation union"
                        + " select incarnation::text from kept.state_incarnation union"
                        + " select incarnation::text from suspended.state_incarnation"))
                .hasSize(3)
                .contains(Long.toString(report.repairs().incarnation()));
    }

    @Test
    void a_store_that_something_else_restored_is_repaired_too() {
        Database other = owner.withSchema("other");
        other.migrate();
        Worker busy = other.workers().register(NewWorker.of("w"));
        other.jobs().create(NewJob.of("a", Json.EMPTY));
        Lease held = other.jobs().claim(busy, 1).get(0).lease();
        StoreRepairs repairs = other.backup().afterRestore();
        assertThat(repairs.jobs()).isEqualTo(1);
        assertThatThrownBy(() -> other.jobs().complete(held, null)).isInstanceOf(LeaseLostException.class);
        assertThat(other.backup().afterRestore().jobs()).isZero();
    }
}
