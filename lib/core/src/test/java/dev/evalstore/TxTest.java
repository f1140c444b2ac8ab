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

    /** The host's own SQL through {@code connection()} throws these. */
    @Test
    void the_callers_own_sql_exception_is_typed() {
        assertThatThrownBy(() -> db.<Boolean, SQLException>inTransaction(tx -> {
                    tx.benchmarks().create(RUN);
                    try (var statement = tx.connection().createStatement()) {
                        return statement.execute("select 1/0");
                    }
                }))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("22012"));
        assertThat(stored()).isZero();
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
