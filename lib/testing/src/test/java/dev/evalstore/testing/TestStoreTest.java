package dev.evalstore.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.NewJob;
import dev.evalstore.lock.Lock;
import dev.evalstore.state.PutOptions;
import dev.evalstore.testing.faults.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@Evalstore
class TestStoreTest {
    private static final byte[] KEY = "k".getBytes(StandardCharsets.UTF_8);

    @Test
    void moved_time_ends_what_has_a_time_to_live(Database db, TestStore store) {
        db.state("s").put(KEY, KEY, PutOptions.expiringAfter(Duration.ofHours(1)));
        Lock lock = db.locks().tryAcquire("r", "me", Duration.ofHours(1)).orElseThrow();

        store.forward(Duration.ofMinutes(59));
        assertThat(db.state("s").get(KEY)).isPresent();
        db.locks().require(lock);

        store.forward(Duration.ofMinutes(2));
        assertThat(db.state("s").get(KEY)).isEmpty();
        assertThat(db.locks().tryAcquire("r", "another", Duration.ofHours(1))).isPresent();
    }

    @Test
    void moved_time_frees_what_a_rate_holds_back(Database db, TestStore store, JobTester jobs) {
        db.jobs().limits().set(JobLimit.queue("default").rate(1, Duration.ofHours(1)));
        db.jobs().create(NewJob.of("a", Json.EMPTY));
        db.jobs().create(NewJob.of("a", Json.EMPTY));
        assertThat(jobs.runDue(runner -> runner.handle("a", Json.class, context -> null)))
                .hasSize(1);
        store.forward(Duration.ofMinutes(30));
        assertThat(jobs.runDue(runner -> runner.handle("a", Json.class, context -> null)))
                .isEmpty();
        store.forward(Duration.ofMinutes(40));
        assertThat(jobs.runDue(runner -> runner.handle("a", Json.class, context -> null)))
                .hasSize(1);
    }

    @Test
    void a_step_in_time_is_bounded(TestStore store) {
        for (Duration time : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(36_501))) {
            assertThatThrownBy(() -> store.forward(time))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("time ");
        }
    }

    @Test
    void audit_entries_are_found_or_shown(Database db, TestStore store) {
        assertThatThrownBy(() -> store.assertAudited("create", "framework", null))
                .isInstanceOf(AssertionError.class)
                .hasMessage("no audit entry of create on framework; there are none");
        var made = db.actingAs(Actor.service("importer")).users().create(NewUser.of("ada@example.org", "Ada"));
        assertThat(store.assertAudited("create", "user", made.id()).actorLabel())
                .isEqualTo("importer");
        assertThatThrownBy(() -> store.assertAudited("delete", "user", made.id()))
                .isInstanceOf(AssertionError.class)
                .hasMessage("no audit entry of delete on user " + made.id() + "; there are 1:\n  create on user "
                        + made.id() + " by importer");
    }

    @Test
    void events_are_found_or_shown(Database db, TestStore store) {
        db.events()
                .append(NewDomainEvent.of("order.placed", "order", "7")
                        .payload(Json.of(Map.of("total", 3, "by", "ada"))));
        assertThat(store.assertEmitted("order.placed", Map.of("total", 3)).aggregateId())
                .isEqualTo("7");
        assertThatThrownBy(() -> store.assertEmitted("order.placed", Map.of("total", 4)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "no event order.placed with {\"total\":4}; there are 1:\n  order.placed of order 7 {");
    }

    @Test
    void reset_empties_partitions_audit_and_events_too(Database db, TestStore store) {
        db.actingAs(Actor.service("x")).users().create(NewUser.of("ada@example.org", "Ada"));
        db.events().append(NewDomainEvent.of("a", "b", "c"));
        db.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 1));
        db.state("s").put(KEY, KEY);
        List<String> tables = store.query(TestStore.TOUCHED);
        assertThat(tables)
                .contains("users", "benchmarks", "state_entries")
                .anyMatch(table -> table.startsWith("audit_log_"))
                .anyMatch(table -> table.startsWith("domain_events_"));
        store.reset();
        try (TestStore fresh = TestStore.create(Role.APPLICATION)) {
            for (String table : tables) {
                String count = "select count(*) from evalstore." + table;
                assertThat(store.query(count)).as(table).isEqualTo(fresh.query(count));
            }
        }
        // What the library remembers of namespaces and names does not stand in the way.
        db.state("s").put(KEY, KEY);
        assertThat(db.state("s").get(KEY)).isPresent();
        assertThat(store.query("select current_setting('session_replication_role')"))
                .containsExactly("origin");
    }

    @Test
    void a_transaction_that_a_test_left_open_is_named(TestStore store) throws Exception {
        var config = store.config(Role.OWNER).build();
        store.database().jobs().create(NewJob.of("a", Json.EMPTY));
        try (Connection left = DriverManager.getConnection(config.url(), config.user(), config.password())) {
            left.setAutoCommit(false);
            left.createStatement().execute("lock table evalstore.jobs");
            assertThatThrownBy(store::reset)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("left a transaction open");
        }
        store.reset();
    }

    @Test
    void url_user_and_password_are_enough_to_be_a_role_and_no_superuser(TestStore store) throws Exception {
        for (Role role : Role.values()) {
            var config = store.config(role).build();
            try (Connection as = DriverManager.getConnection(config.url(), config.user(), config.password())) {
                // A pool may undo what a session has set.
                as.createStatement().execute("reset role");
                try (var rows = as.createStatement()
                        .executeQuery("select current_user, rolsuper from pg_roles where rolname = session_user")) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo(role.user());
                    assertThat(rows.getBoolean(2)).isFalse();
                }
            }
            assertThat(config.user()).endsWith(role.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    @Test
    void the_shared_store_is_one_and_stays_open(TestStore own) {
        TestStore shared = TestStore.shared();
        try (TestStore closed = TestStore.shared()) {
            assertThat(closed).isSameAs(shared).isNotSameAs(own);
        }
        shared.database().jobs().create(NewJob.of("a", Json.EMPTY));
        shared.reset();
        assertThat(shared.database().jobs().list(JobFilter.ALL).items()).isEmpty();
    }

    @Test
    void the_network_may_break(TestStore store) {
        try (TcpProxy proxy = store.proxy();
                Database through = Database.open(store.through(proxy).build())) {
            through.jobs().create(NewJob.of("a", Json.EMPTY));
            proxy.reset();
            assertThat(through.jobs().list(JobFilter.ALL).items()).hasSize(1);
        }
    }

    /** Asserts nothing about time: it prints what the documents say. */
    @Test
    void a_database_and_a_reset_take_a_moment() {
        long[] made = new long[20];
        long[] emptied = new long[20];
        int tables = 0;
        for (int i = 0; i < made.length; i++) {
            long start = System.nanoTime();
            try (TestStore store = TestStore.create(Role.APPLICATION)) {
                made[i] = System.nanoTime() - start;
                store.reset();
                store.database().jobs().create(NewJob.of("a", Json.EMPTY));
                store.database().actingAs(Actor.service("x")).users().create(NewUser.of("ada@example.org", "Ada"));
                tables = store.query(TestStore.TOUCHED).size();
                long before = System.nanoTime();
                store.reset();
                emptied[i] = System.nanoTime() - before;
            }
        }
        Arrays.sort(made);
        Arrays.sort(emptied);
        System.out.printf(
                "a database: %.0f ms (fastest %.0f); a reset, one round trip for %d tables: %.1f ms (fastest %.1f)%n",
                made[10] / 1e6, made[0] / 1e6, tables, emptied[10] / 1e6, emptied[0] / 1e6);
    }
}
