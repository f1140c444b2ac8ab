package dev.evalstore.cache;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Patch;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.version.Listening;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process of readers and writers, which checks that no read shows a version below one that the process had seen or written when the
 * read began. A model's version is its number of parameters; each model has one writer. All moments are of the machine's monotonic
 * clock, which its processes share.
 */
final class ConsistencyMain {
    private ConsistencyMain() {}

    /** What a process is asked to do. */
    private record Asked(
            String url, String redis, Duration poll, long millis, List<UUID> models, List<Integer> own, int readers) {
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
                    Integer.parseInt(arguments[6]));
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
            List<Thread> threads = new ArrayList<>();
            for (int own : asked.own()) {
                threads.add(new Thread(() -> writes(own)));
            }
            for (int reader = 0; reader < asked.readers(); reader++) {
                int seed = reader;
                threads.add(new Thread(() -> reads(new Random(seed))));
            }
            System.out.println("ready");
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            for (int model = 0; model < served.size(); model++) {
                int index = model;
                served.get(model)
                        .forEach((version, last) -> System.out.println("served " + index + " " + version + " " + last));
            }
            written.forEach(System.out::println);
            faults.stream().limit(20).forEach(fault -> System.out.println("fault " + fault));
            CacheStats stats = cache.stats();
            System.out.println("reads " + reads + " longest " + longest + " hitRate " + stats.hitRate() + " sharedHits "
                    + stats.sharedHits() + " sharedErrors " + stats.sharedErrors());
        }

        private void writes(int model) {
            try {
                long version = 0;
                while (System.nanoTime() < until) {
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
            try {
                while (System.nanoTime() < until) {
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
                    seen.accumulateAndGet(model, version, Math::max);
                    served.get(model).merge(version, begin, Math::max);
                    longest.accumulateAndGet(took, Math::max);
                    reads.incrementAndGet();
                    LockSupport.parkNanos(200_000);
                }
            } catch (Throwable e) {
                faults.add("reader: " + e);
            }
        }
    }
}
