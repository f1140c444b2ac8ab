package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Tx;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The queue's verbs in one commit with other rows: the library's transactions and the host's own. */
class JobTransactionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private Worker worker;

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
        database.admin("create table if not exists public.orders (note text); truncate public.orders;"
                + " grant insert, select on public.orders to evalstore_app");
        worker = db.workers().register(NewWorker.of("w"));
        // A lane or a partition that a transaction makes is others' only with its commit: here they are there.
        jobs.complete(claimed(), null);
        jobs.cleanup(Duration.ZERO, List.of(JobStatus.COMPLETED));
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    private static void order(Connection connection, String note) throws SQLException {
        try (var insert = connection.prepareStatement("insert into public.orders values (?)")) {
            insert.setString(1, note);
            insert.executeUpdate();
        }
    }

    private static List<String> orders() {
        return database.query("select note from public.orders order by note");
    }

    private Lease claimed() {
        jobs.create(job("a"));
        return jobs.claim(worker, 1).get(0).lease();
    }

    @Test
    void what_is_enqueued_in_a_transaction_is_nobodys_until_the_commit() throws Exception {
        List<UUID> ids = new ArrayList<>();
        db.<SQLException>useTransaction(tx -> {
            order(tx.connection(), "1");
            ids.add(tx.jobs().create(job("a")).id());
            ids.addAll(tx.jobs().createAll(Collections.nCopies(3, job("a").fairKey("new lane"))));
            ids.addAll(tx.jobs().createAll(Collections.nCopies(6_000, job("a").queue("copied"))));
            ids.add(tx.jobs().createUnique(job("a").uniqueKey("k")).job().id());
            assertThat(jobs.claim(worker, 10)).isEmpty();
            assertThat(jobs.find(ids.get(0))).isEmpty();
        });
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(6_005);
        assertThat(jobs.claim(worker, 1_000).stream().map(c -> c.job().id()))
                .hasSize(1_000)
                .contains(ids.get(0), ids.get(1))
                .isSubsetOf(ids);
        assertThat(orders()).containsExactly("1");
    }

    @Test
    void what_is_rolled_back_was_never_enqueued_and_its_key_is_free() throws Exception {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            Tx host = db.join(connection);
            order(connection, "1");
            host.jobs().create(job("a").requiredTags("new-lane"));
            host.jobs().createAll(Collections.nCopies(6_000, job("a")));
            host.jobs().createUnique(job("a").uniqueKey("k"));
            connection.rollback();
        }
        assertThat(jobs.count(JobFilter.ALL)).isZero();
        assertThat(orders()).isEmpty();
        assertThat(jobs.createUnique(job("a").uniqueKey("k")).isNew()).isTrue();
        assertThat(jobs.create(job("a").requiredTags("new-lane")).requiredTags())
                .containsExactly("new-lane");
    }

    @Test
    void the_hosts_own_commit_completes_the_job_and_stores_its_rows() throws Exception {
        Lease lease = claimed();
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            order(connection, "rolled back");
            db.join(connection).jobs().complete(lease, null);
            connection.rollback();
            assertThat(jobs.get(lease.id()).status()).isEqualTo(JobStatus.RUNNING);
            order(connection, "committed");
            db.join(connection).jobs().complete(lease, null);
            connection.commit();
        }
        assertThat(jobs.get(lease.id()).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(jobs.attempts(lease.id())).hasSize(1);
        assertThat(orders()).containsExactly("committed");
    }

    @Test
    void a_lost_lease_takes_the_handlers_rows_with_it() {
        Lease lease = claimed();
        JobTestKit.expireLeases(database);
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);
        assertThatThrownBy(() -> db.<SQLException>useTransaction(tx -> {
                    order(tx.connection(), "zombie");
                    tx.jobs().complete(lease, null);
                }))
                .isInstanceOf(LeaseLostException.class);
        assertThat(orders()).isEmpty();
    }

    @Test
    void a_lease_that_expires_while_the_handlers_transaction_is_open_is_its_own_or_lost_never_both() {
        Lease lease = claimed();
        db.useTransaction(tx -> {
            tx.jobs().complete(lease, null);
            JobTestKit.silence(database, worker);
            assertThat(jobs.requeueExpired(10)).as("it is being completed").isZero();
            assertThat(jobs.requeueExpired(10)).isZero();
        });
        assertThat(jobs.get(lease.id()).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(jobs.requeueExpired(10)).isZero();
    }

    @Test
    void completing_and_claiming_the_next_are_one_commit() {
        jobs.createAll(Collections.nCopies(4, job("a")));
        List<ClaimedJob> first = jobs.claim(worker, 2);
        List<Completion> done =
                first.stream().map(c -> Completion.of(c.lease(), null)).toList();
        List<ClaimedJob> undone = new ArrayList<>();
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    assertThat(tx.jobs().completeAll(done)).isEmpty();
                    undone.addAll(tx.jobs().claim(worker, 2));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(undone).hasSize(2);
        List<ClaimedJob> second = db.inTransaction(tx -> {
            assertThat(tx.jobs().completeAll(done)).isEmpty();
            return tx.jobs().claim(worker, 2);
        });
        assertThat(second)
                .extracting(c -> c.job().id())
                .containsExactlyElementsOf(
                        undone.stream().map(c -> c.job().id()).toList());
        assertThat(second.get(0).lease().token())
                .isGreaterThan(undone.get(1).lease().token());
        assertThat(jobs.completeAll(
                        undone.stream().map(c -> Completion.of(c.lease(), null)).toList()))
                .as("leases of a claim that never was")
                .hasSize(2);
        assertThat(jobs.stats().of("default").running()).isEqualTo(2);
    }

    @Test
    void what_commits_late_behind_the_others_is_claimed_all_the_same() throws Exception {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            UUID late = db.join(connection).jobs().create(job("late")).id();
            jobs.createAll(Collections.nCopies(5, job("a")));
            assertThat(jobs.claim(worker, 3)).hasSize(3);
            connection.commit();
            assertThat(jobs.claim(worker, 10).stream().map(c -> c.job().id()))
                    .hasSize(3)
                    .contains(late);
        }
    }

    @Test
    void a_savepoint_undoes_a_verb_and_leaves_the_rest() {
        Lease lease = claimed();
        db.useTransaction(tx -> {
            tx.jobs().saveProgress(lease, Json.of("half"));
            assertThatThrownBy(() -> tx.useTransaction(inner -> {
                        inner.jobs().fail(lease, "x");
                        inner.jobs().create(job("undone").delay(Duration.ofDays(1)));
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
        });
        assertThat(jobs.get(lease.id()).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(jobs.get(lease.id()).progress()).isEqualTo(Json.of("half"));
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(1);
    }
}
