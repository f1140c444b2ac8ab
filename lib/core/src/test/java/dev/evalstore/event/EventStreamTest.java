package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.Repositories;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader gets that asks up to where events are settled, and then reads: every committed event once, in order per aggregate. */
class EventStreamTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int WRITERS = 8;
    private static final int AGGREGATES = 5;

    private static final String SETTLED = "with " + EventRows.ORDER.settled() + " select number, last from settled";

    private static final String READ = "select position, aggregate_id, (payload ->> 'n')::int as n, id::text as id"
            + " from evalstore.domain_events where position > ? and position <= ? order by position";

    /** An event as the reader got it. */
    private record Got(long position, String aggregate, int n, String id) {}

    @BeforeAll
    static void aggregates() {
        database.admin("create table public.aggregates (id int primary key, n int not null);"
                + " insert into public.aggregates select i, 0 from generate_series(0, 9) i;"
                + " grant select, update on public.aggregates to evalstore_app");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void nothing_is_lost_or_read_twice_or_out_of_order(long seed) throws Exception {
        prove(seed, Integer.getInteger("events.transactions", 60));
    }

    @Tag("long")
    @Test
    void nothing_is_lost_or_read_twice_or_out_of_order_for_a_minute() throws Exception {
        prove(3, 2_500);
    }

    private static void prove(long seed, int transactions) throws Exception {
        Queue<String> committed = new ConcurrentLinkedQueue<>();
        List<Got> got = new ArrayList<>();
        CountDownLatch writing = new CountDownLatch(WRITERS);
        long from = settled("number");
        Threads.together(WRITERS + 1, thread -> () -> {
            if (thread == WRITERS) {
                read(from, writing, got);
            } else {
                try {
                    write(new Random(seed * 100 + thread), transactions, committed);
                } finally {
                    writing.countDown();
                }
            }
            return true;
        });

        assertThat(got).extracting(Got::id).containsExactlyInAnyOrderElementsOf(committed);
        Map<String, Integer> last = new HashMap<>();
        for (Got event : got) {
            Integer before = last.put(event.aggregate(), event.n());
            assertThat(before == null || before < event.n())
                    .as("%s after %s", event, before)
                    .isTrue();
        }
        assertThat(got).hasSizeGreaterThan(transactions);
    }

    /** Transactions over some aggregates each, with pauses, savepoints that are rolled back, and ends that come late or never. */
    private static void write(Random random, int transactions, Queue<String> committed) throws SQLException {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions; i++) {
                List<String> kept = new ArrayList<>();
                // In one order, so that no two writers wait for each other.
                TreeSet<Integer> touched = new TreeSet<>();
                for (int k = random.nextInt(3); k >= 0; k--) {
                    touched.add(random.nextInt(AGGREGATES));
                }
                for (int aggregate : touched) {
                    boolean isUndone = random.nextInt(4) == 0;
                    Savepoint savepoint = isUndone ? connection.setSavepoint() : null;
                    String id = append(connection, aggregate);
                    pause(random, 2_000);
                    if (savepoint == null) {
                        kept.add(id);
                    } else {
                        connection.rollback(savepoint);
                    }
                }
                pause(random, random.nextInt(10) == 0 ? 20_000 : 500);
                if (random.nextInt(5) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    committed.addAll(kept);
                }
            }
        }
    }

    /** The next event of an aggregate, numbered behind the lock on its row. */
    private static String append(Connection connection, int aggregate) throws SQLException {
        int n;
        try (PreparedStatement next =
                connection.prepareStatement("update public.aggregates set n = n + 1 where id = ? returning n")) {
            next.setInt(1, aggregate);
            try (ResultSet row = next.executeQuery()) {
                assertThat(row.next()).isTrue();
                n = row.getInt(1);
            }
        }
        Repositories in = database.db().join(connection);
        return in.events()
                .append(NewDomainEvent.of("counted", "aggregate", "a" + aggregate)
                        .payload(Json.of(Map.of("n", n))))
                .id()
                .toString();
    }

    private static void pause(Random random, int microseconds) {
        LockSupport.parkNanos(random.nextInt(microseconds) * 1_000L);
    }

    private static void read(long from, CountDownLatch writing, List<Got> got) throws SQLException {
        long position = from;
        boolean last;
        do {
            last = writing.getCount() == 0;
            long settled = settled("number");
            if (last) {
                assertThat(settled).isEqualTo(settled("last"));
            }
            try (Connection reader = database.connection();
                    PreparedStatement read = reader.prepareStatement(READ)) {
                read.setLong(1, position);
                read.setLong(2, settled);
                try (ResultSet rows = read.executeQuery()) {
                    while (rows.next()) {
                        got.add(new Got(
                                rows.getLong("position"),
                                rows.getString("aggregate_id"),
                                rows.getInt("n"),
                                rows.getString("id")));
                    }
                }
            }
            position = Math.max(position, settled);
        } while (!last);
    }

    private static long settled(String column) throws SQLException {
        try (Connection reader = database.connection();
                ResultSet row = reader.createStatement().executeQuery(SETTLED)) {
            assertThat(row.next()).isTrue();
            return row.getLong(column);
        }
    }

    @Test
    void a_transaction_without_an_event_holds_nobody_up_and_one_with_an_event_only_what_comes_after() throws Exception {
        EventRepository events = database.db().events();
        database.db().useTransaction(tx -> {
            tx.state().put(new byte[] {1}, new byte[] {1});
            long before = events.append(NewDomainEvent.of("x", "y", "before")).position();
            assertThat(settled("number")).isGreaterThanOrEqualTo(before);

            long held = tx.events().append(NewDomainEvent.of("x", "y", "held")).position();
            long after = events.append(NewDomainEvent.of("x", "y", "after")).position();
            assertThat(settled("number")).isBetween(before, held - 1);
            assertThat(settled("last")).isGreaterThanOrEqualTo(after);
        });
        assertThat(settled("number")).isEqualTo(settled("last"));
    }

    @Test
    void a_host_without_rows_orders_an_aggregate_by_its_lock() throws Exception {
        EventRepository events = database.db().events();
        int[] n = {0};
        Threads.together(6, thread -> () -> {
            for (int i = 0; i < 20; i++) {
                database.db().useTransaction(tx -> {
                    tx.events().appendLocked(NewDomainEvent.of("began", "loose", "one"));
                    // Nobody else is here.
                    int next = ++n[0];
                    tx.events()
                            .append(NewDomainEvent.of("counted", "loose", "one").payload(Json.of(Map.of("n", next))));
                });
            }
            return true;
        });
        List<Integer> counted = new ArrayList<>();
        events.list(EventFilter.ALL.type("counted").aggregate("loose", "one"), 1_000, null)
                .items()
                .forEach(event ->
                        counted.add(0, ((Number) event.payload().asMap().get("n")).intValue()));
        assertThat(counted)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 120).boxed().toList());
    }
}
