package dev.evalstore.bench;

import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.tenant.Tenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code tenants}: {@code tenants} (200) are made by {@code makers} (2) threads, a row each. Then {@code threads} (8) read one row
 * by its id, {@code reads} (20,000) in a round: of one tenant, and of all in random order. The figure is p99.
 */
final class TenantsBench {
    private static final NewBenchmark RUN = NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100);

    private final Lab lab;
    private final Tenants tenants;
    private final int threads;
    private final int reads;
    private final Map<String, UUID> rows = new ConcurrentHashMap<>();

    private TenantsBench(Lab lab) {
        this.lab = lab;
        this.tenants = lab.db().tenants();
        this.threads = lab.settings().number("threads", 8);
        this.reads = lab.settings().number("reads", 20_000);
    }

    static void run(Lab lab) throws Exception {
        TenantsBench bench = new TenantsBench(lab);
        List<String> names =
                bench.make(lab.settings().number("tenants", 200), lab.settings().number("makers", 2));
        bench.read(names);
    }

    private List<String> make(int count, int makers) throws Exception {
        lab.report().progress("tenants.create, ms each, by " + makers + " threads");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("tenant_" + i);
        }
        AtomicInteger next = new AtomicInteger();
        double seconds = Crowd.run(makers, maker -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                tenants.create(names.get(i));
            }
        });
        lab.report()
                .values(
                        "tenants.create",
                        Map.of("evalstore", 1_000 * seconds / count),
                        "ms",
                        Map.of("tenants", count, "makers", makers));
        for (String name : names) {
            rows.put(name, tenants.tenant(name).benchmarks().create(RUN).id());
        }
        return names;
    }

    private void read(List<String> names) throws Exception {
        lab.report().progress("tenants.read_p99, ms a read");
        Map<String, Double> millis = new Rounds(lab)
                .side("many", () -> p99(names))
                .side("one", () -> p99(names.subList(0, 1)))
                .medians();
        lab.report()
                .values(
                        "tenants.read_p99",
                        millis,
                        "ms",
                        Map.of("tenants", names.size(), "threads", threads, "reads", reads, "rounds", lab.rounds()));
        lab.report().ratio("tenants.read_p99", millis, "many", "one");
    }

    private double p99(List<String> names) throws Exception {
        Latencies latencies = new Latencies();
        Crowd.run(threads, member -> {
            Random random = new Random(member);
            for (int i = 0; i < reads / threads; i++) {
                String name = names.get(random.nextInt(names.size()));
                latencies.time(() -> tenants.tenant(name)
                        .benchmarks()
                        .find(Objects.requireNonNull(rows.get(name)))
                        .orElseThrow());
            }
        });
        return latencies.millis(0.99);
    }
}
