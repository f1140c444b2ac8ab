package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Isolation;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

class TransactionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    @BeforeAll
    static void create() {
        Samples.create(database);
    }

    @BeforeEach
    void empty() {
        database.admin("truncate evalstore.samples");
    }

    private static Sample insert(Jdbc jdbc, String name) {
        return Samples.TABLE.create(jdbc, Samples.named(name));
    }

    /** The server answers the commit of a failed transaction with a rollback, and the driver reports success. */
    @Test
    void a_swallowed_failure_is_not_committed_as_if_nothing_had_happened() {
        assertThatThrownBy(() -> jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, "a");
                    try {
                        insert(tx, "a");
                    } catch (ConstraintViolationException e) {
                        // swallowed, as careless callers do
                    }
                    return true;
                }))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("25P02"));
        assertThat(Samples.names(jdbc)).isEmpty();
    }

    /** Nobody knows where the driver is in what the server says. */
    @Test
    void a_connection_on_which_memory_ran_out_is_not_used_again() {
        OutOfMemoryError error = new OutOfMemoryError("made");
        Set<Integer> sessions = new HashSet<>();
        assertThatThrownBy(() -> jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, "a");
                    sessions.add(connection.unwrap(PGConnection.class).getBackendPID());
                    throw error;
                }))
                .isSameAs(error);
        assertThatThrownBy(() ->
                        jdbc.forEach(Sql.of("select pg_backend_pid() as pid"), 1, row -> row.integer("pid"), pid -> {
                            sessions.add(pid);
                            throw error;
                        }))
                .isSameAs(error);
        assertThatThrownBy(() -> jdbc.one(Sql.of("select pg_backend_pid() as pid"), row -> {
                    sessions.add(row.integer("pid"));
                    throw error;
                }))
                .isSameAs(error);
        assertThat(sessions).hasSize(3);
        assertThat(Samples.names(jdbc)).isEmpty();
        int next = jdbc.one(Sql.of("select pg_backend_pid() as pid"), row -> row.integer("pid"));
        assertThat(sessions).doesNotContain(next);
    }

    @Test
    void an_error_rolls_back_and_comes_out_as_itself() {
        AssertionError error = new AssertionError("mine");
        assertThatThrownBy(() -> jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, "a");
                    throw error;
                }))
                .isSameAs(error);
        assertThat(Samples.names(jdbc)).isEmpty();
    }

    @Test
    void a_checked_exception_comes_out_as_itself() {
        IOException checked = new IOException("mine");
        assertThatThrownBy(() -> jdbc.<Boolean, IOException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, "a");
                    throw checked;
                }))
                .isSameAs(checked);
        assertThat(Samples.names(jdbc)).isEmpty();
    }

    @Test
    void a_rollback_that_fails_does_not_hide_why_it_was_tried() {
        IllegalStateException why = new IllegalStateException("mine");
        assertThatThrownBy(() -> jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, "a");
                    database.endSessions();
                    throw why;
                }))
                .isSameAs(why);
        assertThat(why.getSuppressed()).isNotEmpty();
        assertThat(Samples.names(jdbc)).isEmpty();
    }

    @Test
    void a_session_that_is_ended_in_the_middle_leaves_nothing_and_says_so() {
        assertThatThrownBy(() -> jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                    insert(tx, "a");
                    database.endSessions();
                    return insert(tx, "b");
                }))
                .isInstanceOfSatisfying(
                        TransientDatabaseException.class,
                        e -> assertThat(e.outcomeUnknown()).isFalse());
        assertThat(Samples.names(jdbc)).isEmpty();
    }

    @Test
    void isolation_and_access_are_the_transactions_own_and_do_not_stick_to_the_connection() {
        String[] before = settings(TxOptions.DEFAULT);
        assertThat(before).containsExactly("read committed", "off");
        assertThat(settings(TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).asReadOnly()))
                .containsExactly("serializable", "on");
        assertThat(settings(TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ)))
                .containsExactly("repeatable read", "off");
        assertThat(settings(TxOptions.DEFAULT)).containsExactly(before);
    }

    private String[] settings(TxOptions options) {
        return jdbc.inTransaction(
                options,
                (tx, connection) -> tx.one(
                        Sql.of("select current_setting('transaction_isolation') as a,"
                                + " current_setting('transaction_read_only') as b"),
                        row -> new String[] {row.text("a"), row.text("b")}));
    }

    @Test
    void a_write_in_a_read_only_transaction_is_refused_and_its_outcome_is_known() {
        assertThatThrownBy(
                        () -> jdbc.inTransaction(TxOptions.DEFAULT.asReadOnly(), (tx, connection) -> insert(tx, "a")))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("25006"));
        assertThat(Samples.names(jdbc)).isEmpty();
    }

    @Test
    void a_write_in_a_read_only_transaction_is_the_callers_fault_and_not_the_connections() {
        int[] runs = {0};
        int before = jdbc.one(Sql.of("select pg_backend_pid() as pid"), row -> row.integer("pid"));
        assertThatThrownBy(() ->
                        jdbc.inTransaction(TxOptions.DEFAULT.asReadOnly().retry(Retry.times(3)), (tx, connection) -> {
                            runs[0]++;
                            return insert(tx, "a");
                        }))
                .isInstanceOf(DatabaseException.class);
        assertThat(runs[0]).isEqualTo(1);
        int after = jdbc.one(Sql.of("select pg_backend_pid() as pid"), row -> row.integer("pid"));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void a_server_that_takes_no_writes_is_transient_and_stored_nothing() {
        database.admin(
                "alter role evalstore_app in database " + database.name() + " set default_transaction_read_only = on");
        try {
            database.endSessions();
            // The first that meets an ended session has the pool replace the others; a read is sent again.
            assertThat(Samples.names(jdbc)).isEmpty();
            assertThatThrownBy(() -> insert(jdbc, "a")).isInstanceOfSatisfying(TransientDatabaseException.class, e -> {
                assertThat(e.sqlState()).isEqualTo("25006");
                assertThat(e.outcomeUnknown()).isFalse();
            });
        } finally {
            database.admin(
                    "alter role evalstore_app in database " + database.name() + " reset default_transaction_read_only");
            database.endSessions();
        }
    }

    @Test
    void what_failed_inside_a_savepoint_is_undone_and_the_rest_is_kept() {
        jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            insert(tx, "outer");
            assertThatThrownBy(() -> tx.inTransaction(TxOptions.DEFAULT, (nested, c) -> {
                        insert(nested, "inner");
                        return insert(nested, "outer");
                    }))
                    .isInstanceOf(ConstraintViolationException.class);
            tx.inTransaction(TxOptions.DEFAULT, (nested, c) -> insert(nested, "kept"));
            return true;
        });
        assertThat(Samples.names(jdbc)).containsExactly("kept", "outer");
    }

    @Test
    void a_failure_swallowed_inside_a_savepoint_undoes_the_savepoint() {
        jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            insert(tx, "outer");
            assertThatThrownBy(() -> tx.inTransaction(TxOptions.DEFAULT, (nested, c) -> {
                        insert(nested, "inner");
                        try {
                            insert(nested, "outer");
                        } catch (ConstraintViolationException e) {
                            // swallowed
                        }
                        return true;
                    }))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("25P02"));
            return true;
        });
        assertThat(Samples.names(jdbc)).containsExactly("outer");
    }

    @Test
    void a_savepoint_takes_no_options() {
        assertThatThrownBy(() -> jdbc.inTransaction(
                        TxOptions.DEFAULT,
                        (tx, connection) -> tx.inTransaction(TxOptions.DEFAULT.asReadOnly(), (nested, c) -> true)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
