package dev.evalstore.bench.soak;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What a client's rooms share: the store, the journal, and the word from outside to stop. */
final class Site implements AutoCloseable {
    /** The retry with which the rooms' own transactions run: what becomes of a commit is then asked of the server. */
    static final TxOptions RETRIED = TxOptions.DEFAULT.retry(Retry.times(4));

    private static final String DRAIN = "drain";
    private static final String FINISH = "finish";
    private static final String RESTS = ".rests";

    private final Path folder;
    private final String client;
    private final long seed;
    private final Journal journal;
    private final Database db;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger busyRooms = new AtomicInteger();

    private Site(Path folder, String client, long seed, String url) throws InterruptedException {
        this.folder = folder;
        this.client = client;
        this.seed = seed;
        this.journal = new Journal(folder.resolve(client + Journals.SUFFIX));
        this.db = open(url);
    }

    /**
     * Opens it.
     *
     * @param client the client's name and life
     */
    static Site open(Path folder, String client, long seed, String url) throws InterruptedException {
        return new Site(folder, client, seed, url);
    }

    /** The server may be away when a client comes back. */
    private Database open(String url) throws InterruptedException {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(url)
                .applicationName("soak-" + client)
                .poolSize(10)
                .minimumIdle(1)
                .connectTimeout(Duration.ofSeconds(3))
                .statementTimeout(Duration.ofSeconds(8))
                .lockTimeout(Duration.ofSeconds(4))
                .maxLifetime(Duration.ofSeconds(30))
                .idleTimeout(Duration.ofSeconds(10))
                .slowStatement(null)
                .build();
        while (true) {
            try {
                return Database.open(config);
            } catch (TransientDatabaseException e) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    Database db() {
        return db;
    }

    Journal journal() {
        return journal;
    }

    String client() {
        return client;
    }

    /** Numbers of its own for each user of them, the same for the same seed and client. */
    Random random(String user) {
        return new Random(seed * 31 + (client + user).hashCode());
    }

    /** A name that nobody else gives, in this life or another. */
    String name() {
        return client + "-" + next.incrementAndGet();
    }

    /** Nothing new is to be begun; what is there is to be worked off. */
    boolean isDraining() {
        return Files.exists(folder.resolve(DRAIN)) || isFinishing();
    }

    /** It is time to go. */
    boolean isFinishing() {
        return Files.exists(folder.resolve(FINISH));
    }

    /** How many rooms there are, before the first of them begins. */
    void opened(int rooms) {
        busyRooms.set(rooms);
    }

    /** One of them has begun nothing since the draining and has nothing under way; after the last one the client rests. */
    void roomRests() {
        if (busyRooms.decrementAndGet() == 0) {
            mark(folder.resolve(client + RESTS));
        }
    }

    static boolean rests(Path folder, String client) {
        return Files.exists(folder.resolve(client + RESTS));
    }

    static void drain(Path folder) {
        mark(folder.resolve(DRAIN));
    }

    static void finish(Path folder) {
        mark(folder.resolve(FINISH));
    }

    private static void mark(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        db.close();
        journal.close();
    }
}
