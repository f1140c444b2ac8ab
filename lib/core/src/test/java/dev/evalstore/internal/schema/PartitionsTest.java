package dev.evalstore.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Isolation;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private HikariDataSource pool;
    private Jdbc app;
    private Jdbc owner;
    private HikariDataSource ownersPool;

    @BeforeEach
    void tables() {
        database.admin("set role evalstore_owner; create table evalstore.readings (at timestamptz not null default"
                + " statement_timestamp(), n int not null, id uuid not null, primary key (id, at)) partition by range"
                + " (at); create index idx_readings_n on evalstore.readings (n); create table evalstore.days (day date not"
                + " null, n int) partition by range (day); create table evalstore.plain (day date not null); create"
                + " function evalstore.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;"
                + " create trigger refuse_truncate before truncate on evalstore.days for each statement execute function"
                + " evalstore.refuse()");
        pool = Pools.open(Pools.hikari(database.config().build()));
        app = Jdbc.on(pool, DatabaseOptions.DEFAULT);
        ownersPool = Pools.open(Pools.hikari(database.owner().build()));
        owner = Jdbc.on(ownersPool, DatabaseOptions.DEFAULT);
    }

    @AfterEach
    void noTables() {
        pool.close();
        ownersPool.close();
        database.query("select format('drop table evalstore.%I', relname) from pg_class where relnamespace ="
                        + " 'evalstore'::regnamespace and relname ~ '^readings_' and relkind = 'r' and not"
                        + " relispartition")
                .forEach(database::admin);
        database.admin(
                "drop table evalstore.readings, evalstore.days, evalstore.plain; drop function evalstore.refuse()");
    }

    private int insert(Jdbc jdbc, Instant at) {
        return Partitions.inserting(jdbc, "readings", Set.of(Partitions.month(at)), () -> raw(jdbc, at));
    }

    private static int raw(Jdbc jdbc, Instant at) {
        return jdbc.update(
                Sql.of("insert into evalstore.readings (at, n, id) values (?, 1, ?)", at, UUID.randomUUID()));
    }

    private static int now(Jdbc jdbc) {
        return Partitions.inserting(
                jdbc,
                "readings",
                Set.of(),
                () -> jdbc.update(Sql.of("insert into evalstore.readings (n, id) values (1, ?)", UUID.randomUUID())));
    }

    private static String home(Instant at) {
        return database.value("select tableoid::regclass::text from evalstore.readings where at = '" + at + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-10-31T23:59:59.999999Z",
                "2026-11-01T00:00:00Z",
                "2026-12-31T23:59:59.999999Z",
                "2027-01-01T00:00:00Z",
                "2028-02-29T23:59:59.999999Z",
                "2028-03-01T00:00:00Z",
                "2027-02-28T23:59:59.999999Z",
                "2000-01-01T00:00:00Z",
                "2100-12-31T23:59:59.999999Z"
            })
    void the_edges_of_months_fall_to_the_month_of_UTC_whatever_the_session_says(Instant at) {
        insert(app, at);

        assertThat(home(at))
                .isEqualTo(
                        "evalstore.readings_" + Partitions.month(at).toString().replace('-', '_'));
    }

    @Test
    void sessions_on_both_sides_of_UTC_make_the_same_partitions() {
        for (String zone : List.of("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC")) {
            database.admin(
                    "set timezone = '" + zone + "'; select evalstore.create_partition('readings', '2026-11-01')");
        }

        assertThat(database.value("select pg_get_expr(relpartbound, oid) from pg_class where oid ="
                        + " 'evalstore.readings_2026_11'::regclass"))
                .isEqualTo("FOR VALUES FROM ('2026-11-01 05:30:00+05:30') TO ('2026-12-01 05:30:00+05:30')");
    }

    @Test
    void a_table_by_date_has_partitions_by_date() {
        Partitions.ensure(app, "days", Set.of(NOVEMBER));
        app.update(Sql.of(
                "insert into evalstore.days values (?, 1), (?, 2)",
                LocalDate.of(2026, 11, 1),
                LocalDate.of(2026, 11, 30)));

        assertThat(database.value("select pg_get_expr(relpartbound, oid) from pg_class where oid ="
                        + " 'evalstore.days_2026_11'::regclass"))
                .isEqualTo("FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')");
        assertThatThrownBy(
                        () -> app.update(Sql.of("insert into evalstore.days values (?, 1)", LocalDate.of(2026, 12, 1))))
                .isInstanceOf(ConstraintViolationException.class);
    }

    @Test
    void a_partition_has_the_parents_indexes_and_triggers_and_no_privileges_of_its_own() {
        Partitions.ensure(app, "readings", Set.of(NOVEMBER));
        Partitions.ensure(app, "days", Set.of(NOVEMBER));

        assertThat(database.query(
                        "select i.inhparent::regclass::text from pg_index x join pg_inherits i on i.inhrelid ="
                                + " x.indexrelid where x.indrelid = 'evalstore.readings_2026_11'::regclass order by 1"))
                .containsExactly("evalstore.idx_readings_n", "evalstore.readings_pkey");
        assertThatThrownBy(() -> database.admin("truncate evalstore.days_2026_11"))
                .hasMessageContaining("no");
        assertThatThrownBy(() -> app.update(Sql.of("delete from evalstore.readings_2026_11")))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
        assertThat(app.update(Sql.of("delete from evalstore.readings"))).isZero();
    }

    @Test
    void creators_that_meet_all_succeed_and_one_partition_is_made() throws Exception {
        List<Integer> stored = Threads.together(8, i -> () -> {
            Jdbc another = app.onSchema(DatabaseOptions.DEFAULT_SCHEMA, false);
            int n = 0;
            for (int month = 0; month < 12; month++) {
                n += insert(another, Instant.parse("2030-01-31T12:00:00Z").plus(month * 28L, ChronoUnit.DAYS));
            }
            return n;
        });

        assertThat(stored).containsOnly(12);
        assertThat(database.value("select count(*) from evalstore.readings")).isEqualTo("96");
        assertThat(Partitions.list(app, "readings")).doesNotHaveDuplicates().contains(YearMonth.of(2030, 1));
    }

    @Test
    void a_creator_in_a_transaction_makes_no_one_else_wait_for_the_months_that_are_there() {
        Partitions.ensure(app, "readings", Set.of(NOVEMBER));
        app.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            insert(tx, Instant.parse("2026-12-05T00:00:00Z"));
            return insert(app, Instant.parse("2026-11-05T00:00:00Z"));
        });

        assertThat(database.value("select count(*) from evalstore.readings")).isEqualTo("2");
    }

    @Test
    void a_partition_that_was_rolled_back_is_not_taken_for_there() {
        // Beside the transaction there is no connection to make it on.
        pool.getHikariConfigMXBean().setMaximumPoolSize(1);
        Instant at = Instant.parse("2026-11-05T00:00:00Z");
        assertThatThrownBy(() -> app.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, at);
                    insert(tx, at.plusSeconds(1));
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(Partitions.list(app, "readings")).isEmpty();

        app.inTransaction(TxOptions.DEFAULT, (tx, connection) -> insert(tx, at));
        assertThat(home(at)).isEqualTo("evalstore.readings_2026_11");
    }

    @Test
    void a_repeatable_read_transaction_sees_what_another_made_after_its_snapshot() {
        Instant at = Instant.parse("2026-11-05T00:00:00Z");
        app.inTransaction(TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ), (tx, connection) -> {
            tx.one(Sql.of("select count(*) as n from evalstore.readings"), row -> row.bigint("n"));
            insert(owner, at.plusSeconds(1));
            return insert(tx, at);
        });

        assertThat(database.value("select count(*) from evalstore.readings")).isEqualTo("2");
    }

    @Test
    void a_partition_that_has_gone_is_made_again_by_the_insert_that_misses_it() {
        Instant at = Instant.parse("2026-11-05T00:00:00Z");
        insert(app, at);
        now(app);
        database.admin("drop table evalstore.readings_2026_11; drop table if exists evalstore." + "readings_"
                + Partitions.now(app).toString().replace('-', '_'));

        assertThat(insert(app, at)).isEqualTo(1);
        assertThat(now(app)).isEqualTo(1);
    }

    @Test
    void rows_of_now_find_this_month_and_the_next_two_are_ready() {
        YearMonth month = Partitions.now(app);

        assertThat(now(app)).isEqualTo(1);

        assertThat(Partitions.list(app, "readings")).containsExactly(month, month.plusMonths(1), month.plusMonths(2));
    }

    @Test
    void months_are_made_ahead_over_years_and_only_once() {
        assertThat(Partitions.ahead(app, "readings", NOVEMBER, 3)).isEqualTo(4);
        assertThat(Partitions.ahead(app, "readings", NOVEMBER, 3)).isZero();
        for (int month = 1; month <= 36; month++) {
            assertThat(Partitions.ahead(app, "readings", NOVEMBER.plusMonths(month), 3))
                    .isEqualTo(1);
        }

        assertThat(Partitions.list(app, "readings")).hasSize(40).endsWith(YearMonth.of(2030, 2));
    }

    @Test
    void retention_drops_whole_months_for_the_application_and_for_the_owner() {
        for (Jdbc jdbc : List.of(app, owner)) {
            Partitions.ahead(jdbc, "readings", YearMonth.of(2026, 1), 5);
            insert(jdbc, Instant.parse("2026-03-31T23:59:59.999999Z"));
            insert(jdbc, Instant.parse("2026-04-01T00:00:00Z"));

            assertThat(PartitionRetention.dropBefore(jdbc, "readings", YearMonth.of(2026, 4)))
                    .isEqualTo(3);
            assertThat(PartitionRetention.dropBefore(jdbc, "readings", YearMonth.of(2026, 4)))
                    .isZero();

            assertThat(Partitions.list(jdbc, "readings"))
                    .startsWith(YearMonth.of(2026, 4))
                    .hasSize(3);
            assertThat(database.value("select count(*) from evalstore.readings"))
                    .isEqualTo("1");
            assertThat(database.value("select to_regclass('evalstore.readings_2026_03') is null"))
                    .isEqualTo("t");
            PartitionRetention.dropBefore(jdbc, "readings", YearMonth.of(2030, 1));
        }
    }

    @Test
    void a_detached_partition_that_a_stopped_retention_left_is_dropped_by_the_next_one_or_taken_back_by_an_insert() {
        Partitions.ahead(app, "readings", YearMonth.of(2026, 1), 2);
        insert(app, Instant.parse("2026-01-05T00:00:00Z"));
        database.admin("alter table evalstore.readings detach partition evalstore.readings_2026_01");
        database.admin("alter table evalstore.readings detach partition evalstore.readings_2026_02");

        insert(app, Instant.parse("2026-01-06T00:00:00Z"));
        assertThat(database.value("select count(*) from evalstore.readings")).isEqualTo("2");

        assertThat(PartitionRetention.dropBefore(app, "readings", YearMonth.of(2026, 3)))
                .isEqualTo(2);
        assertThat(database.value("select to_regclass('evalstore.readings_2026_02') is null"))
                .isEqualTo("t");
    }

    @Test
    void inserts_go_on_while_months_come_and_go() throws Exception {
        Callable<Integer> come = () -> {
            for (int i = 0; i < 24; i++) {
                Partitions.ahead(app, "readings", YearMonth.of(2027, 1).plusMonths(i), 1);
            }
            return 0;
        };
        Callable<Integer> go = () -> {
            int dropped = 0;
            for (int i = 0; i < 12; i++) {
                Partitions.ensure(
                        owner.onSchema(DatabaseOptions.DEFAULT_SCHEMA, false),
                        "readings",
                        Set.of(YearMonth.of(2020, 1)));
                dropped += PartitionRetention.dropBefore(owner, "readings", YearMonth.of(2021, 1));
            }
            return dropped;
        };
        Callable<Integer> write = () -> {
            int stored = 0;
            for (int i = 0; i < 200; i++) {
                stored += insert(app, Instant.parse("2026-11-05T00:00:00Z").plusMillis(i));
            }
            return stored;
        };
        List<Callable<Integer>> tasks = List.of(come, go, write, write, write);

        assertThat(Threads.together(tasks.size(), tasks::get)).containsExactly(0, 12, 200, 200, 200);
        assertThat(database.value("select count(*) from evalstore.readings")).isEqualTo("600");
    }

    @Test
    void only_those_who_may_write_the_parent_may_make_or_drop_its_partitions() {
        database.admin("revoke insert, delete on evalstore.readings from evalstore_app");

        for (String call : List.of("create_partition", "drop_partition")) {
            assertThatThrownBy(() -> app.find(
                            Sql.of("select evalstore." + call + "('readings', '2026-11-01') as done"),
                            row -> row.bool("done")))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42501"));
        }
    }

    @Test
    void what_is_no_partitioned_table_of_the_schema_is_refused() {
        for (String table :
                List.of("plain", "nothing", "benchmarks", "pg_class", "a\"b", "'; drop table evalstore.plain; --")) {
            for (String call : List.of("create_partition", "drop_partition")) {
                assertThatThrownBy(() -> app.find(
                                Sql.of("select evalstore." + call + "(?, '2026-11-01') as done", table),
                                row -> row.bool("done")))
                        .isInstanceOfSatisfying(
                                DatabaseException.class,
                                e -> assertThat(e.sqlState()).isEqualTo("42809"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z"})
    void a_time_that_nobody_meant_makes_no_partition(Instant at) {
        assertThatThrownBy(() -> insert(app, at)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Partitions.list(app, "readings")).isEqualTo(Collections.emptyList());
    }
}
