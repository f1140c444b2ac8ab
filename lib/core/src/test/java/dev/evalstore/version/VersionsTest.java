package dev.evalstore.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.TxOptions;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("try") // Listening ends with the block.
class VersionsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Database db;

    @BeforeAll
    static void open() {
        db = database.db();
    }

    private static Unit unit() {
        return new Unit("test:" + UUID.randomUUID());
    }

    private static String version(Unit unit) {
        return db.versions().of(unit).value();
    }

    @Test
    void a_version_changes_with_the_commit_and_not_before_and_not_after_a_rollback() {
        Unit unit = unit();
        String first = version(unit);
        db.useTransaction(tx -> {
            tx.versions().touch(List.of(unit));
            assertThat(version(unit)).isEqualTo(first);
            assertThat(tx.versions().of(unit).value()).isNotEqualTo(first);
        });
        String second = version(unit);
        assertThat(second).isNotEqualTo(first);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.versions().touch(List.of(unit));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(version(unit)).isEqualTo(second);
    }

    @Test
    void everything_changes_every_version() {
        Unit unit = unit();
        String first = version(unit);
        db.versions().touch(List.of(Unit.EVERYTHING));
        assertThat(version(unit)).isNotEqualTo(first);
    }

    /** A stricter lock than an insert's would make the second writer wait, and in the other order deadlock. */
    @Test
    void writers_of_one_unit_do_not_wait_for_each_other() throws Exception {
        Unit one = unit();
        Unit other = unit();
        CountDownLatch bothWrote = new CountDownLatch(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Boolean>> both = new ArrayList<>();
            for (List<Unit> order : List.of(List.of(one, other), List.of(other, one))) {
                both.add(threads.submit(() -> db.inTransaction(tx -> {
                    order.forEach(unit -> tx.versions().touch(List.of(unit)));
                    bothWrote.countDown();
                    return bothWrote.await(30, TimeUnit.SECONDS);
                })));
            }
            for (Future<Boolean> each : both) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_transaction_that_began_early_and_ends_late_is_told_when_it_ends() throws Exception {
        Unit early = unit();
        Unit late = unit();
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            db.join(connection).versions().touch(List.of(early));
            String position = db.versions().changes(null).position();
            db.versions().touch(List.of(late));
            ChangedUnits first = db.versions().changes(position);
            assertThat(first.units()).containsExactly(late);
            assertThat(first.everything()).isFalse();
            connection.commit();
            ChangedUnits second = db.versions().changes(first.position());
            assertThat(second.units()).containsExactly(early);
            assertThat(db.versions().changes(second.position()).units()).isEmpty();
        }
    }

    @Test
    void the_beginning_is_everything() {
        assertThat(db.versions().changes(null).everything()).isTrue();
        assertThat(db.versions().changes(null).units()).isEmpty();
    }

    @Test
    void a_position_of_another_life_of_the_server_or_of_yesterday_is_everything() {
        String[] parts = db.versions().changes(null).position().split(" ", 3);
        assertThat(db.versions().changes(String.join(" ", parts)).everything()).isFalse();
        assertThat(db.versions()
                        .changes(parts[0] + " " + parts[1] + " 00000001/1")
                        .everything())
                .isTrue();
        assertThat(db.versions()
                        .changes("2020-01-01T00:00:00Z " + parts[1] + " " + parts[2])
                        .everything())
                .isTrue();
    }

    /** Transactions say what is new; the clock only says when too much may have been removed. */
    @Test
    void a_clock_that_was_set_back_hides_no_change() {
        String[] parts = db.versions().changes(null).position().split(" ", 3);
        Unit unit = new Unit("clock");
        db.versions().touch(Set.of(unit));
        ChangedUnits changes =
                db.versions().changes(Instant.now().plus(Duration.ofDays(300)) + " " + parts[1] + " " + parts[2]);
        assertThat(changes.everything()).isFalse();
        assertThat(changes.units()).contains(unit);
        assertThat(db.versions().changes(changes.position()).units()).doesNotContain(unit);
    }

    @Test
    void more_changes_than_fit_are_everything() {
        String position = db.versions().changes(null).position();
        List<Unit> many = IntStream.rangeClosed(1, 10_001)
                .mapToObj(i -> new Unit("many:" + i))
                .toList();
        db.versions().touch(many.subList(0, 10_000));
        assertThat(db.versions().changes(position).units()).hasSize(10_000);
        db.versions().touch(many.subList(10_000, 10_001));
        assertThat(db.versions().changes(position).everything()).isTrue();
        database.admin("delete from evalstore.unit_changes where unit like 'many:%'");
    }

    @Test
    void what_is_no_position_is_refused_by_name() {
        for (String wrong :
                List.of("", "x", "2020-01-01T00:00:00Z 1:1 x", "now 1:1: x", "2020-01-01T00:00:00Z 2:1:,")) {
            assertThatThrownBy(() -> db.versions().changes(wrong)).as(wrong).hasMessageContaining("position");
        }
    }

    /** Its rows come with the transaction ids of the server that they are from. */
    @Test
    void rows_of_a_restored_backup_with_ids_to_come_are_told_by_no_poll() {
        Unit unit = unit();
        String position = db.versions().changes(null).position();
        database.admin("insert into evalstore.unit_changes (unit, xid) values ('" + unit.name()
                + "', (pg_current_xact_id()::text::bigint + 1000000)::text::xid8)");
        assertThat(db.versions().changes(position).units()).isEmpty();
        assertThat(version(unit)).isNotEqualTo(version(unit()));
        database.admin("delete from evalstore.unit_changes where unit = '" + unit.name() + "'");
    }

    @Test
    void a_position_is_found_by_the_index_however_many_rows_there_are() {
        database.admin("insert into evalstore.unit_changes (unit, xid) select 'filler:' || i % 1000, '3'::xid8"
                + " from generate_series(1, 20000) i; analyze evalstore.unit_changes");
        String position = db.versions().changes(null).position();
        String[] parts = position.split(" ", 3);
        String plan = String.join(
                "\n",
                database.query("explain select u.unit from (select '" + parts[1]
                        + "'::pg_snapshot as seen, pg_current_snapshot() as snapshot offset 0) m cross join lateral (select unit from"
                        + " evalstore.unit_changes u where u.xid >= pg_snapshot_xmin(m.seen) and u.xid < pg_snapshot_xmax(m.snapshot)"
                        + " and not pg_visible_in_snapshot(u.xid, m.seen) limit 10001) u"));
        assertThat(plan).contains("idx_unit_changes_xid");
        database.admin("delete from evalstore.unit_changes where unit like 'filler:%'");
    }

    @Test
    void folding_changes_no_version_while_writers_write_and_leaves_few_rows() throws Exception {
        List<Unit> units = List.of(unit(), unit());
        AtomicBoolean stop = new AtomicBoolean();
        ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int folder = 0; folder < 2; folder++) {
                all.add(threads.submit(() -> {
                    while (!stop.get()) {
                        db.versions().cleanup();
                    }
                }));
            }
            Unit still = unit();
            IntStream.range(0, 100).forEach(i -> db.versions().touch(List.of(still)));
            String version = version(still);
            all.add(threads.submit(() -> {
                while (!stop.get()) {
                    if (!version(still).equals(version)) {
                        faults.add("a fold changed a version");
                    }
                }
            }));
            Map<Unit, Set<String>> seen = new HashMap<>();
            for (int i = 0; i < 400; i++) {
                Unit unit = units.get(i % 2);
                db.versions().touch(List.of(unit));
                if (!seen.computeIfAbsent(unit, x -> new HashSet<>()).add(version(unit))) {
                    faults.add("a version came back");
                }
            }
            stop.set(true);
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
            db.versions().cleanup();
            assertThat(faults).isEmpty();
            assertThat(version(still)).isEqualTo(version);
            assertThat(Integer.parseInt(database.value("select max(n)::text from (select count(*) as n from"
                            + " evalstore.unit_changes group by unit) c")))
                    .isLessThan(64);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void rows_of_eight_days_ago_are_removed_but_not_those_of_everything() {
        Unit unit = unit();
        db.versions().touch(List.of(unit, Unit.EVERYTHING));
        database.admin("update evalstore.unit_changes set changed_at = now() - interval '8 days' where unit in ('"
                + unit.name() + "', 'everything')");
        db.versions().cleanup();
        assertThat(database.value("select string_agg(distinct unit, ' ') from evalstore.unit_changes where unit in ('"
                        + unit.name() + "', 'everything')"))
                .isEqualTo("everything");
    }

    /** Two reads would not do: a commit may come between. */
    @Test
    void rows_and_version_are_of_one_moment_in_a_repeatable_read() throws Exception {
        var model = db.catalog().models().create(NewModel.of("m" + UUID.randomUUID(), ModelKind.OPEN));
        Unit unit = Unit.model(model.id());
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> writer = thread.submit(() -> {
                int i = 0;
                while (!stop.get()) {
                    int parameters = ++i;
                    db.catalog()
                            .models()
                            .update(
                                    model.id(),
                                    dev.evalstore.catalog.UpdateModel.NOTHING.parameters(
                                            dev.evalstore.Patch.set((long) parameters)));
                }
            });
            Map<String, Long> shown = new HashMap<>();
            for (int i = 0; i < 300; i++) {
                db.inTransaction(
                        TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly(), tx -> {
                            long parameters = Objects.requireNonNullElse(
                                    tx.catalog().models().get(model.id()).parameters(), 0L);
                            String version = tx.versions().of(unit).value();
                            Long before = shown.putIfAbsent(version, parameters);
                            assertThat(before == null ? parameters : before).isEqualTo(parameters);
                            return true;
                        });
            }
            stop.set(true);
            writer.get(60, TimeUnit.SECONDS);
            assertThat(shown.size()).isGreaterThan(10);
        } finally {
            stop.set(true);
            thread.shutdownNow();
        }
    }

    @Test
    void this_process_is_told_after_the_commit_before_the_writing_call_returns() throws Exception {
        List<Set<Unit>> told = new ArrayList<>();
        try (var listening = db.versions().onOwnChange(told::add)) {
            db.catalog().frameworks().create(NewInferenceFramework.of("f" + UUID.randomUUID(), "1"));
            assertThat(told).containsExactly(Set.of(Unit.FRAMEWORKS));
            told.clear();
            db.withSchema(db.schema()).useTransaction(tx -> {
                tx.catalog().frameworks().create(NewInferenceFramework.of("f" + UUID.randomUUID(), "1"));
                assertThat(told).isEmpty();
            });
            assertThat(told).containsExactly(Set.of(Unit.FRAMEWORKS));
            told.clear();
            try (Database reserved = db.reserveConnection()) {
                reserved.catalog().frameworks().create(NewInferenceFramework.of("f" + UUID.randomUUID(), "1"));
            }
            assertThat(told).containsExactly(Set.of(Unit.FRAMEWORKS));
            told.clear();
            db.withSchema("other").versions().onOwnChange(x -> {}).close();
            assertThat(told).isEmpty();
        }
        db.catalog().frameworks().create(NewInferenceFramework.of("f" + UUID.randomUUID(), "1"));
        assertThat(told).isEmpty();
    }

    @Test
    void a_listener_that_throws_does_not_make_a_committed_write_fail() throws Exception {
        try (var listening = db.versions().onOwnChange(units -> {
            throw new AssertionError("no");
        })) {
            Unit unit = unit();
            String first = version(unit);
            db.versions().touch(List.of(unit));
            assertThat(version(unit)).isNotEqualTo(first);
        }
    }

    @Test
    void others_are_notified_and_again_after_their_connection_was_lost() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        try (var listening = db.versions()
                .onNotification(database.config().applicationName("listens").build(), woken::incrementAndGet)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> woken.get() > 0);
            int begun = woken.get();
            // Whoever found nobody listening rests for two seconds, so a single touch may not be told.
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                db.versions().touch(List.of(unit()));
                return woken.get() > begun;
            });
            database.admin("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listens'");
            int lost = woken.get();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                db.versions().touch(List.of(unit()));
                return woken.get() > lost + 1;
            });
        }
    }

    @Test
    void a_listener_in_another_schema_is_notified_and_one_elsewhere_is_not() throws Exception {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build());
                Database writer = Database.open(database.owner().build())) {
            // The second name leaves no room for itself in the channel's.
            for (String name : List.of("t2", "t".repeat(60))) {
                owner.tenants().create(name);
                Database tenant = owner.tenants().tenant(name);
                CountDownLatch begun = new CountDownLatch(1);
                CountDownLatch told = new CountDownLatch(2);
                AtomicInteger elsewhere = new AtomicInteger();
                try (var listening = tenant.versions()
                                .onNotification(database.owner().build(), () -> {
                                    told.countDown();
                                    begun.countDown();
                                });
                        var other =
                                db.versions().onNotification(database.config().build(), elsewhere::incrementAndGet)) {
                    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
                    await().atMost(Duration.ofSeconds(30)).until(() -> elsewhere.get() == 1);
                    writer.withSchema(name).catalog().frameworks().create(NewInferenceFramework.of("f", "1"));
                    assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
                    assertThat(elsewhere).hasValue(1);
                }
            }
        }
    }
}
