package dev.evalstore.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MigrationStatus;
import dev.evalstore.Page;
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
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
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
 * Many tenants on one pool of 20: {@code -Dtenants=1000 -Dtenants.seconds=60} for as many as are promised, {@code
 * -Dtenants.makers=2} for how many are made at a time. Figures are printed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(7_200)
class ManyTenantsTest {
    private static final int TENANTS = Integer.getInteger("tenants", 4);
    private static final int SECONDS = Integer.getInteger("tenants.seconds", 2);
    private static final int MAKERS = Integer.getInteger("tenants.makers", 2);
    private static final int THREADS = 8;
    private static final int SLICES = 4;
    private static final int PREPARED = 256;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final List<String> names =
            IntStream.range(0, TENANTS).mapToObj("many_%05d"::formatted).toList();

    @BeforeAll
    @Timeout(7_200)
    void create() throws Exception {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        long start = System.nanoTime();
        ExecutorService makers = Executors.newFixedThreadPool(MAKERS);
        try (Database owner = Database.open(database.owner().build())) {
            List<Future<Database>> made = new ArrayList<>();
            names.forEach(name -> made.add(makers.submit(() -> owner.tenants().create(name))));
            for (Future<Database> one : made) {
                one.get();
            }
        } finally {
            makers.shutdownNow();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d tenants made by %d threads in %.1f s, %.2f s each; a thousand take %.1f min%n",
                TENANTS, MAKERS, seconds, seconds / TENANTS, 1_000 * seconds / TENANTS / 60);
    }

