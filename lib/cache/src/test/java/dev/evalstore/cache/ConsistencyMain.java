package dev.evalstore.cache;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Patch;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.version.Listening;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process of readers and writers, which checks that no read shows a version below one that the process had seen or written when the
 * read began. A model's version is its number of parameters; each model has one writer. Readers go on for a time, and until each has
 * seen so many versions of each model that somebody keeps writing. Writers go on until a file is there. All moments are of the
 * machine's monotonic clock, which its processes share.
 */
final class ConsistencyMain {
    /** The first ones have a writer that goes on. */
    static final int WRITTEN = 8;

    /** How much longer than asked a reader waits for its versions. */
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(2);

    private ConsistencyMain() {}

    /** What a process is asked to do. */
    private record Asked(
            String url,
            String redis,
            Duration poll,
            long millis,
            List<UUID> models,
            List<Integer> own,
            int readers,
            int versions,
            Path stop) {
        static Asked of(String[] arguments) {
            List<UUID> models = new ArrayList<>();
            for (String id : arguments[4].split(",")) {
                models.add(UUID.fromString(id));
            }
            List<Integer> own = new ArrayList<>();
            for (String index : arguments[5].split(",")) {
                own.add(Integer.parseInt(index));
            }
            return new Asked(
                    arguments[0],
                    arguments[1],
                    Duration.ofMillis(Long.parseLong(arguments[2])),
                    Long.parseLong(arguments[3]),
                    models,
                    own,
                    Integer.parseInt(arguments[6]),
                    Integer.parseInt(arguments[7]),
                    Path.of(arguments[8]));
        }
    }

    @SuppressWarnings("try") // Listening ends with the block.
    public static void main(String[] arguments) throws Exception {
        Asked asked = Asked.of(arguments);
        if (asked.readers() == 0) {
            dies(asked);
        }
        DatabaseConfig config = DatabaseConfig.builder(asked.url()).poolSize(12).build();
        try (Database db = Database.open(config);
                @Nullable
                        RedisCache redis = asked.redis().equals("-") ? null : RedisCache.at(URI.create(asked.redis()));
                CachedStore cache = CachedStore.on(
                        db,
                        CacheOptions.DEFAULT
                                .pollEvery(asked.poll())
                                .timeToLive(CachedKind.MODEL, Duration.ofMillis(500), Duration.ofHours(1))
                                .sharedCache(redis))) {
            Random random = new Random(1);
            // Of three notifications one is lost.
            try (Listening listening = db.versions().onNotification(config, () -> {
                if (random.nextInt(3) > 0) {
                    cache.refresh();
                }
            })) {
                new Checks(asked, db, cache).run();
            }
        }
        System.out.println("end");
    }

    /** Writes and is gone at once, before anybody can be notified. */
    private static void dies(Asked asked) {
        Database db =
                Database.open(DatabaseConfig.builder(asked.url()).poolSize(1).build());
        int model = asked.own().get(0);
        long next = write(db, asked.models().get(model), 0);
        System.out.println("written " + model + " " + next + " " + System.nanoTime());
        System.out.flush();
        Runtime.getRuntime().halt(9);
    }

    private static long write(Database db, UUID model, long after) {
        long next = (after == 0 ? db.catalog().models().get(model).parameters() : after) + 1;
        db.catalog().models().update(model, UpdateModel.NOTHING.parameters(Patch.set(next)));
        return next;
    }

    private static final class Checks {
        private final Asked asked;
        private final Database db;
        private final CachedStore cache;
        private final AtomicLongArray seen;
        private final List<ConcurrentHashMap<Long, Long>> served = new ArrayList<>();
        private final ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
        private final AtomicLong reads = new AtomicLong();
        private final AtomicLong longest = new AtomicLong();
        private final AtomicInteger fewest = new AtomicInteger(Integer.MAX_VALUE);
        private final long until;

        Checks(Asked asked, Database db, CachedStore cache) {
            this.asked = asked;
            this.db = db;
            this.cache = cache;
            this.seen = new AtomicLongArray(asked.models().size());
            asked.models().forEach(model -> served.add(new ConcurrentHashMap<>()));
            this.until = System.nanoTime() + asked.millis() * 1_000_000;
        }

        void run() throws InterruptedException {
            List<Thread> writers = new ArrayList<>();
            for (int own : asked.own()) {
                writers.add(new Thread(() -> writes(own)));
            }
            List<Thread> readers = new ArrayList<>();
            for (int reader = 0; reader < asked.readers(); reader++) {
                int seed = reader;
                readers.add(new Thread(() -> reads(new Random(seed))));
            }
            System.out.println("ready");
            writers.forEach(Thread::start);
            readers.forEach(Thread::start);
            for (Thread reader : readers) {
                reader.join();
            }
            System.out.println("satisfied");
            for (Thread writer : writers) {
                writer.join();
            }
            for (int model = 0; model < served.size(); model++) {
                int index = model;
                served.get(model)
                        .forEach((version, last) -> System.out.println("served " + index + " " + version + " " + last));
            }
            written.forEach(System.out::println);
            faults.stream().limit(20).forEach(fault -> System.out.println("fault " + fault));
            CacheStats stats = cache.stats();
            System.out.println("reads " + reads + " longest " + longest + " versions " + fewest + " hitRate "
                    + stats.hitRate() + " sharedHits " + stats.sharedHits() + " sharedErrors " + stats.sharedErrors());
        }

        private void writes(int model) {
            try {
                long version = 0;
                while (!Files.exists(asked.stop())) {
                    version = write(db, asked.models().get(model), version);
                    written.add("written " + model + " " + version + " " + System.nanoTime());
                    long now = version;
                    seen.accumulateAndGet(model, now, Math::max);
                    LockSupport.parkNanos(5_000_000);
                }
            } catch (Throwable e) {
                faults.add("writer: " + e);
            }
        }

        private void reads(Random random) {
            int[] versions = new int[asked.models().size()];
            long[] last = new long[versions.length];
            try {
                while (System.nanoTime() < until
                        || fewest(versions) < asked.versions() && System.nanoTime() < until + PATIENCE) {
                    int model = random.nextInt(asked.models().size());
                    long floor = seen.get(model);
                    long begin = System.nanoTime();
                    long version = cache.model(asked.models().get(model))
                            .orElseThrow()
                            .model()
                            .parameters();
                    long took = System.nanoTime() - begin;
                    if (version < floor) {
                        faults.add("model " + model + " shows " + version + " after " + floor);
                    }
                    if (version != last[model]) {
                        last[model] = version;
                        versions[model]++;
                    }
                    seen.accumulateAndGet(model, version, Math::max);
                    served.get(model).merge(version, begin, Math::max);
                    longest.accumulateAndGet(took, Math::max);
                    reads.incrementAndGet();
                    LockSupport.parkNanos(200_000);
                }
            } catch (Throwable e) {
                faults.add("reader: " + e);
            }
            fewest.accumulateAndGet(fewest(versions), Math::min);
        }

        private static int fewest(int[] versions) {
            return Arrays.stream(versions).limit(WRITTEN).min().orElseThrow();
        }
    }
}
