package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How many rows the statements of many entries handle, on tables that were filled a moment ago and that the planner takes for
 * empty, as they were when it last looked. A plan that compares each row with each would handle millions of them here, and take
 * minutes for a restore of ten thousand keys.
 */
class StateWorkTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int ROWS = 2_000;
    private static final long MAX = 20L * ROWS;

    private static final StateOptions BOTH = StateOptions.DEFAULT.watched(true);
    private static final StateSql SQL = new StateSql("evalstore.state_", true, true);
    private static final List<byte[]> KEYS =
            IntStream.range(0, ROWS).mapToObj(i -> b("key-" + i)).toList();
    private static int namespace;

    /** Each key has been overwritten since a checkpoint, and a part has expired. */
    @BeforeAll
    static void fill() {
        for (String table : List.of("entries", "history", "changes", "checkpoints", "namespaces")) {
            database.admin("alter table evalstore.state_" + table + " set (autovacuum_enabled = off)");
        }
        StateBackend state = database.db().state("work", BOTH);
        put(state, "once");
        state.createCheckpoint();
        put(state, "again");
        database.admin("delete from evalstore.state_entries");
        database.admin("delete from evalstore.state_history");
        database.admin("delete from evalstore.state_changes");
        database.admin("vacuum (analyze, truncate off) evalstore.state_entries, evalstore.state_history,"
                + " evalstore.state_changes");
        put(state, "before");
        state.createCheckpoint();
        put(state, "after");
        namespace = Integer.parseInt(database.value("select id from evalstore.state_namespaces where name = 'work'"));
        database.admin("update evalstore.state_entries set expires_at = now() - interval '1 hour', expiry_minute = 1"
                + " where get_byte(key, octet_length(key) - 1) % 4 = 0");
    }

    private static void put(StateBackend state, String value) {
        List<NewStateEntry> batch = new ArrayList<>();
        KEYS.forEach(key -> batch.add(NewStateEntry.of(key, b(value.repeat(100)))));
        state.putAll(batch);
    }

    /** The rows that all parts of the plan gave or threw away, by the server's own count. Nothing stays done. */
    private static long work(String before, String text, Object... args) {
        String[] statements = text.split(";");
        String sql =
                "explain (analyze, format json) " + statements[statements.length - 1].replaceAll("/\\*.*?\\*/", "");
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            Jdbc tx = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT).joining(connection);
            tx.script("before", "set local plan_cache_mode = force_generic_plan; " + before);
            String plan = tx.returning(Sql.of(sql, args), row -> row.text("QUERY PLAN"))
                    .get(0);
            connection.rollback();
            return rows(((Map<?, ?>) Json.parse(plan).as(List.class).get(0)).get("Plan"));
        } catch (SQLException e) {
            throw new IllegalStateException(text, e);
        }
    }

    private static long rows(Object node) {
        Map<?, ?> plan = (Map<?, ?>) node;
        double each = number(plan, "Actual Rows")
                + number(plan, "Rows Removed by Filter")
                + number(plan, "Rows Removed by Join Filter");
        long rows = Math.round(each * number(plan, "Actual Loops"));
        if (plan.get("Plans") instanceof List<?> below) {
            for (Object part : below) {
                rows += rows(part);
            }
        }
        return rows;
    }

    private static double number(Map<?, ?> plan, String name) {
        return plan.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    private static void assertLinear(String text, Object... args) {
        assertThat(work("", text, args)).as(text).isBetween((long) ROWS / 4, MAX);
    }

    @Test
    void a_batch_of_puts_and_one_of_deletes_look_up_each_key_once() {
        SqlArray keys = SqlArray.bytes(KEYS, key -> key);
        assertLinear(
                SQL.putAll,
                namespace,
                "work",
                namespace,
                "work",
                keys,
                keys,
                SqlArray.reals(List.<Double>of(), x -> x),
                SqlArray.instants(List.of(), x -> null),
                SqlArray.jsons(List.of(), x -> null));
        assertLinear(SQL.putAllBare, namespace, "work", namespace, "work", keys, keys);
        assertLinear(SQL.deleteAll, namespace, "work", namespace, "work", keys);
        assertLinear(SQL.clear, namespace, "work", namespace, "work");
    }

    @Test
    void a_restore_handles_each_changed_key_a_few_times() {
        assertLinear(SQL.checkpoints.restoreSave, 4, namespace, 2, 3);
        assertLinear(SQL.checkpoints.restoreDelete, namespace, 2, 2, 2);
        assertThat(work("delete from evalstore.state_entries", SQL.checkpoints.restoreInsert, 3, namespace, 2, 2))
                .isBetween((long) ROWS, MAX);
    }

    @Test
    void a_batch_of_the_sweeper_of_history_and_of_the_feed_reads_little_more_than_it_deletes() {
        assertLinear(SQL.sweep, namespace, "work", 1_000);
        assertThat(work(
                        "delete from evalstore.state_checkpoints",
                        SQL.text(Checkpoints.UNNEEDED),
                        namespace,
                        "work",
                        ROWS,
                        ROWS))
                .isBetween((long) ROWS, MAX);
        assertThat(work("", SQL.text(Checkpoints.UNNEEDED), namespace, "work", ROWS, ROWS))
                .as("what a checkpoint needs is not even read")
                .isLessThan(100);
        assertThat(work(
                        "update evalstore.state_history set expires_at = now() - interval '1 minute'",
                        SQL.text(Checkpoints.EXPIRED),
                        namespace,
                        "work",
                        ROWS))
                .isBetween((long) ROWS, MAX);
        assertLinear(SQL.text(Changes.CLEANUP), namespace, "work", 1_000, Duration.ofNanos(1_000));
    }

    @Test
    void a_page_of_a_checkpoint_reads_no_further_than_it_needs_to() {
        Namespace.Definition work = new Namespace.Definition(namespace, "work", true, true);
        UUID checkpoint =
                database.db().state("work", BOTH).listCheckpoints().get(0).id();
        Sql sql = CheckpointReads.step(SQL, work, checkpoint, new Range(new byte[0], 10, null));
        long first = work("", sql.text(), sql.args().toArray());
        Sql last = CheckpointReads.step(SQL, work, checkpoint, new Range(new byte[0], 10, b("key-99")));
        long end = work("", last.text(), last.args().toArray());
        assertThat(first).isBetween(1_000L, 10_000L);
        assertThat(end).isLessThan(1_000);
    }
}