    @Test
    void no_tenant_sees_anothers_row_and_what_is_remembered_is_bounded() throws Exception {
        Map<String, Benchmark> own = new ConcurrentHashMap<>();
        for (String name : names) {
            own.put(name, tenant(name).benchmarks().create(NewBenchmark.of(name, "p", "m", "d", 0)));
        }
        // Sessions get to know the tables, and the driver to prepare what comes again.
        reads(names, own, Duration.ofSeconds(1));
        long[] alone = reads(List.of(names.get(0)), own, Duration.ofSeconds(Math.max(1, SECONDS / 4)));
        long before = heap();
        List<Memory> memory = new ArrayList<>(List.of(Memory.now()));
        List<Long> times = new ArrayList<>();
        for (int slice = 0; slice < SLICES; slice++) {
            long[] some = reads(names, own, Duration.ofSeconds(SECONDS).dividedBy(SLICES));
            Arrays.stream(some).forEach(times::add);
            memory.add(Memory.now());
        }
        long after = heap();
        long[] all = times.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "point read, %d threads: of one tenant p50 %d us, p99 %d us (%d reads); of %d tenants p50 %d us, p99 %d us"
                        + " (%d reads); p99 %.2f times%n",
                THREADS,
                at(alone, 50),
                at(alone, 99),
                alone.length,
                TENANTS,
                at(all, 50),
                at(all, 99),
                all.length,
                (double) at(all, 99) / at(alone, 99));
        System.out.printf("heap %d KB, then %d KB; the server's sessions %s%n", before, after, memory);
        int prepared = prepared();
        System.out.println("prepared statements of one session at most " + prepared);
        assertThat(after - before).isLessThan(20_000);
        assertThat(prepared).isBetween(1, PREPARED);
        if (TENANTS >= 100 && memory.get(SLICES).isKnown()) {
            assertThat(memory.get(SLICES).each())
                    .as("levels off: the last quarter of the time adds little")
                    .isLessThan(1.1 * memory.get(SLICES - 1).each());
        }
    }

    /**
     * What the pool's sessions hold, where the system tells.
     *
     * @param own what each has of its own, in kilobytes
     * @param shares their shares of the memory that they have in common, such as the server's buffers
     */
    private record Memory(long own, long shares, int sessions) {
        static Memory now() {
            List<String> pids = database.query("select pid from pg_stat_activity where datname = current_database()"
                    + " and usename = 'evalstore_app'");
            long own = 0;
            long all = 0;
            for (String pid : pids) {
                Map<String, Long> rollup = rollup(pid);
                own += rollup.getOrDefault("Pss_Anon", 0L);
                all += rollup.getOrDefault("Pss", 0L);
            }
            return new Memory(own, all - own, pids.size());
        }

        private static Map<String, Long> rollup(String pid) {
            try (Stream<String> lines = Files.lines(Path.of("/proc", pid, "smaps_rollup"))) {
                return lines.filter(line -> line.endsWith(" kB"))
                        .map(line -> line.split(":? +"))
                        .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
            } catch (IOException | UncheckedIOException e) {
                return Map.of();
            }
        }

        boolean isKnown() {
            return own > 0;
        }

        double each() {
            return (double) own / sessions;
        }

        @Override
        public String toString() {
            return isKnown()
                    ? "%d MB in %d, %.1f MB each, and %d MB of shared memory (Pss)"
                            .formatted(own / 1_024, sessions, each() / 1_024, shares / 1_024)
                    : "not known";
        }
    }

    /** The most that one of the pool's sessions keeps; the threads hold a session each at one time. */
    private static int prepared() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier all = new CyclicBarrier(THREADS);
        try {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                counts.add(threads.submit(() -> database.db().inTransaction(tx -> {
                    all.await();
                    try (Statement statement = tx.connection().createStatement();
                            ResultSet result = statement.executeQuery("select count(*) from pg_prepared_statements")) {
                        result.next();
                        return result.getInt(1);
                    }
                })));
            }
            int most = 0;
            for (Future<Integer> count : counts) {
                most = Math.max(most, count.get());
            }
            return most;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Database tenant(String name) {
        return database.db().tenants().tenant(name);
    }

    /** Reads for that long, and looks for rows of others; returns the times, sorted, in microseconds. */
    private static long[] reads(List<String> from, Map<String, Benchmark> own, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
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
        Map<String, TenantStats> stats = new HashMap<>();
        Cursor after = null;
        do {
            Page<TenantStats> page = database.db().tenants().stats(1_000, after);
            page.items().forEach(one -> stats.put(one.name(), one));
            after = page.next();
        } while (after != null);
        assertThat(stats.keySet()).containsAll(names);
        assertThat(stats.get(names.get(1)).waitingJobs()).isEqualTo(3);
        assertThat(stats.get(names.get(0)).waitingJobs()).isZero();
        assertThat(stats.values()).allMatch(one -> one.bytes() > 0 && one.runningJobs() == 0);
    }

    @Test
    void all_are_migrated_to_the_next_version_but_the_one_that_fails() {
        try (Database owner = Database.open(database.owner().build())) {
            Tenants tenants = owner.tenants();
            List<Integer> versions = owner.migrationStatus().migrations().stream()
                    .map(MigrationStatus.Migration::version)
                    .toList();
            int before = versions.get(versions.size() - 2);
            TenantReport reverted = tenants.forEach(TenantOptions.DEFAULT.parallel(MAKERS), tenant -> {
                if (!tenant.schema().equals("evalstore")) {
                    tenant.revertTo(before);
                }
            });
            assertThat(reverted.isComplete()).isTrue();
            String failing = names.get(TENANTS / 2);
            String history = failing + ".evalstore_schema_history";
            // No migration can be noted there, whatever it does.
            database.admin("alter table " + history + " owner to postgres; grant select on " + history
                    + " to evalstore_owner");
            long start = System.nanoTime();
            TenantReport report = tenants.migrateAll(TenantOptions.DEFAULT.parallel(MAKERS));
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%d tenants migrated by one version by %d threads in %.1f s, %d failed%n",
                    report.done(), MAKERS, seconds, report.failures().size());
            assertThat(report.failures())
                    .extracting(TenantReport.Failure::tenant)
                    .containsExactly(failing);
            assertThat(report.done()).isEqualTo(TENANTS - 1);
            assertThat(tenants.all())
                    .filteredOn(tenant -> !tenant.isCurrent())
                    .extracting(Tenant::name)
                    .containsExactly(failing);
            database.admin("alter table " + history + " owner to evalstore_owner");
            assertThat(tenants.migrateAll().isComplete()).isTrue();
        }
    }
}
