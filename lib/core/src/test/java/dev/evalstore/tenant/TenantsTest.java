package dev.evalstore.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.MigrationStatus;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.testkit.Catalogue;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TenantsTest {
    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 0);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private Database owner;
    private Tenants tenants;

    @BeforeEach
    void open() {
        owner = Database.open(database.owner().build());
        tenants = owner.tenants();
    }

    @AfterEach
    void drop() {
        owner.close();
        database.query("select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$'")
                .forEach(name -> database.admin("drop schema \"" + name + "\" cascade"));
    }

    /** The rows that Flyway reads, without what differs between two migrations by Flyway too. */
    private static List<String> history(String schema) {
        return database.query("select (h.installed_rank, h.version, h.description, h.type, h.script, h.checksum,"
                + " h.installed_by, h.success)::text from \"" + schema
                + "\".evalstore_schema_history h order by h.installed_rank");
    }

    private static List<String> catalogue(String schema) {
        return Catalogue.withoutMonths(Catalogue.of(database, schema)).stream()
                .map(line -> line.replaceAll("\"?\\b" + schema + "\\b\"?", "x"))
                .sorted()
                .toList();
    }

    @Test
    void a_tenant_is_what_flyway_makes_and_flyway_goes_on_from_there() {
        owner.withSchema("by_flyway").migrate();
        Database made = tenants.create("zz_made");
        assertThat(catalogue("zz_made")).containsExactlyElementsOf(catalogue("by_flyway"));
        assertThat(history("zz_made")).isEqualTo(history("by_flyway"));

        assertThat(made.migrate()).isZero();
        made.validate();
        made.revertTo(earlier(2));
        assertThat(made.migrate()).isEqualTo(2);
        made.validate();
        assertThat(history("zz_made")).isEqualTo(history("by_flyway"));
    }

    @Test
    void everybodys_schema_is_no_tenants() {
        assertThatThrownBy(() -> tenants.create("public"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("name ");
        assertThatThrownBy(() -> tenants.drop("public", "public"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("name ");
        assertThat(database.query("select nspname from pg_namespace where nspname = 'public'"))
                .hasSize(1);
    }

    @Test
    void months_are_made_with_the_first_row_of_a_table_and_kept_ahead_from_then_on() {
        tenants.create("tenant_a");
        Database made = database.db().tenants().tenant("tenant_a");
        assertThat(made.maintenance().runOnce().failures()).isEmpty();
        assertThat(months()).isEmpty();
        assertThat(made.health().partitionsAhead()).isEqualTo(24);

        made.audit().record(NewAuditEntry.of("seen", "page", 1));
        assertThat(months()).containsExactly("audit_log 3");
        assertThat(made.health().partitionsAhead()).isEqualTo(2);
        assertThat(made.maintenance().runOnce().failures()).isEmpty();
        assertThat(months()).containsExactly("audit_log 4");
        assertThat(made.health().partitionsAhead()).isEqualTo(3);
    }

    private static List<String> months() {
        return database.query(
                "select c.relname || ' ' || count(*) from pg_inherits i join pg_class c on c.oid = i.inhparent"
                        + " where c.relkind = 'p' and c.relnamespace = 'tenant_a'::regnamespace group by c.relname order by 1");
    }

    @Test
    void the_other_roles_have_their_rights_and_no_more() {
        tenants.create("tenant_a");
        Database app = database.db().tenants().tenant("tenant_a");
        app.benchmarks().create(RUN);
        assertThatThrownBy(() -> database.db().tenants().create("tenant_b")).hasMessageContaining("permission denied");
        try (Database reader = Database.open(
                TestServer.get().as("evalstore_reader", database.name()).build())) {
            Database seen = reader.tenants().tenant("tenant_a");
            assertThat(seen.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
            assertThatThrownBy(() -> seen.benchmarks().create(RUN)).hasMessageContaining("permission denied");
            assertThat(reader.tenants().get("tenant_a").isCurrent()).isTrue();
        }
        assertThat(database.query("select has_column_privilege('evalstore_reader', 'tenant_a.users', 'password_hash',"
                        + " 'select')"))
                .containsExactly("f");
    }

    @Test
    void of_those_who_make_one_tenant_at_once_one_does_and_the_others_are_told() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Object>> calls = new ArrayList<>();
            IntStream.range(0, 6)
                    .forEach(i -> calls.add(() -> {
                        try {
                            return tenants.create("wanted");
                        } catch (ConflictException e) {
                            return e;
                        }
                    }));
            List<Object> results = new ArrayList<>();
            for (Future<Object> future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
            assertThat(results).filteredOn(Database.class::isInstance).hasSize(1);
            assertThat(results)
                    .filteredOn(ConflictException.class::isInstance)
                    .hasSize(5)
                    .allSatisfy(e -> assertThat((ConflictException) e).hasMessageContaining("wanted"));
        } finally {
            threads.shutdownNow();
        }
        owner.withSchema("wanted").validate();
    }

    @Test
    void a_schema_of_the_hosts_is_neither_taken_nor_listed_nor_dropped() {
        database.admin("create schema hosts authorization evalstore_owner; create table hosts.orders (a int);"
                + " create schema prepared authorization evalstore_owner");
        assertThatThrownBy(() -> tenants.create("hosts")).isInstanceOf(ConflictException.class);
        assertThat(tenants.find("hosts")).isEmpty();
        assertThat(tenants.list(10).items()).isEmpty();
        assertThatThrownBy(() -> tenants.drop("hosts", "hosts")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> tenants.drop("absent", "absent")).isInstanceOf(NotFoundException.class);
        assertThat(database.value("select count(*) from hosts.orders")).isEqualTo("0");
        // Made beforehand for a role that may not make schemas.
        tenants.create("prepared").validate();
    }

    @Test
    void a_creation_that_fails_leaves_nothing() {
        // The schema of a reserved word works; a role that may not make the objects does not.
        tenants.create("order").benchmarks().create(RUN);
        database.admin("create schema foreign_one; grant usage on schema foreign_one to evalstore_owner");
        assertThatThrownBy(() -> tenants.create("foreign_one")).hasMessageContaining("permission denied");
        assertThat(Catalogue.of(database, "foreign_one")).isEmpty();
        for (String bad : List.of("", "1abc", "Upper", "a b", "pg_x", "a\"; drop schema public", "x".repeat(64))) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> tenants.create(bad),
                    () -> tenants.tenant(bad),
                    () -> tenants.find(bad),
                    () -> tenants.drop(bad, bad))) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("name must begin with a lower-case letter");
            }
        }
        assertThatThrownBy(() -> tenants.tenant(null)).hasMessage("name");
        assertThatThrownBy(() -> tenants.create(null)).hasMessage("name");
        assertThatThrownBy(() -> tenants.migrateAll(null)).hasMessage("options");
        assertThatThrownBy(() -> tenants.forEach(null, tenant -> {})).hasMessage("options");
        assertThatThrownBy(() -> tenants.drop("a", "a", null)).hasMessage("options");
    }

    @Test
    void tenants_are_listed_by_name_with_versions_and_what_is_wrong_with_them() {
        for (String name : List.of("t_b", "t_a", "t_d", "t_c")) {
            tenants.create(name);
        }
        int latest = owner.migrationStatus().latest();
        tenants.tenant("t_b").revertTo(earlier(1));
        database.admin("update t_c.evalstore_schema_history set version = '9999' where version::int = " + latest
                + "; update t_d.evalstore_schema_history set success = false where version::int = " + latest
                + "; create schema t_e; create table t_e.evalstore_schema_history (a int);"
                + " grant usage on schema t_e to evalstore_owner;"
                + " grant select on t_e.evalstore_schema_history to evalstore_owner;"
                + " create schema t_f; create table t_f.evalstore_schema_history (a int)");
        List<Tenant> all = new ArrayList<>();
        Cursor after = null;
        do {
            Page<Tenant> page = tenants.list(2, after);
            assertThat(page.items()).hasSize(2);
            all.addAll(page.items());
            after = page.next();
        } while (after != null);
        assertThat(all).extracting(Tenant::name).containsExactly("t_a", "t_b", "t_c", "t_d", "t_e", "t_f");
        assertThat(all)
                .extracting(Tenant::state)
                .containsExactly(
                        TenantState.CURRENT,
                        TenantState.BEHIND,
                        TenantState.NEWER,
                        TenantState.BROKEN,
                        TenantState.BROKEN,
                        TenantState.BROKEN);
        assertThat(all).extracting(Tenant::version).containsExactly(latest, earlier(1), 9999, earlier(1), 0, 0);
        assertThat(all.get(0).problem()).isNull();
        assertThat(all.get(3).problem()).contains("failed migration");
        assertThat(all.get(4).problem()).contains("42703");
        assertThat(all.get(5).problem()).contains("may not read");
        assertThatThrownBy(() -> tenants.list(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tenants.list(1, new Cursor("no"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void all_are_migrated_but_the_one_that_fails_and_the_next_call_goes_on_with_that() {
        List<String> names = IntStream.range(0, 4).mapToObj(i -> "many_" + i).toList();
        for (String name : names) {
            tenants.create(name);
            tenants.tenant(name).revertTo(earlier(1));
        }
        tenants.tenant("many_3").migrate();
        List<String> before = history("many_2");
        // No migration can be noted there, whatever it does.
        String noted = "many_2.evalstore_schema_history";
        database.admin("alter table " + noted + " owner to postgres; grant select on " + noted + " to evalstore_owner");
        List<TenantProgress> told = new ArrayList<>();
        TenantReport report =
                tenants.migrateAll(TenantOptions.DEFAULT.parallel(3).progress(progress -> {
                    told.add(progress);
                    throw new StackOverflowError("of the host's");
                }));
        assertThat(report.done()).isEqualTo(2);
        assertThat(report.skipped()).isEqualTo(1);
        assertThat(report.left()).isZero();
        assertThat(report.isComplete()).isFalse();
        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.tenant()).isEqualTo("many_2");
            assertThat(failure.message()).contains("migrate");
        });
        assertThat(told).hasSize(4).extracting(TenantProgress::ended).containsExactly(1, 2, 3, 4);
        assertThat(history("many_2")).isEqualTo(before);
        assertThat(tenants.list(10).items())
                .filteredOn(tenant -> !tenant.isCurrent())
                .extracting(Tenant::name)
                .containsExactly("many_2");

        database.admin("alter table " + noted + " owner to evalstore_owner");
        TenantReport again = tenants.migrateAll();
        assertThat(again.isComplete()).isTrue();
        assertThat(again.done()).isEqualTo(1);
        assertThat(again.skipped()).isEqualTo(3);
        names.forEach(name -> tenants.tenant(name).validate());
    }

    /** The version so many migrations before the newest. */
    private int earlier(int migrations) {
        List<Integer> versions = owner.migrationStatus().migrations().stream()
                .map(MigrationStatus.Migration::version)
                .toList();
        return versions.get(versions.size() - 1 - migrations);
    }

    @Test
    void a_tenant_whose_tables_are_locked_is_reported_and_stops_no_other() throws SQLException {
        for (String name : List.of("free", "locked")) {
            tenants.create(name);
        }
        for (String name : List.of("free", "locked")) {
            tenants.tenant(name).revertTo(earlier(1));
        }
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("lock table locked.evalstore_schema_history in share mode");
            }
            TenantReport report =
                    tenants.migrateAll(TenantOptions.DEFAULT.parallel(1).lockTimeout(Duration.ofMillis(200)));
            assertThat(report.failures())
                    .extracting(TenantReport.Failure::tenant)
                    .containsExactly("locked");
            assertThat(report.done()).isEqualTo(1);
            other.rollback();
        }
        assertThat(tenants.migrateAll().done()).isEqualTo(1);
    }

    @Test
    void a_script_that_meets_a_lock_is_reported_without_advice_for_flyways_command_line() throws SQLException {
        // The next script locks the table of jobs.
        tenants.create("early").revertTo(32);
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("lock table early.jobs in access exclusive mode");
            }
            assertThat(tenants.migrateAll(TenantOptions.DEFAULT.lockTimeout(Duration.ofMillis(200)))
                            .failures())
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.message())
                            .contains("migrate schema early", "55P03", "V0033")
                            .doesNotContain("Run Flyway", "-X"));
            other.rollback();
        }
        assertThat(tenants.migrateAll().done()).isEqualTo(1);
        tenants.tenant("early").validate();
    }

    @Test
    void work_for_each_meets_every_tenant_whatever_the_work_on_another_throws() {
        for (String name : List.of("each_a", "each_b", "each_c", "each_d")) {
            tenants.create(name);
        }
        Set<String> met = ConcurrentHashMap.newKeySet();
        TenantReport report = tenants.forEach(TenantOptions.DEFAULT.parallel(2), tenant -> {
            met.add(tenant.schema());
            tenant.benchmarks().create(RUN);
            if (tenant.schema().equals("each_b")) {
                throw new AssertionError("of the host's");
            }
            if (tenant.schema().equals("each_c")) {
                Thread.currentThread().interrupt();
                throw new java.io.IOException("of the host's");
            }
        });
        assertThat(met).containsExactlyInAnyOrder("each_a", "each_b", "each_c", "each_d");
        assertThat(report.done()).isEqualTo(2);
        assertThat(report.failures()).extracting(TenantReport.Failure::tenant).containsExactly("each_b", "each_c");
        assertThat(report.failures().get(0).cause()).isInstanceOf(AssertionError.class);
        met.forEach(name -> assertThat(tenants.tenant(name).benchmarks().count(BenchmarkFilter.ALL))
                .isEqualTo(1));
    }

    @Test
    void an_interrupt_begins_no_others_and_is_kept() {
        tenants.create("int_a");
        tenants.create("int_b");
        Thread caller = Thread.currentThread();
        TenantReport report = tenants.forEach(TenantOptions.DEFAULT.parallel(1), tenant -> {
            caller.interrupt();
            // Until the caller has seen it.
            org.awaitility.Awaitility.await().until(() -> !caller.isInterrupted());
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.done()).isEqualTo(1);
        assertThat(report.left()).isEqualTo(1);
        assertThat(report.isComplete()).isFalse();
    }
}
