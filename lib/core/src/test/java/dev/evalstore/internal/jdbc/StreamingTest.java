package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.TxOptions;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamingTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(1));

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    @BeforeAll
    static void create() {
        Samples.create(database);
        database.admin("create sequence evalstore.ticks; grant usage on evalstore.ticks to evalstore_app");
    }

    @BeforeEach
    void restart() {
        database.admin("alter sequence evalstore.ticks restart");
    }

    /** Each row that the server makes moves the sequence, which shows how far it is ahead of the consumer. */
    private static final Sql TICKS = Sql.of("select nextval('evalstore.ticks') as n from generate_series(1, 20000)");

    private static long made() {
        return Long.parseLong(database.value("select last_value from evalstore.ticks"));
    }

    @Test
    void the_server_is_never_more_than_a_thousand_rows_ahead_of_the_consumer() {
        List<Long> ahead = new ArrayList<>();
        jdbc.forEach(TICKS, row -> row.bigint("n"), n -> {
            if (n % 2_500 == 1) {
                ahead.add(made() - n);
            }
        });
        assertThat(ahead).hasSize(8).allSatisfy(rows -> assertThat(rows).isLessThan(1_000));
        assertThat(made()).isEqualTo(20_000);
    }

    @Test
    void the_longer_the_rows_the_fewer_are_fetched_at_once() {
        Sql ticks = Sql.of("select nextval('evalstore.ticks') as n, repeat('x', case"
                + " when i <= 5 then 100000 when i <= 3000 then 10 when i <= 3300 then 100000 else 2000000 end) as wide"
                + " from generate_series(1, 3310) i");
        List<Long> ahead = new ArrayList<>();
        jdbc.forEach(ticks, 256, row -> row.bigint("n") + 0L * row.text("wide").length(), n -> ahead.add(made() - n));
        assertThat(ahead).hasSize(3_310);
        assertThat(ahead.subList(0, 6)).as("the first ones").allMatch(rows -> rows <= 10);
        assertThat(ahead.subList(2_000, 2_500)).as("short ones").contains(255L);
        assertThat(ahead.subList(3_256, 3_300)).as("100 KB each").allMatch(rows -> rows <= 10);
        assertThat(ahead.subList(3_310 - 5, 3_310)).as("2 MB each").containsOnly(0L);
    }

    @Test
    void inside_a_transaction_it_streams_too() {
        long made = jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            List<Long> first = new ArrayList<>();
            tx.forEach(TICKS, row -> row.bigint("n"), n -> {
                if (n == 1) {
                    first.add(made());
                }
            });
            return first.get(0);
        });
        assertThat(made).isLessThanOrEqualTo(1_000);
    }

    @Test
    void what_the_consumer_throws_ends_the_reading_and_gives_the_connection_back() {
        IllegalStateException mine = new IllegalStateException("mine");
        assertThatThrownBy(() -> jdbc.forEach(TICKS, row -> row.bigint("n"), n -> {
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(made()).isLessThanOrEqualTo(1_000);
        assertThat(jdbc.<Integer>one(Sql.of("select 1 as n"), row -> row.integer("n")))
                .isEqualTo(1);
    }

    @Test
    void explicit_columns_survive_a_column_that_another_session_adds_and_a_star_does_not() {
        UUID id = UUID.randomUUID();
        jdbc.update(Sql.of("insert into evalstore.samples (id) values (?)", id));
        Sql star = Sql.of("select * from evalstore.samples where id = ?", id);
        // A statement that was run five times is prepared on the server with its columns.
        for (int i = 0; i < 8; i++) {
            assertThat(Samples.TABLE.find(jdbc, id)).isPresent();
            assertThat(jdbc.find(star, row -> row.uuid("id"))).isPresent();
        }
        database.admin("alter table evalstore.samples add column added int");

        jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            assertThat(Samples.TABLE.find(tx, id)).isPresent();
            return true;
        });
        assertThatThrownBy(() ->
                        jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> tx.find(star, row -> row.uuid("id"))))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("0A000"));
    }
}
