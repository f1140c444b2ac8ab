package dev.evalstore.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.MigrationStatus;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Those who make, migrate and drop tenants are killed, or lose their connection, at random moments: {@code
 * -Dtenants.kills=20} for more of them, {@code -Dtenants.seed} for those of an earlier run.
 */
@Timeout(1_800)
class TenantCrashTest {
    private static final int KILLS = Integer.getInteger("tenants.kills", 1);
    private static final long SEED = Long.getLong("tenants.seed", System.nanoTime());

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private static List<String> wholeTables;
    private static List<String> wholeHistory;
    private static List<Integer> versions;

    private final Random random = new Random(SEED);
    private Database owner;
    private Tenants tenants;

    @BeforeAll
    static void whole() {
        System.out.println("seed " + SEED);
        try (Database db = Database.open(database.owner().build())) {
            db.tenants().create("whole");
            versions = db.withSchema("whole").migrationStatus().migrations().stream()
                    .map(MigrationStatus.Migration::version)
                    .toList();
            wholeTables = relations("whole");
            wholeHistory = history("whole");
        }
    }

    @BeforeEach
    void open() {
        owner = Database.open(database.owner().build());
        tenants = owner.tenants();
    }

    @AfterEach
    void drop() {
        owner.close();
        database.query("select nspname from pg_namespace where nspname ~ '^crash_'")
                .forEach(name -> database.admin("drop schema " + name + " cascade"));
    }

    private static List<String> relations(String schema) {
        return database.query("select relkind::text || ' ' || relname from pg_class where relnamespace = '" + schema
                + "'::regnamespace order by 1");
    }

    private static List<String> history(String schema) {
        return database.query("select (h.installed_rank, h.version, h.description, h.type, h.script, h.checksum,"
                + " h.installed_by, h.success)::text from " + schema
                + ".evalstore_schema_history h order by h.installed_rank");
    }

    private static boolean isThere(String schema) {
        return !database.query("select nspname from pg_namespace where nspname = '" + schema + "'")
                .isEmpty();
    }

    private static void assertWhole(String schema) {
        assertThat(relations(schema)).isEqualTo(wholeTables);
        assertThat(history(schema)).isEqualTo(wholeHistory);
    }

    @Test
    void a_creation_that_loses_its_connection_leaves_nothing_or_a_whole_tenant_and_says_which() {
        // Three for each script, and a few before and after.
        int requests = 3 * versions.size() + 10;
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < 4 * KILLS; i++) {
            String name = "crash_" + i;
            int nth = 1 + random.nextInt(requests);
            TcpProxy.Way way = random.nextBoolean() ? TcpProxy.Way.TO_SERVER : TcpProxy.Way.TO_CLIENT;
            try (TcpProxy proxy = database.proxy();
                    Database far = Database.open(TestServer.get()
                            .as("evalstore_owner", database.name())
                            .url("jdbc:postgresql://localhost:" + proxy.port() + "/" + database.name())
                            .build())) {
                far.tenants().list(1);
                proxy.loseAt(nth, way, false);
                far.tenants().create(name);
                outcomes.add((proxy.hasLost() ? "made in spite of it " : "made ") + nth);
                assertWhole(name);
                assertThatThrownBy(() -> tenants.create(name)).isInstanceOf(ConflictException.class);
            } catch (DatabaseException e) {
                boolean isUnknown = e instanceof TransientDatabaseException lost && lost.outcomeUnknown();
                outcomes.add((isUnknown ? "unknown " : "failed ") + nth + " " + way);
                if (isThere(name)) {
                    assertThat(isUnknown)
                            .as("a failure at %s %s left something", nth, way)
                            .isTrue();
                } else {
                    tenants.create(name);
                }
                assertWhole(name);
            }
        }
        System.out.println(outcomes);
        assertThat(outcomes).anyMatch(outcome -> outcome.startsWith("failed"));
    }

    /** Lets the process work for a random time, and kills it. */
    private void killed(int millis, String verb, List<String> names) {
        DatabaseConfig config = database.owner().build();
        List<String> arguments = Stream.concat(
                        Stream.of(config.url(), String.valueOf(config.user()), String.valueOf(config.password()), verb),
                        names.stream())
                .toList();
        try (ChildJvm child = ChildJvm.start(DyingOwner.class, List.of("-Xmx128m"), arguments.toArray(String[]::new))) {
            child.await("begins");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(millis)));
            child.kill();
        }
    }

    @Test
    void a_killed_maker_leaves_whole_tenants_only_and_the_next_makes_the_rest_at_once() {
        for (int i = 0; i < KILLS; i++) {
            String round = "crash_" + i + "_";
            List<String> names = IntStream.range(0, 6).mapToObj(n -> round + n).toList();
            killed(4_000, "create", names);
            // At once: the server may not have noticed yet.
            List<String> made = new ArrayList<>();
            for (String name : names) {
                try {
                    tenants.create(name);
                } catch (ConflictException e) {
                    made.add(name);
                }
            }
            System.out.println("made before the kill: " + made);
            assertThat(made).isEqualTo(names.subList(0, made.size()));
            names.forEach(TenantCrashTest::assertWhole);
        }
    }

    @Test
    void a_killed_migration_of_all_is_gone_on_with() {
        List<String> names = IntStream.range(0, 4).mapToObj(n -> "crash_" + n).toList();
        names.forEach(tenants::create);
        for (int i = 0; i < KILLS; i++) {
            for (String name : names) {
                tenants.tenant(name).revertTo(versions.get(versions.size() - 6));
            }
            killed(3_000, "migrate", List.of());
            TenantReport report = tenants.migrateAll();
            System.out.println("after the kill: " + report);
            assertThat(report.failures()).isEmpty();
            // Beside the one that the others are compared with.
            assertThat(report.done() + report.skipped()).isEqualTo(names.size() + 1);
            names.forEach(TenantCrashTest::assertWhole);
        }
    }

    @Test
    void a_killed_drop_is_gone_on_with_by_name_twice() {
        for (int i = 0; i < KILLS; i++) {
            List<String> names = List.of("crash_a", "crash_b");
            names.forEach(tenants::create);
            killed(1_500, "drop", names);
            for (String name : names) {
                tenants.find(name).ifPresent(left -> {
                    System.out.println("left by the kill: " + left);
                    assertThatThrownBy(() -> tenants.drop(name, "crash_")).isInstanceOf(IllegalArgumentException.class);
                    tenants.drop(name, name);
                });
                assertThat(isThere(name)).isFalse();
            }
        }
    }
}
