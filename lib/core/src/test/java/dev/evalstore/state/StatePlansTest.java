package dev.evalstore.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * On a large table no statement reads a table from end to end: the plans that the server keeps for any arguments say so.
 * {@code -Dstate.plans.rows=1000000} makes it larger.
 */
class StatePlansTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int ROWS = Integer.getInteger("state.plans.rows", 100_000);

    @BeforeAll
    static void fill() {
        database.admin("insert into evalstore.state_namespaces (name, checkpointed, watched, epoch, kept_epoch)"
                + " select 'n' || i, true, true, 10, 9 from generate_series(1, 20) i");
        database.admin("insert into evalstore.state_entries (namespace_id, key, value, version, epoch, expires_at,"
                + " expiry_minute, metadata) select 1 + i % 4, decode(md5(i::text), 'hex'),"
                + " decode(repeat(md5(i::text), 4), 'hex'), i, case when i % 100 = 0 then 10 else 1 end, x.at,"
                + " floor(extract(epoch from x.at) / 60), case when i % 10 = 0 then jsonb_build_object('tag', i %"
                + " 1000) end from"
                + " generate_series(1,"
                + " " + ROWS + ") i cross join lateral (select case when i % 20 = 0"
                + " then now() + interval '1 minute' * (i % 10000 - 5) end) x(at)");
        database.admin("insert into evalstore.state_history (namespace_id, key, epoch_from, epoch_to, value, version,"
                + " created_at, updated_at) select 1 + i % 4, decode(md5(i::text), 'hex'), e, e + i % 3, 'v', i,"
                + " now(), now() from generate_series(1, " + ROWS / 4 + ") i cross join unnest(array[1, 5]) e");
        database.admin("insert into evalstore.state_checkpoints (id, namespace_id, epoch)"
                + " select gen_random_uuid(), n, e from generate_series(1, 4) n cross join generate_series(1, 9) e");
        database.admin("insert into evalstore.state_changes (namespace_id, seq, kind, key, version)"
                + " select 1 + i % 4, i, 'put', 'k', i from generate_series(1, " + ROWS + ") i");
        database.admin("vacuum analyze");
    }

    @Test
    void no_statement_reads_a_table_from_end_to_end() {
        assumeTrue(Integer.parseInt(database.value("show server_version_num")) >= 160_000);
        StateSql plain = new StateSql("evalstore.state_", false, false);
        StateSql both = new StateSql("evalstore.state_", true, true);
        Map<String, String> statements = new LinkedHashMap<>();
        statements.put("get", plain.text(EntrySql.GET));
        statements.put("getEntry", plain.text(EntrySql.GET_ENTRY));
        statements.put("getAll", plain.text(EntrySql.GET_ALL));
        statements.put("contains", plain.text(EntrySql.CONTAINS));
        for (StateSql sql : List.of(plain, both)) {
            String kind = sql == plain ? " plain" : " checkpointed and watched";
            statements.put("put" + kind, sql.put);
            statements.put("putWithOptions" + kind, sql.putWithOptions);
            statements.put("putIfVersion" + kind, sql.putIfVersion);
            statements.put("compareAndSet" + kind, sql.compareAndSet);
            statements.put("increment" + kind, sql.increment);
            statements.put("putAll" + kind, sql.putAll);
            statements.put("putAllBare" + kind, sql.putAllBare);
            statements.put("delete" + kind, sql.delete);
            statements.put("deleteAll" + kind, sql.deleteAll);
            statements.put("expire" + kind, sql.expire);
            statements.put("sweep" + kind, sql.sweep);
        }
        statements.put("createCheckpoint", both.checkpoints.create);
        statements.put("restoreSave", both.checkpoints.restoreSave);
        statements.put("restoreDelete", both.checkpoints.restoreDelete);
        statements.put("restoreInsert", both.checkpoints.restoreInsert);
        Range first = new Range(new byte[] {1}, 1_000, null);
        Range next = new Range(new byte[] {1}, 1_000, new byte[] {1, 2});
        for (Range range : List.of(first, next)) {
            statements.put(
                    "keys " + (range == first),
                    plain.of(Namespace.LIST_KEYS, range).text());
            statements.put(
                    "entries " + (range == first),
                    plain.of(Namespace.ENTRIES, range).text());
        }
        statements.forEach((name, text) -> {
            String[] parts = text.split(";");
            String plan = plan(parts[parts.length - 1]);
            assertThat(plan)
                    .as(name)
                    .doesNotContain("Seq Scan on state_entries")
                    .doesNotContain("Seq Scan on state_history")
                    .doesNotContain("Seq Scan on state_changes");
            if (name.startsWith("restoreSave") || name.startsWith("restoreDelete")) {
                assertThat(plan).as(name).contains("idx_state_entries_namespace_id_epoch");
            }
            if (name.startsWith("restoreInsert")) {
                assertThat(plan).as(name).contains("idx_state_history_namespace_id_epoch_to");
            }
            if (name.startsWith("keys") || name.startsWith("entries")) {
                assertThat(plan).as(name).doesNotContain("Sort");
            }
        });
    }

    private static String plan(String sql) {
        StringBuilder numbered = new StringBuilder();
        int number = 0;
        for (char c : sql.toCharArray()) {
            numbered.append(c == '?' ? "$" + ++number : "" + c);
        }
        // In the extended protocol the driver would have to bind them.
        String url = database.config().build().url() + "?preferQueryMode=simple";
        var config = database.config().build();
        try (Connection connection = DriverManager.getConnection(url, config.user(), config.password());
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("explain (generic_plan) " + numbered)) {
            StringBuilder plan = new StringBuilder();
            while (result.next()) {
                plan.append(result.getString(1)).append('\n');
            }
            return plan.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
