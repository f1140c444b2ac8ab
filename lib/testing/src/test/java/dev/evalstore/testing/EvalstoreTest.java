package dev.evalstore.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Tx;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.NewJob;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

@Evalstore
class EvalstoreTest {
    private static final NewJob JOB = NewJob.of("a", Json.EMPTY);

    private static String name;

    @BeforeAll
    static void the_database_is_there_before_the_first_test(TestStore store) {
        name = store.query("select current_database()").get(0);
    }

    @RepeatedTest(3)
    void each_test_begins_with_an_empty_store_and_the_same_pool(Database db, TestStore store) {
        assertThat(db.jobs().list(JobFilter.ALL).items()).isEmpty();
        assertThat(store.query("select current_database()")).containsExactly(name);
        db.jobs().create(JOB);
    }

    @Test
    void the_application_has_no_ddl(TestStore store, Database db) {
        assertThatThrownBy(() -> db.useTransaction(
                        tx -> tx.connection().createStatement().execute("drop table evalstore.votes")))
                .hasMessageContaining("must be owner");
        assertThat(store.database().jobs().create(JOB).seq()).isPositive();
        assertThat(db.health().problem()).isNull();
    }

    @Nested
    class Inside {
        @RepeatedTest(2)
        void a_nested_class_uses_the_database_around_it(Database db, TestStore store) {
            assertThat(db.jobs().list(JobFilter.ALL).items()).isEmpty();
            assertThat(store.query("select current_database()")).containsExactly(name);
            db.jobs().create(JOB);
        }
    }
}

@Evalstore
class OwnTablesTest {
    @BeforeAll
    static void tables(TestStore store) throws SQLException {
        store.execute("create table public.orders (id int); grant all on public.orders to evalstore_app");
        // As roles.sql leaves it, the owner makes schemas, and nothing in public.
        store.execute("grant create on schema public to evalstore_owner");
        // As a migration of the service's own does; what the owner makes, the application may use.
        try (Database owner = Database.open(store.config(Role.OWNER).build())) {
            owner.useTransaction(tx ->
                    execute(tx, "create schema mine; create table mine.parts (id int); create table bills (id int)"));
        }
    }

    @RepeatedTest(2)
    void tables_of_the_service_s_own_keep_their_rows(RepetitionInfo repetition, Database db, TestStore store)
            throws SQLException {
        db.useTransaction(tx -> {
            execute(
                    tx,
                    "insert into public.orders values (1); insert into mine.parts values (1); insert into bills values (1)");
            tx.jobs().create(NewJob.of("a", Json.EMPTY));
        });
        assertThat(store.query("select id from public.orders")).hasSize(repetition.getCurrentRepetition());
        assertThat(store.query("select id from mine.parts")).hasSize(repetition.getCurrentRepetition());
        assertThat(db.jobs().list(JobFilter.ALL).items()).hasSize(1);
        assertThat(store.query("select tableowner from pg_tables where schemaname = 'mine'"))
                .containsExactly("evalstore_owner");
    }

    private static void execute(Tx tx, String sql) throws SQLException {
        try (Statement statement = tx.connection().createStatement()) {
            statement.execute(sql);
        }
    }
}

@Evalstore(role = Role.OWNER, reset = false)
class SharedByTestsTest {
    private static int before;

    @RepeatedTest(2)
    void tests_may_share_what_they_store(Database db) {
        assertThat(db.jobs().list(JobFilter.ALL).items()).hasSize(before++);
        assertThat(db.migrate()).isZero();
        db.jobs().create(NewJob.of("a", Json.EMPTY));
    }
}

class TwoExtensionsTest {
    @RegisterExtension
    static final EvalstoreExtension first = EvalstoreExtension.create();

    @RegisterExtension
    static final EvalstoreExtension second = EvalstoreExtension.create().as(Role.OWNER);

    @RegisterExtension
    final EvalstoreExtension each = EvalstoreExtension.create();

    private static final Set<String> SEEN = new HashSet<>();

    @RepeatedTest(2)
    void two_extensions_are_two_databases_and_one_that_is_not_static_is_one_a_test() {
        first.database().jobs().create(NewJob.of("a", Json.EMPTY));
        assertThat(second.database().jobs().list(JobFilter.ALL).items()).isEmpty();
        assertThat(second.database().migrate()).isZero();
        assertThat(each.database().jobs().list(JobFilter.ALL).items()).isEmpty();
        assertThat(SEEN.add(each.store().query("select current_database()").get(0)))
                .isTrue();
        assertThat(each.store().query("select current_database()"))
                .isNotEqualTo(first.store().query("select current_database()"));
    }
}

@Evalstore
@Execution(ExecutionMode.CONCURRENT)
class MethodsAtOnceTest {
    @RepeatedTest(4)
    void methods_that_may_run_at_once_have_a_database_each(Database db) {
        assertThat(db.jobs().list(JobFilter.ALL).items()).isEmpty();
        db.jobs().create(NewJob.of("a", Json.EMPTY));
        assertThat(db.jobs().list(JobFilter.ALL).items()).hasSize(1);
    }
}

@Evalstore
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneInstanceTest {
    private final Database given;
    private final String name;

    OneInstanceTest(Database given, TestStore store) {
        this.given = given;
        this.name = store.query("select current_database()").get(0);
    }

    @BeforeAll
    void what_is_stored_before_all_is_gone_before_each(Database db) {
        assertThat(db).isSameAs(given);
        given.jobs().create(NewJob.of("a", Json.EMPTY));
    }

    @RepeatedTest(2)
    void an_instance_of_the_class_has_the_database_of_its_methods(Database db, TestStore store) {
        assertThat(db).isSameAs(given);
        assertThat(store.query("select current_database()")).containsExactly(name);
        assertThat(db.jobs().list(JobFilter.ALL).items()).isEmpty();
        db.jobs().create(NewJob.of("a", Json.EMPTY));
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Inside {
        Inside(Database db) {
            assertThat(db).isSameAs(given);
        }

        @Test
        void a_nested_instance_has_it_too(Database db) {
            assertThat(db).isSameAs(given);
            assertThat(db.jobs().list(JobFilter.ALL).items()).isEmpty();
        }
    }
}

@Evalstore
class ConstructorTest {
    private final Database given;

    ConstructorTest(Database given) {
        this.given = given;
    }

    @RepeatedTest(2)
    void an_instance_of_a_test_has_the_database_of_the_class(Database db) {
        assertThat(db).isSameAs(given);
        assertThat(given.jobs().list(JobFilter.ALL).items()).isEmpty();
        given.jobs().create(NewJob.of("a", Json.EMPTY));
    }
}

class ConstructorAtOnceTest {
    /** Run below, and not by itself. */
    @Evalstore
    @Execution(ExecutionMode.CONCURRENT)
    static class Wrong {
        Wrong(Database db) {
            assertThat(db).isNotNull();
        }

        @Test
        void never() {}
    }

    @Test
    void a_constructor_of_methods_that_run_at_once_gets_no_database() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(Wrong.class))
                                .build(),
                        listener);
        assertThat(listener.getSummary().getFailures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getException())
                        .hasMessageContaining("take it as a parameter of the method")
                        .hasMessageContaining(Wrong.class.getName()));
    }
}
