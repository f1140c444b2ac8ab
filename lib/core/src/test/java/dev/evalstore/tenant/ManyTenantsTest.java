package dev.evalstore.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many tenants on one pool of 20: {@code -Dtenants=1000 -Dtenants.seconds=60} for as many as are promised. Figures are printed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(3_600)
class ManyTenantsTest {
    private static final int TENANTS = Integer.getInteger("tenants", 4);
    private static final int SECONDS = Integer.getInteger("tenants.seconds", 2);
    private static final int THREADS = 8;
    private static final int PREPARED = 256;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final List<String> names =
            IntStream.range(0, TENANTS).mapToObj("many_%05d"::formatted).toList();

    @BeforeAll
    @Timeout(3_600)
    void create() {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        long start = System.nanoTime();
        try (Database owner = Database.open(database.owner().build())) {
            names.forEach(owner.tenants()::create);
            long millis = (System.nanoTime() - start) / 1_000_000;
            System.out.println(TENANTS + " tenants made in " + millis + " ms, " + millis / TENANTS + " ms each");
        }
    }

    @Test
    void no_tenant_sees_anothers_row_and_what_is_remembered_is_bounded() throws Exception {
        Map<String, Benchmark> own = new ConcurrentHashMap<>();
        for (String name : names) {
            own.put(name, tenant(name).benchmarks().create(NewBenchmark.of(name, "p", "m", "d", 0)));
        }
        long[] alone = reads(List.of(names.get(0)), own, 1);
        // Sessions get to know the tables, and the driver to prepare what comes again.
        reads(names, own, SECONDS);
        long before = heap();
        String memory = memory();
        long[] all = reads(names, own, SECONDS);
        long after = heap();
        System.out.printf(
                "point read of one tenant p50 %d us, p99 %d us; of %d tenants p50 %d us, p99 %d us (%d reads)%n",
                at(alone, 50), at(alone, 99), TENANTS, at(all, 50), at(all, 99), all.length);
        System.out.printf("heap %d KB, then %d KB; KB of the sessions %s; then %s%n", before, after, memory, memory());
        assertThat(after - before).isLessThan(20_000);
        Integer prepared = database.db().inTransaction(tx -> {
            try (var statement = tx.connection().createStatement();
                    var result = statement.executeQuery("select count(*) from pg_prepared_statements")) {
                result.next();
                return result.getInt(1);
            }
        });
        assertThat(prepared).isLessThanOrEqualTo(PREPARED);
    }

    private static Database tenant(String name) {
        return database.db().tenants().tenant(name);
    }

    /** Reads for so many seconds, and looks for rows of others; returns the times, sorted, in microseconds. */
    private static long[] reads(List<String> from, Map<String, Benchmark> own, int seconds) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<List<Long>>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(i);
                running.add(threads.submit(() -> {
                    List<Long> times = new ArrayList<>();
                    while (System.nanoTime() < end) {
                        String name = from.get(random.nextInt(from.size()));
                        String other = from.get(random.nextInt(from.size()));
                        long start = System.nanoTime();
                        assertThat(tenant(name)
                                        .benchmarks()
                                        .get(own.get(name).id())
                                        .name())
                                .isEqualTo(name);
                        times.add((System.nanoTime() - start) / 1_000);
                        if (!other.equals(name)) {
                            assertThat(tenant(name)
                                            .benchmarks()
                                            .find(own.get(other).id()))
                                    .isEmpty();
                        }
                        assertThat(tenant(name)
                                        .benchmarks()
                                        .list(BenchmarkFilter.ALL, 10)
                                        .items())
                                .extracting(Benchmark::name)
                                .containsOnly(name);
                    }
                    return times;
                }));
            }
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> one : running) {
                all.addAll(one.get());
            }
            return all.stream().mapToLong(Long::longValue).sorted().toArray();
        } finally {
            threads.shutdownNow();
        }
    }

    private static long at(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1024;
    }

    /** What the server's sessions of this database hold each, in KB, where the system tells. */
    private static String memory() {
        return database
                .query("select pid from pg_stat_activity where datname = current_database()"
                        + " and usename = 'evalstore_app' order by pid")
                .stream()
                .map(ManyTenantsTest::memory)
                .collect(Collectors.joining(", "));
    }

    private static String memory(String pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", pid, "status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .findFirst()
                    .orElse("?");
        } catch (IOException | UncheckedIOException e) {
            return "?";
        }
    }

    @Test
    void the_backlog_of_one_tenant_starves_no_other_and_is_done_in_turns() {
        String full = names.get(0);
        var state = tenant(full).state();
        IntStream.range(0, 50).forEach(i -> state.put(("k" + i).getBytes(StandardCharsets.UTF_8), new byte[1]));
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        TenantMaintenance maintenance = database.db()
                .tenants()
                .maintenance(
                        // A turn of one step.
                        MaintenanceOptions.DEFAULT.turn(Duration.ofNanos(1)),
                        TenantOptions.DEFAULT.parallel(1).progress(done -> order.add(done.tenant())));
        TenantReport first = maintenance.runOnce();
        assertThat(first.failures()).isEmpty();
        assertThat(order).containsAll(names).doesNotHaveDuplicates();
        assertThat(maintenance.hasMore()).isTrue();
        order.clear();
        maintenance.runMore();
        assertThat(order).as("nobody twice in a round").doesNotHaveDuplicates().containsAll(names);
        int rounds = 0;
        while (maintenance.hasMore() && rounds < 200) {
            maintenance.runMore();
            rounds++;
        }
        assertThat(maintenance.hasMore()).isFalse();
    }

    @Test
    void sizes_and_queues_of_many_tenants_are_read_together() {
        tenant(names.get(1)).jobs().createAll(Collections.nCopies(3, NewJob.of("t", Json.EMPTY)));
        Map<String, TenantStats> stats = database.db().tenants().stats(1_000, null).items().stream()
                .collect(Collectors.toMap(TenantStats::name, one -> one));
        assertThat(stats.keySet()).containsAll(names);
        assertThat(stats.get(names.get(1)).waitingJobs()).isEqualTo(3);
        assertThat(stats.get(names.get(0)).waitingJobs()).isZero();
        assertThat(stats.values()).allMatch(one -> one.bytes() > 0 && one.runningJobs() == 0);
    }
}
