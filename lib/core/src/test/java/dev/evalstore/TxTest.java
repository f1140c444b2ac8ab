package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TxTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.benchmarks");
    }

    private static int stored() {
        return Integer.parseInt(database.value("select count(*) from evalstore.benchmarks"));
    }

    @Test
    void what_is_done_in_a_transaction_is_seen_inside_at_once_and_outside_after_the_commit() {
        UUID id = db.inTransaction(tx -> {
            UUID created = tx.benchmarks().create(RUN).id();
            assertThat(tx.benchmarks().find(created)).isPresent();
            assertThat(db.benchmarks().find(created)).isEmpty();
            return created;
        });
        assertThat(db.benchmarks().find(id)).isPresent();
    }

    @Test
    void a_checked_exception_comes_out_as_itself_and_rolls_back() {
        assertThatThrownBy(() -> db.<Boolean, IOException>inTransaction(tx -> {
                    tx.benchmarks().create(RUN);
                    throw new IOException("mine");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("mine");
        assertThat(stored()).isZero();
    }

    /** The host's own SQL through {@code connection()} throws these, and the signature promises them. */
    @Test
    void the_callers_own_sql_exception_comes_out_as_itself_and_rolls_back() {
        SQLException[] thrown = new SQLException[1];
        assertThatThrownBy(() -> db.<SQLException>useTransaction(tx -> {
                    tx.benchmarks().create(RUN);
                    thrown[0] = refused(tx, "select 1/0");
                    throw thrown[0];
                }))
                .isSameAs(thrown[0])
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("22012");
        assertThat(stored()).isZero();
    }

    @Test
    void the_callers_own_sql_exception_comes_out_of_a_savepoint_as_itself() {
        SQLException mine = new SQLException("mine", "XX001");
        db.useTransaction(tx -> {
            tx.benchmarks().create(RUN);
            assertThatThrownBy(() -> tx.<SQLException>useTransaction(nested -> {
                        nested.benchmarks().create(RUN);
                        throw mine;
                    }))
                    .isSameAs(mine);
        });
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void after_the_callers_own_sql_exception_the_work_runs_again_where_that_makes_sense() throws SQLException {
        int[] runs = {0};
        TxOptions twice = TxOptions.DEFAULT.retry(Retry.times(2));
        db.<Boolean, SQLException>inTransaction(twice, tx -> {
            tx.benchmarks().create(RUN);
            if (++runs[0] == 1) {
                throw new SQLException("serialization", "40001");
            }
            return true;
        });
        assertThat(runs[0]).isEqualTo(2);
        assertThat(stored()).isEqualTo(1);
        SQLException last = new SQLException("deadlock", "40P01");
        assertThatThrownBy(() -> db.<Boolean, SQLException>inTransaction(twice, tx -> {
                    runs[0]++;
                    throw last;
                }))
                .isSameAs(last);
        assertThat(runs[0]).isEqualTo(4);
    }

    private static SQLException refused(Tx tx, String sql) throws SQLException {
        try (var statement = tx.connection().createStatement()) {
            statement.execute(sql);
            throw new AssertionError(sql + " was not refused");
        } catch (SQLException e) {
            return e;
        }
    }

    @Test
    void a_transaction_that_has_ended_is_dead() {
        List<Tx> kept = new ArrayList<>();
        db.useTransaction(kept::add);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    kept.add(tx);
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        for (Tx dead : kept) {
            assertDead(dead);
        }
        assertThat(stored()).isZero();
    }

    @Test
    void a_savepoint_that_has_ended_is_dead_while_its_transaction_lives() {
        List<Tx> kept = new ArrayList<>();
        db.useTransaction(tx -> {
            tx.useTransaction(kept::add);
            assertThatThrownBy(() -> tx.useTransaction(nested -> {
                        kept.add(nested);
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            for (Tx dead : kept) {
                assertDead(dead);
            }
            tx.benchmarks().create(RUN);
        });
        assertThat(stored()).isEqualTo(1);
    }

    private static void assertDead(Tx dead) {
        assertThatThrownBy(() -> dead.benchmarks().create(RUN)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> dead.benchmarks().count(BenchmarkFilter.ALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended");
        assertThatThrownBy(dead::connection).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> dead.useTransaction(nested -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void savepoints_nest_and_each_is_undone_alone() {
        db.useTransaction(tx -> {
            tx.benchmarks().create(RUN);
            assertThatThrownBy(() -> tx.useTransaction(one -> {
                        one.benchmarks().create(RUN);
                        one.useTransaction(two -> two.benchmarks().create(RUN));
                        throw new IOException("mine");
                    }))
                    .isExactlyInstanceOf(IOException.class);
            assertThat(tx.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
            tx.useTransaction(one -> {
                assertThatThrownBy(() -> one.useTransaction(two -> {
                            two.benchmarks().create(RUN);
                            throw new AssertionError("mine");
                        }))
                        .isInstanceOf(AssertionError.class);
                one.benchmarks().create(RUN);
            });
        });
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void a_savepoint_that_fails_after_one_within_it_is_undone_from_its_own_beginning() {
        db.useTransaction(tx -> {
            tx.benchmarks().create(RUN);
            assertThatThrownBy(() -> tx.useTransaction(one -> {
                        one.benchmarks().create(RUN);
                        assertThatThrownBy(() -> one.useTransaction(two -> {
                                    two.benchmarks().create(RUN);
                                    throw new IOException("inner");
                                }))
                                .hasMessage("inner");
                        throw new IOException("outer");
                    }))
                    .hasMessage("outer");
            assertThat(tx.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
        });
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void its_connection_is_the_transactions_own() throws SQLException {
        int[] seen = {-1};
        db.<SQLException>useTransaction(tx -> {
            tx.benchmarks().create(RUN);
            try (var statement = tx.connection().createStatement();
                    var result = statement.executeQuery("select count(*) from evalstore.benchmarks")) {
                result.next();
                seen[0] = result.getInt(1);
            }
        });
        assertThat(seen[0]).isEqualTo(1);
    }
}
