package dev.evalstore.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.SchemaException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A drop takes a whole tenant, nothing that is not the tenant's, and what it leaves is not taken for whole. */
class TenantDropTest {
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

    /** The server looks at privileges of what may have gone since the statement began. */
    @Test
    void a_list_beside_tenants_that_go_has_those_that_are_there() throws Exception {
        tenants.create("stays");
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            int lists = 0;
            while (!done.get() || lists == 0) {
                assertThat(tenants.list(10).items()).extracting(Tenant::name).contains("stays");
                tenants.find("goes");
                lists++;
            }
            return lists;
        });
        try (Connection connection = TestServer.get().admin(database.name());
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 1_000 && !reader.isDone(); i++) {
                statement.execute("create schema goes;"
                        + " create table goes.evalstore_schema_history (version text, success bool, type text)");
                statement.execute("drop schema goes cascade");
            }
        } finally {
            done.set(true);
        }
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
    }

    @Test
    void a_drop_needs_the_name_twice_and_takes_everything() {
        owner.migrate();
        tenants.create("gone").benchmarks().create(RUN);
        tenants.create("kept").benchmarks().create(RUN);
        database.admin("create table gone.\"of the \"\"host\" (a int); create view gone.v as select 1;"
                + " alter table gone.\"of the \"\"host\" owner to evalstore_owner");
        assertThatThrownBy(() -> tenants.drop("gone", "kept"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sameName");
        assertThatThrownBy(() -> tenants.drop("evalstore", "evalstore")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tenants.drop("gone", "gone"))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("drop of schema gone would take the table of the \"host");
        tenants.tenant("gone").validate();
        tenants.drop("gone", "gone", TenantOptions.DEFAULT.dropForeign(true));
        assertThat(database.query("select nspname from pg_namespace where nspname = 'gone'"))
                .isEmpty();
        assertThat(tenants.list(10).items()).extracting(Tenant::name).containsExactly("evalstore", "kept");
        assertThat(tenants.tenant("kept").benchmarks().count(BenchmarkFilter.ALL))
                .isEqualTo(1);
        // What was remembered of the old one does not hold for a new one of the name.
        Database again = tenants.create("gone");
        again.audit();
        again.benchmarks().create(RUN);
        assertThat(again.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
    }

    @Test
    void a_drop_is_refused_of_the_schema_of_the_view_and_of_the_first_database() {
        owner.migrate();
        tenants.create("mine");
        tenants.create("other");
        for (Database view : List.of(
                owner.withSchema("mine"),
                tenants.tenant("mine"),
                tenants.tenant("mine").apart())) {
            for (String refused : List.of("mine", "evalstore")) {
                assertThatThrownBy(() -> view.tenants().drop(refused, refused))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("name");
            }
        }
        tenants.tenant("mine").validate();
        tenants.tenant("mine").tenants().drop("other", "other");
        tenants.drop("mine", "mine");
        assertThat(tenants.list(10).items()).extracting(Tenant::name).containsExactly("evalstore");
    }

    @Test
    void a_drop_is_refused_for_each_kind_of_object_that_is_not_the_librarys() {
        Database tenant = tenants.create("shared");
        // A second set of the state's tables is the library's, and so is a month that was detached.
        tenant.state("n", StateOptions.DEFAULT.tablePrefix("mine_")).createTables();
        database.admin("create table shared.domain_events_2001_01 (a int);"
                + " alter table shared.domain_events_2001_01 owner to evalstore_owner");
        database.query("select shared.create_partition('domain_events', current_date)");
        String month = database.value("select relname from pg_class where relispartition and relkind = 'r'"
                + " and relnamespace = 'shared'::regnamespace and relname ~ '^domain_events_' limit 1");
        Map<String, String> objects = new LinkedHashMap<>();
        objects.put("create table shared.jobs_2001_01 (a int)", "drop table shared.jobs_2001_01");
        objects.put("create function shared.f() returns int language sql return 1", "drop function shared.f");
        objects.put("create view shared.v as select 1", "drop view shared.v");
        objects.put("create type shared.mood as enum ('good')", "drop type shared.mood");
        objects.put("create sequence shared.numbers", "drop sequence shared.numbers");
        objects.put(
                "create view public.leaderboard_current as select id from shared.users",
                "drop view public.leaderboard_current");
        objects.put("create view public.month as select id from shared." + month, "drop view public.month");
        objects.put("create table public.hosts (id uuid references shared.users (id))", "drop table public.hosts");
        objects.forEach((make, remove) -> {
            database.admin(make);
            assertThatThrownBy(() -> tenants.drop("shared", "shared"))
                    .as(make)
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(remove.replaceAll(".*[ .]", ""));
            database.admin(remove);
        });
        tenant.validate();
        tenants.drop("shared", "shared");
        assertThat(tenants.find("shared")).isEmpty();
    }

    @Test
    void a_schema_that_lacks_a_table_is_not_valid() {
        Database tenant = tenants.create("holed");
        tenant.validate();
        database.admin("drop table holed.job_leases cascade");
        assertThatThrownBy(tenant::validate)
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("schema holed")
                .hasMessageContaining("lacks job_leases");
        tenants.drop("holed", "holed");
    }

    @Test
    void a_drop_that_meets_a_lock_marks_the_tenant_and_goes_on_when_called_again() throws SQLException {
        tenants.create("busy")
                .state("n", StateOptions.DEFAULT.tablePrefix("mine_"))
                .createTables();
        TenantOptions hasty = TenantOptions.DEFAULT.lockTimeout(Duration.ofMillis(200));
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("select from busy.benchmarks");
            }
            assertThatThrownBy(() -> tenants.drop("busy", "busy", hasty))
                    .isInstanceOf(TransientDatabaseException.class)
                    .extracting(e -> ((DatabaseException) e).sqlState())
                    .isEqualTo("55P03");
            other.rollback();
        }
        assertThat(tenants.get("busy").state()).isEqualTo(TenantState.DROPPING);
        assertThat(tenants.migrateAll().failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message()).contains("tenant busy is being dropped"));
        assertThat(tenants.forEach(TenantOptions.DEFAULT, tenant -> {}).failures())
                .hasSize(1);
        assertThatThrownBy(() -> tenants.create("busy")).isInstanceOf(ConflictException.class);
        for (Database view : List.of(tenants.tenant("busy"), owner.withSchema("busy"))) {
            for (ThrowingCallable refused : List.<ThrowingCallable>of(view::migrate, view::validate)) {
                assertThatThrownBy(refused)
                        .isInstanceOf(SchemaException.class)
                        .hasMessageContaining("schema busy is being dropped");
            }
        }
        // A set that is not whole any more looks like the host's.
        database.admin("drop table busy.mine_entries cascade");
        tenants.drop("busy", "busy", hasty);
        assertThat(tenants.find("busy")).isEmpty();
        tenants.create("busy").validate();
    }
}
