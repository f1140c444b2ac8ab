package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Patch;
import dev.evalstore.cache.CacheOptions;
import dev.evalstore.cache.CacheStats;
import dev.evalstore.cache.CachedStore;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Models are read from memory while another process changes them: each second the hit rate, the time of a read, and how
 * many changes were seen. Few models are read much, and many seldom.
 */
public final class CachedCatalog {
    private static final int MODELS = 500;
    private static final Duration POLL = Duration.ofMillis(500);

    private final Database db;
    private final PrintStream out;
    private final Random random = new Random(1);
    private final List<UUID> models = new ArrayList<>();
    private final double[] shares = new double[MODELS];

    CachedCatalog(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
        for (int i = 0; i < MODELS; i++) {
            shares[i] = (i == 0 ? 0 : shares[i - 1]) + 1.0 / (i + 1);
        }
    }

    /** Takes the number of seconds, 5 unless told. */
    public static void main(String[] args) {
        Usage.require(args.length == 0 || args.length == 1 && Usage.isCount(args[0]), "CachedCatalog [seconds]");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new CachedCatalog(db, System.out).run(server, args.length == 0 ? 5 : Integer.parseInt(args[0]));
        }
    }

    /** The other process: changes a model every 20 milliseconds, until it is ended. */
    static final class Editor {
        private Editor() {}

        public static void main(String[] args) {
            try (Database db = Database.open(DatabaseConfig.builder(args[0]).build())) {
                Random random = new Random(2);
                System.out.println("changing");
                for (long parameters = 2; ; parameters++) {
                    UUID model = UUID.fromString(args[1 + random.nextInt(args.length - 1)]);
                    db.catalog().models().update(model, UpdateModel.NOTHING.parameters(Patch.set(parameters)));
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            }
        }
    }

    void run(LocalServer server, int seconds) {
        for (int i = 0; i < MODELS; i++) {
            models.add(db.catalog()
                    .models()
                    .create(NewModel.of("model " + UUID.randomUUID(), ModelKind.OPEN)
                            .parameters(1L))
                    .id());
        }
        List<String> edited = new ArrayList<>(List.of(server.url()));
        models.subList(0, 50).forEach(model -> edited.add(model.toString()));
        CacheOptions options = CacheOptions.DEFAULT
                .pollEvery(POLL)
                .notifications(DatabaseConfig.builder(server.url()).build());
        try (CachedStore cache = CachedStore.on(db, options);
                ChildJvm editor = ChildJvm.start(Editor.class, List.of("-Xmx64m"), edited.toArray(String[]::new))) {
            editor.await("changing");
            CacheStats before = cache.stats();
            for (int second = 1; second <= seconds; second++) {
                out.println(line(second, readForASecond(cache), before, cache.stats()));
                before = cache.stats();
            }
        }
    }

    private double[] readForASecond(CachedStore cache) {
        List<Long> took = new ArrayList<>();
        long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (System.nanoTime() < until) {
            int at = Arrays.binarySearch(shares, random.nextDouble() * shares[MODELS - 1]);
            UUID model = models.get(at < 0 ? -at - 1 : at);
            long begin = System.nanoTime();
            if (cache.model(model).isEmpty()) {
                throw new IllegalStateException("a model is gone");
            }
            took.add(System.nanoTime() - begin);
            if (took.size() % 100 == 0) {
                // A process does other things too.
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        }
        long[] sorted = took.stream().mapToLong(Long::longValue).sorted().toArray();
        return new double[] {sorted[sorted.length / 2] / 1e3, sorted[(int) (sorted.length * 0.99)] / 1e3};
    }

    private static String line(int second, double[] micros, CacheStats before, CacheStats after) {
        long hits = after.hits() - before.hits();
        long loads = after.loads() - before.loads();
        return String.format(
                Locale.ROOT,
                "second %d: %.1f %% of %d reads from memory, half within %.1f us, 99 %% within %.0f us; %d changes seen",
                second,
                100.0 * hits / (hits + loads),
                hits + loads,
                micros[0],
                micros[1],
                after.invalidations() - before.invalidations());
    }
}
