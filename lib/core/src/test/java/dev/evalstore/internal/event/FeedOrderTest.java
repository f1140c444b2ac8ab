package dev.evalstore.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FeedOrderTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final FeedOrder ORDER = FeedOrder.by("domain_event_positions");
    private static final String DRAW =
            "with " + ORDER.holding() + " select " + ORDER.next() + " as number from holding";
    private static final String SETTLED = "with " + ORDER.settled() + " select number, last from settled";

    private Connection first;
    private Connection second;
    private Connection reader;

    @BeforeEach
    void open() throws SQLException {
        first = database.connection();
        second = database.connection();
        reader = database.connection();
        first.setAutoCommit(false);
        second.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        first.close();
        second.close();
        reader.close();
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong("number");
        }
    }

    @Test
    void nothing_was_drawn_yet() throws SQLException {
        database.admin("alter sequence evalstore.domain_event_positions restart");
        assertThat(number(reader, SETTLED)).isZero();
        assertThat(number(first, DRAW)).isOne();
        assertThat(number(reader, SETTLED)).isZero();
        first.commit();
        assertThat(number(reader, SETTLED)).isOne();
    }

    @Test
    void a_number_is_settled_when_no_lower_one_is_under_way() throws SQLException {
        long low = number(first, DRAW);
        long high = number(second, DRAW);
        long again = number(first, DRAW);
        assertThat(high).isGreaterThan(low);
        assertThat(again).isGreaterThan(high);

        second.commit();
        assertThat(number(reader, SETTLED)).isEqualTo(low - 1);
        first.commit();
        assertThat(number(reader, SETTLED)).isEqualTo(again);
    }

    @Test
    void a_transaction_that_holds_no_number_holds_nothing_up() throws SQLException {
        number(first, "select pg_current_xact_id()::text::bigint as number");
        long drawn = number(second, DRAW);
        second.commit();

        assertThat(number(reader, SETTLED)).isEqualTo(drawn);
        first.rollback();
    }

    @Test
    void a_savepoint_that_is_rolled_back_takes_its_lock_back_and_the_next_number_takes_another() throws SQLException {
        Savepoint savepoint = first.setSavepoint();
        number(first, DRAW);
        first.rollback(savepoint);
        long between = number(second, DRAW);
        second.commit();
        assertThat(number(reader, SETTLED)).isEqualTo(between);

        number(first, DRAW);
        assertThat(number(reader, SETTLED)).isEqualTo(between);
        long last = number(first, DRAW);
        first.commit();
        assertThat(number(reader, SETTLED)).isEqualTo(last);
    }

    @Test
    void numbers_pass_the_32nd_bit() throws SQLException {
        database.admin("alter sequence evalstore.domain_event_positions restart with 4294967295");
        long low = number(first, DRAW);
        for (int i = 0; i < 3; i++) {
            number(second, DRAW);
            second.commit();
        }
        assertThat(number(reader, SETTLED)).isEqualTo(low - 1);
        first.commit();
        assertThat(number(reader, SETTLED)).isEqualTo(low + 3);
    }
}
