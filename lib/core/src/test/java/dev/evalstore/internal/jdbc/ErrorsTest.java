package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.ConstraintViolationException.Kind;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.SchemaException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testkit.TestDatabase;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

class ErrorsTest {
    private static final String SECRET = "s3cr3t";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    @BeforeAll
    static void create() {
        Samples.create(database);
        database.admin("create table evalstore.children (sample uuid not null constraint children_sample_fk"
                + " references evalstore.samples, during tstzrange,"
                + " constraint children_during_excl exclude using gist (during with &&));"
                + " grant select, insert on evalstore.children to evalstore_app;"
                + " create function evalstore.complain() returns trigger language plpgsql as"
                + " $$ begin raise exception 'no % here', new.name; end $$;"
                + " create trigger complain before update on evalstore.samples for each row"
                + " execute function evalstore.complain();");
    }

    private DatabaseException failing(Jdbc on, String sql, Object... args) {
        DatabaseException e = catchThrowableOfType(DatabaseException.class, () -> on.update(Sql.of(sql, args)));
        assertThat(e).as(sql).isNotNull();
        StringWriter printed = new StringWriter();
        e.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).doesNotContain(SECRET);
        return e;
    }

    private ConstraintViolationException violating(String sql, Object... args) {
        return (ConstraintViolationException) failing(jdbc, sql, args);
    }

    @Test
    void a_broken_constraint_is_typed_and_named_without_the_rows_values() {
        UUID id = UUID.randomUUID();
        jdbc.update(Sql.of("insert into evalstore.samples (id, name) values (?, ?)", id, SECRET));

        var unique = violating("insert into evalstore.samples (id, name) values (?, ?)", UUID.randomUUID(), SECRET);
        assertThat(unique.kind()).isEqualTo(Kind.UNIQUE);
        assertThat(unique.constraint()).isEqualTo("samples_name_key");
        assertThat(unique.sqlState()).isEqualTo("23505");
        assertThat(unique.getMessage()).contains("insert samples");

        var check = violating(
                "insert into evalstore.samples (id, name, n) values (?, ?, -1)", UUID.randomUUID(), SECRET + "2");
        assertThat(check.kind()).isEqualTo(Kind.CHECK);
        assertThat(check.constraint()).isEqualTo("samples_n_range");

        var missing = violating("insert into evalstore.samples (id, name) values (null, ?)", SECRET + "3");
        assertThat(missing.kind()).isEqualTo(Kind.NOT_NULL);
        assertThat(missing.constraint()).isEqualTo("id");

        var orphan = violating("insert into evalstore.children (sample) values (?)", UUID.randomUUID());
        assertThat(orphan.kind()).isEqualTo(Kind.FOREIGN_KEY);
        assertThat(orphan.constraint()).isEqualTo("children_sample_fk");

        jdbc.update(Sql.of("insert into evalstore.children values (?, '[2026-01-01,2026-02-01)')", id));
        var overlap = violating("insert into evalstore.children values (?, '[2026-01-15,2026-02-15)')", id);
        assertThat(overlap.kind()).isEqualTo(Kind.EXCLUSION);
        assertThat(overlap.constraint()).isEqualTo("children_during_excl");
    }

    @Test
    void a_host_pool_that_asks_for_server_details_gets_none_through_us() {
        DatabaseConfig config = database.config().build();
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(config.url());
        host.setUser(config.user());
        host.setPassword(config.password());
        host.setLogServerErrorDetail(true);
        Jdbc onHost = Jdbc.on(host, DatabaseOptions.DEFAULT);
        String insert = "insert into evalstore.samples (id, name) values (?, ?)";
        onHost.update(Sql.of(insert, UUID.randomUUID(), SECRET + " of the host"));

        DatabaseException e = failing(onHost, insert, UUID.randomUUID(), SECRET + " of the host");
        assertThat(e).isInstanceOf(ConstraintViolationException.class);
        failing(onHost, "select ?::int", SECRET);
        failing(
                onHost,
                "insert into evalstore.samples (id, doc) values (?, ?::text::jsonb)",
                UUID.randomUUID(),
                SECRET);
    }

    @Test
    void a_value_that_the_server_quotes_stays_out_of_the_message() {
        assertThat(failing(jdbc, "select ?::text::int", SECRET).sqlState()).isEqualTo("22P02");
        assertThat(failing(jdbc, "select ?::text::timestamptz", SECRET).sqlState())
                .startsWith("22");
        UUID id = UUID.randomUUID();
        jdbc.update(Sql.of("insert into evalstore.samples (id, name) values (?, ?)", id, SECRET + "9"));
        assertThat(failing(jdbc, "update evalstore.samples set n = 1 where id = ?", id)
                        .sqlState())
                .isEqualTo("P0001");
    }

    @Test
    void a_value_that_the_driver_quotes_stays_out_of_the_message() {
        DatabaseException e = catchThrowableOfType(
                DatabaseException.class,
                () -> jdbc.one(Sql.of("select 'x" + SECRET + "' as v"), row -> row.integer("v")));
        StringWriter printed = new StringWriter();
        e.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).doesNotContain(SECRET);
    }

    @Test
    void a_missing_table_or_column_advises_to_migrate() {
        assertThat(failing(jdbc, "delete from evalstore.nothing"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("migrate");
        assertThat(failing(jdbc, "update evalstore.samples set nothing = 1")).isInstanceOf(SchemaException.class);
    }

    @Test
    void nobodys_fault_is_a_plain_database_exception_with_its_state() {
        assertThat(failing(jdbc, "truncate evalstore.samples"))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("42501");
    }

    @Test
    void states_are_typed() {
        assertThat(translated("40001", true)).isInstanceOf(TransientDatabaseException.class);
        assertThat(unknown("40001")).isFalse();
        assertThat(unknown("40P01")).isFalse();
        assertThat(unknown("55P03")).isFalse();
        assertThat(unknown("53300")).isFalse();
        assertThat(unknown("57P03")).isFalse();
        assertThat(unknown("25006")).isFalse();
        assertThat(unknown("08003")).isFalse();
        assertThat(unknown("08006")).isTrue();
        assertThat(unknown("08007")).isTrue();
        assertThat(unknown("57P01")).isTrue();
        assertThat(unknown("57P02")).isTrue();
        assertThat(((TransientDatabaseException) translated("08006", false)).outcomeUnknown())
                .isFalse();
        assertThat(translated("57014", true)).isExactlyInstanceOf(DatabaseException.class);
    }

    private static DatabaseException translated(String state, boolean mayBeStored) {
        return Errors.translate(new SQLException("x", state), "doing", mayBeStored);
    }

    private static boolean unknown(String state) {
        return ((TransientDatabaseException) translated(state, true)).outcomeUnknown();
    }

    @Test
    void a_pool_says_exhausted_only_if_no_connection_failed() {
        assertThat(Errors.translate(new SQLTransientConnectionException("timed out"), "doing", false))
                .isInstanceOf(PoolExhaustedException.class);
        SQLException refused = new SQLException("refused", "08001");
        assertThat(Errors.translate(new SQLTransientConnectionException("timed out", "08001", refused), "doing", false))
                .isInstanceOf(TransientDatabaseException.class)
                .isNotInstanceOf(PoolExhaustedException.class);
    }

    @Test
    void a_batch_is_judged_by_the_failure_that_hangs_on_it() {
        BatchUpdateException batch = new BatchUpdateException("insert … (" + SECRET + ")", "23505", 0, new int[0]);
        batch.setNextException(new SQLException("duplicate key", "23505"));
        DatabaseException e = Errors.translate(batch, "doing", false);
        assertThat(e).isInstanceOf(ConstraintViolationException.class);
        assertThat(e.getMessage()).doesNotContain(SECRET);
    }

    @Test
    void a_query_whose_helper_is_gone_may_be_run_again_and_nothing_else_of_that_state() {
        DatabaseException lost = Errors.translate(serverSays("55000", "parallel.c"), "count", true);
        assertThat(lost).isInstanceOf(TransientDatabaseException.class);
        assertThat(((TransientDatabaseException) lost).outcomeUnknown()).isFalse();
        assertThat(Errors.isUndone(lost)).isTrue();
        assertThat(Errors.isRetryable(lost)).isTrue();
        assertThat(Errors.translate(serverSays("55000", "sequence.c"), "count", true))
                .isNotInstanceOf(TransientDatabaseException.class);
    }

    /** Without the hint each of them is a riddle: the server speaks of a statement that the caller never named. */
    @Test
    void what_a_pooler_makes_of_prepared_statements_comes_with_the_remedy() {
        for (String state : List.of("42P05", "26000", "08P01")) {
            assertThat(translated(state, true)).hasMessageContaining("prepareThreshold=0");
            assertThat(Errors.translate(serverSays(state, "prepare.c"), "doing", true))
                    .hasMessageContaining("prepareThreshold=0");
        }
        assertThat(unknown("08P01")).isTrue();
        assertThat(translated("42601", true).getMessage()).doesNotContain("prepareThreshold");
    }

    @Test
    void a_parameter_that_a_pooler_refuses_is_no_transient_failure() {
        PSQLException refused = new PSQLException(
                new ServerErrorMessage("SFATAL\0C08P01\0Munsupported startup parameter: extra_float_digits\0"));
        assertThat(Errors.connecting(new SQLTransientConnectionException("timed out", "08P01", refused), "doing"))
                .isExactlyInstanceOf(DatabaseException.class)
                .hasMessageContaining("extra_float_digits")
                .hasMessageContaining("ignore_startup_parameters");
    }

    /** The states of the driver do not tell them apart: the causes do. */
    @Test
    void a_connection_that_cannot_be_made_is_transient_only_where_waiting_may_help() {
        SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
        SSLHandshakeException cut = new SSLHandshakeException("Remote host terminated the handshake");
        cut.initCause(new EOFException("SSL peer shut down incorrectly"));
        List<PSQLException> lasting = List.of(
                new PSQLException("The server does not support SSL.", PSQLState.CONNECTION_REJECTED),
                new PSQLException("no password was provided", PSQLState.CONNECTION_REJECTED),
                new PSQLException("The hostname could not be verified", PSQLState.CONNECTION_FAILURE),
                new PSQLException("SSL error", PSQLState.CONNECTION_FAILURE, untrusted),
                new PSQLException("The connection attempt failed.", PSQLState.CONNECTION_UNABLE_TO_CONNECT, untrusted),
                new PSQLException(
                        "Could not open file", PSQLState.CONNECTION_FAILURE, new FileNotFoundException("root.crt")));
        List<PSQLException> passing = List.of(
                new PSQLException("SSL error", PSQLState.CONNECTION_FAILURE, cut),
                new PSQLException(
                        "The connection attempt failed.",
                        PSQLState.CONNECTION_UNABLE_TO_CONNECT,
                        new SocketTimeoutException("Connect timed out")),
                new PSQLException("I/O error", PSQLState.CONNECTION_FAILURE, new SocketException("Connection reset")),
                new PSQLException("I/O error", PSQLState.CONNECTION_FAILURE, new IOException("closed")),
                new PSQLException("no server is the primary", PSQLState.CONNECTION_UNABLE_TO_CONNECT),
                serverSays("57P03", "postmaster.c"),
                serverSays("08004", "x.c"));
        for (PSQLException failure : lasting) {
            for (SQLException thrown : List.of(failure, pooled(failure))) {
                assertThat(Errors.connecting(thrown, "doing"))
                        .isExactlyInstanceOf(DatabaseException.class)
                        .hasMessageContaining(failure.getMessage())
                        .returns(false, Errors::isRetryable);
            }
        }
        for (PSQLException failure : passing) {
            for (SQLException thrown : List.of(failure, pooled(failure))) {
                assertThat(Errors.connecting(thrown, "doing")).isExactlyInstanceOf(TransientDatabaseException.class);
            }
        }
        // Of a connection that was made before, nobody knows what became of the statement.
        assertThat(Errors.translate(lasting.get(3), "doing", true))
                .isInstanceOfSatisfying(
                        TransientDatabaseException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue());
    }

    private static SQLException pooled(PSQLException failure) {
        return new SQLTransientConnectionException("timed out", failure.getSQLState(), failure);
    }

    private static PSQLException serverSays(String state, String file) {
        return new PSQLException(new ServerErrorMessage(
                "SERROR\0VERROR\0C" + state + "\0Mlost connection to parallel worker\0F" + file + "\0L1\0Rany\0"));
    }
}
