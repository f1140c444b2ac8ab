package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the roles of {@code migrations/roles.sql} cannot do; what the application can is shown by every other test. */
class LeastPrivilegeTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static void refused(String role, String sql) {
        assertThatThrownBy(() -> database.admin("set role " + role + "; " + sql))
                .as(role + ": " + sql)
                .hasMessageMatching(
                        "(?s).*(permission denied|must be owner|must be able to SET ROLE|must be superuser).*");
    }

    private static List<String> tables(String where) {
        return database.query("select oid::regclass::text from pg_class where relnamespace = 'evalstore'::regnamespace"
                + " and relkind in ('r', 'p') and " + where);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table evalstore.x (n int)",
                "create view evalstore.x as select 1",
                "create function evalstore.x() returns int language sql as 'select 1'",
                "create schema x",
                "create role x",
                "create extension dblink",
                "alter table evalstore.users add column x int",
                "alter table evalstore.audit_log disable trigger all",
                "create trigger x before insert on evalstore.users for each row execute function evalstore.touch_updated_at()",
                "drop trigger audit_log_append_only on evalstore.audit_log",
                "drop table evalstore.audit_log",
                "alter function evalstore.create_partition(text, date) owner to current_user",
                "create or replace function evalstore.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
                "set session_replication_role = replica",
                "copy evalstore.users to program 'cat'",
                "select pg_read_file('postgresql.conf')",
                "update evalstore.audit_log set action = 'x'",
                "delete from evalstore.audit_log",
                "truncate evalstore.audit_log",
                "select evalstore.drop_partition('audit_log', current_date)",
                "update evalstore.evalstore_schema_history set success = false",
                "delete from evalstore.evalstore_schema_history"
            })
    void neither_application_nor_reader_can(String sql) {
        refused("evalstore_app", sql);
        refused("evalstore_reader", sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into evalstore.users (email, username) values ('a@b', 'a')",
                "update evalstore.users set role = 'admin'",
                "delete from evalstore.users",
                "select password_hash from evalstore.users",
                "select * from evalstore.users",
                "select key_hash from evalstore.api_keys",
                "select k from evalstore.api_keys k",
                "select token_hash from evalstore.user_tokens",
                "select t from evalstore.user_tokens t",
                "select secret from evalstore.event_subscriptions",
                "select previous_secret from evalstore.event_subscriptions",
                "select s from evalstore.event_subscriptions s",
                "update evalstore.event_cursors set position = 0",
                "insert into evalstore.audit_log (actor_label, actor_kind, action, entity_type) values ('x', 'user', 'x', 'x')",
                "select evalstore.create_partition('audit_log', '2099-01-01')",
                "select evalstore.drop_partition('monitoring_events', current_date)"
            })
    void the_reader_cannot(String sql) {
        refused("evalstore_reader", sql);
    }

    @Test
    void the_reader_reads_what_dashboards_show() {
        database.admin("set role evalstore_reader; select id, email, username, role, active from evalstore.users;"
                + " select id, key_id, name, scopes, last_used_at from evalstore.api_keys;"
                + " select id, user_id, purpose, email, expires_at, used_at from evalstore.user_tokens;"
                + " select id, name, delivery, endpoint, enabled, previous_until from evalstore.event_subscriptions;"
                + " select * from evalstore.event_cursors; select * from evalstore.event_parked;"
                + " select last_value from evalstore.domain_event_positions;"
                + " select * from evalstore.audit_log; select * from evalstore.monitoring_events;"
                + " select * from evalstore.benchmarks; select * from evalstore.evaluations");
    }

    /** A new table is the reader's to read: what must not be read is withheld by its migration. */
    @Test
    void the_reader_sees_no_column_that_holds_a_secret() {
        String columns =
                "select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
                        + " where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
                        + " and a.attnum > 0 and not a.attisdropped and a.attname ~ 'hash|secret|password'";
        assertThat(database.query(columns))
                .contains(
                        "users.password_hash",
                        "api_keys.key_hash",
                        "user_tokens.token_hash",
                        "event_subscriptions.secret",
                        "event_subscriptions.previous_secret");
        assertThat(database.query(
                        columns + " and has_column_privilege('evalstore_reader', c.oid, a.attname, 'select')"))
                .as("job_unique's are of keys that stand in jobs, the others of texts that the reader sees")
                .containsExactlyInAnyOrder(
                        "job_unique.key_hash",
                        "submissions.content_hash",
                        "submissions.environment_hash",
                        "verification_attempts.environment_hash",
                        "community_verifications.environment_hash",
                        "comparisons.input_hash");
    }

    @Test
    void the_application_has_rows_and_nothing_else_in_every_table() {
        for (String table : tables("not relispartition and relname <> 'evalstore_schema_history'")) {
            for (String right : List.of("TRUNCATE", "REFERENCES", "TRIGGER")) {
                assertThat(has("evalstore_app", table, right))
                        .as(table + " " + right)
                        .isFalse();
            }
            boolean appendOnly = table.equals("evalstore.audit_log");
            assertThat(has("evalstore_app", table, "SELECT")).as(table).isTrue();
            assertThat(has("evalstore_app", table, "INSERT")).as(table).isTrue();
            assertThat(has("evalstore_app", table, "UPDATE")).as(table).isEqualTo(!appendOnly);
            assertThat(has("evalstore_app", table, "DELETE")).as(table).isEqualTo(!appendOnly);
            for (String right : List.of("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")) {
                assertThat(has("evalstore_reader", table, right))
                        .as(table + " " + right)
                        .isFalse();
            }
        }
    }

    @Test
    void partitions_are_reached_through_their_table_alone() {
        // A first row makes its month.
        database.db().audit().record(NewAuditEntry.of("seen", "page", 1));
        List<String> partitions = tables("relispartition");
        assertThat(partitions).isNotEmpty();
        for (String partition : partitions) {
            for (String right : List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")) {
                assertThat(has("evalstore_app", partition, right))
                        .as(partition + " " + right)
                        .isFalse();
                assertThat(has("evalstore_reader", partition, right))
                        .as(partition + " " + right)
                        .isFalse();
            }
        }
    }

    private static boolean has(String role, String table, String right) {
        return database.value("select has_table_privilege('" + role + "', '" + table + "', '" + right + "')")
                .equals("t");
    }

    @Test
    void no_role_is_more_than_a_login() {
        assertThat(database.query("select rolname from pg_roles where rolname like 'evalstore\\_%' and (rolsuper or"
                        + " rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)"))
                .isEmpty();
        assertThat(database.query("select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member"
                        + " where r.rolname like 'evalstore\\_%'"))
                .isEmpty();
    }

    @Test
    void functions_with_the_owners_rights_look_nowhere_but_in_the_catalogue() {
        assertThat(
                        database.query(
                                "select p.oid::regprocedure::text from pg_proc p where pronamespace = 'evalstore'::regnamespace"
                                        + " and prosecdef and not 'search_path=pg_catalog, pg_temp' = any(coalesce(proconfig, '{}'))"))
                .isEmpty();
    }
}
