package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SeveralStatementsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    /** The driver sent them apart from the sixth time on, and the lock of the first was gone before the second. */
    @Test
    void a_lock_of_an_earlier_statement_is_held_in_the_later_one_however_often_and_also_beside_a_null() {
        DatabaseConfig config = database.config().build();
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(config.url());
            pool.setUsername(config.user());
            pool.setPassword(config.password());
            pool.setMaximumPoolSize(1);
            Jdbc jdbc = Jdbc.on(pool, DatabaseOptions.DEFAULT);
            List<Integer> held = IntStream.range(0, 40)
                    .mapToObj(i -> jdbc.returning(
                                    Sql.of(
                                            "select pg_advisory_xact_lock(?, ?); select count(*)::int as held,"
                                                    + " ?::int as number, 'long' || ?::text as words from pg_locks"
                                                    + " where locktype = 'advisory' and pid = pg_backend_pid()",
                                            1,
                                            2,
                                            i % 20 < 10 ? null : (Integer) i,
                                            i % 3 == 0 ? null : "words"),
                                    row -> row.integer("held"))
                            .get(0))
                    .toList();
            assertThat(held).hasSize(40).containsOnly(1);
        }
    }
}
