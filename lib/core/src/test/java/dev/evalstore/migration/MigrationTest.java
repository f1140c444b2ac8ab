package dev.evalstore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.MigrationStatus;
import dev.evalstore.SchemaException;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.Catalogue;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private Database owner;

    @BeforeEach
    void open() {
        owner = Database.open(database.owner().build());
    }

    @AfterEach
    void drop() {
        owner.close();
        database.admin("drop schema if exists evalstore cascade; drop schema if exists tenant_b cascade;"
                + " drop schema if exists \"order\" cascade; drop schema public cascade; create schema public");
    }

    private static Database open(UnaryOperator<DatabaseConfig.Builder> settings) {
        return Database.open(settings.apply(database.owner()).build());
    }

    @Test
    void an_empty_database_gets_every_migration_once() {
        MigrationStatus before = owner.migrationStatus();
        assertThat(before.current()).isZero();
        assertThat(before.isCurrent()).isFalse();
        assertThat(before.migrations())
                .isNotEmpty()
                .allSatisfy(m -> assertThat(m.appliedAt()).isNull());

        assertThat(owner.migrate()).isEqualTo(before.migrations().size());
        assertThat(owner.migrate()).isZero();

        MigrationStatus after = owner.migrationStatus();
        assertThat(after.schema()).isEqualTo("evalstore");
        assertThat(after.current()).isEqualTo(after.latest()).isPositive();
        assertThat(after.isCurrent()).isTrue();
        assertThat(after.migrations())
                .extracting(MigrationStatus.Migration::version)
                .isSorted()
                .startsWith(1);
        assertThat(after.migrations()).allSatisfy(m -> {
            assertThat(m.appliedAt()).isNotNull();
            assertThat(m.description()).isNotBlank();
        });
        owner.validate();
    }

    /** Every migration happened between two looks at the server's clock, whatever zones the sessions have. */
    @Test
    void the_time_of_a_migration_does_not_depend_on_the_zone_of_a_session() throws Exception {
        Instant before = now();
        try (Database far = inZone("Pacific/Kiritimati")) {
            far.migrate();
            far.revertTo(2);
        }
        try (Database far = inZone("Pacific/Pago_Pago")) {
            far.migrate();
        }
        Instant after = now();
        for (String zone : List.of("Pacific/Kiritimati", "America/Los_Angeles", "UTC")) {
            try (Database reader = inZone(zone)) {
                assertThat(reader.migrationStatus().migrations())
                        .isNotEmpty()
                        .allSatisfy(m -> assertThat(m.appliedAt()).as(zone).isBetween(before, after));
            }
        }
    }

    private static Instant now() {
        return OffsetDateTime.parse(database.value("select to_char(statement_timestamp() at time zone 'UTC',"
                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"))
                .toInstant();
    }

    private static Database inZone(String zone) {
        HikariConfig pool = Pools.hikari(database.owner().build());
        pool.setConnectionInitSql("set time zone '" + zone + "'");
        return Database.open(pool);
    }

    @Test
    void the_months_ahead_are_there_when_the_schema_is() {
        owner.migrate();
        assertThat(owner.health().partitionsAhead()).isEqualTo(3);
        owner.revertTo(0);
        owner.migrate();
        assertThat(owner.health().partitionsAhead()).isEqualTo(3);
        assertThat(owner.maintenance().runOnce().steps())
                .filteredOn(step -> step.name().startsWith("partitions."))
                .isNotEmpty()
                .allMatch(step -> step.count() == 0);
    }

    @Test
    void the_application_role_can_look_and_validate_but_not_migrate() {
        Database app = database.db();
        assertThatThrownBy(app::validate)
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("version 0")
                .hasMessageContaining("migrate()");
        owner.migrate();
        app.validate();
        assertThat(app.migrationStatus().isCurrent()).isTrue();
        assertThat(app.health().isReady()).isTrue();
        app.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 0));
        assertThat(app.migrate()).isZero();
    }

    @Test
    void what_the_administrator_runs_by_hand_gives_the_same_catalogue() throws SQLException {
        owner.migrate();
        List<String> migrated = Catalogue.withoutMonths(Catalogue.withoutHistory(Catalogue.of(database, "evalstore")));
        database.admin("drop schema evalstore cascade");

        var config = database.owner().build();
        try (Connection plain = DriverManager.getConnection(config.url(), config.user(), config.password());
                var statement = plain.createStatement()) {
            statement.execute("create schema evalstore");
            statement.execute(owner.migrationSql());
        }
        assertThat(Catalogue.of(database, "evalstore")).isEqualTo(migrated);
    }

    @Test
    void down_to_nothing_and_up_again_gives_the_same_catalogue() {
        owner.migrate();
        List<String> first = Catalogue.of(database, "evalstore");
        assertThat(first).hasSizeGreaterThan(50);

        owner.revertTo(0);
        assertThat(Catalogue.of(database, "evalstore")).isEmpty();
        assertThat(owner.migrationStatus().current()).isZero();
        owner.migrate();
        assertThat(Catalogue.of(database, "evalstore")).isEqualTo(first);
    }

    @Test
    void each_step_down_gives_the_catalogue_from_which_the_step_up_came() {
        owner.migrate();
        List<String> whole = Catalogue.of(database, "evalstore");
        owner.revertTo(1);
        NavigableMap<Integer, List<String>> up = new TreeMap<>(Map.of(1, Catalogue.of(database, "evalstore")));
        for (MigrationStatus.Migration migration : owner.migrationStatus().migrations()) {
            if (migration.version() > 1) {
                assertThat(upTo(migration.version())).isEqualTo(1);
                up.put(migration.version(), Catalogue.of(database, "evalstore"));
            }
        }
        assertThat(up.pollLastEntry().getValue()).isEqualTo(Catalogue.withoutMonths(whole));
        up.descendingMap().forEach((version, catalogue) -> {
            owner.revertTo(version);
            assertThat(owner.migrationStatus().current()).isEqualTo(version);
            assertThat(Catalogue.of(database, "evalstore"))
                    .as("down to " + version)
                    .isEqualTo(catalogue);
        });
        assertThat(owner.migrate()).isEqualTo(up.size());
        assertThat(Catalogue.of(database, "evalstore")).isEqualTo(whole);
    }

    /** By Flyway itself: the library migrates to the newest version only. */
    private static int upTo(int version) {
        DatabaseConfig config = database.owner().build();
        return Flyway.configure()
                .dataSource(config.url(), config.user(), config.password())
                .locations("classpath:dev/evalstore/migration")
                .defaultSchema("evalstore")
                .table("evalstore_schema_history")
                .placeholders(Map.of("schema", "evalstore"))
                .target(Integer.toString(version))
                .load()
                .migrate()
                .migrationsExecuted;
    }

    @Test
    void a_version_that_does_not_exist_cannot_be_reverted_to() {
        owner.migrate();
        for (int version : new int[] {-1, owner.migrationStatus().latest() + 1}) {
            assertThatThrownBy(() -> owner.revertTo(version))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("version");
        }
    }

    @Test
    void a_newer_schema_is_refused_with_advice_and_left_alone() {
        owner.migrate();
        int newer = owner.migrationStatus().latest() + 1;
        database.admin("insert into evalstore.evalstore_schema_history select 1000, '" + newer
                + "', 'from the future', type,"
                + " 'V" + newer + "__x.sql', 1, installed_by, now(), 1, true from evalstore.evalstore_schema_history"
                + " where version::int = 1");
        List<String> before = Catalogue.of(database, "evalstore");
        for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        owner::migrate, owner::validate, () -> owner.revertTo(0))) {
            assertThatThrownBy(call)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("version " + newer)
                    .hasMessageContaining("upgrade the library");
        }
        assertThat(Catalogue.of(database, "evalstore")).isEqualTo(before);
        assertThat(owner.migrationStatus().migrations())
                .last()
                .satisfies(m -> assertThat(m.description()).isEqualTo("from the future"));
        assertThat(owner.health().isReady()).isFalse();
    }

    @Test
    void a_schema_made_by_other_scripts_does_not_validate() {
        owner.migrate();
        database.admin("update evalstore.evalstore_schema_history set checksum = 1 where version::int = 1");
        assertThatThrownBy(owner::validate)
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("not made by this library's scripts");
    }

    @Test
    void the_hosts_own_tables_and_migration_history_are_left_alone() {
        database.admin("create table public.users (a int); create table public.jobs (a int);"
                + " create table public.benchmarks (a int); create table public.flyway_schema_history (a int);"
                + " insert into public.users values (7); grant all on all tables in schema public to evalstore_owner");
        List<String> before = Catalogue.of(database, "public");
        owner.migrate();
        database.db().benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 0));
        assertThat(database.db().benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
        owner.revertTo(0);
        assertThat(Catalogue.of(database, "public")).isEqualTo(before);
        assertThat(database.value("select a from public.users")).isEqualTo("7");
    }

    @Test
    void a_schema_that_was_made_for_a_role_that_may_not_make_one_is_enough() {
        database.admin("revoke create on database " + database.name() + " from evalstore_owner;"
                + " create schema evalstore authorization evalstore_owner");
        try {
            assertThat(owner.migrate()).isPositive();
            owner.revertTo(0);
            owner.migrate();
        } finally {
            database.admin("grant create on database " + database.name() + " to evalstore_owner");
        }
    }

    @Test
    void without_the_right_to_make_a_schema_the_error_says_so() {
        database.admin("revoke create on database " + database.name() + " from evalstore_owner");
        try {
            assertThatThrownBy(owner::migrate).hasMessageContaining("permission denied");
        } finally {
            database.admin("grant create on database " + database.name() + " to evalstore_owner");
        }
    }

    @Test
    void two_schemas_in_one_database_do_not_meet() {
        Database b = owner.withSchema("tenant_b");
        owner.migrate();
        assertThat(b.migrationStatus().current()).isZero();
        b.migrate();
        assertThat(b.migrationStatus().schema()).isEqualTo("tenant_b");
        assertThat(Catalogue.of(database, "tenant_b").stream()
                        .map(line -> line.replace("\"tenant_b\"", "evalstore").replace("tenant_b", "evalstore"))
                        .sorted())
                .isEqualTo(Catalogue.of(database, "evalstore").stream().sorted().toList());

        b.benchmarks().create(NewBenchmark.of("of b", "p", "m", "d", 0));
        assertThat(owner.benchmarks().count(BenchmarkFilter.ALL)).isZero();
        owner.inTransaction(tx -> tx.benchmarks().create(NewBenchmark.of("of a", "p", "m", "d", 0)));
        assertThat(b.benchmarks().listRecent(10)).extracting("name").containsExactly("of b");
        owner.revertTo(0);
        b.validate();
        assertThat(b.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
        b.close();
        assertThat(owner.health().reachable()).isTrue();
    }

    /** A name that PostgreSQL reserves must be quoted everywhere. */
    @Test
    void the_schema_may_be_named_by_a_reserved_word() throws SQLException {
        try (Database reserved = open(config -> config.schema("order"))) {
            reserved.migrate();
            reserved.validate();
            reserved.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 0));
            assertThat(reserved.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
            assertThat(reserved.health().isReady()).isTrue();
            assertThat(reserved.stats().tables()).isNotEmpty();
            reserved.revertTo(0);
            var config = database.owner().build();
            try (Connection plain = DriverManager.getConnection(config.url(), config.user(), config.password());
                    var statement = plain.createStatement()) {
                statement.execute(reserved.migrationSql());
            }
        }
    }

    /** What stands for the placeholder may be quoted, so it is an identifier and never a piece of text. */
    @Test
    void the_scripts_write_the_placeholder_only_where_an_identifier_stands() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../../migrations"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".sql")).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain("'${schema}'");
            }
        }
    }

    @Test
    void a_pool_of_one_is_enough_also_when_it_is_in_use() {
        try (Database narrow = open(config -> config.poolSize(1).connectTimeout(Duration.ofSeconds(2)))) {
            narrow.useTransaction(tx -> {
                assertThat(narrow.migrate()).isPositive();
                narrow.validate();
                narrow.revertTo(0);
            });
            assertThat(narrow.migrate()).isPositive();
            assertThat(narrow.migrationStatus().isCurrent()).isTrue();
        }
    }

    /** What suits a service's statements would end the building of an index halfway. */
    @Test
    void the_pools_statement_timeout_does_not_hold_for_migrations() {
        try (Database hasty = open(config -> config.statementTimeout(Duration.ofMillis(1)))) {
            assertThat(hasty.migrate()).isPositive();
        }
        owner.validate();
        try (Database hasty = open(config -> config.statementTimeout(Duration.ofMillis(1)))) {
            hasty.revertTo(0);
        }
    }

    @Test
    void a_short_lock_and_statement_timeout_do_not_end_the_waiting_for_another_migrator() {
        try (Database hasty =
                open(config -> config.lockTimeout(Duration.ofMillis(100)).statementTimeout(Duration.ofSeconds(5)))) {
            hasty.migrate();
            hasty.validate();
        }
    }
}
